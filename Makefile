# A newcomer needs two of these: `make chat` and `make test`. Both set up .venv first, if that has not been done.

# The first Python on the path that is new enough; `make PYTHON=/path/to/python3.12 chat` names another.
PYTHON ?= $(or $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done),python3)
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip --disable-pip-version-check install --no-compile  # Python compiles what it uses
READY := .venv/.ready
# Each process keeps a file's tests together, since they share what is slow to make, and takes 1 to 2 GB.
PYTEST := $(BIN)/python -m pytest --numprocesses logical --maxprocesses 4 --dist loadfile
unexport PYTHONDONTWRITEBYTECODE # so that it need not compile them again for each process that the tests start
TORCH := $(shell grep '^torch==' constraints.txt)

.DEFAULT_GOAL := help
.PHONY: help chat test check faults bench setup clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' Makefile

chat: $(READY) ## chat about the sample articles in the browser, on this machine alone
	@$(BIN)/dateline --samples serve --open

test: $(READY) ## run the tests; needs no network
	@$(PYTEST)

check: $(READY) ## what a change must pass: ruff, mypy --strict and the tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict
	$(PYTEST)

faults: $(READY) ## what a library survives, in full: kills, full disks, damaged files, other processes; half an hour
	@DATELINE_FAULTS=full $(BIN)/python -m pytest tests/faults

bench: $(READY) ## scores against their floors, and times; DATA=FOLDER adds the public data sets
	@$(if $(DATA),$(INSTALL) --quiet -c constraints.txt -e '.[bench]')
	@$(BIN)/python -m tests.benchmarks $(if $(DATA),--data $(DATA))

setup: $(READY) ## make .venv with the pinned packages (chat, test and check do so themselves)

clean: ## remove .venv
	rm -rf .venv

# torch goes first and alone: from PyPI its Linux build brings gigabytes of CUDA packages, which a machine without an
# NVIDIA GPU is spared where PyTorch's CPU index answers. Where it doesn't, the second step takes torch as configured.
$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Dateline needs Python 3.11 or newer; found $$($(PYTHON) --version 2>&1 || echo none). Name one: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@echo "Setting up .venv with $$($(PYTHON) --version); this is done once and takes some minutes."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@if [ "$$(uname -s)" = Linux ] && ! command -v nvidia-smi >/dev/null; then \
		$(INSTALL) --no-deps --retries 0 --timeout 5 --index-url https://download.pytorch.org/whl/cpu $(TORCH) \
		2>/dev/null || echo "PyTorch's CPU index does not answer; taking torch from the usual index."; fi
	@echo "Installing the other packages."
	@$(INSTALL) --quiet -c constraints.txt $(TORCH) -e '.[test]'
	@touch $@
