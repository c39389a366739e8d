#!/usr/bin/env bash
# Installs the Debian packages that xtape is built and tested with; does nothing where all are there.
#   scripts/install-deps.sh             everything: library, examples, tests, benchmarks, checks
#   scripts/install-deps.sh --minimal   what scripts/demo.sh needs: library, examples, Fashion-MNIST
set -euo pipefail

library=(g++ cmake ninja-build libxtensor-dev libxtensor-blas-dev libxsimd-dev libfmt-dev
         libopenblas-pthread-dev libtbb-dev zlib1g-dev libpng-dev nlohmann-json3-dev
         libprotobuf-dev protobuf-compiler)
demo=(libcli11-dev dataset-fashion-mnist)
development=(libboost-test-dev libbenchmark-dev ccache python3 valgrind
             clang libclang-rt-14-dev llvm-14 clang-format clang-tidy libonnx-testdata python3-onnx
             libopenmpi-dev openmpi-bin)

wanted=("${library[@]}" "${demo[@]}")
case "${1:-}" in
  "") wanted+=("${development[@]}") ;;
  --minimal) ;;
  *) echo "usage: $0 [--minimal]" >&2; exit 2 ;;
esac

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  echo "install-deps: this is not a Debian system. Please install what these Debian packages hold:" >&2
  printf '  %s\n' "${wanted[@]}" >&2
  exit 1
fi

missing=()
for package in "${wanted[@]}"; do
  state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$state" = installed ] || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
  echo "install-deps: all packages are installed"
  exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "install-deps: neither root nor sudo; please run as root: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi

echo "install-deps: installing ${missing[*]}"
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null
echo "install-deps: done"
