"""The server's clock is set forwards and backwards while it serves: nothing hangs, and times mean what they say."""
import time

from parts import clock_schedule
from support.spec import Spec
from support.target import path_of
from support.tokens import Tokens
from support.world import build_world, wait_for_job

MINUTE, DAY, YEAR = 60, 86_400, 365 * 86_400
JUMPS = {"a minute on": MINUTE, "a day on": DAY, "a day back": -DAY, "ten years on": 10 * YEAR, "past 2038": 20 * YEAR,
         "twenty years back": -20 * YEAR, "to where it was": 0}


class Clock:
    def __init__(self, folder):
        self.file = folder / "clock"
        self.set(0)

    def set(self, seconds):
        """At once, so that no half of a number is read."""
        draft = self.file.with_suffix(".new")
        draft.write_text(str(seconds), encoding="ascii")
        draft.replace(self.file)


def run(attack, report):
    library = attack.library("trommel_clock")
    if library is None:
        report.note("clock: left out without the library of tests/attack beside the program")
        return
    with attack.own(config="url_lifetime: 1h\n") as server:
        clock = Clock(server.folder)
        server.environment = {"LD_PRELOAD": library, "TROMMEL_CLOCK": str(clock.file)}
        target = server.start().target
        with report.group("clock: jumps while it serves"):
            _jumps(target, clock, report)
        with report.group("clock: signed URLs"):
            _signed_urls(target, clock, report)
        with report.group("clock: tokens that expire"):
            _tokens(target, clock, report)
        with report.group("clock: limits of time for slow clients"):
            _slow_client(target, clock, report)
        with report.group("clock: a restart in another year"):
            _restart(server, clock, report)
    with report.group("clock: a schedule"):
        clock_schedule.check(attack, library, Clock, report)


def _jumps(target, clock, report):
    world = build_world(target, "clock")
    with target.connect() as kept:
        for name, seconds in JUMPS.items():
            clock.set(seconds)
            begin = time.monotonic()
            kept.send(target.request("GET", world.dataset))
            report.equal(kept.answer(timeout=5).status, 200, f"{name}: a connection that was kept is answered")
            made = target.post("/v1/datasets", {"name": f"made {name}"})["id"]
            told = target.get(f"/v1/datasets/{made}")["createdAt"] / 1000
            report.check(abs(told - time.time() - seconds) < 60, f"{name}: new things have the new time", told)
            report.equal(_sample(target, world, name), "FINISHED", f"{name}: a selection ends")
            report.check(time.monotonic() - begin < 10, f"{name}: nothing hangs", time.monotonic() - begin)


def _sample(target, world, name):
    sampling = {"newTagName": f"picked {name}", "method": "RANDOM", "config": {"stoppingCondition": {"nSamples": 2}}}
    job = target.post(f"{world.dataset}/embeddings/{world.ids['embeddingId']}/sampling", sampling)["jobId"]
    return wait_for_job(target, job, patience=10)["status"]


def _signed_urls(target, clock, report):
    clock.set(0)
    world = build_world(target, "signed")
    url = path_of(target.get(f"{world.dataset}/samples/{world.ids['sampleId']}/readurl?type=full"))
    for name, seconds, status in (("now", 0, 200), ("50 minutes on", 50 * MINUTE, 200), ("two hours on", 120 * MINUTE, 403),
                                  ("a day back", -DAY, 200), ("in 2099", 70 * YEAR, 403), ("now again", 0, 200)):
        clock.set(seconds)
        report.equal(target.ask("GET", url, token="").status, status, f"a URL of an hour, {name}")


def _tokens(target, clock, report):
    clock.set(0)
    tokens = Tokens(target, Spec.of(target))
    if not tokens.know_expiry:
        report.check(False, "tokens know an expiry", "TrommelTokenRequest has no member for it")
        return
    token = tokens.expiring("read", 3600)
    for name, seconds, status in (("now", 0, 200), ("two hours on", 7200, 401), ("in ten years", 10 * YEAR, 401), ("now again", 0, 200)):
        clock.set(seconds)
        report.equal(target.ask("GET", "/v1/datasets", token=token).status, status, f"a token of an hour, {name}")
    clock.set(0)


def _slow_client(target, clock, report):
    """Time that has passed is not the date: a jump neither ends a client early nor lets it stay."""
    with target.connect() as wire:
        wire.send(b"GET /healthz HTTP/1.1\r\n")
        clock.set(DAY)
        time.sleep(1)
        wire.send(f"Host: {target.authority}\r\n\r\n".encode())
        report.equal(wire.answer(timeout=5).status, 200, "a day on: who sends on in time is answered")
    with target.connect() as wire:
        wire.send(b"GET /healthz HTTP/1.1\r\n")
        clock.set(-DAY)
        wire.socket.settimeout(20)
        report.check(wire.socket.recv(100) is not None, "a day back: a head that stops is ended all the same")
    clock.set(0)


def _restart(server, clock, report):
    for name, seconds in (("in five years", 5 * YEAR), ("ten years ago", -10 * YEAR), ("today", 0)):
        clock.set(seconds)
        report.equal(server.stop(), 0, f"{name}: it ends well")
        target = server.start().target
        report.equal(target.ask("GET", "/v1/datasets").status, 200, f"{name}: it starts and reads")
        report.check(target.ask("POST", "/v1/datasets", value={"name": f"restarted {name}"}).status == 201, f"{name}: it writes")
