# Every target does its own set-up; it needs Python 3.11 or later with venv, make, and for matrix, test-matrix, test-cli,
# test-openapi and render-openapi Node.js.

# The first interpreter that runs and is new enough (a version manager's shim may exist and yet refuse to run).
NEW_ENOUGH = import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3.11 python3 python3.12 python3.13 python; do \
	$$p -c '$(NEW_ENOUGH)' >/dev/null 2>&1 && { command -v $$p; break; }; done)
PYTHON_313 ?= $(shell for p in python3.13 "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/3.13*/bin/python3 python3; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' >/dev/null 2>&1 && { command -v "$$p"; break; }; done)

VENV ?= .venv
BIN = $(VENV)/bin
READY = $(VENV)/.ready
OUTSIDE = $(VENV)/.ready-outside
FUZZING = $(VENV)/.ready-fuzz
VERSIONS ?= 2.0.56 2.1.112 2.1.329
export WIRELORE_CLI_CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/wirelore/cli
export PIP_DISABLE_PIP_VERSION_CHECK = 1
export PIP_NO_INPUT = 1

.DEFAULT_GOAL = help
.PHONY: help setup demo test lint format wheel test-cli matrix test-matrix test-openapi fuzz test-leaks test-faults render-openapi test-313 benchmark benchmark-schemas samples docs clean

help:  ## what there is to make
	@sed -n 's/^\([a-z0-9-]*\): .*## /\1\t/p' Makefile | expand -t 20

setup: $(READY)  ## the virtual environment, with the project and its tools

$(READY): pyproject.toml
	@test -n "$(PYTHON)" || { echo "no Python 3.11 or later found; install one, or name it: make PYTHON=..." >&2; exit 1; }
	@echo "setting up $(VENV) with $$($(PYTHON) --version)" >&2
	@$(PYTHON) -m venv $(VENV) || { echo "could not make $(VENV); Debian and Ubuntu need the package python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

$(OUTSIDE): $(READY)
	@$(BIN)/python -m pip install --quiet --editable '.[dev,outside]'
	@touch $@

$(FUZZING): $(READY)
	@$(BIN)/python -m pip install --quiet --only-binary atheris --editable '.[dev,fuzz]' || \
		echo "the extra fuzz cannot be installed here" >&2
	@touch $@

demo: $(READY)  ## record, analyze and report a session, without an account (under a minute)
	@$(BIN)/wirelore demo

test: $(READY)  ## the test suite on all cores, without the slow suites
	@$(BIN)/python -m pytest -n auto

lint: $(OUTSIDE)  ## style and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/basedpyright

format: $(READY)  ## rewrite the sources in the house style
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

wheel: $(READY)  ## build the wheel, install it elsewhere, test it there
	@.ci/wheel $(BIN)/python

test-cli: $(READY)  ## the real Claude CLI through the recorder, against the stand-in on loopback
	@$(BIN)/python -m pytest -m cli tests/real_cli

matrix: $(READY)  ## three versions of the Claude CLI through every scenario into captures/local/matrix (20 minutes at most; resumes)
	@$(BIN)/wirelore matrix $(foreach version,$(VERSIONS),--client claude@$(version)) --into captures/local/matrix

test-matrix: $(READY)  ## the matrix itself: resumed, interrupted, and what each version does not support
	@$(BIN)/python -m pytest -m matrix tests/real_matrix

test-openapi: $(OUTSIDE)  ## the OpenAPI document before a linter, two generators and schemathesis; SARIF before a validator
	@$(BIN)/python -m pytest -m openapi tests/openapi_tools

test-leaks: $(OUTSIDE)  ## thousands of secrets planted everywhere, and none found in what was written (a minute; WIRELORE_LEAKS_SEED=any)
	@$(BIN)/python -m pytest -m leaks tests/leaks

fuzz: $(FUZZING)  ## hostile bytes for all that reads foreign files, guided by coverage (a minute; SECONDS=900 WIRELORE_FUZZ_SEED=any)
	@$(BIN)/python -m tests.fuzz $(SECONDS)

test-faults: $(READY)  ## recorders killed, disks full or gone, a hostile wire: what is lost and what is counted (minutes)
	@$(BIN)/python -m pytest -m faults tests/faults

render-openapi: $(READY)  ## build/openapi.html: reports/samples/openapi.yaml (or DOCUMENT=...) as a page to read
	@$(BIN)/python -m tests.openapi_tools.render $(or $(DOCUMENT),reports/samples/openapi.yaml) build/openapi.html

test-313:  ## the test suite on Python 3.13, in an environment of its own
ifeq ($(PYTHON_313),)
	@echo "skipped: no Python 3.13 found; name one with make test-313 PYTHON_313=..."
else
	@$(MAKE) --no-print-directory VENV=.venv-313 PYTHON=$(PYTHON_313) setup
	@.venv-313/bin/python -c 'import importlib.metadata as m, platform as p; print("Python", p.python_version(), "mitmproxy", m.version("mitmproxy"))'
	@.venv-313/bin/python -m pytest -n auto
endif

benchmark: $(READY)  ## what the README quotes, measured here
	@for file in benchmarks/[a-z]*.py; do echo "== $$file"; $(BIN)/python "$$file" || exit 1; done

benchmark-schemas: $(READY)  ## how far learned schemas can be trusted: the four tables of the README (some minutes)
	@$(BIN)/python -m benchmarks.inference

samples: $(READY)  ## the committed reports, written anew from the committed captures
	@$(BIN)/wirelore report captures/samples/* -o reports/samples

docs: $(READY)  ## docs/analyzers.md and docs/changes.md, written anew from the docstrings and schemas/changes.json
	@$(BIN)/python -c 'from wirelore.analysis import analyzer_reference as page; from wirelore.schema.library import Library; print(page.write(Library()), end="")' > docs/analyzers.md.new
	@mv docs/analyzers.md.new docs/analyzers.md
	@$(BIN)/python -c 'from wirelore.compare import change_rules; print(change_rules.page(), end="")' > docs/changes.md.new
	@mv docs/changes.md.new docs/changes.md

clean:  ## what the other targets made; recordings in captures/local stay
	@rm -rf .venv .venv-313 build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
