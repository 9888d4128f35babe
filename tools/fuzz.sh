#!/usr/bin/env bash
# Fuzzes each parser for the given seconds (default 30), beginning from its corpus. A find is left in build/fuzz/.
set -euo pipefail
cd "$(dirname "$0")/.."
cmake --preset clang -B build/fuzz -DTROMMEL_BUILD_FUZZERS=ON >/dev/null
cmake --build build/fuzz --target fuzzers
for fuzzer in build/fuzz/tests/fuzz/fuzz_*; do
    [ -x "$fuzzer" ] || continue
    name=$(basename "$fuzzer"); name=${name#fuzz_}
    mkdir -p "build/fuzz/found/$name"
    "$fuzzer" -max_total_time="${1:-30}" -max_len=4096 -verbosity=0 -artifact_prefix=build/fuzz/found/ \
        "build/fuzz/found/$name" "tests/fuzz/corpus/$name"
    echo "$name: nothing found"
done
