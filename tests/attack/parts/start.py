"""What a server must not start with, a second server on one folder, who may read its files, and SIGHUP."""
import hashlib
import os
import signal
import stat
import time

from support.own_server import DidNotStart
from support.target import path_of
from support.world import build_world

GOOD = b"a-good-token-of-some-length"
BAD_TOKENS = {"empty": b"", "a line end": b"\n", "blanks": b"   \t \n", "short": b"secret\n", "15 characters": b"123456789012345\n",
              "NUL": b"\0" * 20, "a byte order mark": b"\xef\xbb\xbf", "CR LF": b"\r\n\r\n", "spaces, 20 of them": b" " * 20,
              "two lines": b"first-token-of-two\nsecond-token-of-two\n"}
BAD_SETTINGS = {
    "SHA-256 of nothing": "tokens: [{name: a, role: admin, sha256: %s}]" % hashlib.sha256(b"").hexdigest(),
    "SHA-256 of a line end": "tokens: [{name: a, role: admin, sha256: %s}]" % hashlib.sha256(b"\n").hexdigest(),
    "an empty SHA-256": "tokens: [{name: a, role: admin, sha256: ''}]",
    "a role that is none": f"tokens: [{{name: a, role: none, sha256: {'a' * 64}}}]",
    "a token file that is not there": "tokens: [{name: a, role: admin, file: nowhere}]",
    "a token file that is a folder": "tokens: [{name: a, role: admin, file: .}]",
    "URLs of no time": "url_lifetime: 0s", "URLs of a year": "url_lifetime: 365d",
    "URLs of less than no time": "url_lifetime: -1s",
    "a public URL that is a script": "public_url: 'javascript:alert(1)'",
    "a public URL without a host": "public_url: 'https://'",
    "a public URL with a line end": 'public_url: "http://a\\r\\nX: b"', 
    "an unknown key": "tokenz: []", "no connections": "limits: {connections: 0}",
}


def run(attack, report):
    with report.group("start: token files that are none"):
        for name, content in BAD_TOKENS.items():
            _token_file(attack, report, name, content)
    with report.group("start: settings and environments that are refused"):
        for name, text in BAD_SETTINGS.items():
            _refused(attack, report, name, text)
        _environments(attack, report)
    with report.group("start: two servers on one folder"):
        _two_servers(attack, report)
    with report.group("start: who may read its files"):
        _permissions(attack, report)
    with report.group("start: SIGHUP"):
        _hangup(attack, report)


def _config_with(server, content, mode=0o600):
    file = server.folder / "the-token"
    file.write_bytes(content)
    file.chmod(mode)
    (server.folder / "server.yaml").write_text("tokens: [{name: ops, role: admin, file: the-token}]\n", encoding="ascii")


def _token_file(attack, report, name, content):
    with attack.own(token="") as server:
        _config_with(server, content)
        _does_not_start(server, report, f"a token file with {name}", "the-token")


def _refused(attack, report, name, text):
    with attack.own(token="", config=text + "\n") as server:
        _does_not_start(server, report, name, "")


def _does_not_start(server, report, name, text):
    try:
        server.start(patience=10)
        report.check(False, f"{name}: does not start", "it serves")
    except DidNotStart as error:
        report.check("exit code 2" in str(error) and text in str(error), f"{name}: refused with code 2, by name", error)


def _environments(attack, report):
    for name, token in {"empty": "", "short": "short", "blank": " " * 20}.items():
        with attack.own(token="", environment={"TROMMEL_TOKEN": token}) as server:
            _does_not_start(server, report, f"a TROMMEL_TOKEN that is {name}", "")
    with attack.own(token="") as server:
        _config_with(server, GOOD, 0o666)
        _does_not_start(server, report, "a token file that others may write", "the-token")
    with attack.own(token="") as server:
        _config_with(server, GOOD, 0o644)
        server.start()
        report.check("the-token" in server.log, "a token file that others may read is warned of", server.log)
        report.equal(server.target.ask("GET", "/v1/datasets", token=GOOD.decode()).status, 200, "and its token opens")
        report.equal(server.target.ask("GET", "/v1/datasets", token="").status, 401, "and nothing else does")


def _two_servers(attack, report):
    with attack.own() as first, attack.own(data=first.data) as second:
        target = first.start().target
        world = build_world(target, "two")
        url = path_of(target.get(f"{world.dataset}/samples/{world.ids['sampleId']}/writeurls")["full"])
        with target.connect() as wire:
            head = target.request("PUT", url, token="").replace(b"Content-Length: 0", b"Content-Length: 200000")
            wire.send(head)
            wire.send(b"x" * 100_000)
            time.sleep(0.3)
            try:
                second.start(patience=15)
                report.check(False, "the second does not start", "it serves")
            except DidNotStart as error:
                report.check(str(first.data) in str(error), "the second is refused, by the folder's name", error)
            wire.send(b"x" * 100_000)
            report.equal(wire.answer(timeout=10).status, 200, "an upload to the first goes on")
        first.kill()
        report.check(second.start() is second, "after a kill of the first the second starts")


def _permissions(attack, report):
    before = os.umask(0o022)
    try:
        with attack.own() as server:
            build_world(server.start().target, "files")
            for path in sorted((server.data / "server").rglob("*")):
                mode = stat.S_IMODE(path.lstat().st_mode)
                report.check(mode & 0o077 == 0, f"{path.relative_to(server.data)} is its owner's alone", oct(mode))
            report.equal(stat.S_IMODE((server.data / "server").stat().st_mode), 0o700, "so is server/")
    finally:
        os.umask(before)


def _hangup(attack, report):
    with attack.own(token="") as server:
        _config_with(server, GOOD)
        target = server.start().target
        other = "another-token-of-some-length"
        _config_with(server, other.encode())
        server.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and server.is_running():
            if target.ask("GET", "/v1/datasets", token=other).status == 200:
                break
            time.sleep(0.1)
        if not report.check(server.is_running(), "it outlives SIGHUP"):
            return
        report.equal(target.ask("GET", "/v1/datasets", token=other).status, 200, "the new token opens")
        report.equal(target.ask("GET", "/v1/datasets", token=GOOD.decode()).status, 401, "the old one no longer")
        _config_with(server, b"")
        server.process.send_signal(signal.SIGHUP)
        time.sleep(1)
        report.check(server.is_running() and target.ask("GET", "/v1/datasets", token=other).status == 200,
                     "an empty token file changes nothing")
        report.equal(target.ask("GET", "/v1/datasets", token="").status, 401, "and opens nothing")
