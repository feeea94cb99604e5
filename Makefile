# Each target installs what it needs first and is quick when that is there already.
#   make demo    try it: sample vendors and people, on this machine alone (ARGS="--port 9000")
#   make test    every test          make check   style, types, layers, deployment checks
#   make bench   measurements        make setup   .venv for work on the code
#   make proof   the figures of docs/security.md, anew (some minutes; ARGS=--brief tries less)
#   make faults  docs/faults.md, anew: what dies, and what becomes of the jobs (most of an hour)
# PYTHON chooses the interpreter: make PYTHON=python3.12 demo

PROCESSES ?= 4
ARGS ?=
VENV := .venv/bin
LOCK := uv pip compile --universal --generate-hashes --python-version 3.11 --no-header \
	--no-annotate --no-emit-index-url --no-emit-find-links --quiet

.PHONY: demo test check bench proof faults setup runtime services lock clean

demo: runtime
	@tools/system demo
	@$(VENV)/python manage.py demo $(ARGS)

runtime:
	@tools/install runtime

setup:
	@tools/install dev

services: setup
	@tools/system test
	@{ ls /usr/lib/postgresql/*/bin/initdb && command -v redis-server; } >/dev/null 2>&1 \
		|| tools/install services \
		|| echo "vetting: no private PostgreSQL or Redis: their tests are skipped." >&2

test: services
	$(VENV)/python -m pytest -n $(PROCESSES) --dist worksteal $(ARGS)
	TEST_ON=postgresql $(VENV)/python -m pytest -n $(PROCESSES) --dist worksteal -m "not browser and not services" $(ARGS)

check: setup
	$(VENV)/ruff check .
	$(VENV)/ruff format --check --quiet .
	$(VENV)/mypy
	$(VENV)/lint-imports --no-cache
	$(VENV)/djlint templates --lint --quiet
	$(VENV)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	@data=$$(mktemp -d) && trap 'rm -rf "$$data"' EXIT && export VETTING_DATA_DIR="$$data" \
		SITE_URL=https://vetting.example.org DATABASE_URL= CELERY_BROKER_URL= DEBUG= && \
		$(VENV)/python manage.py check --deploy --fail-level WARNING && \
		$(VENV)/python manage.py makemigrations --check --dry-run

bench: setup
	@tools/system demo
	$(VENV)/python tests/benchmarks/bench.py $(ARGS)

proof: services
	$(VENV)/python tests/proofs.py $(ARGS)

faults: services
	$(VENV)/python -m tests.faults --write docs/faults.md $(ARGS)

lock:
	$(LOCK) requirements.in -o requirements.txt
	$(LOCK) -c requirements.txt requirements-dev.in -o requirements-dev.txt
	$(LOCK) -c requirements-dev.txt requirements-services.in -o requirements-services.txt

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
