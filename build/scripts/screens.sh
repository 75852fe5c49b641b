#!/usr/bin/env bash
# Updates docs/screens with the pictures that the last `make test` or `make e2e`
# took. They are documentation and not compared by tests.
set -euo pipefail
cd "$(dirname "$0")/../.."

while read -r picture name; do
  cp "build/test-results/screenshots/$picture.png" "docs/screens/$name.png"
done <<'LIST'
1-welcome               welcome
2-account               account
3-set-up                set-up
5-connected             connected
6-listing               listing
7-results               results
8-attention             attention
13-days                 last-30-days
13-one-by-one           one-by-one
13-one-by-one-dark      one-by-one-dark
13-mended               mended
12-today                today
12-today-dark           today-dark
9-profiles              profiles
9-profiles-dark         profiles-dark
20-filter               profiles-filter
21-columns              profiles-columns
22-selection            profiles-selection
12-history              profile
12-history-dark         profile-dark
14-missing              missing
18-people               people
19-add-person           add-person
22-locked               locked
23-security             security
23-security-dark        security-dark
24-export               export
27-audit                audit
28-diagnostics          diagnostics
30-other-clinic         other-clinic
32-disconnected         disconnected
33-forgotten            forgotten
states-1-nobody         nobody-found
states-2-zoom-profiles  zoom-profiles
states-2-zoom-integration zoom-integration
states-3-failed         failed-profile
states-4-offline        offline
states-5-refused        key-refused
states-6-refused-settings-dark key-refused-dark
states-7-waiting        waiting
states-8-broken         store-broken
LIST
