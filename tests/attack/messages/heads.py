"""Request lines and header fields (RFC 9112, sections 2, 3 and 5), other protocols on this port, what a head may weigh."""
from messages.case import CLOSED, JSON_PATH, case, get, head, put_json

TOO_LARGE = 431
NO_HTTP = (400, 505, CLOSED)


def field_case(name, field, statuses=400, after="closed", **rest):
    return case(f"field: {name}", get("/healthz", field), statuses, after, **rest)


def line_case(line, statuses=400, after="closed", **rest):
    return case(f"line {line[:60]!r}", head(line), statuses, after, **rest)


FIELDS = [
    field_case("a tab in a value", b"X: a\tb", 200, "open"),
    field_case("an empty value", b"X:", 200, "open"),
    field_case("bytes above ASCII", b"X: \xff\xfe", (200, 400), "either"),
    field_case("UTF-8", "X: \u00e4".encode(), (200, 400), "either"),
    field_case("unknown, of 60 KiB", b"X: " + b"y" * 61_000, 200, "open"),
    *(field_case(f"{field!r}", field) for field in (
        b"X: a\rb", b"X: a\x00b", b"X: a\x01b", b"X: a\x7fb", b"X: a\x0bb", b"X: a\x1bb", b"X\x00: a", b"X : a", b"X\t: a",
        b": a", b"X", b"X Y: a", b"X(: a", b"\xc3\xa4: a", b"X\x7f: a", b"X: a\r\n b", b"X: a\r\n\tb", b"X: a\r\n \r\nY: b",
        b"X: a\nY: b", b"X: a\n\nGET /smuggled HTTP/1.1", b"X: a\r\r\n", b"{}: a", b"X: a\r\n\x00")),
    case("the first field is folded", b"GET /healthz HTTP/1.1\r\n Host: @HOST@\r\n\r\n", 400),
    case("all lines end with LF", b"GET /healthz HTTP/1.1\nHost: @HOST@\n\n", 400),
    case("all lines end with CR", b"GET /healthz HTTP/1.1\rHost: @HOST@\r\r", (400, CLOSED), half_close=True),
    case("the head ends with LF", b"GET /healthz HTTP/1.1\r\nHost: @HOST@\r\n\n", 400),
]

SIZES = [
    case("a head of 62 KiB", get("/healthz", *[b"X-%04d: " % i + b"y" * 50 for i in range(1000)]), (200, TOO_LARGE), "either"),
    case("a head of 70 KiB", get("/healthz", b"X: " + b"y" * 70_000), TOO_LARGE),
    case("a head of 4 MiB", get("/healthz", b"X: " + b"y" * (4 << 20)), (TOO_LARGE, CLOSED)),
    case("a head that never ends", b"GET /healthz HTTP/1.1\r\nX: " + b"y" * 100_000, TOO_LARGE),
    case("a line that never ends", b"GET /" + b"y" * 100_000, (414, TOO_LARGE)),
    case("15,000 fields", get("/healthz", *[b"a:"] * 15_000), (200, 400, TOO_LARGE), "either"),
    case("a name of 70 KiB", get("/healthz", b"X" * 70_000 + b": y"), TOO_LARGE),
    case("line breaks without end", b"\r\n" * 100_000, (400, CLOSED, TOO_LARGE), "either", half_close=True),
]

