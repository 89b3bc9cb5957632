"""`python -m cchc_ml` is `cchc-ml`."""

from .cli.main import main

main()
