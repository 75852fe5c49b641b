#!/usr/bin/env bash
# Prints the version that a build carries: the latest tag and the distance from
# it ("0.2.0-5-gabc1234"), the commit alone before the first tag, "dev" outside
# a git checkout.
set -euo pipefail
cd "$(dirname "$0")/../.."

version=$(git describe --tags --always --dirty 2>/dev/null || echo dev)
echo "${version#v}"
