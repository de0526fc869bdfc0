# What a newcomer needs: python3 with its venv module, make and git. Recipes call nothing else on the PATH.
#   make demo    set up and run the main job on a synthetic seizure
#   make test    set up and pass the quick tests: no server, no Spark, no browser, three minutes on two cores
#   make test-rest   the other tests, and those that Hypothesis feeds once more, with all their examples
#   make test-all    every test once
#   make test-count  how many tests are in which tier, and that none is lost between them
#   make format  bring the code into its form: ruff's fixes, then ruff's format
#   make check   ruff, mypy, import-linter, docs
#   make bench   measure; writes benchmarks/results/
#   make bench-signs  measure the check of messages, with the labelled texts at hand
#   make soak    kill senders of alerts RUNS=1000 times, with every fault of a provider, put records back ROLLBACKS=300 times,
#                kill the main job KILLS=200 times, and the public service with the collector of reports REPORTS=500 times;
#   make soak-runs  kill the main job alone (and make soak asks STRINGS=1000000 numbers of the number plan, reads as many texts in all ways, and maps TABLES=20000 tables as well)
#   make docs    regenerate the reference pages and the picture of the packages
#   make lock    refresh the hashed lock files

SHELL := /bin/sh
PY := .venv/bin/python
UV := .uv/bin/uv
CALLS ?= 100000
SEED ?= 1
RUNS ?= 1000
KILLS ?= 200
ROLLBACKS ?= 300
REPORTS ?= 500
STRINGS ?= 1000000
TABLES ?= 20000
# What ruff looks at.
CODE := src tests benchmarks docs tools

.NOTPARALLEL:
.PHONY: demo test test-rest test-all test-count format check bench bench-signs soak soak-runs docs lock help picture

help:
	@while read -r line; do case "$$line" in "#   make"*) echo "$${line#??? }";; esac; done < Makefile

# One marker per set of requirements: the richest set that was asked for stays installed.
.uv/ready: requirements/uv.txt
	@python3 -m venv .uv || { echo "ringback needs Python's venv module. On Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@.uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@echo ready > .uv/ready

.venv/run: .uv/ready requirements/run.txt pyproject.toml
	@.uv/bin/python tools/environment.py run

.venv/test: .uv/ready requirements/test.txt pyproject.toml
	@.uv/bin/python tools/environment.py test

.venv/check: .uv/ready requirements/check.txt pyproject.toml
	@.uv/bin/python tools/environment.py check

demo: .venv/run
	@$(PY) -m ringback.cli.main demo build/demo --calls $(CALLS) --seed $(SEED)

# Kept bytecode: tests start the program a few hundred times, and each time it would be compiled again.
TESTS := PYTHONDONTWRITEBYTECODE= $(PY) -m pytest -n 2 --dist worksteal
QUICK := quick
REST := not quick or property

test: .venv/test
	@$(TESTS) -m "$(QUICK)" --hypothesis-profile quick

test-rest: .venv/test
	@$(TESTS) -m "$(REST)"

test-all: .venv/test
	@$(TESTS)

test-count: .venv/test
	@PYTHONDONTWRITEBYTECODE= $(PY) tools/count_tests.py "$(QUICK)" "$(REST)"

format: .venv/check
	@.venv/bin/ruff check --fix $(CODE)
	@.venv/bin/ruff format $(CODE)

check: .venv/check
	@.venv/bin/ruff check $(CODE)
	@.venv/bin/ruff format --check $(CODE)
	@.venv/bin/mypy
	@.venv/bin/lint-imports
	@$(PY) docs/generate.py --check

bench: .venv/test
	@$(PY) benchmarks/main_job.py
	@$(PY) benchmarks/narrow_job.py
	@$(PY) benchmarks/fixed_price.py

bench-signs: .venv/test
	@PYTHONPATH=benchmarks $(PY) -m signs.measure

soak: .venv/test
	@PYTHONPATH=tests $(PY) -m soak senders --runs $(RUNS) --out build/soak.json
	@PYTHONPATH=tests $(PY) -m soak rollbacks --runs $(ROLLBACKS) --out build/rollbacks.json
	@PYTHONPATH=tests $(PY) -m soak runs --runs $(KILLS) --out build/soak-runs.json
	@PYTHONPATH=tests $(PY) -m soak reports --runs $(REPORTS) --out build/soak-reports.json
	@PYTHONPATH=tests $(PY) -m plan_fuzz --strings $(STRINGS) --seed $(SEED)
	@PYTHONPATH=tests $(PY) -m number_texts --texts $(STRINGS) --seed $(SEED)
	@PYTHONPATH=tests $(PY) -m map_fuzz --tables $(TABLES)

soak-runs: .venv/test
	@PYTHONPATH=tests $(PY) -m soak runs --runs $(KILLS) --out build/soak-runs.json

docs: .venv/check
	@$(PY) docs/generate.py

lock: .uv/ready
	@.uv/bin/python tools/environment.py lock
