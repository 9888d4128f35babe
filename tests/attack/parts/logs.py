"""A log that cannot be written: full, without a reader, closed, read by nobody. No call fails for it, no process ends."""
import os
import time

from support.target import Refused

CALLS = "log_calls: true\n"
FAILING = "/v1/datasets/%s/datasource/processedUntilTimestamp"


def run(attack, report):
    for name, case in CASES.items():
        with report.group(f"logs: {name}"):
            case(attack, report)


def _full(attack, report):
    with open("/dev/full", "wb") as full, attack.own(config=CALLS, stderr=full) as server:
        _serves(server.start(), report)


def _closed(attack, report):
    with attack.own(config=CALLS, before=lambda: os.close(2)) as server:
        _serves(server.start(), report)
        report.equal(_own_file_at_2(server), None, "no file of its data is descriptor 2")


def _own_file_at_2(server):
    """Where 2 is closed, the next file that is opened gets its number, and every message would go into it."""
    try:
        link = os.readlink(f"/proc/{server.process.pid}/fd/2")
        return link if str(server.data) in link else None
    except OSError:
        return None


def _reader_gone(attack, report):
    reader, writer = os.pipe()
    with os.fdopen(writer, "wb") as pipe, attack.own(config=CALLS, stderr=pipe) as server:
        server.start()
        os.close(reader)
        pipe.close()
        _serves(server, report)


def _no_reader_from_the_start(attack, report):
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as pipe, attack.own(config=CALLS, stderr=pipe) as server:
        server.start()
        _serves(server, report)


def _reader_asleep(attack, report):
    """A pipe holds 64 KiB; then a writer that waits for its reader would stop the server."""
    reader, writer = os.pipe()
    with os.fdopen(writer, "wb") as pipe, attack.own(config=CALLS, stderr=pipe) as server:
        server.start()
        begin = time.monotonic()
        with server.target.connect(timeout=10) as wire:
            for _ in range(3000):
                wire.send(server.target.request("GET", "/healthz", token=""))
                wire.answer(timeout=10)
        report.check(time.monotonic() - begin < 20, "3,000 calls are answered while nobody reads the log")
        _serves(server, report)
    os.close(reader)


def _serves(server, report):
    """Calls are answered and take effect, one that fails too; the end is as it should be."""
    target = server.target
    for i in range(3):
        report.equal(_status(target, "GET", "/healthz"), 200, f"/healthz, {i}")
        report.equal(_status(target, "POST", "/v1/datasets", {"name": f"made {i}"}), 201, f"a dataset is made, {i}")
    report.equal(len(target.get("/v1/datasets")), 3, "they are there")
    dataset = target.get("/v1/datasets")[0]["id"]
    wrong = _status(target, "PUT", FAILING % dataset, {"processedUntilTimestamp": 2**63})
    report.check(wrong in (400, 422), "a wrong call is refused", wrong)
    report.check(server.is_running(), "it runs")
    report.equal(server.stop(), 0, "SIGTERM ends it well")


def _status(target, method, path, value=None):
    try:
        return target.ask(method, path, value=value, timeout=10).status
    except (OSError, Refused) as error:
        return repr(error)


CASES = {"/dev/full": _full, "closed": _closed, "the reader is gone": _reader_gone,
         "no reader from the start": _no_reader_from_the_start, "a reader that sleeps": _reader_asleep}
