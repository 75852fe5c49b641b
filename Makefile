# Everything that a developer does here. `make help` lists it.

GO            ?= go
NPM           ?= npm
BENCH         ?=
FUZZTIME      ?= 20s
ROUNDS        ?= 10
GOLANGCI      := v2.15.0
GREMLINS      := v0.6.0
MUTANTS       ?=
VERSION       := $(shell build/scripts/version.sh)
LDFLAGS       := -s -w -X main.version=$(VERSION)

# The web view of Debian 12 and Ubuntu 22.04 and later is WebKitGTK 4.1; where
# there is only 4.0 the tag must go. Found out late, because `make run` may
# install it first. Every build has these tags and no -trimpath: another set of
# flags would compile SQLite and the window's C code once more.
TAGS           = $(shell pkg-config --exists webkit2gtk-4.0 2>/dev/null && \
                   ! pkg-config --exists webkit2gtk-4.1 || echo webkit2_41)

# By name, because ./... finds packages inside frontend/node_modules too.
PACKAGES      := . ./backend/... ./build/...

export GO NPM TAGS LDFLAGS GOLANGCI FUZZTIME PACKAGES
# The git checkout may belong to somebody else, in a container for example.
export GOFLAGS ?= -buildvcs=false

WAILS         := build/tools/wails
LINTER        := build/tools/golangci-lint-$(GOLANGCI)
MUTATOR       := build/tools/gremlins-$(GREMLINS)
MODULES       := frontend/node_modules/.package-lock.json
NPM_CI        := ci --no-audit --no-fund --loglevel=error

.DEFAULT_GOAL := help
.PHONY: help run build test steady nightly mutants bench fuzz lint dev clean e2e screens icon \
        packages test-packages bindings frontend release

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: packages ## Install what is missing, build, and open the app
	@$(MAKE) --no-print-directory build
	@build/scripts/run.sh

build: bindings frontend release ## Build build/bin/telehab

test: ## Run every check and test; installs what is missing
	@build/scripts/test.sh

steady: ## Repeat the Wine, window and browser stages of the last test ROUNDS times (10)
	@build/scripts/again.sh $(ROUNDS) wine installer-test e2e-window e2e-lock e2e-browser e2e-states e2e-open-in

nightly: release $(MUTATOR) ## Run what takes too long for each change: histories, kills, mutants
	@build/scripts/nightly.sh
	@build/scripts/mutants.sh $(MUTATOR)

mutants: $(MUTATOR) ## Count the changes of one operator that tests notice (MUTANTS=profile: one package)
	@build/scripts/mutants.sh $(MUTATOR) $(MUTANTS)

bench: ## Run the benchmarks against their floors
	$(GO) run -tags '$(TAGS)' ./backend/bench $(BENCH)

fuzz: ## Run each fuzz target for FUZZTIME (20s)
	@build/scripts/fuzz.sh

lint: $(LINTER) bindings ## Run the linters
	$(LINTER) run --build-tags '$(TAGS),desktop,production' $(PACKAGES)
	build/scripts/check-tree.sh
	$(NPM) --prefix frontend run check

dev: $(WAILS) $(MODULES) ## Open the app and follow changes to its files
	$(WAILS) dev -nocolour -m -nosyncgomod -tags '$(TAGS)'

e2e: ## Run the end-to-end tests and what they search; pictures go to build/test-results
	@build/scripts/test.sh stage-leaks

screens: ## Renew docs/screens from the pictures of the last e2e run
	@build/scripts/screens.sh

icon: $(MODULES) ## Draw build/appicon.png again from the app's mark
	@node build/scripts/icon.mjs

clean: ## Remove what was built and installed into this folder
	rm -rf build/bin build/tools build/dist build/test-results frontend/node_modules \
	  frontend/wailsjs frontend/package.json.md5
	find frontend/dist -mindepth 1 ! -name .gitkeep -delete

# --- the pieces of the above -------------------------------------------------

packages:
	@build/scripts/packages.sh run

test-packages:
	@build/scripts/packages.sh test

$(WAILS): go.mod
	$(GO) build -o $@ github.com/wailsapp/wails/v2/cmd/wails
	@touch $@

# Not in go.mod: its many dependencies would move the app's.
$(LINTER):
	GOBIN=$(CURDIR)/build/tools $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI)
	@mv build/tools/golangci-lint $@

$(MUTATOR):
	GOBIN=$(CURDIR)/build/tools $(GO) install github.com/go-gremlins/gremlins/cmd/gremlins@$(GREMLINS)
	@mv build/tools/gremlins $@

$(MODULES): frontend/package-lock.json
	$(NPM) --prefix frontend $(NPM_CI)
	@touch $@

# Wails asks the app's own main() for its methods; whatever that opens on its way
# is thrown away.
bindings: $(WAILS)
	@dir=$$(mktemp -d) && trap 'rm -rf "$$dir"' EXIT && \
	  TELEHAB_DATA_DIR="$$dir" $(WAILS) generate module -tags '$(TAGS)'

frontend: $(MODULES)
	$(NPM) --prefix frontend run build

# Order only, so that `make -j build` works too.
frontend: | bindings
release: | frontend

release: $(WAILS)
	$(WAILS) build -nocolour -s -skipbindings -m -nosyncgomod -tags '$(TAGS)' -ldflags '$(LDFLAGS)'

include build/test.mk
include build/package.mk
