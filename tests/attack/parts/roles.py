"""Every call with every kind of token, by each way to send one: who may not, may not, and who may, is let in."""
import time
import urllib.parse

from support.caller import Caller
from support.spec import Spec
from support.tokens import Tokens
from support.world import build_world

NOBODY = "0" * 24
RANKS = {"none": 0, "read": 1, "write": 2, "admin": 3}
WAYS = {"Bearer": lambda token: ([("Authorization", f"Bearer {token}")], ""),
        "bearer": lambda token: ([("Authorization", f"bearer {token}")], ""),
        "?token=": lambda token: ([], f"?token={token}")}
# No token at all, and what is none; each a list of header fields and a query.
STRANGERS = {"no token": ([], ""), "an empty Bearer": ([("Authorization", "Bearer ")], ""),
             "Bearer alone": ([("Authorization", "Bearer")], ""), "an empty field": ([("Authorization", "")], ""),
             "an empty ?token=": ([], "?token="), "?token": ([], "?token"), "Basic": ([("Authorization", "Basic Og==")], ""),
             "Bearer twice": ([("Authorization", "Bearer Bearer x")], ""), "undefined": ([("Authorization", "Bearer undefined")], ""),
             "NUL in the query": ([], "?token=%00"), "blanks": ([], "?token=%20%20"), "a cookie": ([("Cookie", "token=x")], "")}
WRONG = {"wrong": "wrong-wrong-wrong-wrong", "very long": "a" * 50_000, "unicode": "\u00e4\u00f6\U0001f600" * 8, "a blank": " "}


def run(attack, report):
    target = attack.target
    spec = Spec.of(target)
    tokens = Tokens(target, spec)
    try:
        with report.group(f"roles: strangers at {len(spec.operations)} calls"), Caller(target) as caller:
            _strangers(caller, spec, tokens, report)
        with report.group("roles: read, write and admin at every call"), Caller(target) as caller:
            _roles(caller, spec, tokens, report)
        with report.group("roles: more than one token, and one that goes"):
            _mixtures(target, tokens, report)
        with report.group("roles: teams"):
            _teams(target, spec, tokens, report)
        with report.group("roles: secrets of a datasource"):
            _datasource(target, tokens, report)
    finally:
        tokens.close()


def _path(operation):
    path = operation.path
    for name in operation.parameters:
        path = path.replace("{" + name + "}", NOBODY)
    return path


def _status(caller, operation, way):
    headers, query = way
    body = b"{}" if operation.request is not None else b""
    request = caller.target.request(operation.method, _path(operation) + query, body,
                                    [("Content-Type", "application/json"), *headers], token="")
    return caller.send(request, operation.method).status


def _strangers(caller, spec, tokens, report):
    kinds = dict(WRONG, revoked=tokens.revoked("admin"))
    if tokens.know_expiry:
        kinds["expired"] = tokens.expired("admin")
    ways = dict(STRANGERS)
    for name, token in kinds.items():
        for how, way in WAYS.items():
            ways[f"{name} by {how}"] = way(_escaped(token) if how == "?token=" else token)
    for operation in spec.operations:
        for name, way in ways.items():
            status = _status(caller, operation, way)
            if operation.is_open:
                report.check(status not in (401,) and status < 500, f"{operation} is open to {name}", status)
            else:
                refused = (401, 400, 431) if "long" in name or "unicode" in name else (401,)
                report.check(status in refused, f"{operation} refuses {name}", status)


def _escaped(token):
    return urllib.parse.quote(token)


def _needed(operation):
    """The description says so, or the method does."""
    if operation.role:
        return operation.role
    if "/tokens" in operation.path:
        return "admin"
    return "read" if operation.method == "GET" and "rite" not in operation.path else "write"


def _roles(caller, spec, tokens, report):
    for role in ("read", "write", "admin"):
        token = tokens.make(role)
        for operation in spec.operations:
            for how, way in WAYS.items():
                status = _status(caller, operation, way(token))
                _check_role(report, operation, role, how, status)


