# The commands of the project. `make help` lists them.
SHELL := /bin/bash
PORT ?= 8000
VENV := .venv
PYTHON := $(VENV)/bin/python

.DEFAULT_GOAL := help
.PHONY: help install install-checks install-tests run test check bench calibrate e2e screens mutants messages lock clean

help: ## this list
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | awk -F'\t' '{printf "  make %-14s %s\n", $$1, $$2}'

install: ## environment in .venv, front-end packages, system libraries
	@bash scripts/install

install-checks:
	@bash scripts/install checks

install-tests: ## the same, and what the tests need: a browser, the HTML checker
	@bash scripts/install tests

run: install ## serve the product with demo data; PORT=8000
	@$(PYTHON) manage.py start --demo --port $(PORT)

test: install-tests ## all tests that this machine can run; skipped ones are counted
	@bash scripts/test

check: install-checks ## static checks: format, lint, types, floors, templates, migrations
	@bash scripts/check

e2e: install-tests ## the browser stories only
	@$(PYTHON) -m pytest tests/stories -m story

screens: install-tests ## photograph every page and document into var/screens
	@$(PYTHON) -m scripts.screens

bench: install-checks ## measured claims, as ratios in one run
	@$(PYTHON) -m benchmarks

calibrate: install-checks ## simulated initiatives with known truth through the evidence engine
	@$(PYTHON) -m benchmarks.calibrate --runs 1000 --seed 20261121 --store docs/methods/calibration.json --output docs/methods/calibration.md
	@$(PYTHON) -m benchmarks.calibrate_trends --runs 1000 --seed 20261129 --output docs/methods/calibration-marks.md
	@$(PYTHON) -m benchmarks.program_return --runs 300 --beyond-runs 150 --output docs/methods/calibration-program.md

ROOM ?= accounts
SAMPLE ?= 50
SEED ?= 1
MINUTES ?= 60

mutants: install-checks ## small changes that tests should notice; ROOM=accounts SAMPLE=50 SEED=1 MINUTES=60 AGAIN=1
	@nice $(PYTHON) -m scripts.mutants --room $(ROOM) --sample $(SAMPLE) --seed $(SEED) --minutes $(MINUTES) $(if $(AGAIN),--again)

messages: install ## collect texts for translation and compile the catalogs
	@$(PYTHON) manage.py makemessages --locale zh_Hans --no-obsolete --no-location --ignore node_modules --ignore .venv --ignore var
	@$(PYTHON) -m scripts.compile_messages

LOCK := $(shell command -v uv || echo .venv-uv/bin/uv) pip compile pyproject.toml --universal --generate-hashes --no-emit-index-url --no-header --quiet

lock: ## lock Python packages anew (hashes, no addresses): of the product, and with what tests and checks need
	@$(LOCK) --output-file requirements.txt
	@$(LOCK) --constraints requirements.txt --group dev --output-file requirements-dev.txt

clean: ## forget environment, packages and data of this folder
	rm -rf $(VENV) node_modules var
