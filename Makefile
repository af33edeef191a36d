# One way to run each thing. `make` lists them.
PYTHON ?= python3
UV_VERSION := 0.13.9
BIN := .venv/bin
UV := .tools/bin/uv
export UV_PROJECT_ENVIRONMENT := .venv
QUOTE ?= CNXIY TRIST --equipment 45G1 --count 2 --weight 18000 --ready 2026-12-01

.PHONY: help quote test test-slow lint types reference bench wheel lock clean

help: ## list what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

quote: .venv/.installed ## set up what is needed and quote Xi'an to Istanbul
	@$(BIN)/kervan quote $(QUOTE)

test: .venv/.developing ## set up what is needed and run the everyday tests
	$(BIN)/python -m pytest -m "not slow" -n auto

test-slow: .venv/.developing ## the tests that take longer
	$(BIN)/python -m pytest -m slow -n auto --dist worksteal

lint: .venv/.developing ## style, imports between layers, and files that are generated
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports
	$(BIN)/python -m kervan.feed.reference | diff - docs/reference/feed.md

types: .venv/.developing ## the type checker, strict over src/
	$(BIN)/mypy

reference: .venv/.developing ## write the pages and schemas that are generated anew
	$(BIN)/python -m kervan.feed.reference > docs/reference/feed.md
	$(BIN)/python -m kervan.cargo.codes_reference > docs/reference/codes.md
	$(BIN)/python -m kervan.cargo.reference page > docs/reference/consignment.md
	$(BIN)/python -m kervan.cargo.reference schema > src/kervan/schemas/consignment.v1.json
	$(BIN)/python -m kervan.cargo.mapping > docs/reference/mapping.md
	$(BIN)/python -m kervan.cargo.law.reference > docs/reference/law.md
	$(BIN)/python -m kervan.cargo.assessment.reference > docs/reference/risk-rules.md
	$(BIN)/python -m kervan.documents.smgs.schema
	$(BIN)/python -m kervan.documents.declared_once_page > docs/explanation/declared-once.md
	$(BIN)/python -m tests.docs.ncts_page
	$(BIN)/python -m tests.documents.efti_page
	$(BIN)/python -m tests.docs.help_blocks

bench: .venv/.developing ## measure against the peers and write benchmarks/RESULTS.md anew
	$(UV) sync --locked --all-groups --all-extras --quiet
	$(BIN)/python -m benchmarks.run

wheel: .venv/.developing ## build the wheel and the source archive into dist/
	$(UV) build

lock: $(UV) ## bring uv.lock up to date with pyproject.toml
	$(UV) lock

clean: ## remove everything that was set up
	rm -rf .venv .tools dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Kervan needs Python 3.11 or later; say which with make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv .tools
	.tools/bin/pip install --quiet "uv==$(UV_VERSION)"

# What a user needs. A developer's environment holds it too and is left as it is.
.venv/.installed: $(UV) pyproject.toml uv.lock
	@if [ -e .venv/.developing ]; then $(UV) sync --locked --all-extras --quiet; \
	else $(UV) sync --locked --no-dev --quiet --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')"; fi
	@touch $@

.venv/.developing: $(UV) pyproject.toml uv.lock
	$(UV) sync --locked --all-extras --quiet --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')"
	@touch $@
