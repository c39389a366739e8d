#!/usr/bin/env bash
# scripts/fuzz.sh SECONDS [TARGET...]: builds the fuzz targets (the preset clang) and runs each for SECONDS, two at a
# time at most. What they find and learn stays in build/fuzz/corpus/TARGET; an input that fails, in build/fuzz/found/.
# The variable fuzz_seed makes a run from an empty corpus draw what another with it drew.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"
use_ccache

seconds=${1:?usage: scripts/fuzz.sh SECONDS [TARGET...]}
shift
targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
  for source in tests/fuzz/*_fuzz.cpp; do targets+=("$(basename "$source" _fuzz.cpp)"); done
fi

printf '%s\n' '#include <cstddef>' '#include <cstdint>' \
  'extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t*, std::size_t) { return 0; }' |
  clang++ -x c++ - -fsanitize=fuzzer,address -o /dev/null 2>/dev/null ||
  { echo "clang++ finds no libFuzzer: install clang and libclang-rt-14-dev (scripts/install-deps.sh)" >&2; exit 1; }

configure_and_build clang "${targets[@]/%/_fuzz}"

# run_target NAME: no input may take 10 s, 2 GiB, or one block of 1 GiB. The entropic schedule would take half of the
# time of a target that reaches as much code as `programs` does.
run_target() {
  local name=$1 corpus=build/fuzz/corpus/$1 found=build/fuzz/found seeds=tests/fuzz/seeds/$1
  local dictionary=tests/fuzz/dictionaries/$1.dict words=()
  mkdir -p "$corpus" "$found"
  if [ -f "$dictionary" ]; then words=(-dict="$dictionary"); fi
  "build/clang/tests/fuzz/${name}_fuzz" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -malloc_limit_mb=1024 \
    -entropic=0 -seed="${fuzz_seed:-0}" -artifact_prefix="$found/$name-" -print_final_stats=1 "${words[@]}" \
    "$corpus" "$seeds" \
    >"build/fuzz/$name.log" 2>&1 ||
    { tail -n 60 "build/fuzz/$name.log"; echo "$name: FAILED, see $found/"; return 1; }
  echo "$name: $(awk '/stat::number_of_executed_units/ { print $2 }' "build/fuzz/$name.log") executions, nothing found"
}
export -f run_target
# Behind the programs' own options: short stacks of where memory came from, and nothing filled, which the library does.
export ASAN_OPTIONS=malloc_context_size=3:quarantine_size_mb=16:max_malloc_fill_size=0
export LLVM_PROFILE_FILE=/dev/null  # the tests alone count for the coverage
export seconds

printf '%s\n' "${targets[@]}" | xargs -P "$((jobs < 2 ? jobs : 2))" -I {} bash -c 'run_target {}'
