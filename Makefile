# make demo | test | prove | lint | wheel | floors | real | truth | bench | clean
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help demo test prove lint wheel floors real court truth results stress bench clean

help:
	@echo "make demo   set up, then run the main job on the sample: model, scores, report"
	@echo "make test   set up, then run the tests"
	@echo "make prove  run the tests with those that take minutes each, and every property on all its examples"
	@echo "make lint   style, types, and who may import whom"
	@echo "make wheel  build the wheel, install it elsewhere, and run the main job in an empty folder"
	@echo "make floors run tests on the lowest versions that are allowed"
	@echo "make real   measure on the real logs in ../shared/data, where they are present"
	@echo "make court  judge every feature family on the real logs and the simulator"
	@echo "make truth  measure how true the reasons are, where it is known why customers leave"
	@echo "make results all tables of tests/benchmarks/RESULTS.md that tell how good it is"
	@echo "make stress spoil data, forge models, change the future, kill everything, ask from everywhere at once; for two hours"
	@echo "make bench  measure speed and memory"
	@echo "make clean  remove what was set up and written"

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("cxchurn needs Python 3.11 or newer: make PYTHON=python3.12 ..." if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $(READY)

demo: $(READY)
	$(BIN)/cxchurn demo --out demo

test: $(READY)
	$(BIN)/pytest -n 2

prove: export PYTEST_TIMEOUT := 3600
prove: $(READY)
	CXCHURN_PROVE=1 $(BIN)/pytest -n 2

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

wheel:
	PYTHON=$(PYTHON) .ci/wheel

floors:
	PYTHON=$(PYTHON) .ci/floors

real: $(READY)
	$(BIN)/python tests/real/run.py
	$(BIN)/pytest tests/real -m real

court: $(READY)
	$(BIN)/python tests/benchmarks/court.py

truth: $(READY)
	$(BIN)/python tests/benchmarks/truth.py

results: real court truth $(READY)
	$(BIN)/python tests/benchmarks/simulated.py
	$(BIN)/python tests/benchmarks/backtest.py

# a stress takes as long as it is told to
stress: export PYTEST_TIMEOUT := 0
stress: $(READY)
	CXCHURN_STRESS=300 $(BIN)/pytest -n 2 tests/interactions/test_fuzz.py tests/model/files/test_crafted.py
	CXCHURN_STRESS=50 $(BIN)/pytest -n 2 tests/interactions/test_nothing_lost.py tests/interactions/test_equal_sources.py \
		tests/scoring/online/test_one_meaning.py
	CXCHURN_STRESS=22 $(BIN)/pytest -n 2 tests/proofs/test_future.py tests/proofs/test_surroundings.py
	CXCHURN_STRESS=20 $(BIN)/pytest -n 2 tests/proofs/test_killed.py
	CXCHURN_STRESS=40 $(BIN)/pytest tests/scoring/batch/test_killed.py
	CXCHURN_STRESS_S=300 $(BIN)/pytest -s -n 0 tests/proofs/test_processes.py
	CXCHURN_STRESS_S=120 $(BIN)/pytest -s -n 0 tests/scoring/online/test_hammered.py tests/scoring/service/test_for_long.py \
		tests/scoring/spark/test_skewed.py

bench: $(READY)
	@for file in tests/benchmarks/bench_*.py; do $(BIN)/python $$file || exit 1; done

clean:
	rm -rf $(VENV) demo out mlflow.db mlruns .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
