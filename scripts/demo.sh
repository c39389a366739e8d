#!/usr/bin/env bash
# Installs what is missing, builds, and trains a small convolutional net on Fashion-MNIST's 60,000 images.
# Arguments go to the program, the last of a kind counts: scripts/demo.sh --epochs 5 --seed 1
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

"$root/scripts/install-deps.sh" --minimal
use_ccache
configure_and_build release mnist

data=$(dpkg -L dataset-fashion-mnist | sed -n 's|/train-images-idx3-ubyte.*||p')
echo
"$root/build/release/examples/mnist" --dataset fashion --data "$data" \
  --model cnn --epochs 3 --lr 3e-3 --dropout 0.1 --label-smoothing 0 --average 0 --crop 0 --no-flip --seed 0 "$@"
