"""Signed URLs: good for one method on one path until one moment, and changed in any part for nothing."""
import time
import urllib.parse
from dataclasses import dataclass

from support.caller import Caller
from support.spec import Spec
from support.target import Target, path_of
from support.tokens import Tokens
from support.world import build_world, embeddings_csv

REFUSED = (400, 403, 404, 405)
LONGEST = 7 * 24 * 3600  # seconds that any URL may live


@dataclass(frozen=True)
class Signed:
    method: str
    path: str
    query: tuple  # of names and values
    body: bytes = b""

    @staticmethod
    def of(method, url, body=b""):
        path, _, query = path_of(url).partition("?")
        return Signed(method, path, tuple(urllib.parse.parse_qsl(query, keep_blank_values=True)), body)

    def target(self, path=None, query=None):
        query = self.query if query is None else query
        return (path or self.path) + "?" + "&".join(f"{name}={value}" for name, value in query)


def run(attack, report):
    target = attack.target
    tokens = Tokens(target, Spec.of(target))
    world, other = (build_world(target, f"signed {i} {time.time_ns()}") for i in range(2))
    try:
        for name, signed in _urls(target, world).items():
            with report.group(f"signed URLs: {name}"), Caller(target) as caller:
                _check(caller, signed, world, other, report)
        with report.group("signed URLs: tokens, roles and lifetimes"):
            _after_revocation(target, tokens, world, report)
            _by_readers(target, tokens, world, report)
            _lifetimes(target, tokens, world, report)
        if attack.program:
            with report.group("signed URLs: of another server, and too old"):
                _of_others(attack, report)
    finally:
        tokens.close()
        for each in (world, other):
            target.delete(each.dataset)


def _urls(target, world):
    sample, embedding = f"{world.dataset}/samples/{world.ids['sampleId']}", world.ids["embeddingId"]
    csv = target.get(f"{world.dataset}/embeddings/writeCSVUrl?name=signed")
    return {"PUT of an image": Signed.of("PUT", target.get(f"{sample}/writeurls")["full"], b"picture"),
            "GET of an image": Signed.of("GET", target.get(f"{sample}/readurl?type=full")),
            "PUT of embeddings": Signed.of("PUT", csv["signedWriteUrl"], embeddings_csv(world.names)),
            "GET of embeddings": Signed.of("GET", target.get(f"{world.dataset}/embeddings/{embedding}/readCSVUrl"))}


def _check(caller, signed, world, other, report):
    report.equal(caller.ask(signed.method, signed.target(), signed.body).status, 200, "as it was given")
    for name, target, allowed in [*_other_paths(signed, world, other), *_other_queries(signed), *_other_bytes(signed)]:
        status = caller.ask(signed.method, target, signed.body).status
        report.check(status in allowed, f"{name}: {target[:200]}", status)
    for method in {"GET", "PUT", "POST", "DELETE", "PATCH"} - {signed.method}:
        status = caller.ask(method, signed.target(), b"other").status
        report.check(status in REFUSED, f"by {method}", status)
    report.equal(caller.ask(signed.method, signed.target(), signed.body).status, 200, "still as it was given")


def _other_paths(signed, world, other):
    path = signed.path
    for name in ("datasetId", "sampleId", "embeddingId"):
        if world.ids[name] in path:
            yield f"another {name}", signed.target(path.replace(world.ids[name], other.ids[name])), REFUSED
            yield f"{name} in upper case", signed.target(path.replace(world.ids[name], world.ids[name].upper())), REFUSED
    if "/full" in path:
        yield "another kind", signed.target(path.replace("/full", "/thumbnail")), REFUSED
        yield "a kind that is none", signed.target(path.replace("/full", "/Full")), REFUSED
    same_thing = (200, *REFUSED)
    yield "a slash more", signed.target(path + "/"), same_thing
    yield "a slash twice", signed.target(path.replace("/v1/", "/v1//")), same_thing
    yield "an escape for a letter", signed.target(path.replace("/trommel", "/%74rommel")), same_thing
    yield "a way up", signed.target(path + "/../full"), REFUSED
    yield "NUL behind", signed.target(path + "%00"), REFUSED


