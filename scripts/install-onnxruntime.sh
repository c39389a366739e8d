#!/usr/bin/env bash
# Installs ONNX Runtime for node into build/onnxruntime, where the test onnx.runtime looks for it: 240 MB. Its scripts are
# not run; they would fetch libraries for a GPU.
set -euo pipefail
folder="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/build/onnxruntime"
mkdir -p "$folder"
npm install --prefix "$folder" --ignore-scripts --no-audit --no-fund onnxruntime-node@1.22
