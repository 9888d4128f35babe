#!/usr/bin/env bash
# Fails when a source file is not formatted; `tools/check_format.sh --fix` formats them all.
set -euo pipefail
cd "$(dirname "$0")/.."
mode=(--dry-run --Werror)
if [ "${1:-}" = --fix ]; then mode=(-i); fi
find include src tests -name '*.[ch]pp' -print0 | xargs -0 -P "$(nproc)" -n 16 clang-format-14 "${mode[@]}"
