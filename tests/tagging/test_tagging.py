import subprocess
import sys

import pytest

import cchc_ml.tagging
from cchc_ml.tagging.parquet import SPARK_RESULTS, tag_frames


def test_the_public_names():
    assert cchc_ml.tagging.tag_frames is tag_frames
    assert cchc_ml.tagging.SPARK_RESULTS == SPARK_RESULTS
    with pytest.raises(AttributeError, match=r"module 'cchc_ml\.tagging' has no attribute 'tag_frame'"):
        _ = cchc_ml.tagging.tag_frame


@pytest.mark.parametrize("code", ["import cchc_ml.tagging", "from cchc_ml.tagging import tag_frames"])
def test_the_import_loads_neither_pyarrow_nor_pandas(code):
    heavy = "('pyarrow', 'pandas', 'sklearn', 'distributed')"
    check = f"{code}; import sys; print([m for m in {heavy} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True).stdout == "[]\n"
