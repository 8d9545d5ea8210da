# Every target is one or two plain commands; README.md has them for Windows too.
# PYTHON makes .venv: python3, or whatever made the one that is there and still runs.
PYTHON ?= $(shell test -e .venv/installed && test -x .venv/bin/python && echo .venv/bin/python || echo python3)
VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])')
MADE_BY := $(shell test -x .venv/bin/python && sed -n 's/^version[_info]* = \([0-9]*\.[0-9]*\).*/\1/p' .venv/pyvenv.cfg 2>&1)
TOO_OLD := Python 3.10 or later is needed; $(PYTHON) is $(VERSION). Name another one: \
  make PYTHON=python3.12 $(MAKECMDGOALS)
SET_UP := .venv/installed
BIN := .venv/bin
JOBS ?= 2
PYTEST := $(BIN)/python -m pytest -q -n $(JOBS) --dist loadfile

.PHONY: run test test-quick test-real exercises solutions handout site lab bench wheel address clean

run: $(SET_UP)
	$(BIN)/python notebooks/run.py

test: $(SET_UP)
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(PYTEST)

test-quick: $(SET_UP)
	$(PYTEST) -m "not slow" tests seqmodels

test-real: $(SET_UP)
	$(PYTEST) --data "$${SEQMODELS_DATA:?must name a folder of real data}" notebooks

exercises: $(SET_UP)
	$(BIN)/python -m tests.exercises

solutions: $(SET_UP)
	$(BIN)/python notebooks/solutions.py

handout: $(SET_UP)
	$(BIN)/python notebooks/handout.py

site: $(SET_UP)
	$(BIN)/python site/build.py

lab: $(SET_UP)
	$(BIN)/jupyter lab --notebook-dir=notebooks

bench: $(SET_UP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r benchmarks/requirements.txt
	$(BIN)/python benchmarks/run.py $(BENCH)

wheel: $(SET_UP)
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist .

address: $(SET_UP)
	$(BIN)/python notebooks/address.py "$(REPO)" "$(TAG)"

# A .venv that another Python made keeps its links, so it is made anew.
ANEW := $(if $(filter $(VERSION),$(MADE_BY)),,anew)
.PHONY: anew
anew:

$(SET_UP): pyproject.toml requirements.txt requirements-dev.txt site/requirements.txt $(ANEW)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "$(TOO_OLD)" or 0)'
	$(if $(ANEW),$(PYTHON) -m venv --clear .venv)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

clean:
	rm -rf .venv build