def _check_role(report, operation, role, how, status):
    claim = f"{operation} by {role}, {how}"
    if operation.is_open:
        report.check(status != 401 and status < 500, claim, status)
    elif RANKS[role] < RANKS[_needed(operation)]:
        report.check(status == 403, claim, f"{status}, needs {_needed(operation)}")
    else:
        report.check(status not in (401, 403) and status < 500, claim, status)


def _mixtures(target, tokens, report):
    read, admin = tokens.make("read"), tokens.make("admin")
    bearer = ("Authorization", f"Bearer {admin}")
    wrong = ("Authorization", "Bearer wrong-wrong-wrong-wrong")
    good = target.ask("GET", f"/v1/datasets?token={admin}", token="", headers=[wrong]).status
    report.check(good in (400, 401), "a wrong header is not mended by the query", good)
    two = target.ask("GET", "/v1/datasets", token="", headers=[wrong, bearer]).status
    report.check(two in (400, 401), "two Authorization fields are refused", two)
    two = target.ask("GET", "/v1/datasets", token="", headers=[bearer, wrong]).status
    report.check(two in (400, 401), "two Authorization fields are refused in either order", two)
    twice = target.ask("POST", f"/v1/datasets?token={read}&token={admin}", token="", value={}).status
    report.check(twice in (400, 401, 403), "two tokens in the query do not add up", twice)
    report.equal(target.ask("GET", "/v1/datasets", token=read).status, 200, "a token opens")
    tokens.revoke(read)
    report.equal(target.ask("GET", "/v1/datasets", token=read).status, 401, "and no longer when it is deleted")
    listed = target.ask("GET", "/v1/trommel/tokens", token=admin)
    report.check(admin.encode() not in listed.body, "a list of tokens has no token in it")


def _teams(target, spec, tokens, report):
    if not tokens.know_teams:
        report.check(False, "tokens know teams", "TrommelTokenRequest has no 'team'")
        return
    own, other = tokens.make("write", team="attack-own"), tokens.make("write", team="attack-other")
    owner = type(target)(target.url, own)
    world = build_world(owner, f"team {time.time_ns()}")
    for operation in spec.operations:
        if "{datasetId}" not in operation.path or operation.is_open:
            continue
        path = operation.path
        for name in operation.parameters:
            path = path.replace("{" + name + "}", world.ids.get(name, NOBODY))
        body = {} if operation.request is not None else None
        status = target.ask(operation.method, path, token=other, value=body).status
        report.check(status in (403, 404, 422), f"{operation} hides another team's dataset", status)
    for path in ("/v1/datasets", f"/v1/datasets/query/name/{world.ids['datasetName'].replace(' ', '%20')}", "/v1/jobs"):
        listed = target.ask("GET", path, token=other)
        report.check(world.ids["datasetId"].encode() not in listed.body, f"{path} hides another team's", str(listed))
    for path in (f"/v1/jobs/{world.ids['jobId']}", f"/v1/trommel/jobs/{world.ids['jobId']}",
                 f"/v1/trommel/jobs/{world.ids['jobId']}/picks", f"/v1/trommel/tags/{world.ids['tagId']}"):
        answer = target.ask("GET", path, token=other)
        report.check(answer.status in (403, 404), f"{path} hides another team's", str(answer))
    report.equal(target.ask("GET", world.dataset, token=own).status, 200, "its own team sees it")
    report.equal(target.ask("GET", world.dataset).status, 200, "an admin sees it")
    target.delete(world.dataset)


def _datasource(target, tokens, report):
    dataset = f"/v1/datasets/{target.post('/v1/datasets', {'name': f'secret {time.time_ns()}'})['id']}"
    secret = "Secret-Of-The-Bucket-0815"
    source = {"type": "S3", "fullPath": "s3://b/x", "s3Region": "eu", "s3AccessKeyId": "AKIA0815", "purpose": "INPUT_OUTPUT",
              "s3SecretAccessKey": secret}
    target.put(f"{dataset}/datasource", source)
    read = tokens.make("read")
    for path in ("/datasource", "/datasource/all", "/datasource/verify"):
        answer = target.ask("GET", dataset + path, token=read)
        is_kept = answer.status < 500 and secret.encode() not in answer.body
        report.check(is_kept, f"{path} keeps the secret from who only reads", answer)
    target.delete(dataset)
