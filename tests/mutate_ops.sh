#!/usr/bin/env bash
# Does each op's own set of cases notice a wrong vjp? Builds the library with deliberate faults, chosen one at a time by
# XTAPE_MUTANT, runs the op's cases under each, and prints a table. It fails where a mutant that changes a gradient
# survives, where a run ends without a verdict, where an op without a mutant is not unchanged, and where the numbers of killed
# mutants are not those of mutants_killed.txt; `tests/mutate_ops.sh --pin` writes these anew.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../scripts/common.sh"
cd "$root"
use_ccache
configure_and_build mutate xtape_mutants
program=$(find build/mutate -type f -name xtape_mutants)
pinned=tests/mutants_killed.txt

# Prints the mutant and the verdict on it. What the program says is one only if it ends well.
run_one() {
  local verdict status=0
  verdict=$(XTAPE_MUTANT=$1 timeout 120 "$program") || status=$?
  case $status in
    0) ;;
    124) verdict=timed_out ;;
    *) verdict=crashed ;;
  esac
  echo "$1 $verdict"
}
export -f run_one
export program
results=$("$program" --list | xargs -P "$(nproc)" -I{} bash -c 'run_one {}' | sort)

printf '%-24s %8s %9s %10s\n' op killed survived unchanged
awk '{ split($1, part, ":"); ops[part[1]]; count[part[1], $2]++; total[$2]++ }
     END { for (op in ops) printf "%-24s %8d %9d %10d\n", op, count[op, "killed"], count[op, "survived"], count[op, "unchanged"] | "sort"
           close("sort")
           printf "%-24s %8d %9d %10d\n", "total", total["killed"], total["survived"], total["unchanged"] }' <<<"$results"

wrong=$(awk '{ split($1, part, ":") }
             part[2] == "none" ? $2 != "unchanged" : $2 != "killed" && $2 != "unchanged"' <<<"$results")
if [ -n "$wrong" ]; then
  printf 'not as it should be:\n%s\n' "$wrong"
  exit 1
fi

killed=$(awk '$2 == "killed" { split($1, part, ":"); killed[part[2]]++ } END { for (kind in killed) print kind, killed[kind] }' \
  <<<"$results" | sort)
if [ "${1:-}" = --pin ]; then echo "$killed" >"$pinned"; fi
diff "$pinned" <(echo "$killed") || {
  echo "these numbers of killed mutants differ from those of $pinned; where ops came or went, run tests/mutate_ops.sh --pin"
  exit 1
}
