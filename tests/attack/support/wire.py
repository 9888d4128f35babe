"""Bytes to a server and answers back, with nothing in between that would mend or refuse what is sent."""
import json
import socket
import ssl
from dataclasses import dataclass

NO_BODY = frozenset({204, 304})


class Silence(Exception):
    """The server neither answers nor closes the connection in time."""


class Malformed(Exception):
    """What came is not an answer of HTTP/1.1."""


@dataclass(frozen=True)
class Answer:
    status: int
    fields: list  # pairs of lower-case name and value
    body: bytes

    def field(self, name, default=""):
        return next((value for key, value in self.fields if key == name), default)

    @property
    def media(self):
        return self.field("content-type").split(";")[0].strip().lower()

    def json(self):
        return json.loads(self.body)

    @property
    def closes(self):
        return self.field("connection").lower() == "close"

    def __str__(self):
        return f"{self.status} {self.body[:200]!r}"


class Wire:
    """One connection. Sends bytes as they are, and reads answers one by one."""

    def __init__(self, address, tls=None, timeout=20.0):
        self.socket = socket.create_connection(address, timeout=timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_hostname=address[0])
        self._bytes = bytearray()

    def send(self, data):
        self.socket.sendall(data)

    def half_close(self):
        self.socket.shutdown(socket.SHUT_WR)

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def answer(self, method="GET", timeout=None):
        """The next answer, or None if the server closed the connection before one began."""
        if timeout is not None:
            self.socket.settimeout(timeout)
        while True:
            head = self._head()
            if head is None:
                return None
            status, fields = _parsed(head)
            if status >= 200 or status == 101:
                return Answer(status, fields, self._body(status, dict(fields), method))

    def answers(self, timeout=5.0):
        """All answers until the server closes the connection."""
        found = []
        while (answer := self.answer(timeout=timeout)) is not None:
            found.append(answer)
        return found

    def is_closed(self, timeout=5.0):
        """Whether the server has closed its end, or does so in time, without another byte."""
        self.socket.settimeout(timeout)
        try:
            return not self._bytes and not self._receive()
        except Silence:
            return False

    def _receive(self):
        try:
            piece = self.socket.recv(1 << 18)
        except (ConnectionResetError, BrokenPipeError, ssl.SSLEOFError):
            return False
        except TimeoutError:
            raise Silence(f"no answer within {self.socket.gettimeout()} s") from None
        self._bytes += piece
        return bool(piece)

    def _head(self):
        while (end := self._bytes.find(b"\r\n\r\n")) < 0:
            if not self._receive():
                if self._bytes:
                    raise Malformed(f"an answer ends in its head: {bytes(self._bytes[:200])!r}")
                return None
        head = bytes(self._bytes[:end])
        del self._bytes[:end + 4]
        return head

    def _body(self, status, fields, method):
        if method == "HEAD" or status in NO_BODY:
            return b""
        if fields.get("transfer-encoding", "").lower() == "chunked":
            return b"".join(self._chunks())
        if "content-length" in fields:
            return self._exactly(int(fields["content-length"]))
        while self._receive():
            pass
        return self._exactly(len(self._bytes))

    def _chunks(self):
        while True:
            size = int(self._line(), 16)
            if size == 0:
                self._line()
                return
            yield self._exactly(size)
            self._line()

    def _line(self):
        while (end := self._bytes.find(b"\r\n")) < 0:
            self._more()
        return self._exactly(end + 2)[:-2]

    def _exactly(self, size):
        while len(self._bytes) < size:
            self._more()
        data = bytes(self._bytes[:size])
        del self._bytes[:size]
        return data

    def _more(self):
        if not self._receive():
            raise Malformed("an answer ends in its body")


def _parsed(head):
    first, *lines = head.decode("latin-1").split("\r\n")
    if not first.startswith("HTTP/1.1 ") or not first[9:12].isdigit():
        raise Malformed(f"no status line: {first[:200]!r}")
    fields = []
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or name != name.strip():
            raise Malformed(f"no header field: {line[:200]!r}")
        fields.append((name.lower(), value.strip()))
    return int(first[9:12]), fields
