# The only commands that a person or CI needs. Each makes what it needs in .venv on first use.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PY := .venv/bin/python
CHECKED := bot handlers peersupport simulator store bench tests tools
WORKERS ?= 2

.PHONY: help demo play test check faults bench replay soak trace migrate lock clean setup

help: ## what there is
	@sed -n 's/^\([a-z]*\):[^#]*## /  make \1	/p' Makefile

# Servers are exec'd: a signal to make reaches them, and none is left behind holding its port.
demo: .venv/.runtime ## try it in a browser with invented people, no Slack account needed (PROGRAMME=vancouver,cafe chooses, RESET=1)
	@exec $(PY) -m simulator.demo

play: .venv/.dev ## the journeys of all five programmes without a browser, told step by step (DATABASE_URL chooses the database)
	@exec $(PY) -m tests.play

test: .venv/.dev ## the tests, on SQLite and on PostgreSQL, but for those that take long and those of `make check`
	@exec $(PY) -m pytest -q -n $(WORKERS) --dist loadscope -m "not faults and not long" --ignore tests/house $(ARGS)

faults: .venv/.dev ## kills, races, outages, and all else that takes long
	@exec $(PY) -m pytest -q -n $(WORKERS) --dist loadscope -m "faults or long" $(ARGS)

check: .venv/.dev ## format, lint, types, import contracts, dependencies, tests about the house
	@$(PY) -m ruff format --check --quiet . || { echo "Run: .venv/bin/ruff format ."; exit 1; }
	@$(PY) -m ruff check --quiet .
	@$(PY) -m mypy $(CHECKED)
	@.venv/bin/lint-imports --no-logo
	@$(PY) -m deptry .
	@exec $(PY) -m pytest -q tests/house $(ARGS)

trace: .venv/.dev ## link each requirement to its tests in docs/; fails on one without
	@exec $(PY) -m tools.trace $(ARGS)

bench: .venv/.dev ## ratios against bare Bolt in the same run; writes nothing
	@exec $(PY) -m bench $(ARGS)

replay: .venv/.dev ## a year of requests in moved time: was every promise kept, or announced in time (some thirty minutes)
	@exec $(PY) -m bench.replay

soak: .venv/.dev ## an hour at ten times the expected peak while Slack fails now and then: late, lost, beyond a limit? (MINUTES=60)
	@exec $(PY) -m bench.soak

migrate: .venv/.runtime ## bring the database of the settings up to this version
	@exec $(PY) -m bot migrate

setup: .venv/.runtime ## only make .venv, for running the app itself

lock: ## write requirements/ anew from pyproject.toml (needs uv)
	@sh tools/lock.sh

clean: ## remove what was built here, the demo's data included
	rm -rf .venv .demo .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage htmlcov build dist

# A stamp is newer than the lock it was made from. What dev holds includes what runtime holds.
.venv/.runtime: requirements/runtime.txt pyproject.toml tools/setup.sh
	@sh tools/setup.sh runtime
	@touch $@

.venv/.dev: requirements/dev.txt requirements/runtime.txt pyproject.toml tools/setup.sh
	@sh tools/setup.sh dev
	@touch .venv/.runtime $@
