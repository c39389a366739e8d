#!/usr/bin/env bash
# Does each op's own set of cases notice a wrong vjp? Builds the library with deliberate faults, chosen one at a time by
# XTAPE_MUTANT, runs the op's cases under each, and prints a table. It fails where a mutant that changes a gradient
# survives, where a run ends without a verdict, where an op without a mutant is not unchanged, and where the numbers of
# killed mutants are not those of mutants_killed.txt.
#   tests/mutate_ops.sh             all ops
#   tests/mutate_ops.sh --changed   those of the files that changed since XTAPE_BASE, where that is known, and a tenth of
#                                   the others; all where the mutation itself changed
#   tests/mutate_ops.sh --pin       all ops; writes mutants_killed.txt anew
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../scripts/common.sh"
cd "$root"
export LC_ALL=C  # one order of names on every machine
case "${1:-}" in
  "" | --changed | --pin) ;;
  *) echo "usage: $0 [--changed | --pin]" >&2; exit 2 ;;
esac
use_ccache
configure_and_build mutate xtape_mutants
program=$(find build/mutate -type f -name xtape_mutants)
pinned=tests/mutants_killed.txt

# Prints the ops that --changed asks for.
changed_ops() {
  local changed
  changed=$(changed_files) || changed=
  if grep -qE 'mutat|mutants\.cpp|check_op' <<<"$changed"; then
    echo "$all_ops"
    return
  fi
  local sources names
  sources=$(grep -E '^(autograd|nn)/.*\.[ch]pp$' <<<"$changed" || true)
  names=$(xargs -r grep -ohE '"[a-z0-9_.]+"' <<<"$sources" | tr -d '"' || true)  # an op's name is a literal in its file
  { comm -12 <(echo "$all_ops") <(sort -u <<<"$names"); this_tenth <<<"$all_ops"; } | sort -u
}

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

mutants=$("$program" --list)
all_ops=$(cut -d: -f1 <<<"$mutants" | sort -u)
ops=$all_ops
if [ "${1:-}" = --changed ]; then ops=$(changed_ops); fi
echo "mutants of $(wc -l <<<"$ops") of $(wc -l <<<"$all_ops") ops"
results=$(grep -f <(sed 's/.*/^&:/' <<<"$ops") <<<"$mutants" | xargs -P "$jobs" -I{} bash -c 'run_one {}' | sort)

printf '%-30s %8s %9s %10s\n' op killed survived unchanged
awk '{ split($1, part, ":"); ops[part[1]]; count[part[1], $2]++; total[$2]++ }
     END { for (op in ops) printf "%-30s %8d %9d %10d\n", op, count[op, "killed"], count[op, "survived"], count[op, "unchanged"] | "sort"
           close("sort")
           printf "%-30s %8d %9d %10d\n", "total", total["killed"], total["survived"], total["unchanged"] }' <<<"$results"

wrong=$(awk '{ split($1, part, ":") }
             part[2] == "none" ? $2 != "unchanged" : $2 != "killed" && $2 != "unchanged"' <<<"$results")
if [ -n "$wrong" ]; then
  printf 'not as it should be:\n%s\n' "$wrong"
  exit 1
fi

# One line for each op: "add double_it=2 flip_sign=2 ...".
killed=$(awk '$2 == "killed" { split($1, part, ":"); print part[1], part[2] }' <<<"$results" | uniq -c |
  awk '{ if ($2 != op) printf "%s%s", op ? "\n" : "", $2; op = $2; printf " %s=%d", $3, $1 } END { print "" }')
if [ "${1:-}" = --pin ]; then echo "$killed" >"$pinned"; fi
expected=$(awk 'FILENAME == ARGV[1] { not_run[$1]; next } !($1 in not_run)' <(comm -23 <(echo "$all_ops") <(echo "$ops")) "$pinned")
diff <(echo "$expected") <(echo "$killed") || {
  echo "these numbers of killed mutants (>) differ from those of $pinned (<); where ops came or went, run tests/mutate_ops.sh --pin"
  exit 1
}
