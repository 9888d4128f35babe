"""Answers have the shape that the description says: each call once as it should be, and refusals too."""
import random
import time

from support.caller import Caller
from support.spec import Spec
from support.values import Values
from support.world import build_world

TIMES = 4  # that each call is made, with other optional parts


def run(attack, report):
    target = attack.target
    spec = Spec.of(target)
    world = build_world(target, f"conformance {time.time_ns()}")
    with report.group(f"conformance: {len(spec.operations)} calls"), Caller(target) as caller:
        values = Values(spec, random.Random(attack.options.seed), world.ids)
        # What deletes comes last.
        for operation in sorted(spec.operations, key=lambda each: each.method == "DELETE"):
            for _ in range(TIMES):
                _check(caller, spec, operation, values, report)
    with report.group("conformance: refusals"), Caller(target) as caller:
        _refusals(caller, spec, report)
    target.ask("DELETE", world.dataset)


def _check(caller, spec, operation, values, report):
    path = operation.path
    for name in operation.parameters:
        path = path.replace("{" + name + "}", values.ids.get(name, "full" if name == "kind" else "0" * 24).replace(" ", "%20"))
    body = values.text_of(values.valid(operation.request)) if operation.request is not None else b""
    answer = caller.ask(operation.method, path, body, [("Content-Type", "application/json")], token=caller.target.token)
    described = answer.status >= 400 or str(answer.status) in operation.replies
    report.check(described, f"{operation}: its status is described", answer)
    schema = operation.replies.get(str(answer.status), operation.replies.get("default"))
    if answer.media == "application/json" and schema is not None:
        fault = spec.fault(answer.json(), schema)
        report.check(fault is None, f"{operation} {answer.status}", fault)


def _refusals(caller, spec, report):
    """Also of messages that reach no call, an error is JSON of one shape."""
    error = {"$ref": "#/components/schemas/ApiErrorResponse"}
    requests = {"no such path": caller.target.request("GET", "/nothing"), "no such method": caller.target.request("PATCH", "/v1/datasets"),
                "no token": caller.target.request("GET", "/v1/datasets", token=""), "no HTTP": b"nonsense\r\n\r\n",
                "no Host": b"GET /healthz HTTP/1.1\r\n\r\n", "a large head": caller.target.request("GET", "/" + "a" * 100_000)}
    for name, request in requests.items():
        answer = caller.send(request)
        fault = spec.fault(answer.json(), error) if answer.media == "application/json" else f"is {answer.media}"
        report.check(answer.status >= 400 and fault is None, f"{name}: {answer.status}", fault)
        caller.close()
