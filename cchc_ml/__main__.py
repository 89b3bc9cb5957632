"""`python -m cchc_ml` is `cchc-ml`."""

from .cli import main

main()
