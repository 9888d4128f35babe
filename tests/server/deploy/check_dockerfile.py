#!/usr/bin/env python3
"""Checks config/docker/Dockerfile where there is no Docker: check_dockerfile.py PROGRAM

What it copies is there, the packages of its second image are those whose libraries PROGRAM is linked with, and the
program that it starts runs as it does there: as nobody, on a root that cannot be written.
"""
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
KNOWN = "FROM RUN COPY WORKDIR USER VOLUME EXPOSE STOPSIGNAL HEALTHCHECK ENTRYPOINT CMD".split()
# Of every Debian, or of no library: certificates, the health check, time zones.
OF_DEBIAN = {"libc6", "libgcc-s1", "libstdc++6"}
NO_LIBRARY = {"ca-certificates", "curl", "tzdata"}


def instructions(text):
    joined = re.sub(r"\\\n\s*", "", "\n".join(line for line in text.splitlines() if not line.startswith("#")))
    return [line.split(None, 1) for line in joined.splitlines() if line.strip()]


def installed(all_of_them):
    for name, rest in all_of_them:
        if name == "RUN" and "apt-get install" in rest:
            words = rest.split("apt-get install")[1].split("&&")[0].split()
            yield from (word for word in words if not word.startswith("-"))


def package_of(library):
    for path in (library, library.removeprefix("/usr"), "/usr" + library):
        found = subprocess.run(["dpkg", "-S", path], capture_output=True, text=True)
        if found.returncode == 0:
            return found.stdout.split(":")[0]
    return None


def linked_packages(program):
    out = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    libraries = {os.path.realpath(path) for path in re.findall(r"=> (/\S+)", out)}
    return {package_of(library) or library for library in libraries}


def faults(program):
    all_of_them = instructions((ROOT / "config/docker/Dockerfile").read_text())
    for name, rest in all_of_them:
        if name not in KNOWN:
            yield f"'{name}' is not an instruction"
        if name == "COPY" and "--from" not in rest:
            yield from (f"COPY {source}: it is not there" for source in rest.split()[:-1]
                        if not (ROOT / source).exists())
    names = [name for name, _ in all_of_them]
    if "HEALTHCHECK" not in names or dict(all_of_them)["USER"].startswith(("0", "root")):
        yield "it has no HEALTHCHECK, or runs as root"
    have, need = set(installed(all_of_them)), linked_packages(program) - OF_DEBIAN
    if need - have:
        yield f"the program needs {' '.join(sorted(need - have))} too"
    if have - need - NO_LIBRARY:
        yield f"the program does not need {' '.join(sorted(have - need - NO_LIBRARY))}"


RUN_AS_THERE = """
set -e
mount -t tmpfs -o size=256m,mode=700,uid=65532,gid=65532 tmpfs /mnt
cp "$0" /mnt/trommel && chmod 755 /mnt/trommel
mount -o remount,bind,ro /
cd /mnt
setpriv --reuid 65532 --regid 65532 --clear-groups --no-new-privs --bounding-set -all \
    /mnt/trommel serve --listen 127.0.0.1:0 --data /mnt 2>/mnt/log & server=$!
trap 'kill $server 2>/dev/null || true' EXIT
for _ in $(seq 400); do url=$(sed -n 's/.*answers at //p' /mnt/log); [ -n "$url" ] && break; sleep 0.05; done
curl -fsS "$url/readyz"; echo
kill $server; wait $server; trap - EXIT
"""


def run_as_there(program):
    """None where this machine does not let us try."""
    if os.geteuid() != 0 or subprocess.run(["unshare", "-m", "true"]).returncode != 0:
        return None
    ran = subprocess.run(["unshare", "-m", "bash", "-c", RUN_AS_THERE, program], capture_output=True, text=True,
                         timeout=120)
    return ran.returncode == 0 and '"status":"ready"' in ran.stdout or ran.stderr + ran.stdout


def main(program):
    found = list(faults(program))
    ran = run_as_there(program)
    if ran not in (True, None):
        found.append(f"on a root that cannot be written, as nobody: {ran}")
    print("\n".join(found) or f"the Dockerfile is good{'' if ran else '; it was not tried as nobody'}")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(os.path.abspath(sys.argv[1])))
