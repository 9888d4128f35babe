"""Clients that are slow, that leave in the middle, and that say nothing."""
from messages.case import CLOSED, JSON_PATH, TAKEN, case, get, head, put_json

HEAD = b"GET /healthz HTTP/1.1\r\nHost: @HOST@\r\n"
TOO_SLOW = (400, 408, CLOSED)


def _drip(data, seconds, count):
    return tuple(piece for _ in range(count) for piece in (data, seconds))


CASES = [
    case("a request byte for byte", get(), 200, "open", pause=0.002),
    case("a body byte for byte", (put_json("Content-Length: 12"), *_drip(b" ", 0.02, 10), b"{}"), TAKEN, "open"),
    case("half closed after the request", get(), 200, "closed", half_close=True),
    case("half closed after three requests", get() * 3, 200, "closed", answers=3, half_close=True),
    case("half closed in the line", b"GET /hea", (400, CLOSED), half_close=True),
    case("half closed in the head", HEAD, (400, CLOSED), half_close=True),
    case("half closed in the body", put_json("Content-Length: 100") + b"{", (400, CLOSED), half_close=True),
    case("nothing, half closed", b"", CLOSED, half_close=True),
    case("a head that drips", (HEAD, *_drip(b"X: y\r\n", 0.5, 40)), TOO_SLOW, patience=20),
    case("a line that drips", _drip(b"G", 0.5, 40), TOO_SLOW, patience=20),
    case("a head that stops", HEAD, TOO_SLOW, patience=20),
    case("a body that stops", put_json("Content-Length: 100") + b"{", TOO_SLOW, patience=45, only_full=True),
    case("a body that drips", (put_json("Content-Length: 100000"), *_drip(b" ", 1, 90)), TOO_SLOW, patience=100, only_full=True),
    case("a chunk that drips", (put_json("Transfer-Encoding: chunked"), b"ffff\r\n", *_drip(b" ", 1, 90)), TOO_SLOW, patience=100,
         only_full=True),
    case("a chunk line that drips", (put_json("Transfer-Encoding: chunked"), *_drip(b"0", 1, 90)), TOO_SLOW, patience=100,
         only_full=True),
    case("nothing for a minute", b"", TOO_SLOW, patience=90, only_full=True),
    case("nothing after a request", get(), 200, patience=90, only_full=True),
    case("a body that nobody waits for", head(f"PUT {JSON_PATH} HTTP/1.1", "Content-Length: 1000000", token=False), 401),
]
