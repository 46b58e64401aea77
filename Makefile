# Every target does its own set-up; it needs Python 3.11 or later with venv, make, and for matrix, test-matrix, test-cli,
# test-openapi and render-openapi Node.js.

# The newest interpreter that requirements/*.txt were made for; .ci/python says where it looks.
PYTHON ?= $(shell .ci/python locked)
PYTHON_OLDEST ?= $(shell .ci/python oldest)
PYTHON_NEWEST ?= $(shell .ci/python newest)

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
.PHONY: help setup demo test lint format wheel test-cli matrix test-matrix test-openapi fuzz test-leaks test-faults render-openapi test-oldest test-newest lock benchmark benchmark-schemas samples docs clean

help:  ## what there is to make
	@sed -n 's/^\([a-z0-9-]*\): .*## /\1\t/p' Makefile | expand -t 20

setup: $(READY)  ## the virtual environment, with the project and its tools

$(READY): pyproject.toml setup.py requirements/build.txt requirements/dev.txt
	@.ci/environment $(VENV) "$(PYTHON)" dev
	@touch $@

$(OUTSIDE): $(READY) requirements/outside.txt
	@.ci/environment $(VENV) "" outside
	@touch $@

$(FUZZING): $(READY) requirements/fuzz.txt
	@.ci/environment $(VENV) "" fuzz || echo "the extra fuzz cannot be installed here" >&2
	@touch $@

lock:  ## requirements/*.txt, written anew: the newest versions that pyproject.toml allows, with their hashes
	@test -n "$(PYTHON)" || { echo "no Python 3.11 or later found; name one: make lock PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -m venv .venv-lock
	@.venv-lock/bin/python -m pip install --quiet --upgrade uv
	@.venv-lock/bin/python .ci/lock.py

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

test-oldest:  ## the test suite on the oldest supported Python, in an environment of its own
	@.ci/suite oldest "$(PYTHON_OLDEST)"

test-newest:  ## the test suite with the newest versions of all dependencies, whatever the lock has
	@.ci/suite newest "$(PYTHON_NEWEST)"

benchmark: $(READY)  ## what the README quotes, measured here
	@for file in benchmarks/[a-z]*.py; do echo "== $$file"; $(BIN)/python "$$file" || exit 1; done

benchmark-schemas: $(READY)  ## how far learned schemas can be trusted: the four tables of the README (some minutes)
	@$(BIN)/python -m benchmarks.inference

samples: $(READY)  ## the committed reports, written anew from the committed captures
	@$(BIN)/wirelore report captures/samples/* -o reports/samples

docs: $(READY)  ## docs/analyzers.md, docs/changes.md and docs/environment.md, written anew from docstrings, schemas and commands
	@$(BIN)/python -c 'from wirelore.analysis import analyzer_reference as page; from wirelore.schema.library import Library; print(page.write(Library()), end="")' > docs/analyzers.md.new
	@mv docs/analyzers.md.new docs/analyzers.md
	@$(BIN)/python -c 'from wirelore.compare import change_rules; print(change_rules.page(), end="")' > docs/changes.md.new
	@mv docs/changes.md.new docs/changes.md
	@$(BIN)/python -c 'from wirelore.cli import environment, main; print(environment.page(main.main), end="")' > docs/environment.md.new
	@mv docs/environment.md.new docs/environment.md

clean:  ## what the other targets made; recordings in captures/local stay
	@rm -rf .venv .venv-oldest .venv-newest .venv-lock build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
