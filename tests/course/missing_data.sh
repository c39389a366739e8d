#!/usr/bin/env bash
# missing_data.sh PROGRAM: where there is no data, a program of the course says how to get it and exits with 2.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
status=0
message=$("$1" --quick --data "$folder" --out "$folder" 2>&1 >"$folder/output") || status=$?
echo "exit code $status: $message"
[ "$status" -eq 2 ]
[[ "$message" == *"no MNIST data in $folder/mnist"*"Download train-images-idx3-ubyte.gz"*"--data FOLDER"* ||
   "$message" == *"no CIFAR-10 data in $folder/cifar10"*"Download https://"*"cifar-10-binary.tar.gz"*"--data FOLDER"* ]]
