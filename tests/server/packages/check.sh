#!/usr/bin/env bash
# Drives a server by Lightly's own packages, as they are on PyPI: check.sh PROGRAM [VERSION…].
#
# Not one of the tests that always run: the packages import torch 1.9.1, a download of 800 MB, and Python 3.8, named by
# PYTHON if it is not python3.8. The environment stays in build/packages for the next time.
set -euo pipefail
program=$(realpath "$1")
shift
[ $# -gt 0 ] || set -- 1.1.0 1.1.23 1.2.13 1.4.6 1.5.22
here=$(cd "$(dirname "$0")" && pwd)
place=$here/../../../build/packages
mkdir -p "$place"
cd "$place"

if [ ! -e python/done ]; then
    "${PYTHON:-python3.8}" -m venv --clear python
    python/bin/pip install -q 'pip<24.1' wheel 'setuptools<60'
    python/bin/pip install -q torch==1.9.1 torchvision==0.10.1 'numpy<1.24' pytorch-lightning==1.4.9 'torchmetrics<0.8' \
        hydra-core==1.0.7 'urllib3<2' 'pydantic<2' aenum certifi six python-dateutil requests tqdm lightly_utils
    # Torch 1.9 takes distutils.version for loaded.
    packages=$(python/bin/python -c 'import site; print(site.getsitepackages()[0])')
    echo 'import distutils.version' >"$packages/sitecustomize.py"
    touch python/done
fi

folder=$(mktemp -d)
server=
stop() {
    if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" || true; fi
    rm -rf "$folder"
}
trap stop EXIT
: >"$folder/log"
TROMMEL_TOKEN=a-token-for-packages "$program" serve --listen 127.0.0.1:0 --data "$folder" 2>"$folder/log" &
server=$!
for _ in $(seq 600); do
    url=$(sed -n 's/.*answers at //p' "$folder/log")
    [ -n "$url" ] && break
    sleep 0.02
done

for version; do
    [ -d "lightly-$version" ] || python/bin/pip install -q --no-deps --target "lightly-$version" "lightly==$version"
    export LIGHTLY_SERVER_LOCATION=$url PYTHONPATH=$PWD/lightly-$version
    python/bin/python -W ignore "$here/loop.py" a-token-for-packages 2>"$folder/errors" | tail -1 ||
        { tail -20 "$folder/errors" >&2; exit 1; }
done
