# Two commands matter to a newcomer: `make demo` and `make test`. Each sets up all it needs from the lock file.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

# Tests start hundreds of processes; where this is set each of them compiles all modules anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test unit check fix lock bench bench-short kills crashes torture damage scenarios clean

DATABASE ?= sqlite
# Many tests wait for servers more than they compute; more than a few processes would be in each other's way.
SIDE_BY_SIDE := -n 3 --dist worksteal

demo: $(STAMP)  ## accounting exports dropped over SFTP, booked, archived and reported, all here; DATABASE=postgresql books there
	$(BIN)/nightclerk demo --database '$(DATABASE)'

test: check  ## everything: lint, types, import rules, then all tests
	$(BIN)/python -m pytest $(SIDE_BY_SIDE)

unit: $(STAMP)  ## the fast part of the tests
	$(BIN)/python -m pytest $(SIDE_BY_SIDE) tests/unit tests/drift

check: $(STAMP)  ## lint, format, types, import rules, spelling
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell

fix: $(STAMP)  ## what the tools can mend by themselves
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(STAMP)  ## figures beside psql, sqlite3, sftp and openpyxl, in the same run; BENCH="--only postgresql sftp" for parts
	$(BIN)/python -m tests.bench $(BENCH)

bench-short: $(STAMP)  ## all of it with few rows: that it works, not how fast it is
	$(BIN)/python -m tests.bench --rows 20000 --repeat 1 --growth 2

kills: $(STAMP)  ## nothing lost, nothing twice: killed at every moment of the way, then 200 times under load (NIGHTCLERK_KILLS)
	NIGHTCLERK_CRASH_SHARE=$${NIGHTCLERK_CRASH_SHARE:-0} $(BIN)/python -m pytest -n 2 --dist worksteal \
	  tests/flow/test_crashes.py tests/flow/test_crashes_on_postgresql.py
	NIGHTCLERK_KILLS=$${NIGHTCLERK_KILLS:-200} $(BIN)/python -m pytest -s tests/flow/test_kill_loop.py

crashes: $(STAMP)  ## killed at every moment of an undo, of a held file, of parked rows, of a file with lists and references
	NIGHTCLERK_CRASH_SHARE=$${NIGHTCLERK_CRASH_SHARE:-1} $(BIN)/python -m pytest -n 2 --dist worksteal \
	  tests/flow/test_crashes_held.py \
	  tests/flow/test_crashes_parked.py tests/flow/test_crashes_linked.py tests/flow/test_crashes_undone.py

torture: damage crashes $(STAMP)  ## damage and kills for as long as you like, each time by another seed: NIGHTCLERK_KILLS, NIGHTCLERK_CLOCK_KILLS
	NIGHTCLERK_SEED=$${NIGHTCLERK_SEED:-$$(date +%s)} NIGHTCLERK_KILLS=$${NIGHTCLERK_KILLS:-2000} NIGHTCLERK_CRASH_SHARE=1 \
	  NIGHTCLERK_CLOCK_KILLS=$${NIGHTCLERK_CLOCK_KILLS:-50} $(MAKE) kills

damage: $(STAMP)  ## damage, hostile bytes, random examples: NIGHTCLERK_DAMAGES, NIGHTCLERK_FUZZ, NIGHTCLERK_EXAMPLES, NIGHTCLERK_EXECUTIONS
	NIGHTCLERK_SEED=$${NIGHTCLERK_SEED:-$$(date +%s)} NIGHTCLERK_DAMAGES=$${NIGHTCLERK_DAMAGES:-50000} \
	  NIGHTCLERK_FUZZ=$${NIGHTCLERK_FUZZ:-20000} \
	  $(BIN)/python -m pytest -n 2 -s tests/golden/damage tests/unit/formats/test_fuzz.py
	NIGHTCLERK_EXAMPLES=$${NIGHTCLERK_EXAMPLES:-20} $(BIN)/python -m pytest -n 2 -m hypothesis tests/unit \
	  --ignore tests/unit/formats/test_fuzz.py
	$(BIN)/python -m tests.fuzz --executions $${NIGHTCLERK_EXECUTIONS:-1000000}

scenarios: $(STAMP)  ## random tables, policies and nights beside a slow, plain model; SCENARIOS="--seed 7 --count 200 --on sqlite" for parts
	$(BIN)/python -m tests.model $(SCENARIOS)

lock:  ## new versions into the two lock files (needs the uv program): what runs, and all that development needs as well
	uv pip compile pyproject.toml --all-extras --group test --group check --group build --universal \
	  --generate-hashes --no-header --quiet --upgrade --output-file requirements-dev.lock
	uv pip compile pyproject.toml --group build --constraint requirements-dev.lock --universal \
	  --generate-hashes --no-header --quiet --upgrade --output-file requirements.lock

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

$(STAMP): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Nightclerk needs Python 3.11 or newer; set PYTHON= to one.")'
	@$(PYTHON) -m venv $(VENV) || { echo "On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
