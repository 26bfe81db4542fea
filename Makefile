# Everything a person or a machine runs here. `make demo` and `make test` need only Python 3.11 and make.
PYTHON ?= python3.11
BIN := .venv/bin
INSTALLED := .venv/.installed

.DEFAULT_GOAL := help

help: ## Show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

install: $(INSTALLED) ## Put uv and the locked dependencies into .venv

$(INSTALLED): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

demo: install ## Open the sandbox; ARGS=--script plays a ticket's life in the terminal
	@$(BIN)/gise demo $(ARGS)

test: install browser lint types contracts unit ## Lint, type-check, check the import contracts, run the tests

lint: install ## Check style and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: install ## Check the types
	$(BIN)/mypy

contracts: install ## Check who may import whom
	$(BIN)/lint-imports

unit: install ## Run the tests; ARGS go to pytest
	$(BIN)/pytest $(ARGS)

postgres: install ## Run all stories and use cases on PostgreSQL, of which `make test` has a part
	$(BIN)/pytest --database postgres tests/journeys tests/services $(ARGS)

slow: install ## Run the long tests that `make test` leaves out
	$(BIN)/pytest -m slow $(ARGS)

proof: install ## Run the figures of reliability and security at full size; ARGS="R5 S1 --seed 7" chooses
	@$(BIN)/python -m tests.proofs $(ARGS)

browser: ## Install Debian's Chromium for the page's tests where that is possible
	@command -v chromium chromium-browser google-chrome >/dev/null 2>&1 || \
	  { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
	    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium fonts-noto-color-emoji >/dev/null; } ; } || \
	  echo "No Chromium here: the page's tests will be skipped."

lock: ## Refresh requirements.lock from pyproject.toml
	$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-header --extra dev pyproject.toml -o requirements.lock

format: install ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: help install demo test postgres slow proof lint types contracts unit browser lock format
