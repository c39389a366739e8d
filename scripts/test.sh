#!/usr/bin/env bash
# Installs what is missing, builds, and runs every test. Arguments go to ctest: scripts/test.sh -R gradcheck
# XTAPE_PRESET chooses another preset of CMakePresets.json than dev.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

preset=${XTAPE_PRESET:-dev}
"$root/scripts/install-deps.sh"
use_ccache
configure_and_build "$preset"
run_ctest "$preset" "$@"
