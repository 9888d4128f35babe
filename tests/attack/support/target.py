"""A server to attack: where it is, the token that may do everything there, and plain calls to it."""
import json
import ssl
import urllib.parse
from dataclasses import dataclass

from support.wire import Answer, Wire


class Refused(Exception):
    """A call that should have been taken was not."""


@dataclass(frozen=True)
class Target:
    url: str
    token: str = ""

    @property
    def parts(self):
        return urllib.parse.urlsplit(self.url)

    @property
    def address(self):
        return self.parts.hostname, self.parts.port or (443 if self.parts.scheme == "https" else 80)

    @property
    def authority(self):
        """What a Host field names."""
        return self.parts.netloc

    def connect(self, timeout=20.0):
        return Wire(self.address, _tls() if self.parts.scheme == "https" else None, timeout)

    def request(self, method, path, body=b"", headers=(), token=None):
        """The bytes of a well-formed request; `token` "" leaves the header out."""
        token = self.token if token is None else token
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.authority}"]
        if token:
            lines.append(f"Authorization: Bearer {token}")
        lines += [f"{name}: {value}" for name, value in headers]
        if body or method in ("POST", "PUT", "PATCH"):
            lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape") + body

    def ask(self, method, path, value=None, token=None, body=None, headers=(), timeout=60.0) -> Answer:
        """One call on a connection of its own. `value` is sent as JSON, `body` as it is."""
        if value is not None:
            body = json.dumps(value).encode()
            headers = [("Content-Type", "application/json"), *headers]
        with self.connect(timeout) as wire:
            wire.send(self.request(method, path, body or b"", [("Connection", "close"), *headers], token))
            answer = wire.answer(method)
        if answer is None:
            raise Refused(f"{method} {path}: the connection was closed without an answer")
        return answer

    def get(self, path, **rest):
        return self._taken("GET", path, **rest)

    def post(self, path, value, **rest):
        return self._taken("POST", path, value=value, **rest)

    def put(self, path, value, **rest):
        return self._taken("PUT", path, value=value, **rest)

    def delete(self, path, **rest):
        return self._taken("DELETE", path, **rest)

    def _taken(self, method, path, **rest):
        answer = self.ask(method, path, **rest)
        if answer.status >= 300:
            raise Refused(f"{method} {path}: {answer}")
        return answer.json() if answer.body and answer.media == "application/json" else answer.body

    def is_alive(self):
        try:
            return self.ask("GET", "/healthz", token="", timeout=10.0).status == 200
        except (OSError, Refused):
            return False


def path_of(url):
    """Path and query of a URL that the server gave."""
    parts = urllib.parse.urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _tls():
    """Who the server says it is does not matter here."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
