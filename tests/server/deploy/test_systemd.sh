#!/usr/bin/env bash
# The service unit is one, and lets the service do little: test_systemd.sh
set -euo pipefail
unit=$(cd "$(dirname "$0")/../../.." && pwd)/config/systemd/trommel.service

# The threshold is in tenths: 2.0.
systemd-analyze security --offline=yes --threshold=19 "$unit" | tail -n 1
# What it complains of beside the program, which is not installed here.
faults=$(systemd-analyze verify "$unit" 2>&1 | grep 'trommel.service' | grep -v 'is not executable' || true)
[ -z "$faults" ] || { echo "test_systemd: $faults" >&2; exit 1; }
echo "systemd ok"
