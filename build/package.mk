# `make package`: everything that can be built on this computer for others, into
# build/dist. On Debian and Ubuntu that is Windows and Linux; on a Mac, macOS.

DIST          := build/dist
PACKAGERS     := build/tools/nfpm

# Packages have the time of the commit, and no paths of this computer.
export SOURCE_DATE_EPOCH := $(shell build/scripts/version.sh epoch)

.PHONY: package package-windows package-tools test-installers reproduce workflows

package: package-tools ## Build the installers for Windows and Linux into build/dist
	@$(MAKE) --no-print-directory bindings frontend
	@build/scripts/package.sh $(DIST)

package-windows: package-tools | frontend
	@build/scripts/package.sh $(DIST) windows

test-installers: ## Install, upgrade and remove what `make package` built: Wine, a clean Debian
	@build/scripts/packages.sh test
	@build/scripts/installer-test.sh
	@build/scripts/deb-test.sh

reproduce: package-tools ## Build the packages of the last commit twice and compare their bytes
	@build/scripts/reproduce.sh

workflows: $(PACKAGERS) ## Check the workflows of public CI
	build/tools/actionlint

package-tools: $(PACKAGERS)
	@build/scripts/packages.sh package

# A module of their own: their many dependencies would move the app's.
$(PACKAGERS): build/packaging/go.mod build/packaging/go.sum
	cd build/packaging && GOBIN=$(CURDIR)/build/tools $(GO) install tool
	@touch $@
