#!/bin/sh
# Removes the services that administrators have installed for persons, with the
# program that they run: see telehab service. dpkg says remove or upgrade, rpm how
# many versions will be left. The persons' data stays.
case "$1" in
remove | 0) /usr/bin/telehab service remove --system --all >/dev/null || : ;;
esac
