#!/usr/bin/env bash
# Configures, builds and runs a consumer project against a built xtape:
#   run.sh find_package     SOURCE BUILD    installs BUILD to a prefix of its own; consumer at -O0, no -march
#   run.sh add_subdirectory SOURCE BUILD    builds xtape anew as a shared library, with BUILD's compiler, unoptimised
set -euo pipefail

kind=$1 source=$2 build=$3
work=$build/consumers/$kind
rm -rf "$work"
mkdir -p "$work"

# cached NAME: the value of a variable in BUILD's cache.
cached() { sed -n "s/^$1:[A-Z]*=//p" "$build/CMakeCache.txt"; }

options=(-G "$(cached CMAKE_GENERATOR)" "-DCMAKE_CXX_COMPILER=$(cached CMAKE_CXX_COMPILER)")
launcher=$(cached CMAKE_CXX_COMPILER_LAUNCHER)
[ -z "$launcher" ] || options+=("-DCMAKE_CXX_COMPILER_LAUNCHER=$launcher")

case "$kind" in
  find_package)
    cmake --install "$build" --prefix "$work/prefix" >"$work/install.log"
    options+=("-DCMAKE_PREFIX_PATH=$work/prefix" -DCMAKE_BUILD_TYPE=None "-DCMAKE_CXX_FLAGS=-O0 -Wall -Wextra -Werror")
    ;;
  add_subdirectory)
    # Unoptimised, for this asks whether it builds and links; the kernels are optimised all the same.
    options+=("-DXTAPE_SOURCE=$source" -DBUILD_SHARED_LIBS=ON -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_FLAGS=-O0
              "-DXTAPE_WERROR=$(cached XTAPE_WERROR)")
    ;;
  *) echo "usage: $0 find_package|add_subdirectory SOURCE BUILD" >&2; exit 2 ;;
esac

cmake -S "$source/tests/consumers/$kind" -B "$work/build" "${options[@]}"
cmake --build "$work/build" -j "$(nproc)"
cd "$work"  # where it writes its files
build/consumer
if [ -x build/pictures_consumer ]; then build/pictures_consumer; fi
if [ -x build/onnx_consumer ]; then build/onnx_consumer; fi
if [ -x build/distributed_consumer ]; then build/distributed_consumer; fi
