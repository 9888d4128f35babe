"""Ends the server in the middle of writes, by SIGKILL and by cuts of power: nothing acknowledged is lost, or half done."""
import http.client
import random
import threading
import time

from parts.writers import KINDS
from support.own_server import DidNotStart
from support.target import Refused
from support.wire import Malformed, Silence

KILLS = 12
GONE = (OSError, Refused, Silence, Malformed, http.client.HTTPException, ValueError)


def run(attack, report):
    chance = random.Random(attack.options.seed)
    kills = KILLS * (5 if attack.options.full else 1)
    with report.group(f"kills: {kills} under load"), attack.own() as server:
        server.start()
        _disturb(server, report, [chance.uniform(0.05, 0.5) for _ in range(kills)])
    library = attack.library("trommel_faults")
    if library is None:
        report.note("kills: no cuts of power without the library of tests/faults beside the program")
        return
    cuts = 40 if attack.options.full else 8
    with report.group(f"kills: {cuts} cuts of power under load"), attack.own() as server:
        server.start()
        _cut_power(server, library, report, [chance.randrange(5, 2500) for _ in range(cuts)])


def _disturb(server, report, moments):
    writers = {name: kind(server.target, name) for name, kind in KINDS.items()}
    for number, moment in enumerate(moments, 1):
        threads = _load(server, writers)
        time.sleep(moment)
        server.kill()
        _join(threads)
        server.start()
        _check(server, writers, report, f"kill {number} after {moment:.2f} s")
    report.check(all(writer.acknowledged for writer in writers.values()), "each client wrote something")


def _cut_power(server, library, report, calls):
    """The process ends at its Nth call that changes a file, and what it had not synced is gone."""
    writers = {name: kind(server.target, name) for name, kind in KINDS.items()}
    for number, call in enumerate(calls, 1):
        server.stop()
        server.environment = {"LD_PRELOAD": library, "TROMMEL_FAULTS_DIR": str(server.data), "TROMMEL_FAULTS": f"power:{call}"}
        try:
            threads = _load(server.start(), writers)
        except DidNotStart:
            threads = []  # cut off while it started
        _wait_for_end(server, 4.0)
        _join(threads)
        server.environment = {}
        server.start()
        _check(server, writers, report, f"cut {number} at call {call}")


def _wait_for_end(server, seconds):
    deadline = time.monotonic() + seconds
    while server.is_running() and time.monotonic() < deadline:
        time.sleep(0.01)
    server.kill()


def _load(server, writers):
    threads = [threading.Thread(target=_write, args=(server.target, writer), daemon=True) for writer in writers.values()]
    for thread in threads:
        thread.start()
    return threads


def _write(target, writer):
    """Until the server is gone."""
    while True:
        try:
            writer.step(target)
        except GONE:
            return


def _join(threads):
    for thread in threads:
        thread.join(timeout=30)


def check_writer(target, writer, report, claim):
    """What cannot even be read is a fault too."""
    try:
        faults = list(writer.faults(target))
    except GONE as error:
        faults = [repr(error)]
    report.check(not faults, claim, "; ".join(faults[:3]) + (f" … {len(faults)}" if len(faults) > 3 else ""))


def _check(server, writers, report, moment):
    for name, writer in writers.items():
        check_writer(server.target, writer, report, f"{moment}: {name}")
    drafts = server.data / "server" / "drafts"
    left = list(drafts.iterdir()) if drafts.is_dir() else []
    report.check(not left, f"{moment}: no draft is left", [each.name for each in left])
