# ส่งเสียง: everything a fresh machine with Python 3.11+ needs is done by these targets.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
DONE   := $(VENV)/.setup-done

.PHONY: setup demo test lint bench clean

setup: $(DONE)

# The node and npm that come from PyPI serve where the machine has none.
$(DONE): pyproject.toml requirements-dev.lock package.json package-lock.json
	$(PYTHON) -c 'import sys; sys.exit("ต้องใช้ Python 3.11–3.13 (Python 3.11–3.13 is needed)" if not (3, 11) <= sys.version_info < (3, 14) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	if command -v npm >/dev/null 2>&1; then npm ci --silent; else PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm ci --silent; fi
	touch $(DONE)

demo: setup
	$(BIN)/songsiang demo

test: lint
	$(BIN)/python -m pytest $(PYTEST_ARGS)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup
	$(BIN)/python -m bench

clean:
	rm -rf $(VENV) node_modules build *.egg-info
