#!/usr/bin/env bash
# Does each op's own set of cases notice a wrong vjp? Builds the library with deliberate faults, chosen one at a time by
# XTAPE_MUTANT, runs the op's cases under each, prints a table, and fails if a mutant that changes a gradient survives.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../scripts/common.sh"
cd "$root"
use_ccache
configure_and_build mutate xtape_mutants
program=$(find build/mutate -type f -name xtape_mutants)

run_one() {
  verdict=$(XTAPE_MUTANT=$1 timeout 120 "$program" 2>/dev/null | tail -n 1) || true
  echo "$1 ${verdict:-killed}"  # a mutant that crashes or hangs has been noticed
}
export -f run_one
export program
results=$("$program" --list | xargs -P "$(nproc)" -I{} bash -c 'run_one {}' | sort)

printf '%-24s %8s %9s %10s\n' op killed survived unchanged
awk '{ split($1, part, ":"); ops[part[1]]; count[part[1], $2]++; total[$2]++ }
     END { for (op in ops) printf "%-24s %8d %9d %10d\n", op, count[op, "killed"], count[op, "survived"], count[op, "unchanged"] | "sort"
           close("sort")
           printf "%-24s %8d %9d %10d\n", "total", total["killed"], total["survived"], total["unchanged"] }' <<<"$results"
if survivors=$(grep ' survived$' <<<"$results"); then
  printf 'survivors:\n%s\n' "$survivors"
  exit 1
fi
grep -q ' killed$' <<<"$results"
