"""Many clients that do little: idle ones, slow ones, ones that leave in the middle. Others are served beside them."""
import contextlib
import resource
import socket
import statistics
import struct
import threading
import time

from support.target import Refused
from support.wire import Silence

SLOW_HEAD = b"GET / HTTP/1.1\r\nHo"
P99 = 0.020  # seconds that a small GET may take in a crowd


def run(attack, report):
    with report.group("crowds: more idle clients than descriptors"), attack.own(before=_few_descriptors) as server:
        _idle(server.start(), report)
    with report.group("crowds: slow strangers take all connections"), attack.own(config="limits: {connections: 50}\n") as server:
        _strangers(server.start(), report)
    with report.group("crowds: clients that leave in the middle"), attack.own() as server:
        _leavers(server.start(), report)
    with report.group("crowds: descriptors run out all the same"), attack.own(before=_hard_limit) as server:
        _exhausted(server.start(), report)
    if attack.options.full:
        with report.group("crowds: small calls beside 1,000 idle, 20 slow and a million samples"), attack.own() as server:
            _latency(server.start(), report)


def _few_descriptors():
    """Only the soft limit, which a program may raise."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))


def _hard_limit():
    resource.setrlimit(resource.RLIMIT_NOFILE, (128, 128))


@contextlib.contextmanager
def _crowd(target, count, data=b""):
    """So many connections that have sent `data` and wait; one that is refused does not matter."""
    sockets = []
    try:
        for _ in range(count):
            with contextlib.suppress(OSError):
                each = socket.create_connection(target.address, timeout=5)
                sockets.append(each)
                each.sendall(data)
        time.sleep(0.3)
        yield sockets
    finally:
        for each in sockets:
            each.close()


def _served(target, count=20, token=None, path="/v1/datasets"):
    """How many of so many new clients get their answer, and how long the slowest took. Ten seconds are enough to know."""
    good, slowest, last = 0, 0.0, time.monotonic() + 10
    for _ in range(count):
        if time.monotonic() > last:
            break
        begin = time.monotonic()
        with contextlib.suppress(OSError, Refused, Silence):
            good += target.ask("GET", path, token=token, timeout=5).status == 200
        slowest = max(slowest, time.monotonic() - begin)
    return good, slowest


def _idle(server, report):
    with _crowd(server.target, 300):
        good, slowest = _served(server.target)
        report.check(good == 20 and slowest < 1, "300 idle clients, 256 descriptors: 20 new ones are served",
                     f"{good}, {slowest:.1f} s")
    with _crowd(server.target, 300, server.target.request("GET", "/healthz", token="")):
        good, slowest = _served(server.target)
        report.check(good == 20 and slowest < 1, "the same with 300 that have had an answer", f"{good}, {slowest:.1f} s")
    good, _ = _served(server.target)
    report.equal(good, 20, "all is well when they are gone")


def _strangers(server, report):
    slow = {"heads": SLOW_HEAD, "bodies without a token": server.target.request("POST", "/v1/datasets", token="").replace(
        b"Content-Length: 0", b"Content-Length: 100000") + b"{", "nothing": b""}
    for name, data in slow.items():
        with _crowd(server.target, 60, data):
            good, slowest = _served(server.target)
            report.check(good >= 19, f"60 strangers with slow {name}, 50 connections: who has a token is served",
                         f"{good} of 20, {slowest:.1f} s")
            health, _ = _served(server.target, token="", path="/healthz")
            report.check(health >= 19, f"60 strangers with slow {name}: /healthz answers", f"{health} of 20")
    report.equal(_served(server.target)[0], 20, "all is well when they are gone")


def _leavers(server, report):
    """Resets in the line, in the head, in the body and in front of the answer."""
    before = server.descriptors()
    parts = (b"", b"GET", SLOW_HEAD, server.target.request("GET", "/v1/datasets"),
             server.target.request("POST", "/v1/datasets", b'{"name": "left"}', [("Content-Type", "application/json")])[:-4])
    for i in range(500):
        with server.target.connect() as wire:
            wire.send(parts[i % len(parts)])
            wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a reset instead of an end
    time.sleep(1)
    report.equal(_served(server.target)[0], 20, "500 clients left in the middle: others are served")
    report.check(server.descriptors() <= before + 10, "none of their descriptors is kept", f"{before}, then {server.descriptors()}")
    report.equal(server.target.get("/v1/datasets"), [], "none of their halves counts")


def _exhausted(server, report):
    with _crowd(server.target, 200):
        time.sleep(0.5)
        ticks = _ticks(server)
        time.sleep(1)
        report.check(_ticks(server) - ticks < 50, "it does not spin while it can accept nobody",
                     f"{_ticks(server) - ticks} ticks a second")
        report.check(server.is_running(), "it runs")
    report.equal(_served(server.target)[0], 20, "all is well when they are gone")
    made = server.target.ask("POST", "/v1/datasets", value={"name": "afterwards"})
    report.equal(made.status, 201, "it writes")


def _ticks(server):
    with open(f"/proc/{server.process.pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def _latency(server, report):
    target = server.target
    dataset = target.post("/v1/datasets", {"name": "big"})["id"]
    names = {"fileNames": [f"f{i:07}.jpg" for i in range(1_000_000)]}
    send = lambda: target.post(f"/v1/trommel/datasets/{dataset}/samples", names, timeout=300)
    upload = threading.Thread(target=send, daemon=True)
    with _crowd(target, 1000), _crowd(target, 20, SLOW_HEAD):
        upload.start()
        times = _times(target, f"/v1/datasets/{dataset}", upload)
    p99 = statistics.quantiles(times, n=100)[98]
    report.check(p99 < P99, "p99 of a small GET is under 20 ms",
                 f"{p99 * 1e3:.1f} ms of {len(times)}, at most {max(times) * 1e3:.0f} ms")


def _times(target, path, upload):
    times = []
    with target.connect() as wire:
        while upload.is_alive() or len(times) < 200:
            begin = time.monotonic()
            wire.send(target.request("GET", path))
            wire.answer(timeout=30)
            times.append(time.monotonic() - begin)
            time.sleep(0.005)
    return times
