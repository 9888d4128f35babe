"""Pages of other sites in the browser of somebody on this machine, at a server that asks for no token."""
import json

from support.target import Refused

EVIL = "https://evil.example"
REFUSED = (400, 403, 415, 421)
JSON = ("Content-Type", "application/json")
TEXT = ("Content-Type", "text/plain")


def run(attack, report):
    for name, check in CHECKS.items():
        with report.group(f"pages: {name}"), attack.own(token="") as server:
            check(server.start(), report)


def _send(target, method, path, value=None, host=None, headers=()):
    """By hand, because the Host is told."""
    body = json.dumps(value).encode() if value is not None else b""
    request = target.request(method, path, body, headers)
    if host is not None:
        request = request.replace(f"Host: {target.authority}".encode(), f"Host: {host}".encode(), 1)
    with target.connect() as wire:
        wire.send(request)
        answer = wire.answer(method)
    if answer is None:
        raise Refused("closed without an answer")
    return answer


def _other_sites(server, report):
    target = server.target
    kinds = {"a simple POST": [("Origin", EVIL), TEXT],
             "a form": [("Origin", EVIL), ("Content-Type", "application/x-www-form-urlencoded")],
             "JSON": [("Origin", EVIL), JSON], "a sandboxed frame": [("Origin", "null"), TEXT],
             "JSON of a frame": [("Origin", "null"), JSON],
             "a browser's word alone": [("Sec-Fetch-Site", "cross-site"), JSON],
             "another port": [("Origin", "http://127.0.0.1:1"), JSON],
             "the same name by https": [("Origin", f"https://{target.authority}"), JSON],
             "a name that begins alike": [("Origin", f"http://{target.authority}.evil.example"), JSON],
             "a same-site neighbour": [("Sec-Fetch-Site", "same-site"), ("Origin", "http://other.localhost"), JSON],
             "no type": [("Origin", EVIL)], "two Origins": [("Origin", f"http://{target.authority}"), ("Origin", EVIL), JSON]}
    for name, headers in kinds.items():
        answer = _send(target, "POST", "/v1/datasets", {"name": "made by a page"}, headers=headers)
        report.check(answer.status in REFUSED, f"POST, {name}", answer)
        _no_leave(answer, report, name)
    token = _send(target, "POST", "/v1/trommel/tokens", {"name": "evil", "role": "read"}, headers=[("Origin", EVIL), TEXT])
    report.check(token.status in REFUSED, "a page makes no token", token)
    preflight = [("Origin", EVIL), ("Access-Control-Request-Method", "DELETE"), ("Access-Control-Request-Headers", "content-type")]
    _no_leave(_send(target, "OPTIONS", "/v1/datasets", headers=preflight), report, "a preflight")
    _no_leave(_send(target, "GET", "/v1/datasets", headers=[("Origin", EVIL)]), report, "a GET")
    report.equal(target.get("/v1/datasets"), [], "no page has made anything")


def _no_leave(answer, report, name):
    allowed = [each for each in answer.fields if each[0].startswith("access-control-")]
    report.check(not any("evil" in value or value == "*" for _, value in allowed), f"{name}: other sites get no leave", allowed)


def _names(server, report):
    target = server.target
    made = target.post("/v1/datasets", {"name": "mine"})["id"]
    for host in ("evil.example", f"evil.example:{server.port}", "127.0.0.1.evil.example", f"127.0.0.1:{server.port}.evil.example",
                 "localhost.evil.example", "169.254.169.254", "[::2]", "0.0.0.0", "evil.example@127.0.0.1", ""):
        for method, path in (("GET", "/v1/datasets"), ("DELETE", f"/v1/datasets/{made}"), ("GET", "/openapi.json")):
            answer = _send(target, method, path, host=host)
            report.check(answer.status in (400, 403, 421), f"{method} {path[:13]} of Host {host!r}", answer)
    forwarded = _send(target, "GET", "/v1/datasets", host="evil.example", headers=[("X-Forwarded-Host", target.authority)])
    report.check(forwarded.status in (400, 403, 421), "X-Forwarded-Host does not mend it", forwarded)
    report.equal(target.ask("GET", f"/v1/datasets/{made}").status, 200, "nothing was deleted")


def _own(server, report):
    target = server.target
    for host in (target.authority, f"localhost:{server.port}", f"LOCALHOST:{server.port}"):
        report.equal(_send(target, "GET", "/v1/datasets", host=host).status, 200, f"Host {host}")
    own = [("Origin", f"http://{target.authority}"), ("Sec-Fetch-Site", "same-origin"), JSON]
    report.equal(_send(target, "POST", "/v1/datasets", {"name": "by its own page"}, headers=own).status, 201, "its own page may call")
    typed = [("Sec-Fetch-Site", "none"), ("Sec-Fetch-Mode", "navigate")]
    report.equal(_send(target, "GET", "/openapi.json", headers=typed).status, 200, "an address may be typed")
    report.equal(_send(target, "POST", "/v1/datasets", {"name": "by a program"}, headers=[JSON]).status, 201, "a program may call")


def _lock_out(server, report):
    """The first token closes the server, so it has to be one that can open it for others."""
    target = server.target
    for role in ("read", "write"):
        answer = target.ask("POST", "/v1/trommel/tokens", value={"name": "first", "role": role})
        report.check(400 <= answer.status < 500, f"the first token is none to {role}", answer)
    report.equal(target.ask("GET", "/v1/trommel/tokens").status, 200, "the server is still open")
    made = target.post("/v1/trommel/tokens", {"name": "first", "role": "admin"})
    report.equal(target.ask("GET", "/v1/datasets").status, 401, "the first admin token closes it")
    deleted = target.ask("DELETE", f"/v1/trommel/tokens/{made['id']}", token=made["token"])
    report.check(400 <= deleted.status < 500, "the last admin token cannot be deleted", deleted)
    second = target.post("/v1/trommel/tokens", {"name": "second", "role": "admin"}, token=made["token"])
    report.equal(target.ask("DELETE", f"/v1/trommel/tokens/{made['id']}", token=second["token"]).status, 200, "one of two can be")
    report.equal(target.ask("GET", "/v1/datasets", token=second["token"]).status, 200, "the other still opens")


CHECKS = {"of other sites": _other_sites, "names that are not the server's": _names, "its own, and programs": _own,
          "nobody is locked out": _lock_out}
