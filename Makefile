# The five commands of this project. Each installs what it needs first; see bin/bootstrap.py.
PYTHON ?= python3
BOOTSTRAP = $(PYTHON) bin/bootstrap.py
VENV = .venv/bin

export PATH := $(CURDIR)/.tools/node:$(PATH)
.PHONY: run test check bench screens python
.NOTPARALLEL:

run: python
	@exec $(BOOTSTRAP) runtime $(VENV)/python -m portal.site.processes

# The processes that share the tests must all collect them in one order, sets included: hence the fixed seed.
test: python
	@$(BOOTSTRAP) develop
	@npm test
	@PYTHONHASHSEED=0 $(VENV)/python -m pytest --numprocesses logical --maxprocesses 4 --dist load

check: python
	@$(BOOTSTRAP) develop
	@exec $(VENV)/python bin/check.py

bench: python
	@$(BOOTSTRAP) develop
	@exec $(VENV)/python -m bench

screens: python
	@$(BOOTSTRAP) develop
	@exec $(VENV)/python -m tests.screens

python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "take-it-down: Python 3.11 or newer is needed; name yours as in: make run PYTHON=python3.11" >&2; exit 1; }
