"""`python -m cchc_ml` is `cchc-ml`."""

from .cli import app

app(prog_name="cchc-ml")
