# Every task of the project; people, pre-commit and CI call these. `make help` lists them.
# Paths in rules are relative and every expansion is quoted: the folder may be named with spaces and Cyrillic letters.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help env env-serve repro emnist published results experiments crossval tune serve deploy-env deploy-images release ui \
	test mutants lint format types readme pictures docs clean

# The first that runs and is of a version that poetry.lock is for; of an activated environment, what it was made of.
fits := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))
PYTHON ?= $(shell for name in python3.11 python3.12 python3 python; do \
	"$$name" -c '$(fits)' 2>/dev/null && "$$name" -c 'import sys; print(sys._base_executable)' && break; done)
check_python = "$(PYTHON)" -c '$(fits)' 2>/dev/null || { \
	echo "Error: Python 3.11 or 3.12 is needed, and $(or $(PYTHON),python3) is" \
		"$$("$(or $(PYTHON),python3)" --version 2>&1 | tail -n 1): install one (with its venv)," \
		"or name it: make env PYTHON=/path/to/python3.11" >&2; exit 1; }
PORT ?= 5000

# An activated environment of something else would be taken for ours, and Poetry can be told to use another.
unexport VIRTUAL_ENV CONDA_PREFIX CONDA_DEFAULT_ENV PYTHONHOME PYTHONPATH PYTHONSAFEPATH
unexport $(filter POETRY_VIRTUALENVS_% POETRY_INSTALLER_% POETRY_ACTIVE,$(.VARIABLES))
export PATH := $(CURDIR)/.venv/bin:$(PATH)

poetry := poetry==2.5.1 poetry-plugin-pypi-mirror==0.6.5
poetry_installed := .poetry/.installed-2.5.1-0.6.5
python := .venv/bin/python
# Where there is no environment but the small one, that one serves.
serving := $(if $(wildcard .venv/.installed),.venv,.venv-serve)
pysar := $(python) -m src.commands.cli

help: ## list the tasks
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' Makefile

env: .venv/.installed ## create or update the environment (.venv) from poetry.lock

env-serve: .venv-serve/.installed ## the same for a small one (.venv-serve), without torch: it reads and serves, no more

repro: env ## run the pipeline from raw data to the table of results; RAW_MIRROR=folder-or-URL is asked before upstream
	@$(pysar) repro

emnist: env ## run the pipeline of the Latin family (ARGS=evaluate_emnist@balanced for one variant)
	@cd pipelines/emnist && "$(CURDIR)/$(python)" -m dvc repro $(ARGS)

published: env ## run the pipeline on the published split as an experiment, and compare with the published figures
	@$(pysar) published

results: env ## show the table of results of the last run
	@$(pysar) results

# The columns of files (what a stage was given) say nothing here: of an experiment every later one differs.
experiments: env ## compare the experiments by eight figures and what they changed, the best by rows held back first
	@$(python) -m dvc exp show --only-changed --hide-workspace --keep Experiment \
		--drop '^(data|models|reports|src)/|^(Created|State|Executor)$$' --sort-by val_label --sort-order desc $(ARGS)

crossval: env ## read every letter of rukopys with a network that has not seen it, in folds, several times
	@$(pysar) crossval $(ARGS)

tune: env ## search better params on rows held back from training (ARGS='pretrain --trials 20', ARGS=--confirm, ARGS=--apply)
	@$(pysar) tune $(ARGS)

serve: $(serving)/.installed ## answer over HTTP at 127.0.0.1:8000, with a page to draw on (ARGS='--port 8080 --model models:/pysar@champion')
	@$(serving)/bin/python -m src.commands.cli serve $(ARGS)

deploy-env: ## make accounts and deploy/.env for deploy/compose.yaml (ARGS='--host name.example' lets other machines in)
	@"$(or $(PYTHON),python3)" -m deploy.make_env $(ARGS)

deploy-images: ## pin the images of deploy/compose.yaml by the digests that their registry has now (needs Docker)
	@"$(or $(PYTHON),python3)" -m deploy.pin_images

release: env ## put the last run's model, with a card, where an installed pysar finds it
	@$(pysar) release

ui: env ## show the runs in MLflow's web page on 127.0.0.1:5000 (PORT=… for another port)
	@$(pysar) ui --port "$(PORT)"

# One process an allowed core, so one thread each: two that compute with two threads on two cores crawl.
test: env ## run every test (ARGS='-k split' for some)
	OMP_NUM_THREADS=1 $(python) -m pytest --numprocesses auto --no-loadscope-reorder $(ARGS)

mutants: env ## break the code on purpose and see whether the tests notice (ARGS='src/features' for some modules)
	OMP_NUM_THREADS=1 $(python) -m benchmarks.mutants $(ARGS)

lint: env ## check style, formatting and which room imports which
	$(python) -m ruff check
	$(python) -m ruff format --check
	@$(python) -c "from importlinter.cli import lint_imports_command; lint_imports_command()" --no-logo

format: env ## correct style and formatting where that can be done mechanically
	$(python) -m ruff check --fix
	$(python) -m ruff format

types: env ## check types
	$(python) -m mypy

readme: env ## write the measured figures of README and the manual (ARGS='--published NAME' takes that experiment's too)
	@$(pysar) readme $(ARGS)