def _other_queries(signed):
    query = list(signed.query)
    yield "no query", signed.path, REFUSED
    yield "another parameter", signed.target(query=[*query, ("x", "y")]), (200, *REFUSED)
    for i, (name, value) in enumerate(query):
        rest = query[:i] + query[i + 1:]
        yield f"without {name}", signed.target(query=rest), REFUSED
        yield f"{name} in upper case", signed.target(query=[*rest, (name.upper(), value)]), REFUSED
        yield f"{name} twice", signed.target(query=[*query, (name, value)]), (200, *REFUSED)
        yield f"another {name} behind", signed.target(query=[*query, (name, "9" * 10)]), (200, *REFUSED)
        yield f"another {name} before", signed.target(query=[(name, "9" * 10), *query]), REFUSED
        for wrong in _wrong_values(value):
            yield f"another {name}", signed.target(query=query[:i] + [(name, wrong)] + query[i + 1:]), REFUSED


def _wrong_values(value):
    wrong = {"", "0", "-1", "x", value + "0", "0" + value, value[:-1], value[1:], "%2B" + value, value + "%00", "%20" + value,
             value + "%0a", value + ".0", "9" * 19, "9" * 40, "1e99", value * 2, "null", "*", "%ff"}
    if value.upper() != value:
        wrong.add(value.upper())
    if value.isdigit():
        wrong |= {str(int(value) + 1), str(int(value) - 1), str(int(value) + 10**9)}
    return sorted(wrong - {value})


def _other_bytes(signed):
    """Each byte of each value, one at a time."""
    query = list(signed.query)
    for i, (name, value) in enumerate(query):
        for at, letter in enumerate(value):
            changed = value[:at] + ("1" if letter == "0" else "0") + value[at + 1:]
            yield f"byte {at} of {name}", signed.target(query=query[:i] + [(name, changed)] + query[i + 1:]), REFUSED


def _after_revocation(target, tokens, world, report):
    token = tokens.make("write")
    url = target.get(f"{world.dataset}/samples/{world.ids['sampleId']}/readurl?type=full", token=token)
    path = path_of(url if isinstance(url, str) else url.decode())
    report.equal(target.ask("GET", path, token="").status, 200, "a URL opens while its token is there")
    tokens.revoke(token)
    report.equal(target.ask("GET", path, token="").status, 403, "a URL goes with its token")


def _by_readers(target, tokens, world, report):
    """A token that only reads gets no URL to write by, or one that does not."""
    token, sample = tokens.make("read"), f"{world.dataset}/samples/{world.ids['sampleId']}"
    for path in (f"{sample}/writeurl", f"{sample}/writeurls", f"{world.dataset}/embeddings/writeCSVUrl?name=by-a-reader"):
        answer = target.ask("GET", path, token=token)
        statuses = [answer.status]
        if answer.status == 200:
            urls = [text for text in _texts(answer.json()) if "/v1/" in text]
            statuses = [target.ask("PUT", path_of(url), token="", body=b"x").status for url in urls]
        report.check(set(statuses) <= {403}, f"who only reads does not write by {path}", statuses)


def _texts(value):
    return [value] if isinstance(value, str) else [each for member in value.values() for each in _texts(member)]


def _lifetimes(target, tokens, world, report):
    token = tokens.make("read")
    export = f"{world.dataset}/tags/{world.ids['tagId']}/export/basic/filenamesAndReadUrls"
    for seconds in (LONGEST + 1, 365 * 24 * 3600, 2**31, 2**63 - 1, 2**63, 2**64, -1, 0):
        answer = target.ask("GET", f"{export}?expiresIn={seconds}", token=token)
        left = [_seconds_left(row["readUrl"]) for row in answer.json()] if answer.status == 200 else []
        claim = f"expiresIn={seconds} gives no URL for more than a week"
        is_short = answer.status in (200, 400, 422) and max(left, default=0) <= LONGEST + 60
        report.check(is_short, claim, f"{answer.status} {left[:1]}")
    url = target.get(f"{export}?expiresIn=1", token=token)[0]["readUrl"]
    time.sleep(2.2)
    report.equal(target.ask("GET", path_of(url), token="").status, 403, "a URL of one second is too old after two")


def _seconds_left(url):
    return int(dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))["expires"]) - time.time()


def _of_others(attack, report):
    with attack.own(config="url_lifetime: 1s\n") as first, attack.own() as second:
        first.start(), second.start()
        world = build_world(first.target, "one")
        url = path_of(first.target.get(f"{world.dataset}/samples/{world.ids['sampleId']}/readurl?type=full"))
        stranger = Target(second.target.url, "")
        report.check(stranger.ask("GET", url).status in (403, 404), "a URL of another server opens nothing")
        time.sleep(2.2)
        report.equal(first.target.ask("GET", url, token="").status, 403, "a URL is refused after url_lifetime")
