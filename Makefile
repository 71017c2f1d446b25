# Araxes. `make serve` and `make test` each do all the set-up they need: a .venv of the project's own, from
# requirements.lock. The network is needed only the first time and when the lock has changed. `make help` lists the rest.

.DEFAULT_GOAL := install

HOST ?= 127.0.0.1
PORT ?= 8000
WORKERS ?= 1
JOBS ?= 2
OSM ?= ../shared/data/osm/armenia-azerbaijan-2021.osm.pbf
VENV ?= .venv
TOOLS_VENV ?= .venv-tools
LOCK_VENV ?= .venv-lock
UV_VERSION := 0.13.9

# The interpreter: the first that runs, is 3.11 to 3.13 and can make a venv. Being on the PATH is not enough:
# pyenv leaves a shim for every version that it has, whether or not it is active.
# A choice of one's own: make PYTHON=/path/to/python3.12
CAN_SERVE := import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3 python; do \
	if $$python -c '$(CAN_SERVE)' 2>/dev/null </dev/null; then echo $$python; break; fi; done)

# pip keeps the user's index, certificates and proxy, and drops what would send the packages elsewhere, leave
# some out, or ask for a hash of the checkout itself.
unexport PYTHONHOME PYTHONPATH PIP_TARGET PIP_PREFIX PIP_ROOT PIP_CONSTRAINT PIP_BUILD_CONSTRAINT PIP_REQUIREMENT
unexport PIP_EDITABLE PIP_DRY_RUN PIP_PYTHON PIP_REPORT PIP_NO_DEPS PIP_IGNORE_INSTALLED PIP_PLATFORM PIP_PYTHON_VERSION
export PIP_USER := 0
export PIP_REQUIRE_HASHES := 0
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1

RUN := $(VENV)/bin/python

# $(call install,VENV,LOCK): a working venv with the locked packages, and this checkout editable in it.
# A venv that is broken, half made, or of another Python than the one asked for is made again.
define install
@test -n "$(PYTHON)" || { echo "Araxes needs Python 3.11, 3.12 or 3.13 with its venv module (on Debian and Ubuntu: apt install python3-venv) and found none on the PATH; install one, or name it: make PYTHON=/path/to/python3.12" >&2; exit 1; }
@"$(PYTHON)" -c '$(CAN_SERVE)' || { echo "$(PYTHON) cannot be used: Araxes needs Python 3.11, 3.12 or 3.13 with its venv module" >&2; exit 1; }
@version="import sys; print(sys.version_info[:2])"; \
	test "$$($(1)/bin/python -m pip --version >/dev/null 2>&1 && $(1)/bin/python -c "$$version")" = "$$("$(PYTHON)" -c "$$version")" || \
	{ echo "Making $(1) with $$("$(PYTHON)" --version)"; "$(PYTHON)" -m venv --clear $(1); }
@echo "Installing $(2) into $(1) (a few minutes the first time)"
@$(1)/bin/python -m pip install --quiet --require-hashes -r $(2)
@$(1)/bin/python -m pip install --quiet --no-deps --no-build-isolation --editable .
@printf '%s\n' "$(CURDIR)" > $@
endef

# `installed` in a venv says that it is whole, and of which checkout: one that was moved or copied installs again,
# and so does one whose Python has gone or is not of the version that the user names.
WANTED := $(if $(filter file,$(origin PYTHON)),,$(shell "$(PYTHON)" -c 'import sys; print(sys.version_info[:2])' 2>/dev/null || echo none))
unless_sound = $(if $(shell test "$$(cat $(1)/installed 2>/dev/null)" = "$(CURDIR)" && \
	$(1)/bin/python -c 'import sys; "$(WANTED)" in ("", str(sys.version_info[:2])) and print("sound")' 2>/dev/null),,again)

.PHONY: help install serve test lint format messages data bench bench-serve lock clean again

help: ## what there is to make
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /: /' | awk -F': ' '{ printf "make %-11s %s\n", $$1, $$2 }'

install: $(VENV)/installed ## the venv alone: what a bare make does

$(VENV)/installed: requirements.lock pyproject.toml $(call unless_sound,$(VENV))
	$(call install,$(VENV),requirements.lock)

$(TOOLS_VENV)/installed: tools/requirements.lock pyproject.toml $(call unless_sound,$(TOOLS_VENV))
	$(call install,$(TOOLS_VENV),tools/requirements.lock)

serve: $(VENV)/installed ## the map on http://127.0.0.1:8000 (HOST=, PORT=, WORKERS=)
	$(RUN) app.py serve --host "$(HOST)" --port "$(PORT)" --workers "$(WORKERS)"

test: lint ## lint, then the tests (JOBS= processes)
	$(RUN) -m pytest -n $(JOBS) --dist worksteal

lint: $(VENV)/installed ## style, types and layers
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy
	$(RUN) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'

format: $(VENV)/installed ## put the code into shape
	$(RUN) -m ruff check --fix .
	$(RUN) -m ruff format .

messages: $(VENV)/installed ## collect the texts of the pages into the catalogues in web/locales/
	$(RUN) -m tools.messages

data: $(TOOLS_VENV)/installed ## build data/ again from its sources
	$(TOOLS_VENV)/bin/python -m tools.build

bench: $(VENV)/installed ## measure against peers, some in venvs of their own (OSM= a file, BENCH= options)
	$(RUN) -m benchmarks.run --osm "$(OSM)" $(BENCH)

bench-serve: $(VENV)/installed ## the server under load (needs wrk; BENCH= options, such as --network FILE)
	$(RUN) -m benchmarks.serving --to benchmarks/SERVING.md $(BENCH)

lock: ## work out both locks again after a change of a requirements.txt
	"$(PYTHON)" -m venv $(LOCK_VENV)
	$(LOCK_VENV)/bin/python -m pip install --quiet uv==$(UV_VERSION)
	$(LOCK_VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-config \
		--custom-compile-command "make lock" --output-file requirements.lock requirements.txt
	test ! -f tools/requirements.txt || $(LOCK_VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-config \
		--custom-compile-command "make lock" --output-file tools/requirements.lock requirements.txt tools/requirements.txt

clean: ## remove everything that make made
	rm -rf $(VENV) $(TOOLS_VENV) $(LOCK_VENV) .venv-bench .venv-bench312 .bench .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis *.egg-info build
