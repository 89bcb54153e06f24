# Every target does its own set-up; the work is in tests/runner and tests/cluster. CLUSTER=kind or current takes another cluster.
PYTHON ?= python3
RUN = $(PYTHON) -m tests.runner
.PHONY: test check lint fmt test-apiserver test-node demo up down down-all status images crds lock clean

test:  ## every test: fast, on a real API server, on a real node with gVisor
	@$(RUN) test

check:  ## the fast stage: format, lint, types, import contracts, unit and edge tests
	@$(RUN) check

lint:  ## format, lint, types and import contracts only
	@$(RUN) lint

test-apiserver:  ## the tests that need a real API server
	@$(RUN) apiserver

test-node:  ## the tests that need a real node with gVisor
	@$(RUN) node

demo:  ## the whole story on a real cluster
	@$(RUN) demo

fmt: .venv/made-from  ## format, and mend what the linter can mend
	@.venv/bin/ruff format --quiet && .venv/bin/ruff check --fix --quiet

up images status:  ## start the cluster; build and load both images; what runs
	@$(PYTHON) -m tests.cluster $@

down:  ## end the demo's cluster, without a trace
	@$(PYTHON) -m tests.cluster down demo

down-all:  ## end every cluster of this machine, whoever started it
	@$(PYTHON) -m tests.cluster down --all

lock: .venv/made-from  ## take the newest versions that pyproject.toml allows
	@$(PYTHON) -m tests.runner.lock

.venv/made-from: requirements-dev.lock pyproject.toml
	@$(RUN) venv

clean: down  ## what was built in this tree; the compiled cluster stays in ~/.cache/cupel
	@rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
