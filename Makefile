PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PAGE := tests/web/page

.PHONY: run test quick coverage soak lint messages model docs reference screenshots bench mutants clean

run: $(VENV)/installed ## tag a sample article on the screen
	@$(BIN)/cchc-ml predict --format table data/samples/mot-cua-xa.txt

test: $(VENV)/dev ## run all tests
	$(BIN)/python -m pytest

quick: $(VENV)/dev ## run the tests without the slow ones
	$(BIN)/python -m pytest -m "not slow"

coverage: $(VENV)/dev ## run the tests without the slow ones and measure which lines and branches they reach
	$(BIN)/python -m coverage run -m pytest -m "not slow"
	$(BIN)/python -m coverage report

soak: $(VENV)/dev ## send good, bad and slow requests to the service for two minutes
	SOAK_SECONDS=120 SOAK_LONGEST=0.2 $(BIN)/python -m pytest -q tests/web/test_soak.py

lint: $(VENV)/dev $(PAGE)/node_modules ## run the linters, for Python and for the scripts of the page
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	npm run --silent --prefix $(PAGE) lint

messages: $(VENV)/dev ## collect what is said to users and compile its Vietnamese; names what is not translated
	$(BIN)/python tests/catalogue.py

model: $(VENV)/installed ## train the shipped model again; the same data give the same bytes
	$(BIN)/cchc-ml train

bench: $(VENV)/dev ## measure speed and memory, and write bench/README.md (needs the text of the news rows)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[bench]"
	PATH="$(abspath $(BIN)):$$PATH" $(BIN)/python bench/run.py ../shared/real/train.jsonl ../shared/real/validation.jsonl

parity: $(VENV)/dev ## write what Python reads and tags again, for the scripts of the page to be compared with
	$(BIN)/python tests/parity.py

ONLY ?= cchc_ml.*
mutants: $(VENV)/dev ## change the code of seven modules edit by edit: which does no test notice? One module: ONLY='cchc_ml.text.matcher*'
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[mutants]"
	OMP_NUM_THREADS=1 HYPOTHESIS_PROFILE=ci $(BIN)/mutmut run '$(ONLY)'
	$(BIN)/mutmut results

docs: $(VENV)/dev ## build the documentation into site/; a broken link fails
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[docs]"
	$(BIN)/python tests/build_docs.py

reference: $(VENV)/dev ## write the pages of docs/ that are made from the code
	$(BIN)/python tests/reference_pages.py

screenshots: $(VENV)/dev ## take the pictures of README.md and docs/ (needs Chromium and the font JetBrains Mono)
	$(BIN)/python tests/screenshots.py

$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	@touch $@

$(VENV)/dev: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[dev]"
	@touch $@

$(PAGE)/node_modules: $(PAGE)/package-lock.json
	npm ci --silent --no-audit --no-fund --prefix $(PAGE)
	@touch $@

clean: ## remove the virtual environment and caches
	rm -rf $(VENV) $(PAGE)/node_modules .pytest_cache .mypy_cache .ruff_cache
