#!/usr/bin/env bash
# Signs a program for Windows in place; does nothing without a certificate.
#
#   sign-windows.sh FILE
#
#   TELEHAB_SIGN_CERT       the certificate with its chain (PEM), or a .pfx/.p12
#   TELEHAB_SIGN_KEY        the key of a PEM certificate
#   TELEHAB_SIGN_PASSWORD   of the key or the .pfx, if it has one
#   TELEHAB_SIGN_TIMESTAMP  address of a time stamping service (RFC 3161), so
#                           that the signature outlives the certificate
set -euo pipefail

[ -n "${TELEHAB_SIGN_CERT:-}" ] || exit 0
file=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

options=(-h sha256 -n TeleHab)
case $TELEHAB_SIGN_CERT in
*.pfx | *.p12) options+=(-pkcs12 "$TELEHAB_SIGN_CERT") ;;
*) options+=(-certs "$TELEHAB_SIGN_CERT" -key "$TELEHAB_SIGN_KEY") ;;
esac
if [ -n "${TELEHAB_SIGN_PASSWORD:-}" ]; then
  # Not as an argument, which any user of this computer could read.
  (umask 077 && printf '%s' "$TELEHAB_SIGN_PASSWORD" >"$dir/password")
  options+=(-readpass "$dir/password")
fi
[ -z "${TELEHAB_SIGN_TIMESTAMP:-}" ] || options+=(-ts "$TELEHAB_SIGN_TIMESTAMP")

osslsigncode sign "${options[@]}" -in "$file" -out "$dir/signed" >"$dir/log" 2>&1 || {
  cat "$dir/log" >&2
  exit 1
}
cat "$dir/signed" >"$file" # keeps the file's permissions
