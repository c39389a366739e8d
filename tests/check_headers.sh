#!/usr/bin/env bash
# check_headers.sh FOLDER: fails unless the public headers in FOLDER, which users see, are those of public_headers.txt. A
# new one is a decision: what users include cannot be taken back.
set -euo pipefail
found=$(cd "$1" && find . -name '*.hpp' | sed 's|^\./||' | LC_ALL=C sort)
expected=$(cat "$(dirname "${BASH_SOURCE[0]}")/public_headers.txt")
if ! grep -q pictures <<<"$found"; then expected=$(grep -v pictures <<<"$expected"); fi  # built where libpng is
if ! grep -q onnx <<<"$found"; then expected=$(grep -v onnx <<<"$expected"); fi  # where protobuf is
if ! grep -q "^distributed" <<<"$found"; then expected=$(grep -v "^distributed" <<<"$expected"); fi  # where MPI is
diff <(echo "$expected") <(echo "$found") && exit
echo "'<' stands in tests/public_headers.txt and is no public header; '>' is one and does not stand there."
echo "What users need not see belongs into a folder called detail."
exit 1
