import pytest
from scripts import write_modules


@pytest.fixture(scope="session")
def page_modules(tmp_path_factory):
    """The modules of the page in a folder, for node."""
    return write_modules(tmp_path_factory.mktemp("modules"))
