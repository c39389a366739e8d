#!/usr/bin/env bash
# check_suites.sh PROGRAM GROUP...: fails if the test program holds a suite that belongs to none of the groups, which
# ctest runs by the beginnings of their names.
set -euo pipefail
program=$1
shift
status=0
for suite in $("$program" --list_content 2>&1 | sed -n 's/^\([A-Za-z_0-9]*\)\*\{0,1\}$/\1/p'); do
  for group in "$@"; do
    case "$suite" in "$group"*) continue 2 ;; esac
  done
  echo "suite $suite belongs to no group that ctest runs: $*"
  status=1
done
exit $status
