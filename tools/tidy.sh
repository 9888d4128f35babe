#!/usr/bin/env bash
# Runs clang-tidy over every source file of src/, as the clang preset compiles them; `tools/tidy.sh FILE…` over these.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -f build/clang/compile_commands.json ] || cmake --preset clang >/dev/null
if [ $# -gt 0 ]; then files=("$@"); else mapfile -t files < <(find src -name '*.cpp' ! -name cpu_pool_threads.cpp); fi
noise='^[0-9]+ warnings? (generated|treated)|^Suppressed|^Use -header-filter|^Use -system'
printf '%s\0' "${files[@]}" | xargs -0 -P "$(nproc)" -n 1 clang-tidy-14 --quiet -p build/clang 2>&1 |
    { grep -vE "$noise" || true; }