pictures: env ## draw README's picture of what the model reads (ARGS='--seed 2' for another hand)
	@$(pysar) pictures $(ARGS)

docs: env ## build the manual in docs/_build; a warning is an error
	$(python) -m sphinx --fail-on-warning --keep-going --quiet -b html docs docs/_build
	$(python) -m docs.assets docs/_build
	@echo "the manual is docs/_build/index.html"

clean: ## remove the environment and the tools' caches; data, models and results stay
	rm -rf .venv .venv-serve .poetry .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# Poetry has an environment of its own, so that neither can break the other.
#
# Of pip's settings, from variables and pip.conf, only those hold that say where packages come from: `user`, `target` or
# `prefix` would put them elsewhere.
define pip_install
import os, sys
from pip._internal.commands import create_command
given = vars(create_command("install").parse_args([])[0])
names = {"index_url": "INDEX_URL", "extra_index_urls": "EXTRA_INDEX_URL", "find_links": "FIND_LINKS", "cert": "CERT",
         "client_cert": "CLIENT_CERT", "trusted_hosts": "TRUSTED_HOST", "proxy": "PROXY", "no_index": "NO_INDEX",
         "timeout": "TIMEOUT", "retries": "RETRIES", "cache_dir": "CACHE_DIR"}
kept = {f"PIP_{name}": given.get(key) for key, name in names.items()}
kept = {name: " ".join(value) if isinstance(value, list) else str(value) for name, value in kept.items() if value}
others = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *sys.argv[1:]]
os.execve(sys.executable, command, {**others, **kept, "PIP_CONFIG_FILE": os.devnull})
endef
export pip_install

$(poetry_installed):
	@$(check_python)
	@echo "Installing Poetry into .poetry"
	@"$(PYTHON)" -m venv --clear .poetry || \
		{ echo "Error: '$(PYTHON) -m venv' failed: install python3-venv, or set PYTHON to a Python 3.11" >&2; exit 1; }
	@.poetry/bin/python -c "$$pip_install" $(poetry)
	@touch $@

# An environment is broken where the Python that it was made of is gone, or has become another version.
works := works() { [ -d "$$1/lib/python$$("$$1/bin/python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' \
	2>/dev/null)/site-packages" ]; }
broken := $(shell $(works); for one in .venv .venv-serve; do \
	[ ! -e $$one/.installed ] || works $$one || echo $$one; done)
$(foreach one,$(broken),$(eval $(one)/.installed: broken))
.PHONY: broken

# Poetry asks an index's per-release JSON, which a mirror may not serve; by way of the plugin it reads, as pip does,
# the simple index, and the one that pip is set to, with the certificates that pip is set to.
#
# What .venv has is compiled once: where Python may not keep bytecode (PYTHONDONTWRITEBYTECODE, as containers set
# it), each stage would compile torch and pandas again. A few files are of newer Pythons and cannot be compiled.
# The small one keeps the bytecode of what it imports: that of all would take it over 400 MB.
#
# .installing stands while packages are put in: an environment left so by a kill is made anew. Poetry writes `pysar`
# with the interpreter's path in its first line, where a space or a long path breaks it: it is made relative.
extras.venv := --all-extras
size.venv := some 6 GB and a few minutes
extras.venv-serve := --only main --extras serve
size.venv-serve := under 400 MB and about a minute

.venv/.installed .venv-serve/.installed: poetry.lock pyproject.toml | $(poetry_installed)
	@$(works); works .poetry || { rm -f $(poetry_installed); "$(MAKE)" --no-print-directory $(poetry_installed); }
	@$(works); if [ -e $(@D)/.installing ] || ! works $(@D); then \
		$(check_python); \
		echo "Creating $(@D) from poetry.lock: $(size$(@D)) the first time"; \
		rm -rf $(@D) && "$(PYTHON)" -m venv --without-pip $(@D); \
	fi
	@touch $(@D)/.installing
	@pip() { .poetry/bin/python -c "from pip._internal.commands import create_command as command; \
		print(command('install').parse_args([])[0].$$1 or '')"; }; \
	certificates=$${REQUESTS_CA_BUNDLE:-$$(pip cert)}; \
	if [ -n "$$certificates" ]; then export REQUESTS_CA_BUNDLE="$$certificates"; fi; \
	POETRY_PYPI_MIRROR_URL=$${POETRY_PYPI_MIRROR_URL:-$$(pip index_url)} VIRTUAL_ENV="$(CURDIR)/$(@D)" \
	POETRY_VIRTUALENVS_PATH="$(CURDIR)/.poetry" POETRY_KEYRING_ENABLED=false \
	.poetry/bin/python -m poetry sync --no-interaction $(extras$(@D))
	@[ $(@D) != .venv ] || .venv/bin/python -m compileall -qq -j "$$(nproc)" .venv/lib || true
	@sed -i "1s|^#!/[^'].*|#!/bin/sh\n'''exec' \"\$$(dirname \"\$$0\")/python\" \"\$$0\" \"\$$@\" #'''|" $(@D)/bin/pysar
	@mv $(@D)/.installing $(@D)/.installed
