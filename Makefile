# Usher: `make help` lists the targets. What a target needs and does not find, pkg/build/toolchain gets.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
.DEFAULT_GOAL := build

PORT ?= 8787
STATE ?= target/state
export PORT STATE

COMMA := ,
BUILDS := player edge rights collector office
# Entry points without a module of their own: they share the player's; `entitlement` loads the edge's when it decides.
ADAPTERS := hls shaka dash video-js element monitor cmcd entitlement
CHECKS := rustfmt clippy prettier types
TESTS := $(CHECKS) rust docs sim js conformance packaging edge browser
STEPS ?= $(TESTS)

# The tools for the most demanding of the goals: `make demo test` asks for those of the tests.
purpose := build
ifneq ($(filter demo demo-files,$(MAKECMDGOALS)),)
purpose := demo
endif
ifneq ($(filter test bench,$(MAKECMDGOALS)),)
purpose := test
endif

sources = $(shell find $(1) -type f -not -path 'pkg/wasm/*' -not -path 'pkg/dist/*' 2>/dev/null)
ENTRY_SOURCES := $(wildcard pkg/*.js) $(call sources,www/player)
PACKAGE := $(BUILDS:%=pkg/dist/%.js) $(ADAPTERS:%=pkg/dist/%.js) $(BUILDS:%=pkg/dist/%.wasm) pkg/dist/types/pkg/player.d.ts
PAPERS := $(patsubst %,pkg/%,$(wildcard README.md LICENSE-*))
PAGE_SOURCES := $(filter-out www/console/film/%,$(call sources,www/console))
WORKER_SOURCES := $(call sources,www/edge)
FILM_SOURCES := $(call sources,www/console/film)

.PHONY: build package demo demo-files test check format size conformance cases bench sim clean help toolchain FORCE

build: package target/demo/.assembled ## Build the npm package (pkg/dist) and the demo without its films (target/demo)

package: $(PACKAGE) $(PAPERS)

demo: demo-files ## Serve player page, edge and central on one port until Ctrl-C (PORT=8787 STATE=target/state)
	@exec node pkg/build/demo.mjs

demo-files: build target/demo/public/films/films.json

test: demo-files ## Run every check and test (STEPS="js edge" runs only those)
	@pkg/build/test $(STEPS)

check: package ## Check format, lints and types, without running anything
	@pkg/build/test $(CHECKS)

format: | toolchain ## Write the format that `make check` asks for
	cargo fmt
	node_modules/.bin/prettier --write --log-level warn .

size: package ## Show the size of each build against its budget (SIZE_JSON=file writes it as JSON)
	@node tests/packaging/size.mjs

conformance: cases package ## Replay the cases below a folder through the package (CASES=folder)
	@node tests/conformance/run.mjs "$(CASES)"

# Before anything is built: the answer to a forgotten variable should not take minutes.
cases:
	@[[ -n "$(CASES)" ]] || { echo 'conformance: no folder given; run `make conformance CASES=folder`' >&2; exit 2; }
	@[[ -d "$(CASES)" ]] || { echo 'conformance: `$(CASES)` is not a folder; run `make conformance CASES=folder`' >&2; exit 2; }

bench: build target/films/films.json ## Measure Usher beside other tools, in ten minutes (PARTS="memory bundles", BENCH_JSON=file)
	@node tests/bench/bench.mjs $(PARTS)

sim: | toolchain ## Simulate delivery under faults (SESSIONS=1000000 SEED=1, MUTANTS=all plants known bugs)
	@cargo build --quiet --locked --release --example sim --features edge$(if $(MUTANTS),$(COMMA)mutants)
	@SESSIONS=$(SESSIONS) SEED=$(SEED) MUTANTS=$(MUTANTS) exec target/release/examples/sim

clean: ## Remove what was built; the tools and the state of the demo stay
	rm -rf pkg/wasm pkg/dist $(PAPERS)
	find target -mindepth 1 -maxdepth 1 -not -name tools -not -name state -exec rm -rf {} + 2>/dev/null || true

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.* ## \(.*\)/\1\t\2/p' Makefile | while IFS=$$'\t' read -r name text; do printf '  make %-12s %s\n' "$$name" "$$text"; done

toolchain:
	@pkg/build/toolchain $(purpose)

# Written by the tool chain only when they change, so that a new tool makes again what the old one made.
target/tools/wasm-target target/tools/wasm-bindgen node_modules/.package-lock.json: toolchain ;

# Cargo knows best what changed; target/wasm/%.wasm keeps its time when its bytes stay the same.
$(BUILDS:%=target/wasm/%.wasm): target/wasm/%.wasm: FORCE target/tools/wasm-target
	@pkg/build/wasm $*

define one_build
pkg/wasm/$(1).js pkg/wasm/$(1).d.ts pkg/wasm/$(1)_bg.wasm &: target/wasm/$(1).wasm pkg/build/glue pkg/build/lean.mjs pkg/build/names.mjs \
  target/tools/wasm-bindgen node_modules/.package-lock.json
	pkg/build/glue $(1)
endef
$(foreach build,$(BUILDS),$(eval $(call one_build,$(build))))

$(BUILDS:%=pkg/dist/%.js): pkg/dist/%.js: pkg/wasm/%.js $(ENTRY_SOURCES) pkg/package.json pkg/build/bundle.mjs pkg/build/script.mjs
	node pkg/build/bundle.mjs $*

$(ADAPTERS:%=pkg/dist/%.js): pkg/dist/%.js: $(ENTRY_SOURCES) pkg/package.json pkg/build/bundle.mjs pkg/build/script.mjs
	node pkg/build/bundle.mjs $*

$(BUILDS:%=pkg/dist/%.wasm): pkg/dist/%.wasm: pkg/wasm/%_bg.wasm
	@mkdir -p pkg/dist
	cp $< $@

pkg/dist/types/pkg/player.d.ts: $(BUILDS:%=pkg/wasm/%.d.ts) $(ENTRY_SOURCES) pkg/package.json tsconfig.json \
  pkg/build/types.mjs pkg/build/types.tsconfig.json
	node pkg/build/types.mjs

# npm packs only what lies below pkg/.
$(PAPERS): pkg/%: %
	@cp $< $@

target/demo/.assembled: $(PACKAGE) $(PAGE_SOURCES) $(WORKER_SOURCES) pkg/build/assemble.mjs pkg/build/script.mjs
	node pkg/build/assemble.mjs
	@touch $@

target/films/films.json: $(FILM_SOURCES) | toolchain
	rm -rf target/films
	www/console/film/make target/films

target/demo/public/films/films.json: target/films/films.json | target/demo/.assembled
	@rm -rf target/demo/public/films
	@cp -rp target/films target/demo/public/films
	@touch $@

FORCE:
