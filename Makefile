# Every target sets up what it needs. All need Python 3.11 or later with venv, and make; matrix, test-matrix,
# test-matrix-short, test-cli, test-openapi and render-openapi need Node.js as well.

# The newest interpreter that requirements/*.txt were made for; .ci/python says where it looks.
PYTHON ?= $(shell .ci/python locked)
PYTHON_OLDEST ?= $(shell .ci/python oldest)
PYTHON_NEWEST ?= $(shell .ci/python newest)

VENV ?= .venv
BIN = $(VENV)/bin
READY = $(VENV)/.ready
OUTSIDE = $(VENV)/.ready-outside
FUZZING = $(VENV)/.ready-fuzz
DOCS = $(VENV)/.ready-docs
VERSIONS ?= 2.0.56 2.1.112 2.1.329
export WIRELORE_CLI_CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/wirelore/cli
export PIP_DISABLE_PIP_VERSION_CHECK = 1
export PIP_NO_INPUT = 1

# The tests of make test and make test-slow, for pytest.
ALL = not (cli or openapi or faults or leaks or matrix)

.DEFAULT_GOAL = help
.PHONY: help setup demo test test-slow test-all selection lint format wheel test-cli matrix test-matrix test-matrix-short test-openapi fuzz test-leaks test-faults render-openapi test-oldest test-newest lock benchmark benchmark-schemas samples docs pictures site test-docs clean

help:  ## list the targets
	@sed -n 's/^\([a-z0-9-]*\): .*## /\1\t/p' Makefile | expand -t 20

setup: $(READY)  ## make the virtual environment with the project and its tools

$(READY): pyproject.toml setup.py requirements/build.txt requirements/dev.txt
	@.ci/environment $(VENV) "$(PYTHON)" dev
	@touch $@

$(OUTSIDE): $(READY) requirements/outside.txt
	@.ci/environment $(VENV) "" outside
	@touch $@

$(FUZZING): $(READY) requirements/fuzz.txt
	@.ci/environment $(VENV) "" fuzz || echo "the extra fuzz cannot be installed here" >&2
	@touch $@

$(DOCS): $(READY) requirements/docs.txt
	@.ci/environment $(VENV) "" docs
	@touch $@

lock:  ## write requirements/*.txt: the newest versions that pyproject.toml allows, with hashes
	@test -n "$(PYTHON)" || { echo "no Python 3.11 or later found; name one: make lock PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -m venv .venv-lock
	@.venv-lock/bin/python -m pip install --quiet --upgrade uv
	@.venv-lock/bin/python .ci/lock.py

demo: $(READY)  ## record, analyze and report a sample session, without an account (under a minute)
	@$(BIN)/wirelore demo

test: $(READY)  ## run the tests that take less than a second each (under two minutes)
	@$(BIN)/python -m pytest -n auto

test-slow: $(READY)  ## run the tests that start processes, read all recordings or build the project (minutes)
	@$(BIN)/python -m pytest -m slow -n auto

test-all: $(READY)  ## run test and test-slow as one suite
	@$(BIN)/python -m pytest -m "$(ALL)" -n auto

selection:
	@echo "$(ALL)"

lint: $(OUTSIDE)  ## check style and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/basedpyright

format: $(READY)  ## format the sources
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

wheel: $(READY)  ## build the wheel, install it in a new environment, and test it there
	@.ci/wheel $(BIN)/python

test-cli: $(READY)  ## record the real Claude CLI in front of a stand-in on loopback
	@$(BIN)/python -m pytest -m cli tests/real_cli

matrix: $(READY)  ## record three versions of the Claude CLI in every scenario into captures/local/matrix (up to 20 minutes; resumes)
	@$(BIN)/wirelore matrix $(foreach version,$(VERSIONS),--client claude@$(version)) --into captures/local/matrix

test-matrix: $(READY)  ## test the matrix with three versions and every scenario twice (15 minutes)
	@$(BIN)/python -m pytest -m matrix tests/real_matrix

test-matrix-short: $(READY)  ## test the matrix with the newest version and every scenario once (3 minutes)
	@WIRELORE_MATRIX_SHORT=1 $(BIN)/python -m pytest -m matrix tests/real_matrix

test-openapi: $(OUTSIDE)  ## check the OpenAPI document with a linter, two generators and schemathesis, and SARIF with a validator
	@$(BIN)/python -m pytest -m openapi tests/openapi_tools

test-leaks: $(OUTSIDE)  ## plant thousands of secrets and search the output for them (a minute; WIRELORE_LEAKS_SEED=any)
	@$(BIN)/python -m pytest -m leaks tests/leaks

fuzz: $(FUZZING)  ## fuzz all readers of foreign files, guided by coverage (a minute; SECONDS=900 WIRELORE_FUZZ_SEED=any)
	@$(BIN)/python -m tests.fuzz $(SECONDS)

test-faults: $(READY)  ## kill recorders, fill disks, break connections; check what is lost and what is counted (minutes)
	@$(BIN)/python -m pytest -m faults tests/faults

render-openapi: $(READY)  ## render reports/samples/openapi.yaml (or DOCUMENT=...) as build/openapi.html
	@$(BIN)/python -m tests.openapi_tools.render $(or $(DOCUMENT),reports/samples/openapi.yaml) build/openapi.html

test-oldest:  ## run the test suite on the oldest supported Python, in an environment of its own
	@.ci/suite oldest "$(PYTHON_OLDEST)"

test-newest:  ## run the test suite with the newest versions of all dependencies, instead of the lock
	@.ci/suite newest "$(PYTHON_NEWEST)"

benchmark: $(READY)  ## measure speed and memory: the first table of docs/measured.md
	@for file in benchmarks/[a-z]*.py; do echo "== $$file"; $(BIN)/python "$$file" || exit 1; done

benchmark-schemas: $(READY)  ## measure the learned schemas: the other tables of docs/measured.md (some minutes)
	@$(BIN)/python -m benchmarks.inference

samples: $(READY)  ## write reports/samples from captures/samples
	@$(BIN)/wirelore report captures/samples/* -o reports/samples

docs: $(READY)  ## write docs/analyzers.md, docs/changes.md and docs/environment.md from docstrings, schemas and commands
	@$(BIN)/python -c 'from wirelore.analysis import analyzer_reference as page; from wirelore.schema.library import Library; print(page.write(Library()), end="")' > docs/analyzers.md.new
	@mv docs/analyzers.md.new docs/analyzers.md
	@$(BIN)/python -c 'from wirelore.compare import change_rules; print(change_rules.page(), end="")' > docs/changes.md.new
	@mv docs/changes.md.new docs/changes.md
	@$(BIN)/python -c 'from wirelore.cli import environment, main; print(environment.page(main.main), end="")' > docs/environment.md.new
	@mv docs/environment.md.new docs/environment.md

pictures: $(DOCS)  ## draw docs/pictures/*.svg from the output of the commands
	@$(BIN)/python .ci/pictures.py

site: $(DOCS)  ## build the documentation as a site with a search, in build/site
	@$(BIN)/sphinx-build --quiet --fresh-env --fail-on-warning --keep-going --builder dirhtml docs build/site
	@echo "build/site/index.html"

test-docs: site  ## build the site, run the examples of the README and of docs/, compare their output and the pictures
	@$(BIN)/python .ci/pictures.py --check
	@$(BIN)/python .ci/documented_commands.py

clean:  ## delete what the other targets made, except recordings in captures/local
	@rm -rf .venv .venv-oldest .venv-newest .venv-lock build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
