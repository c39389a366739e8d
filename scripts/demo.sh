#!/usr/bin/env bash
# Installs what is missing, builds, and trains a network with two hidden layers on Fashion-MNIST's 60,000 images.
# Arguments go to the program, the last of a kind counts: scripts/demo.sh --epochs 3 --seed 1
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

"$root/scripts/install-deps.sh" --minimal
use_ccache
configure_and_build release mnist

data=$(dpkg -L dataset-fashion-mnist | sed -n 's|/train-images-idx3-ubyte.*||p')
echo
"$root/build/release/examples/mnist" --dataset fashion --data "$data" \
  --hidden 256,128 --dropout 0.2 --epochs 15 --batch 128 --optimizer adam --lr 1e-3 --seed 0 "$@"
