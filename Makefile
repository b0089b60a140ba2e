# One virtual environment, made from the lock file alone; remade when the lock changes.
VENV ?= .venv
PYTHON ?= python3
BIN = $(VENV)/bin
READY = $(VENV)/.ready
# What a bare Debian or Ubuntu lacks is installed by the system's own means.
SUDO = $(if $(filter 0,$(shell id -u)),,sudo)
INSTALL = $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq --no-install-recommends

.PHONY: demo test check static bench format lock browser pooler wrk

demo: $(READY)
	$(BIN)/leumund demo $(if $(ONCE),--once)

test: $(READY) browser pooler
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

check: static test

static: $(READY)
	$(BIN)/ruff format --check platform tests
	$(BIN)/ruff check platform tests
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY) wrk
	$(BIN)/python -m tests.bench

format: $(READY)
	$(BIN)/ruff format platform tests
	$(BIN)/ruff check --fix platform tests

lock: $(READY)
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version 3.11 --all-extras pyproject.toml -o requirements.lock

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c "import ensurepip" 2>/dev/null || ($(INSTALL) python3-venv)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $(READY)

wrk:
	@command -v wrk >/dev/null 2>&1 || ($(INSTALL) wrk)

# Companies are kept apart behind a PgBouncer too; Debian puts it where only root looks.
pooler:
	@PATH="$$PATH:/usr/sbin" command -v pgbouncer >/dev/null 2>&1 || ($(INSTALL) pgbouncer)

# The journeys are played in the system's own Chromium; Ubuntu ships none as a package, there Playwright brings one.
browser: $(READY)
	@command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || \
	 command -v google-chrome >/dev/null 2>&1 || \
	 ($(INSTALL) chromium fonts-dejavu-core) || $(BIN)/playwright install --with-deps chromium
