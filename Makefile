# The few verbs a developer needs. Each is sufficient on a fresh Debian 12 with Python >= 3.11.
PYTHON ?= python3
BIN := .venv/bin
DEMO_DIR ?= demo

.PHONY: help demo test check soak bench clean

help: ## list these verbs
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

demo: .venv/.runtime ## one synthetic ward, one year, all twelve steps, into ./demo
	$(BIN)/print-service demo --out $(DEMO_DIR)

test: .venv/.dev ## every test but the long ones (under 10 minutes on 2 cores)
	$(BIN)/pytest

check: .venv/.dev ## ruff, mypy --strict, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

soak: .venv/.dev ## the long tests
	$(BIN)/pytest -m soak -o addopts="" tests/soak

bench: .venv/.bench demo ## ratios against named rivals
	$(BIN)/python benchmarks/marks.py
	$(BIN)/python benchmarks/press.py --write
	$(BIN)/python benchmarks/sealing.py --write
	$(BIN)/python benchmarks/collection.py
	$(BIN)/python benchmarks/proof.py $(DEMO_DIR) --write
	$(BIN)/python benchmarks/season.py --write

.venv/.bench: .venv/.dev
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[dev,bench]'
	@touch $@

clean: ## forget the environment and the demo
	rm -rf .venv $(DEMO_DIR) dist build

.venv/bin/python:
	@scripts/install-system apt-runtime.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "print-service needs Python 3.11 or newer; set PYTHON=python3.x")'
	$(PYTHON) -m venv .venv

.venv/.runtime: .venv/bin/python pyproject.toml constraints.txt apt-runtime.txt
	@scripts/install-system apt-runtime.txt
	$(BIN)/pip install --quiet --constraint constraints.txt --editable .
	@touch $@

.venv/.dev: .venv/.runtime apt-test.txt
	@scripts/install-system apt-test.txt
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@
