# What people type. `make` alone lists it.
#
# The stamps in the virtual environment say which packages it holds: a second `make demo` or `make test`
# installs nothing, until pyproject.toml or the pins change. PYTHON names another interpreter, VENV another folder.

VENV ?= .venv
BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/.set-up-run
ALL_STAMP := $(VENV)/.set-up-all
SET_UP := VENV="$(VENV)" PYTHON="$(PYTHON)" scripts/set_up.sh

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint types floors parity check pytest format bench-quick environment pins hooks clean

help: ## list what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

demo: $(RUN_STAMP) ## set up what the program needs and screen the demo register
	$(BIN)/imagery demo --replace

test: check pytest ## set up everything, run all checks and all tests

setup: $(ALL_STAMP) ## set up .venv with everything that tests, benchmarks and notebooks need

check: lint types floors parity ## all checks that are not tests

lint: $(ALL_STAMP) ## ruff: style and common mistakes
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(ALL_STAMP) ## mypy, strict
	$(BIN)/mypy

floors: $(ALL_STAMP) ## import-linter: imports only go down
	$(BIN)/lint-imports

parity: $(ALL_STAMP) ## environment.yml says what pyproject.toml says; no file is too large or tied to one machine
	$(BIN)/python scripts/make_environment.py --check
	$(BIN)/python scripts/check_files.py

pytest: $(ALL_STAMP)
	$(BIN)/python -m pytest

format: $(ALL_STAMP) ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench-quick: $(ALL_STAMP) ## a short turn of every benchmark
	$(BIN)/python -m benchmarks --quick

environment: $(ALL_STAMP) ## write environment.yml anew from pyproject.toml
	$(BIN)/python scripts/make_environment.py

pins: ## pin the packages anew (UPGRADE=1 takes the newest); Python 3.11 on Linux
	scripts/pin_requirements.sh $(if $(UPGRADE),--upgrade)

hooks: $(ALL_STAMP) ## install the git hooks
	$(BIN)/pre-commit install

clean: ## remove caches and the run of the demo; the virtual environment stays
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist demo-run
	find imagery tests scripts benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUN_STAMP): pyproject.toml requirements-run.txt
	$(SET_UP) run
	@touch $@

$(ALL_STAMP): pyproject.toml requirements.txt requirements-run.txt
	$(SET_UP) all
	@touch $(RUN_STAMP) $@
