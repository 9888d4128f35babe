"""One process of the fuzzer: a world of its own, a connection of its own, and what it holds answers to."""
import json
import re
import time
import urllib.parse

from support.spec import Operation
from support.target import Refused, path_of
from support.values import TEXTS, Values
from support.wire import Malformed, Silence
from support.world import build_world, embeddings_csv

CALLS_PER_WORLD = 1500
MOST_FAULTS = 60
KIND = 45  # so many characters of a fault say of which kind it is
DOCUMENTED_FAILURES = {501, 503, 507}
# Calls whose things nothing deletes, or that take the world away: seldom.
SELDOM = {"POST /v1/docker/worker/config", "POST /v1/docker/worker/config/v2", "POST /v1/docker/worker/config/v3",
          "POST /v1/docker/worker/config/vX", "POST /v1/configuration/metadata", "POST /v1/docker/worker",
          "DELETE /v1/datasets/{datasetId}", "POST /v1/trommel/tokens", "POST /v1/trommel/flush"}
UPLOAD = Operation("PUT", "a signed URL", (), None, {}, True, None)
PATHS = re.compile(rb"/(?:home|root|var|tmp|usr|etc|srv|opt|work|proc|lib)/[\w.-]+")


class Worker:
    def __init__(self, target, spec, random, seed, folder):
        self.target, self.spec, self.random, self.seed = target, spec, random, seed
        self.folder = folder.encode() if folder else None
        self.faults, self.statuses, self.taken, self.count = [], {}, set(), 0
        self.weights = [0.08 if str(each) in SELDOM else 1.0 for each in spec.operations]
        self.known = set()
        self.spare = []  # paths of what was made and may go
        self.wire = None

    def send(self, count):
        for i in range(count):
            if i % CALLS_PER_WORLD == 0:
                self._renew_world(i)
            if len(self.faults) >= MOST_FAULTS:
                return
            self._call()

    def _renew_world(self, i):
        for path in [*self.spare, *([self.world.dataset] if i else [])]:
            self.target.ask("DELETE", path)
        self.spare = []
        self.world = build_world(self.target, f"fuzz {self.seed} {i} {time.time_ns()}")
        self.values = Values(self.spec, self.random, self.world.ids)

    def _call(self):
        if self.random.random() < 0.01:
            operation, request = UPLOAD, self._upload()
        else:
            operation = self.random.choices(self.spec.operations, self.weights)[0]
            request = self._request(operation)
        answer = self._exchange(operation, request)
        self.count += 1
        if answer is None:
            return
        self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
        if answer.status < 300:
            self.taken.add(str(operation))
            self._remember(operation, answer)
        if fault := self._fault(operation, request, answer):
            self._note(operation, fault, request)

    def _note(self, operation, fault, request):
        """The first of its kind; the others say no more."""
        if (str(operation), fault[:KIND]) in self.known:
            return
        self.known.add((str(operation), fault[:KIND]))
        shown = request if len(request) < 1500 else request[:1500] + b"... (%d bytes)" % len(request)
        self.faults.append((f"{operation}: {fault} (call {self.count} of worker {self.seed})", repr(shown)))

    def _exchange(self, operation, request):
        """The answer. A connection that was kept may have been closed before the server saw the request."""
        try:
            if self.wire is None:
                self.wire = self.target.connect(timeout=60.0)
            self.wire.send(request)
            answer = self.wire.answer(operation.method)
            if answer is None:
                self._note(operation, "closed without an answer", request)
            if answer is None or answer.closes:
                self._hang_up()
            if answer is not None and answer.status == 429:
                time.sleep(min(float(answer.field("retry-after", "1")), 2.0))
            return answer
        except (OSError, Silence, Malformed) as error:
            self._note(operation, f"{type(error).__name__}: {error}", request)
            self._hang_up()
            return None

    def _hang_up(self):
        self.wire.close()
        self.wire = None

    def _request(self, operation):
        wrong = self.random.random() < 0.65
        path = self._path(operation, wrong and self.random.random() < 0.3)
        path += self._query(operation, wrong and self.random.random() < 0.5)
        body, headers = b"", []
        if operation.request is not None:
            body = self._body(operation.request, wrong)
            headers = [("Content-Type", "application/json")]
        return self.target.request(operation.method, path, body, headers)

    def _path(self, operation, wrong):
        values = {name: self._id(name) for name in operation.parameters}
        if wrong and values:
            values[self.random.choice(list(values))] = self._short_text()
        path = operation.path
        for name, value in values.items():
            path = path.replace("{" + name + "}", _escaped(value))
        return path

    def _id(self, name):
        if name == "tokenId":
            return next((path.rsplit("/", 1)[-1] for path in self.spare if "/tokens/" in path), "0" * 24)
        return self.random.choice(self.world.choices(name) or ["full" if name == "kind" else "0" * 24])

    def _short_text(self):
        return self.random.choice(TEXTS)[:3000] or "0"

    def _query(self, operation, wrong):
        chosen = [(name, self._query_value(schema, name, wrong)) for name, schema in operation.query
                  if self.random.random() < (0.5 if wrong else 0.3)]
        if wrong and self.random.random() < 0.2:
            chosen.append((self._short_text(), self._short_text()))
        return "?" + "&".join(f"{_escaped(name)}={_escaped(value)}" for name, value in chosen) if chosen else ""

    def _query_value(self, schema, name, wrong):
        value = self.values.wrong() if wrong and self.random.random() < 0.6 else self.values.valid(schema, name)
        return str(value)[:3000]

    def _body(self, schema, wrong):
        value = self.values.valid(schema)
        for _ in range(self.random.choice((0, 1, 1, 2)) if wrong else 0):
            value = self.values.mutated(value)
        text = self.values.text_of(value)
        return self.values.broken(text) if wrong and self.random.random() < 0.15 else text

    def _upload(self):
        """A file of embeddings with something wrong in it."""
        try:
            name = urllib.parse.quote(f"up {self.count}")
            url = self.target.get(f"{self.world.dataset}/embeddings/writeCSVUrl?name={name}")["signedWriteUrl"]
        except Refused:
            return self.target.request("GET", "/healthz")
        body = self.values.broken(embeddings_csv(self.world.names))
        return self.target.request("PUT", path_of(url), body, token="")

    def _remember(self, operation, answer):
        """What has to go again, and what is gone."""
        if operation.method == "DELETE" and operation.path == "/v1/datasets/{datasetId}":
            self.world.ids.update(self._fresh_ids())
        if operation.method != "POST" or answer.media != "application/json":
            return
        made = {"/v1/datasets": "/v1/datasets/", "/v1/trommel/tokens": "/v1/trommel/tokens/",
                "/v1/docker/worker": "/v1/docker/worker/"}.get(operation.path)
        if made:
            self.spare.append(made + answer.json()["id"])
        if len(self.spare) > 20:
            self.target.ask("DELETE", self.spare.pop(0))

    def _fresh_ids(self):
        self.world = build_world(self.target, f"fuzz {self.seed} again {time.time_ns()}")
        self.values.ids = self.world.ids
        return self.world.ids

    def _fault(self, operation, request, answer):
        if answer.status >= 500 and answer.status not in DOCUMENTED_FAILURES:
            return str(answer)
        if self.folder and self.folder in answer.body:
            return f"names a folder of the server: {answer.body[:300]!r}"
        if answer.status >= 400 and (shown := PATHS.search(answer.body)) and not _is_echo(shown.group(), request):
            return f"names a path of the server: {answer.body[:300]!r}"
        if answer.media == "application/json" and answer.body:
            return self._fault_of_json(operation, answer)
        return None

    def _fault_of_json(self, operation, answer):
        try:
            value = json.loads(answer.body.decode("utf-8"))
        except ValueError as error:
            return f"its JSON is none: {error}: {answer.body[:300]!r}"
        described = operation.replies.get(str(answer.status), operation.replies.get("default"))
        if described and (answer.status >= 400 or self.random.random() < 0.2):
            return self.spec.fault(value, described)
        return None


def _escaped(text):
    return urllib.parse.quote(text.encode("utf-8", "surrogatepass"), safe="")


def _is_echo(text, request):
    return text in request or text in urllib.parse.unquote_to_bytes(request)
