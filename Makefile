# Town Meeting. `make help` lists the verbs; a fresh machine needs Python 3.11, Node 20 and make.
PORT ?= 8021
PYTHON ?= $(shell for p in python3.11 python3; do $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
UV := $(shell command -v uv)
PIP := $(if $(UV),$(UV) pip install --quiet --python $(BIN)/python,$(BIN)/python -m pip install --quiet --disable-pip-version-check)
QUICKLY := $(if $(QUICK),--quick)

# What setting up leaves behind, inside the folders it fills: remove a folder and it is filled again.
VENV := .venv/.made
RUNTIME := .venv/.runtime
DEV := .venv/.dev
POSTGRES_EXTRA := .venv/.postgres
NODE := node_modules/.made
VENDOR := static/vendor/.made

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run demo screenshots test check format lint types contracts js reference simulate bench bench-quick hours loadtest audit sbom lock clean

help: ## list these verbs
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r verb text; do printf '  make %-11s %s\n' "$$verb" "$$text"; done

setup: $(RUNTIME) $(VENDOR) $(if $(POSTGRES),$(POSTGRES_EXTRA)) ## virtual environment, locked dependencies, browser libraries, fonts (POSTGRES=1: the driver, too)

run: setup ## set up and start a fresh demonstration (PORT=8021, KEEP=1 goes on with the last, LAN=1 for the network)
	@exec $(BIN)/townmeeting demo --serve --port $(PORT) $(if $(KEEP),--keep) $(if $(LAN),--lan)

demo: setup ## play one whole compressed day without a person, report and exports into out/demo
	@exec $(BIN)/townmeeting demo --speed 0 --exit --out out/demo

screenshots: $(DEV) $(VENDOR) ## a picture of every page and scene, in every size, language and theme, into out/screenshots (ONLY=table)
	@$(BIN)/python -m tests.browser.pictures out/screenshots $(if $(ONLY),--only $(ONLY))

test: $(DEV) $(VENDOR) ## every test: pytest, browser, node --test (QUICK=1 leaves out the slow, JOBS=auto spreads)
	@$(BIN)/python scripts/run_tests.py $(QUICKLY)

check: lint types contracts js test ## everything that CI runs, tests last

format: $(DEV) ## put the Python code into its form
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lint: $(DEV) ## ruff: form and lint
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types: $(DEV) ## mypy, strict
	@$(BIN)/mypy

contracts: $(DEV) ## the direction of imports
	@$(BIN)/lint-imports

js: $(VENDOR) ## tsc over the browser's code (its tests belong to `make test`)
	@node_modules/.bin/tsc

reference: $(RUNTIME) ## write docs/reference anew from the definitions
	@$(BIN)/python -m app.reference

simulate: $(DEV) ## live many days in a seeded world of bad lines, disks and clocks (SEEDS=1000; CLIENTS=1000; FROM=1; REPEAT=1 each twice; PLANTED=1 the control)
	@$(BIN)/python -m tests.simulation --seeds $(or $(SEEDS),100) --from $(or $(FROM),1) $(if $(CLIENTS),--clients $(CLIENTS)) $(if $(REPEAT),--repeat) $(if $(PLANTED),--planted)

bench: $(DEV) $(NODE) ## measure every row of loadtest/README.md, half an hour (QUICK=1: small, correctness only; ROWS="ballots state")
	@$(BIN)/python -m loadtest.bench $(QUICKLY) $(ROWS)

bench-quick: ; @$(MAKE) --no-print-directory bench QUICK=1

hours: $(DEV) ## a day of eight hours in nine minutes, a fifth of the devices changing each hour: memory and open files (QUICK=1; LEAKY=1 is the control)
	@$(BIN)/python -m loadtest.hours $(QUICKLY) $(if $(LEAKY),--leaky)

loadtest: $(DEV) ## a whole day of 5,000 seats by Locust, HTML and CSV in out/loadtest (QUICK=1: 20 seats; SCENARIO=voting_rush TABLES=1900 SEATS=10 SWARMS=4)
	@$(BIN)/python -m loadtest.run $(QUICKLY) $(if $(SCENARIO),--scenario $(SCENARIO)) $(if $(TABLES),--tables $(TABLES)) $(if $(SEATS),--seats $(SEATS)) $(if $(SWARMS),--swarms $(SWARMS))

audit: $(DEV) ## known holes in what is locked: pip-audit and npm audit (asks the registries; fails where they do not answer)
	@$(BIN)/python scripts/audit.py

sbom: $(DEV) ## what is in the program, as CycloneDX: out/sbom-python.json and out/sbom-npm.json
	@mkdir -p out
	@$(BIN)/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible --output-file out/sbom-python.json requirements.txt
	@npm sbom --sbom-format cyclonedx --package-lock-only --omit dev > out/sbom-npm.json
	@echo "Written to out/sbom-python.json and out/sbom-npm.json."

lock: $(DEV) ## write the lock files anew (UPGRADE=1 takes the newest versions)
	@for lock in "requirements.txt" "requirements-dev.txt --extra dev --extra postgres -c requirements.txt" \
	  "requirements-postgres.txt --extra postgres -c requirements-dev.txt"; do \
	  $(BIN)/uv pip compile pyproject.toml --quiet --no-config --universal --python-version 3.11 --generate-hashes \
	    --no-header $(if $(UPGRADE),--upgrade) --extra build --output-file $$lock || exit 1; done
	@npm $(if $(UPGRADE),update,install) --package-lock-only
	@$(BIN)/python -m pytest -q tests/test_locks.py

clean: ## remove everything that was made, but not data/
	@rm -rf .venv node_modules static/vendor .results out build dist *.egg-info
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find app tests scripts loadtest -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

$(VENV):
	@test -n "$(PYTHON)" || { echo "Town Meeting needs Python 3.11 or newer: install it, or name it with PYTHON=/path/to/python3.11." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "This Python cannot make virtual environments: install its venv package (Debian: apt install python3-venv)." >&2; exit 1; }
	@echo "Making the virtual environment ..."
	@$(PYTHON) -m venv .venv
	@touch $@

$(RUNTIME): $(VENV) requirements.txt pyproject.toml
	@echo "Installing the Python libraries ..."
	@$(PIP) --require-hashes -r requirements.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): $(RUNTIME) requirements-dev.txt
	@echo "Installing the Python tools ..."
	@$(PIP) --require-hashes -r requirements-dev.txt
	@touch $@

$(POSTGRES_EXTRA): $(RUNTIME) requirements-postgres.txt
	@echo "Installing the driver of PostgreSQL ..."
	@$(PIP) --require-hashes -r requirements-postgres.txt
	@touch $@

$(NODE): package.json package-lock.json .npmrc
	@node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null && command -v npm >/dev/null || { echo "Town Meeting needs Node 20 or newer with npm: install it and try again." >&2; exit 1; }
	@echo "Installing the browser libraries ..."
	@npm ci --no-progress --loglevel=error
	@touch $@

$(VENDOR): $(NODE) scripts/vendor.mjs $(wildcard scripts/vendor/*.js)
	@node scripts/vendor.mjs
	@touch $@
