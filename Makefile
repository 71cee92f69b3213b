# Two commands do all: `make run` serves the portal with the sample archives, `make test` checks everything.
# Both begin with `make setup`, which makes .venv. Nothing is installed outside of it.

PYTHON ?= python3
BIN := .venv/bin
DATA ?= archive_data
ADDRESS ?= 127.0.0.1:8000
PIP_INSTALL := python -m pip install --quiet --disable-pip-version-check --require-hashes
SEED ?= 1
COUNT ?= 3000
BESIDE := -n 2 --dist loadfile # two test files at a time
export SHOWME_DATA := $(DATA)
export SHOWME_ADDRESS := $(ADDRESS)

.PHONY: help setup setup-dev requirements run test lint types floors unit browser fuzz golden samples translations pictures bench clean

help:
	@echo "make run      set up, take the sample archives in, serve the portal on http://$(ADDRESS)"
	@echo "make test     set up, then lint, types, import contracts, unit, property and browser tests"
	@echo "make bench    measure speed and memory side by side with peers (about 20 minutes)"
	@echo "make fuzz     read $(COUNT) damaged archives and name what is lost in silence (SEED=1 COUNT=3000; ONLY=7 tries number 7 again)"
	@echo "make golden   write the golden files of the importers anew"
	@echo "make samples  make the sample archives anew"
	@echo "make pictures take the README's and the help's pictures anew from the running product (needs Chromium)"
	@echo "make requirements  pin every package of requirements*.in, with hashes (ARGS=--upgrade: newest versions)"
	@echo "make translations  collect the texts of the pages, for portal/translations/*/LC_MESSAGES/messages.po"

setup: .venv/ready

.venv/ready: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed."; exit 1; }
	@$(PYTHON) -c 'import ensurepip' || { echo "Python's venv is missing: apt-get install python3-venv"; exit 1; }
	@echo "[setup 1/2] making .venv ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "[setup 2/2] installing what the product runs on (once, about a minute) ..."
	@$(BIN)/python deploy/install.py -r requirements.txt
	@touch $@

setup-dev: setup .venv/ready-dev

.venv/ready-dev: requirements-dev.txt requirements.txt
	@echo "[setup] installing what the tests need ..."
	@$(BIN)/$(PIP_INSTALL) -r requirements-dev.txt
	@touch $@

requirements: setup-dev
	@for name in requirements requirements-postgres requirements-dev requirements-bench; do \
		$(BIN)/uv pip compile --quiet --generate-hashes --python-version 3.11 --python-platform linux --no-emit-index-url --no-emit-find-links \
			--no-annotate --custom-compile-command "make requirements" $(ARGS) $$name.in --output-file $$name.txt || exit 1; \
	done

run: setup
	@echo "[1/3] adding the sample archives (once) ..."
	@set -- archive_data/samples/*.zip; at=0; for archive; do at=$$((at + 1)); echo "      $$at of $$#: $${archive##*/}"; \
		said=$$($(BIN)/python -m indexer ingest --by "make run" "$$archive" 2>&1) || { echo "$$said"; exit 1; }; done
	@echo "[2/3] bringing the search index up to date ..."
	@$(BIN)/python -m indexer sync
	@echo "[3/3] starting the portal (stop it with Ctrl-C) ..."
	@SHOWME_DEMO=1 $(BIN)/python -m portal welcome & SHOWME_DEMO=1 exec $(BIN)/gunicorn --config gunicorn.conf.py --bind $(ADDRESS) wsgi:app

test: setup-dev lint types floors unit browser
	@echo "[test] all passed"

lint:
	@echo "[test 1/5] lint ..."
	@$(BIN)/ruff check . && $(BIN)/ruff format --check --quiet .

types:
	@echo "[test 2/5] types ..."
	@$(BIN)/mypy

floors:
	@echo "[test 3/5] import contracts ..."
	@$(BIN)/lint-imports

unit:
	@echo "[test 4/5] unit and property tests ..."
	@$(BIN)/python -m pytest -m "not browser" $(BESIDE)

browser:
	@echo "[test 5/5] browser tests ..."
	@$(BIN)/python -m pytest -m browser $(BESIDE)

fuzz: setup-dev
	@$(BIN)/python -m tests.support.fuzz --seed $(SEED) --count $(COUNT) $(if $(ONLY),--only $(ONLY)) $(if $(PLATFORM),--platform $(PLATFORM))

golden: setup-dev
	@$(BIN)/python -m tests.support.golden

samples: setup
	@$(BIN)/python archive_data/make_samples.py

translations: setup
	@$(BIN)/pybabel -q extract --project=Show-Me\ Records --copyright-holder=Show-Me\ Records --version= --mapping babel.cfg --no-default-keywords -k _ -k _n:1,2 -k _l -k say -k gettext -k ngettext:1,2 --no-location --sort-output --no-wrap -o portal/translations/messages.pot .
	@$(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap -i portal/translations/messages.pot -d portal/translations -l es
	@$(BIN)/pybabel -q compile -d portal/translations -l es

pictures: setup-dev
	@$(BIN)/python docs/pictures/take.py

bench: setup-dev bench/out/venv/ready
	@$(BIN)/python -m bench

bench/out/venv/ready: requirements-bench.txt
	@echo "[setup] installing the peers that we measure beside ..."
	@test -x bench/out/venv/bin/python || $(PYTHON) -m venv bench/out/venv
	@bench/out/venv/bin/$(PIP_INSTALL) -r requirements-bench.txt
	@touch $@

clean:
	@echo "Removes .venv and caches; evidence, catalog and index in $(DATA) stay."
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis build
