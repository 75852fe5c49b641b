# The stages of `make test`. build/scripts/test.sh starts `make -j2 stages`, so
# that both cores of a small machine are busy: most stages have a part that
# needs one core only, such as the C compiler on SQLite. The order of `stages`
# is the order in which they start once what they need is done.
#
# One Go command alone compiles each C library in each flavour (plain, race,
# Windows), the cgo-* stages; two at a time would both compile it.

RESULTS   := build/test-results
STAGE     := build/scripts/stage.sh
SESSION   := build/scripts/private-session.sh
# These run last, one after the other.
MEASURED  := start speed
STAGES    := tree npm frontend-check cgo-plain linter cgo-race wails bindings contract \
             frontend-build bundle lint lint-rules frontend-test go-test release dev-binary \
             clinic-binary empty-window histories kill e2e-browser e2e-states e2e-window e2e-lock e2e-open-in leaks security cgo-windows windows wine \
             installer installer-test $(MEASURED)

.PHONY: stages stage-names stage-packages $(addprefix stage-,$(STAGES))
stages: $(addprefix stage-,$(STAGES))

stage-names:
	@echo packages $(STAGES)

stage-packages:
	@$(STAGE) packages -- $(MAKE) test-packages

stage-tree: stage-packages
	@$(STAGE) --check tree -- build/scripts/check-tree.sh

stage-npm: stage-packages
	@$(STAGE) npm -- $(MAKE) $(MODULES)

stage-wails: stage-cgo-plain
	@$(STAGE) wails -- $(MAKE) $(WAILS)

stage-cgo-plain: stage-packages
	@$(STAGE) cgo-plain -- $(GO) build -tags '$(TAGS)' ./backend/...

# Starts the app's own main, so not in a person's home.
stage-bindings: stage-wails
	@$(STAGE) bindings -- $(SESSION) $(RESULTS)/bindings $(MAKE) bindings

# The page's types are made of those that Wails writes.
stage-frontend-check: stage-npm stage-bindings
	@$(STAGE) --check frontend-check -- $(NPM) --prefix frontend run check

stage-contract: stage-npm stage-bindings
	@$(STAGE) --count node contract -- node --test --test-reporter=spec frontend/e2e/contract.test.mjs

stage-frontend-test: stage-npm
	@$(STAGE) --count vitest:$(RESULTS)/vitest.json frontend-test -- \
	  $(NPM) --prefix frontend test -- --reporter=default --reporter=json \
	    --outputFile.json=$(CURDIR)/$(RESULTS)/vitest.json

stage-frontend-build: stage-npm stage-bindings
	@$(STAGE) frontend-build -- $(NPM) --prefix frontend run build

stage-bundle: stage-frontend-build
	@$(STAGE) --check bundle -- node build/scripts/bundle-size.mjs

stage-linter: stage-packages
	@$(STAGE) linter -- $(MAKE) $(LINTER)

stage-lint: stage-linter stage-frontend-build
	@$(STAGE) --check lint -- $(LINTER) run --build-tags '$(TAGS),desktop,production' $(PACKAGES)

stage-lint-rules: stage-lint
	@$(STAGE) --check lint-rules -- build/scripts/lint-rules.sh $(LINTER)

stage-cgo-race: stage-cgo-plain
	@$(STAGE) cgo-race -- $(GO) build -race -tags '$(TAGS)' ./backend/...

stage-go-test: stage-cgo-race stage-frontend-build
	@$(STAGE) --count go:$(RESULTS)/go-test.jsonl go-test -- \
	  $(SESSION) $(RESULTS)/go-test build/scripts/go-test.sh

stage-release: stage-frontend-build
	@$(STAGE) release -- $(MAKE) -o frontend release

# Without the race detector, with which each history takes as long as several;
# go-test runs some with it.
stage-histories: stage-cgo-race
	@$(STAGE) --count go:$(RESULTS)/histories.jsonl histories -- \
	  $(SESSION) $(RESULTS)/histories build/scripts/histories.sh 100

# The real program, killed in the middle of imports.
stage-kill: stage-release
	@$(STAGE) --check kill -- $(SESSION) $(RESULTS)/kill $(GO) run -tags '$(TAGS)' ./backend/killtest

