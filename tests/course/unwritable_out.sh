#!/usr/bin/env bash
# unwritable_out.sh PROGRAM: where --out cannot be a folder, a program of the course says so before it trains.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
touch "$folder/file"
status=0
message=$("$1" --quick --out "$folder/file/out" 2>&1 >"$folder/output") || status=$?
echo "exit code $status: $message"
[[ "$message" == *"no MNIST data"* || "$message" == *"no CIFAR-10 data"* ]] && exit
[ "$status" -eq 1 ]
[[ "$message" == *"--out $folder/file/out: cannot make the folder"* ]]
! grep "Iteration" "$folder/output"
