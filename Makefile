# One vocabulary for the whole house. `make help` lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv --system-certs

.DEFAULT_GOAL := help
.PHONY: help install install-runtime run test chaos fuzz check fmt lint types openapi generate migrate node clients bench lock clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Qoldau needs Python 3.11 or newer: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python cannot make a virtual environment here; on Debian: apt-get install python3-venv"; exit 1; }

$(BIN)/uv: $(BIN)/python requirements/installer.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/installer.txt
	@touch $@

# uv is fast; pip is the way out where uv cannot reach the index.
define install
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r $(1) || \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1)
	@echo "$(CURDIR)" > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/qoldau.pth"
	@printf '#!%s\nfrom cli.main import app\n\napp()\n' "$(CURDIR)/$(BIN)/python" > $(BIN)/qoldau && chmod +x $(BIN)/qoldau
	@touch $@
endef

$(VENV)/.runtime: requirements/runtime.txt $(BIN)/uv
	$(call install,requirements/runtime.txt)

$(VENV)/.development: requirements/development.txt $(BIN)/uv
	$(call install,requirements/development.txt)

install-runtime: $(VENV)/.runtime ## install what running needs

install: $(VENV)/.development ## install what running, testing and developing need

run: install-runtime ## start the whole system with the reference portfolio
	@QOLDAU_DEMO=$${QOLDAU_DEMO-1} exec $(BIN)/qoldau up

test: install ## run the tests
	@$(BIN)/python -m pytest -n $${QOLDAU_TEST_WORKERS:-auto} --dist loadfile $(ARGS)

chaos: install ## break a running system in every way that it must survive (some minutes)
	@$(BIN)/python -m pytest tests/chaos -m "chaos or process" --log-cli-level=WARNING $(ARGS)

fuzz: install ## ask every operation what its description allows and forbids, at length (a quarter of an hour)
	@QOLDAU_FUZZ=1 $(BIN)/python -m pytest tests/contracts tests/journeys -n $${QOLDAU_TEST_WORKERS:-auto} --dist loadfile $(ARGS)

check: lint types test ## everything that must hold before a commit

fmt: install ## format the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix --quiet .

lint: install ## style and architecture contracts
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/lint-imports

types: install ## mypy, strict
	@$(BIN)/mypy

generate: install ## write what is generated from the code: OpenAPI, routes, permissions, problems, events
	@$(BIN)/qoldau openapi

openapi: generate

NODE := clients/node_modules/.installed tests/gateway/oidc/node_modules/.installed

%/node_modules/.installed: %/package-lock.json
	@cd $* && npm ci --no-audit --no-fund --silent && touch node_modules/.installed

node: $(NODE) ## install what tests need of npm: client generators, the OpenAPI linter, an identity provider

CLIENTS := clients/generated/.typescript clients/generated/.python

clients/generated/.typescript: docs/openapi/merged.json $(wildcard clients/*.ts clients/*.json clients/redocly.yaml) clients/node_modules/.installed
	@cd clients && npm run --silent lint && npm run --silent generate && npm run --silent compile && touch generated/.typescript

clients/generated/.python: docs/openapi/merged.json $(wildcard clients/*.py clients/mypy.ini clients/python.yaml) $(VENV)/.development
	@$(BIN)/openapi-python-client generate --path docs/openapi/merged.json --config clients/python.yaml \
		--meta none --output-path clients/generated/qoldau_client --overwrite --fail-on-warning
	@$(BIN)/mypy --config-file clients/mypy.ini && touch $@

clients: install $(NODE) ## lint the OpenAPI document, make typed clients in clients/generated and check their types
	@$(MAKE) --silent --no-print-directory -j2 $(CLIENTS)

migrate: install-runtime ## bring the database of this home up to date
	@$(BIN)/qoldau migrate

bench: install ## measure the hot paths against their ceilings, as ratios
	@$(BIN)/python -m benchmarks $(ARGS)

lock: $(BIN)/uv ## resolve the dependencies again
	@$(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml -o requirements/runtime.txt
	@$(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 -c requirements/runtime.txt pyproject.toml --group development -o requirements/development.txt

clean: ## remove the environment and the caches
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache clients/generated
