# Two commands do all set-up: `make run` serves the interface with drawn pictures to review, `make test` passes the tests.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PORT ?= 8000

.PHONY: run test check format docs types ui clean

run: $(VENV)/.ready ui
	$(BIN)/python -m demo.serve build/demo --port $(PORT)

test: check ui
	$(BIN)/pytest --numprocesses 2 --dist loadfile --reruns 2 --durations 15 --cov --cov-report=term

check: $(VENV)/.ready web/node_modules/.ready
	cd web && npm run --silent typecheck && npm run --silent lint && npm run --silent test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The interface, built into the package. Needs Node.js 20.19 or newer.
ui: src/sosie/_ui/index.html

src/sosie/_ui/index.html: web/node_modules/.ready $(shell find web/src web/public web/*.html web/*.ts web/*.json 2>/dev/null)
	cd web && npm run --silent build

web/node_modules/.ready: web/package-lock.json
	@command -v npm >/dev/null || { echo "The interface needs Node.js 20.19 or newer (npm) to be built." >&2; exit 1; }
	cd web && npm ci --no-audit --no-fund
	touch $@

# The interface's types, from the API's own description.
types: $(VENV)/.ready web/node_modules/.ready
	$(BIN)/python -m sosie.server.openapi > web/openapi.json
	cd web && npm run --silent types

docs: $(VENV)/.ready
	$(BIN)/python -m docs.generate

clean:
	rm -rf build dist src/sosie/_ui .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .coverage

$(VENV)/.ready: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Sosie needs Python 3.11 or newer: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV) || { echo "Python has no venv here: on Debian, apt install python3-venv" >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable . --group dev
	touch $@