LINES = [
    case("a line break before", b"\r\n" + get(), 200, "open"),
    case("a bare LF before", b"\n" + get(), 400),
    line_case(b"GET  /healthz HTTP/1.1"), line_case(b"GET /healthz  HTTP/1.1"), line_case(b" GET /healthz HTTP/1.1"),
    line_case(b"GET\t/healthz\tHTTP/1.1"), line_case(b"GET /healthz HTTP/1.1 "), line_case(b"GET /healthz\x0bHTTP/1.1"),
    line_case(b"GET /health z HTTP/1.1"), line_case(b"GET /healthz HTTP/1.1 HTTP/1.1"), line_case(b"GET HTTP/1.1"),
    line_case(b"GET /healthz\x00 HTTP/1.1"), line_case(b"/healthz HTTP/1.1"), line_case(b"GET"), line_case(b"nonsense"),
    line_case(b"GET /healthz http/1.1"), line_case(b"GET /healthz HTTP/1,1"), line_case(b"GET /healthz HTTP/11"),
    line_case(b"GET /healthz HTTP/1.10"), line_case(b"GET /healthz HTTP/01.1"), line_case(b"GET /healthz HTTP/1.x"),
    line_case(b"GET /healthz HTTP/-1.1"), line_case(b"GET /healthz HTTPS/1.1"), line_case(b"GET /healthz HTTP /1.1"),
    line_case(b"GET /healthz HTTP/2.0", (400, 505)), line_case(b"GET /healthz HTTP/0.9", (400, 505)),
    line_case(b"GET /healthz HTTP/3", (400, 505)), line_case(b"GET /healthz HTTP/9.9", (400, 505)),
    line_case(b"GET /healthz HTTP/1.2", (200, 400, 505), "either"),
    case("HTTP/1.0", head("GET /healthz HTTP/1.0"), 200),
    case("HTTP/1.0 without a Host", head("GET /healthz HTTP/1.0", host=None), (200, 400)),
    case("HTTP/1.0, kept alive", head("GET /healthz HTTP/1.0", "Connection: keep-alive"), 200, "either"),
    case("HTTP/0.9", b"GET /healthz\r\n\r\n", (400, 505)),
]

HOSTS = [case(f"Host {host!r}", get(host=host), (400, 403, 421)) for host in (
    "a b", "a/b", "a\\b", "u@h", "a:b", "a:99999", "[::1", "::1]", "[zz]", "a,b", "a\x7f", "%zz", "a?b", "a#b", "<a>")] + [
    case("no Host", get(host=None), 400),
    case("two Hosts, the same", get("/healthz", "Host: @HOST@"), 400),
    case("two Hosts, different", get("/healthz", "Host: evil.example"), 400),
    case("a Host of 60 KiB", get(host="a" * 60_000), (200, 400, 403, 421, 431), "either"),
    case("a Host in a folded line", get("/healthz", b"Host:\r\n evil.example", host=None), 400),
    case("a foreign Host", get("/v1/datasets", host="evil.example"), (200, 400, 403, 421), "either"),
    case("a foreign Host with dots", get("/v1/datasets", host="127.0.0.1.evil.example"), (200, 400, 403, 421), "either"),
]

PROTOCOLS = [
    case("the preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0", NO_HTTP),
    case("hello of TLS 1.2", bytes.fromhex("160301006c010000680303") + b"r" * 32 + b"\0" * 66, NO_HTTP, half_close=True),
    case("hello of SSH", b"SSH-2.0-OpenSSH_9.2\r\n", NO_HTTP, half_close=True),
    case("EHLO", b"EHLO me\r\nMAIL FROM:<a@b>\r\n\r\n", NO_HTTP),
    case("a WebSocket", get("/healthz", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
                            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="), (200, 400, 426), "either"),
    case("h2c", get("/healthz", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk"),
         (200, 400, 426), "either"),
    case("proxy protocol", b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n" + get(), 400),
    case("random bytes", bytes((i * 89 + 7) % 256 for i in range(5000)), NO_HTTP, half_close=True),
    case("only NUL", b"\0" * 5000, NO_HTTP, half_close=True),
]

EXPECTATIONS = [
    case("Expect: 100-continue, with the body at once", put_json("Expect: 100-continue", "Content-Length: 2") + b"{}", 404,
         "either"),
    case("Expect: 100-Continue", (put_json("Expect: 100-Continue", "Content-Length: 2"), 0.2, b"{}"), 404, "either"),
    case("Expect: anything else", put_json("Expect: tea", "Content-Length: 2") + b"{}", (400, 417), "either"),
    case("Expect of a GET", get("/healthz", "Expect: 100-continue"), 200, "open"),
    case("Expect without a token is refused before the body", head(f"PUT {JSON_PATH} HTTP/1.1", "Expect: 100-continue",
         "Content-Type: application/json", "Content-Length: 9999999", token=False), 401),
    case("Connection: nonsense", get("/healthz", "Connection: \xff;;,, close-ish"), (200, 400), "either"),
    case("ranges", get("/healthz", "Range: bytes=0-,1-,2-,3-" + ",4-" * 5000), (200, 416, 400), "either"),
    case("Accept-Encoding: nonsense", get("/healthz", "Accept-Encoding: gzip;q=9e999, *;q=-1, ;;;=="), 200, "open"),
]

CASES = FIELDS + SIZES + LINES + HOSTS + PROTOCOLS + EXPECTATIONS
