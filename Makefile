# `make help` lists the targets. Paths are relative: the checkout may lie in a folder with spaces.
PYTHON ?= python3
EXTRAS ?=
SCANS ?=
export PYTHON SCANS

BIN := .venv/bin
comma := ,
empty :=
space := $(empty) $(empty)
extras := $(subst $(comma),$(space),$(EXTRAS))
DEMO_EXTRAS := embed
TEST_EXTRAS := $(sort embed dev postgres pdf timestamp $(extras))

DEMO_PACKAGES := python3-venv tesseract-ocr tesseract-ocr-fra tesseract-ocr-osd
TEST_PACKAGES := $(DEMO_PACKAGES) chromium postgresql fonts-dejavu-core fonts-liberation libgl1 libglib2.0-0

# A stamp for each set of extras: installing again only when what is to be installed changed.
DEMO_STAMP := .venv/installed-$(subst $(space),-,$(DEMO_EXTRAS))
TEST_STAMP := .venv/installed-$(subst $(space),-,$(TEST_EXTRAS))

.PHONY: help demo test lint serve clean demo-packages test-packages python-version
.NOTPARALLEL:

help:
	@echo 'make demo               install, then run the main job on sample scans'
	@echo 'make demo SCANS=path    the same on your own folder'
	@echo 'make test               install what the tests need, check the code, run the tests'
	@echo 'make test EXTRAS=a,b    the same with these extras; no test of theirs may be skipped'
	@echo 'make lint               check the code only (after make test)'
	@echo 'make serve              the web pages on localhost (after make demo)'
	@echo 'make clean              remove .venv and the caches; archives are never touched'

demo: demo-packages $(DEMO_STAMP)
	@if [ -n "$$SCANS" ]; then $(BIN)/archiveia demo --scans "$$SCANS"; else $(BIN)/archiveia demo; fi

test: test-packages $(TEST_STAMP) lint
	$(BIN)/python -m pytest --extras='$(subst $(space),$(comma),$(strip $(extras)))'

lint:
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

serve:
	$(BIN)/archiveia serve

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

demo-packages: python-version
	@sh tools/debian-packages.sh $(DEMO_PACKAGES)

test-packages: python-version
	@sh tools/debian-packages.sh $(TEST_PACKAGES)

python-version:
	@[ -x .venv/bin/python ] || \
	"$$PYTHON" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null || { \
	    echo "archiveia needs Python 3.11, 3.12 or 3.13; $$PYTHON is: $$("$$PYTHON" --version 2>&1)" >&2; \
	    echo 'name another one, as in  make demo PYTHON=python3.12' >&2; exit 1; }

.venv/bin/python: | demo-packages
	"$$PYTHON" -m venv .venv || { rm -rf .venv; exit 1; }

# One pip command: torch, where an extra brings it, is resolved together with its pin.
.venv/installed-%: pyproject.toml constraints.txt | .venv/bin/python
	@echo 'installing archiveia[$(subst -,$(comma),$*)] into .venv (a minute or more the first time)'
	$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[$(subst -,$(comma),$*)]'
	@touch '$@'
