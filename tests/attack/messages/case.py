"""A case: what is sent, what may come, and how the connection is left."""
from dataclasses import dataclass, field

CLOSED = 0  # among the statuses: the connection may be closed without an answer
NOBODY = "0" * 24
# Takes any JSON object, changes nothing, and says 404: a body that was read and understood.
JSON_PATH = f"/v1/datasets/{NOBODY}/registerDatasetUpload"
TAKEN = 404


@dataclass(frozen=True)
class Case:
    name: str
    send: tuple  # bytes, and seconds to wait between them
    statuses: frozenset
    after: str = "closed"  # or "open": the next request is answered; or "either"
    answers: int = 1  # the most that may come
    half_close: bool = False
    method: str = "GET"  # by which the answer is read
    patience: float = 8.0
    only_full: bool = False
    pause: float = 0.0  # seconds after each byte; 0: all at once
    absent: tuple = field(default=())  # what no answer may hold


def case(name, send, statuses, after="closed", **rest):
    """`send` is bytes or a tuple of bytes and pauses; `statuses` one or several."""
    several = frozenset([statuses]) if isinstance(statuses, int) else frozenset(statuses)
    return Case(name, (send,) if isinstance(send, bytes) else tuple(send), several, after, **rest)


def head(line, *fields, host="@HOST@", token=True):
    """A request's head. @HOST@ and @TOKEN@ are filled in when it is sent."""
    lines = [line if isinstance(line, bytes) else line.encode("latin-1")]
    if host is not None:
        lines.append(b"Host: " + host.encode("latin-1"))
    if token:
        lines.append(b"Authorization: Bearer @TOKEN@")
    lines += [each if isinstance(each, bytes) else each.encode("latin-1") for each in fields]
    return b"\r\n".join(lines) + b"\r\n\r\n"


def get(path="/healthz", *fields, **rest):
    return head(b"GET " + (path if isinstance(path, bytes) else path.encode("latin-1")) + b" HTTP/1.1", *fields, **rest)


def put_json(*fields, path=JSON_PATH, media="application/json"):
    """The head of a call that takes a JSON body."""
    media_field = [f"Content-Type: {media}"] if media is not None else []
    return head(f"PUT {path} HTTP/1.1", *media_field, *fields)


def put_body(body, *fields, media="application/json"):
    return put_json(f"Content-Length: {len(body)}", *fields, media=media) + body


# Of a length that is known before it is sent.
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
