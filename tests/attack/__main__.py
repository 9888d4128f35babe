"""Attacks a trommel server. `python3 tests/attack --help`; README.md says what each part does."""
import argparse
import pathlib
import signal
import sys
import time

from parts import (clock, conformance, crowds, disk_full, fuzz, kills, logs, memory, messages_part, pages, roles, signed_urls,
                   start, tls, upstream)
from support.attack import Attack
from support.report import Report
from support.target import Target

# Name, function, whether it starts servers of its own.
PARTS = [
    ("messages", messages_part.run, False),
    ("conformance", conformance.run, False),
    ("fuzz", fuzz.run, False),
    ("roles", roles.run, False),
    ("signed-urls", signed_urls.run, False),
    ("pages", pages.run, True),
    ("start", start.run, True),
    ("logs", logs.run, True),
    ("crowds", crowds.run, True),
    ("memory", memory.run, True),
    ("upstream", upstream.run, True),
    ("tls", tls.run, True),
    ("clock", clock.run, True),
    ("kills", kills.run, True),
    ("disk-full", disk_full.run, True),
]


def main():
    options = parse(sys.argv[1:])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the servers are ended too
    report, attack, begin = Report(), Attack(options), time.monotonic()
    try:
        for name, run, needs_program in PARTS:
            if name not in options.only:
                continue
            if needs_program and not options.start:
                report.note(f"{name}: left out, it starts servers of its own: give --start PROGRAM")
                continue
            run(attack, report)
    finally:
        attack.close()
    print(f"{report.passed} passed, {report.failed} failed in {time.monotonic() - begin:.0f} s")
    return 1 if report.failed else 0


def parse(arguments):
    names = [name for name, _, _ in PARTS]
    parser = argparse.ArgumentParser(prog="tests/attack", description="Attacks a trommel server, and says what gave way.")
    server = parser.add_mutually_exclusive_group(required=True)
    server.add_argument("--url", help="a server that runs, such as http://127.0.0.1:8765; it gets datasets and tokens to attack")
    server.add_argument("--start", metavar="PROGRAM", help="start servers of this program, such as build/release/trommel")
    parser.add_argument("--token", default="", help="an admin token of the server at --url")
    parser.add_argument("--only", action="append", choices=names, help="only this part; may be said again")
    parser.add_argument("--full", action="store_true", help="also what takes minutes")
    parser.add_argument("--seed", type=int, default=1, help="of all random choices (1)")
    parser.add_argument("--requests", type=int, default=100_000, help="how many the fuzzer sends (100,000)")
    options = parser.parse_args(arguments)
    if options.start and not pathlib.Path(options.start).is_file():
        parser.error(f"{options.start} is not a program; build it, or give another")
    options.only = options.only or names
    options.target = Target((options.url or "").rstrip("/"), options.token)
    print(f"seed {options.seed}", flush=True)
    return options


if __name__ == "__main__":
    sys.exit(main())
