# Roost: every task, one word each. Each target installs what it still lacks (scripts/setup.sh) and says what it does.
.DEFAULT_GOAL := help
.PHONY: help run test bench check soak format clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## build, replay 69,659 real purchases once, open the console
	@scripts/run.sh

test: ## all tests: unit, scenario, storage, end to end, crash
	@scripts/test.sh

check: ## formatting, imports between modules, build without warnings
	@scripts/check.sh

bench: ## the figures of ARCHITECTURE.md, measured on this machine
	@scripts/bench.sh

soak: ## hostile input (FUZZ=200) and the crash harness for thousands of rounds (ROUNDS=3000)
	@scripts/soak.sh

format: ## rewrite the sources in the project's format
	@scripts/format.sh

clean: ## remove everything that was built, fetched or recorded here
	@scripts/clean.sh
