# Every target is one or two plain commands; README.md has them for Windows too.
PYTHON ?= python3
BIN := .venv/bin
JOBS ?= 2

.PHONY: run test lab bench clean

run: .venv/installed
	$(BIN)/python notebooks/run.py

test: .venv/installed
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/python -m pytest -q -n $(JOBS) --dist loadfile

lab: .venv/installed
	$(BIN)/jupyter lab --notebook-dir=notebooks

bench: .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r benchmarks/requirements.txt
	$(BIN)/python benchmarks/run.py

.venv/installed: pyproject.toml requirements.txt requirements-dev.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

clean:
	rm -rf .venv build