# Serves the real bound methods to any browser. Never leaves this folder.
stage-dev-binary: stage-frontend-build
	@$(STAGE) dev-binary -- $(GO) build -tags 'dev,$(TAGS)' -o $(RESULTS)/bin/telehab-dev .

stage-clinic-binary: stage-cgo-plain
	@$(STAGE) clinic-binary -- $(GO) build -tags '$(TAGS)' -o $(RESULTS)/bin/fakeclinic ./backend/cliniko/fakeclinic/serve

stage-e2e-browser: stage-dev-binary stage-clinic-binary
	@$(STAGE) --count node e2e-browser -- $(SESSION) $(RESULTS)/browser \
	  node --test --test-reporter=spec frontend/e2e/browser.test.mjs

stage-e2e-states: stage-e2e-browser
	@$(STAGE) --count node e2e-states -- $(SESSION) $(RESULTS)/states \
	  node --test --test-reporter=spec frontend/e2e/states.test.mjs

stage-e2e-window: stage-release stage-e2e-browser
	@$(STAGE) --count node e2e-window -- $(SESSION) $(RESULTS)/window \
	  node --test --test-reporter=spec frontend/e2e/window.test.mjs

stage-e2e-lock: stage-e2e-window stage-clinic-binary
	@$(STAGE) --count node e2e-lock -- $(SESSION) $(RESULTS)/lock \
	  node --test --test-reporter=spec frontend/e2e/lock.test.mjs

stage-empty-window: stage-dev-binary
	@$(STAGE) empty-window -- $(GO) build -tags 'desktop,production,$(TAGS)' -o $(RESULTS)/bin/emptywindow ./build/emptywindow

stage-e2e-open-in: stage-e2e-lock
	@$(STAGE) --count node e2e-open-in -- $(SESSION) $(RESULTS)/open-in \
	  node --test --test-reporter=spec frontend/e2e/open-in.test.mjs

stage-leaks: stage-go-test stage-e2e-browser stage-e2e-states stage-e2e-window stage-e2e-lock stage-e2e-open-in
	@$(STAGE) --count node leaks -- node --test --test-reporter=spec frontend/e2e/leaks.test.mjs

# Every proof that docs/SECURITY.md names has run and passed.
stage-security: stage-go-test stage-histories stage-frontend-test stage-leaks stage-wine
	@$(STAGE) --check security -- build/scripts/security-table.mjs

# The Go side for Windows. Without CC the build would succeed and leave SQLite
# out, so cgo is asked for by name.
WINDOWS := env GOOS=windows GOARCH=amd64 CGO_ENABLED=1 CC=x86_64-w64-mingw32-gcc

stage-cgo-windows: stage-packages
	@$(STAGE) cgo-windows -- $(WINDOWS) $(GO) build ./backend/...

stage-windows: stage-cgo-windows stage-frontend-build
	@$(STAGE) --check windows -- $(WINDOWS) $(GO) vet $(PACKAGES)

# Links in a real registry, registered by a real Windows program.
stage-wine: stage-cgo-windows
	@$(STAGE) --check wine -- build/scripts/wine-test.sh -test.v

# The installer for Windows: silently installed, upgraded and removed. The .deb
# has a test of its own, `make test-installers`, because it needs a fresh Debian.
stage-installer: stage-cgo-windows stage-frontend-build stage-wine
	@$(STAGE) installer -- $(MAKE) -o bindings -o frontend package-windows DIST=$(RESULTS)/dist

stage-installer-test: stage-installer stage-clinic-binary
	@$(STAGE) --check installer-test -- build/scripts/installer-test.sh $(RESULTS)/dist

# How fast the window starts, compared with a minimal window. The figures are
# reported at the end.
stage-start: $(addprefix stage-,$(filter-out $(MEASURED),$(STAGES)))
	@$(STAGE) --count node start -- $(SESSION) $(RESULTS)/start \
	  node --test --test-reporter=spec frontend/e2e/start.test.mjs

# How fast the list is with 50,000 profiles.
stage-speed: stage-start
	@$(STAGE) --count node speed -- $(SESSION) $(RESULTS)/speed \
	  node --test --test-reporter=spec frontend/e2e/speed.test.mjs
