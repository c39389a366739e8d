#!/usr/bin/env bash
# clang-tidy with the checks of .clang-tidy, which find real faults. A header is looked at with the sources that include it.
#   scripts/tidy.sh           sources of the library and the examples that changed since XTAPE_BASE, or whose header did,
#                             and a tenth of the others
#   scripts/tidy.sh --all     all sources
#   scripts/tidy.sh FILE...   these
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"
export LC_ALL=C  # one order of names on every machine
cmake --preset dev >/dev/null  # writes the flags of each source, and the public headers that the examples include

all_sources() { find autograd io files nn datasets pictures onnx distributed examples -name '*.cpp' | sort; }

# Prints the sources that changed, or whose header did.
changed_sources() {
  local file
  changed_files | while read -r file; do
    case "$file" in
      *.cpp) echo "$file" ;;
      *.hpp) echo "${file%.hpp}.cpp" ;;
    esac
  done
}

case "${1:-}" in
  "") files=$({ comm -12 <(all_sources) <(changed_sources | sort -u); all_sources | this_tenth; } | sort -u) ;;
  --all) files=$(all_sources) ;;
  *) files=$(printf '%s\n' "$@") ;;
esac

# clang-tidy counts on stderr what it does not show.
run_one() { clang-tidy -p build/dev --quiet "$1" 2> >(grep -vE '^[0-9]+ warnings?( and [0-9]+ errors?)? generated' >&2); }
export -f run_one
xargs -P "$jobs" -I{} bash -c 'run_one {}' <<<"$files" || { echo "clang-tidy: FAILED"; exit 1; }
echo "clang-tidy: nothing found in $(wc -l <<<"$files") of $(all_sources | wc -l) sources"
