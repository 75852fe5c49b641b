#!/usr/bin/env bash
# Writes the bills of materials as CycloneDX: each program's Go modules, and the
# npm packages in the page and for building it. For package.sh.
#
#   sbom.sh DIST
set -euo pipefail
cd "$(dirname "$0")/../.."

for target in linux:desktop,production,webkit2_41 windows:desktop,production; do
  # Without a serial number and a time, two builds have the same bytes.
  GOOS=${target%%:*} GOARCH=amd64 CGO_ENABLED=1 GOFLAGS="-tags=${target#*:}" build/tools/cyclonedx-gomod app \
    -json -licenses -std -noserial -notimestamp -output "$1/telehab-$VERSION-${target%%:*}.cdx.json" . 2>"$1/.log" || {
    cat "$1/.log" >&2
    exit 1
  }
done
rm -f "$1/.log"
(cd frontend && "${NPM:-npm}" sbom --sbom-format cyclonedx --loglevel=error) | node -e '
  const bom = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
  delete bom.serialNumber;
  bom.metadata.timestamp = new Date(process.env.SOURCE_DATE_EPOCH * 1000).toISOString();
  console.log(JSON.stringify(bom, null, 2));
' >"$1/telehab-$VERSION-npm.cdx.json"
