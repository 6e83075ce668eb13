# fractal: a cluster that renders fractals. `make help` lists what you can do here.
SHELL := /bin/sh
NODE ?= node
SOURCES := $(shell find src bin test bench proto tools web assets examples/places -type f 2>/dev/null) tsconfig.json package.json
HOSTFILE ?= $(firstword $(wildcard hostfile hostfile.example))
# Flags for the program: make leader ARGS="--frames 60 --zoom-end 1e6"
ARGS ?=

.PHONY: help build docs pictures gallery check test test-all coverage demo leader worker serve explore bench soak pack clean
.DEFAULT_GOAL := help

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

node_modules/.installed: package.json package-lock.json
	npm ci --no-fund --no-audit --loglevel=error
	@touch $@

dist/.built: node_modules/.installed $(SOURCES)
	npm run -s build
	@touch $@

build: dist/.built ## install what is missing and compile

docs: build ## write docs/flags.md and docs/request.schema.json from the flags of the program
	@$(NODE) tools/flags.mjs

pictures: build ## render the pictures of the README again
	@$(NODE) tools/pictures.mjs

gallery: build ## render the pictures of docs/gallery.md again; ARGS=NAME for some of them
	@$(NODE) tools/pictures.mjs gallery $(ARGS)

check: build ## types, style, the import rule
	npm run -s check:lint
	npm run -s check:imports

test: check ## all but the slow tests, in minutes; ends with "N passed, N failed"
	@$(NODE) test/run.mjs

test-all: check ## every test; ends with "N passed, N failed"
	@$(NODE) test/run.mjs --all

coverage: build ## which lines of src and bin the tests of `make test` run; ARGS="view/" for some of them, ARGS=--all
	@$(NODE) tools/coverage.mjs $(ARGS)

DEMO ?= demo
demo: build ## film the way to a minibrot at 4e43, on two workers of this machine; prints its commands
	@$(NODE) tools/demo.mjs $(DEMO)

worker: build ## start a worker on the first free port of 50051-50066
	@bin/fractal worker $(ARGS)

leader: build ## render on the workers of ./hostfile, or else hostfile.example
	@bin/fractal leader --hostfile $(HOSTFILE) $(ARGS)

serve: build ## render the jobs of many clients, over HTTP: docs/service.md
	@bin/fractal serve $(ARGS)

explore: build ## explore fractals in a browser, on the cores of this machine
	@bin/fractal explore $(ARGS)

bench: build ## measure: prints ratios, see docs/performance.md
	@$(NODE) dist/bench/all.js $(ARGS)

soak: build ## ten minutes of a cluster with constant faults: SOAK_SECONDS=3600 for more, SOAK_SEED=7
	@SOAK_SECONDS=$${SOAK_SECONDS:-600} $(NODE) --test dist/test/faults/churn.test.js

pack: build ## make the npm package fractal-VERSION.tgz, which installs and runs elsewhere
	@npm pack --silent --ignore-scripts

clean: ## remove what was built and rendered
	rm -rf dist gen demo coverage
