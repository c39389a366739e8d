# shellcheck shell=bash
# Sourced by the scripts beside it: the project's root, and the compiler cache where there is one.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
jobs=$(nproc)

# Called once the packages are installed.
use_ccache() {
  if command -v ccache >/dev/null; then
    export CMAKE_CXX_COMPILER_LAUNCHER=ccache
    export CCACHE_BASEDIR="$root" CCACHE_NOHASHDIR=1  # hits across checkouts and build folders
    export CCACHE_SLOPPINESS=pch_defines,time_macros         # or it would not cache what uses a precompiled header
  fi
}

# configure_and_build PRESET [TARGET...]
configure_and_build() {
  local preset=$1 target targets=()
  shift
  for target in "$@"; do targets+=(--target "$target"); done
  (cd "$root" && cmake --preset "$preset" && cmake --build --preset "$preset" -j "$jobs" "${targets[@]}")
}

# run_ctest PRESET [ARGUMENT...]: every test of the preset's build. ctest names the failed and the skipped ones;
# the last line counts them, "12 passed, 0 failed, 1 skipped", and stays in build/PRESET/test_counts.txt too.
run_ctest() {
  local preset=$1 status=0
  shift
  local folder="$root/build/$preset"
  (cd "$root" && ctest --preset "$preset" -j "$jobs" "$@") </dev/null 2>&1 | tee "$folder/ctest.log" || status=$?
  awk '/^[0-9]+% tests passed, [0-9]+ tests? failed out of [0-9]+/ { failed = $4; total = $NF; ran = 1 }
       /^\t *[0-9]+ - .* \(Skipped\)$/ { ++skipped }
       END { if (!ran) exit 1
             printf "\n%d passed, %d failed, %d skipped\n", total - failed - skipped, failed, skipped }' \
    "$folder/ctest.log" >"$folder/test_counts.txt" || { echo "ctest ran no tests" >&2; return 1; }
  cat "$folder/test_counts.txt"
  return "$status"
}

# changed_files: what differs from the commit where this branch left XTAPE_BASE, and is still there. Fails where no base
# is known.
changed_files() {
  local base
  [ -n "${XTAPE_BASE:-}" ] && base=$(git -C "$root" merge-base HEAD "$XTAPE_BASE" 2>/dev/null) || return 1
  git -C "$root" diff --name-only --diff-filter=d "$base"
}

# this_tenth: every tenth of the lines that come in, from one that the commit chooses; says which on stderr.
this_tenth() {
  local commit turn=0
  if commit=$(git -C "$root" rev-parse HEAD 2>/dev/null); then turn=$((16#${commit:0:6} % 10)); fi
  echo "of what did not change, tenth $turn of 0 to 9, as the commit has it" >&2
  awk -v turn="$turn" 'NR % 10 == turn'
}
