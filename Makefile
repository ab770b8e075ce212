# Two commands: make demo, make test.  Nothing else is needed than Python >= 3.11, make, git and a package index.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Where it is set, each of the hundreds of processes that the tests start compiles jumpcf again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo night screenshots test check unit lint-templates wheel lowest newest bench soak golden clean

$(READY): setup.cfg pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --config-settings editable_mode=compat --editable '.[local,dev]'
	touch $@

demo: $(READY)
	@$(BIN)/jumpcf build
	@$(BIN)/jumpcf deploy --local --yes --accept-broadening
	@$(BIN)/jumpcf status --local
	@$(BIN)/jumpcf access matrix

# The first three use one processor each, so two of them go side by side.
test: $(READY)
	$(MAKE) -j2 check lint-templates wheel
	$(MAKE) unit

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

# A file's tests stay in one process, of three on two processors because many wait for programs that they start.  The
# files in their order: otherwise xdist keeps those with the fewest tests, which are the longest, for the end.
# CI's log has the list of mutants as well.
unit: $(READY)
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(if $(CI),--mutants)

# cfn-lint from outside, on every template that build wrote: the same verdict by another door.
lint-templates: $(READY)
	$(BIN)/jumpcf build --no-lint
	$(BIN)/cfn-lint --non-zero-exit-code informational -- 'build/templates/**/*.json'

# The wheel holds jumpcf and nothing else, and works outside the checkout.
wheel: $(READY)
	$(BIN)/python tests/wheel.py

# The lowest versions that setup.cfg allows, and the newest, each in an environment of its own; PYTHON says by which.
lowest newest:
	$(PYTHON) tests/versions.py $@

bench: $(READY)
	$(BIN)/python -m benchmarks

# Thousands of random steps on the embedded AWS: the roles must be those that the StackSets' definitions imply.
# And a deploy that is killed before and after every one of its writes.
soak: $(READY)
	JUMPCF_SOAK=100 $(BIN)/python -m pytest -q tests/local/test_local_implied.py
	JUMPCF_SOAK=100 $(BIN)/python -m pytest -q -n 2 --dist loadfile tests/functional/test_kill_*.py
	JUMPCF_SOAK=1 $(BIN)/python -m pytest -q tests/functional/test_workflow_runs.py

# Play the night of docs/rollout.md on the embedded AWS, and write the page anew.
night: $(READY)
	$(BIN)/python -m tests.night

# The pictures of docs/people.md; needs Chromium, and fonts with Japanese (fonts-noto-cjk).
screenshots: $(READY)
	$(BIN)/python tests/browser/screenshots.py

golden: $(READY)
	$(BIN)/python -m pytest --golden=write

clean:
	rm -rf build dist .jumpcf *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
