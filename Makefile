# make run    set up and open the dashboard          make test   set up, check and test everything
# make slow   test load, whole cities and benchmarks  make bench  print speed and memory
# make clean  remove what the others made
PYTHON ?= python3
VENV ?= .venv
BENCH ?= .venv-bench
PORT ?= 8501
BIN := $(VENV)/bin

.PHONY: run test slow check compiled bench clean

run: $(VENV)/.run-ready
	$(BIN)/python app.py --port $(PORT)

test: $(VENV)/.dev-ready
	sh scripts/need_browser.sh
	sh scripts/need_postgres.sh
	$(MAKE) --no-print-directory -j2 check compiled
	$(BIN)/python -m pytest -m "not slow"

slow: $(VENV)/.dev-ready compiled
	$(BIN)/python -m pytest -m slow
	NARHET_THOROUGH=1 $(BIN)/python -m pytest -m "not slow" tests/geo/network tests/geo/models

# Once, beside the checks: else each process that tests compiles the searches for itself.
compiled: $(VENV)/.dev-ready
	@$(BIN)/python -c "from geo import warmup; warmup.warm_up(); warmup.warm_up_models()"

check: $(VENV)/.dev-ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy geo pages app.py

bench: $(BENCH)/.ready
	$(BENCH)/bin/python -m benchmarks $(ARGS)

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Närhet needs Python 3.11 or newer. Try: make run PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run-ready: $(VENV)/bin/python requirements.txt
	@echo "Installing what Närhet needs (about a minute the first time) …"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/.dev-ready: $(VENV)/bin/python requirements.txt requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@ $(VENV)/.run-ready

# The peers stay out of the environment that runs and tests Närhet.
$(BENCH)/.ready: requirements.txt requirements-bench.txt
	$(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-bench.txt
	touch $@

clean:
	rm -rf $(VENV) $(BENCH) .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
