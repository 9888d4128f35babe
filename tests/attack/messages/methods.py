"""Methods: only those of a route, spelled exactly, whatever other fields say."""
from messages.case import NOBODY, case, head

REFUSED = (400, 404, 405, 501)


def method_case(name, statuses=REFUSED, after="either", **rest):
    return case(f"method {name[:40]!r}", head(name + b" /v1/datasets HTTP/1.1", "Content-Length: 0"), statuses, after, **rest)


CASES = [
    method_case(b"GET", 200, "open"),
    method_case(b"HEAD", 200, "open", method="HEAD"),
    *(method_case(name) for name in (
        b"PATCH", b"OPTIONS", b"PROPFIND", b"get", b"Get", b"GETT", b"GE", b"X" * 300, b"DELETE", b"*", b"!#$%&'*+-.^_`|~")),
    *(method_case(name, 400, "closed") for name in (b"G\x00T", b"G\xcbT", b"G(T", b"GET,", b"G\x7fT", b'"GET"')),
    case("TRACE does not echo", head("TRACE /healthz HTTP/1.1", "X-Secret: mirror-mirror"), REFUSED, "either",
         absent=(b"mirror-mirror",)),
    case("CONNECT", head("CONNECT 127.0.0.1:22 HTTP/1.1"), REFUSED, "either"),
    case("a method in a field does not count",
         head(f"GET /v1/datasets/{NOBODY} HTTP/1.1", "X-HTTP-Method-Override: DELETE", "X-HTTP-Method: DELETE"), 404, "open"),
    case("a method in the query does not count", head(f"GET /v1/datasets/{NOBODY}?_method=DELETE HTTP/1.1"), 404, "open"),
    case("Allow is told with 405", head("PATCH /v1/datasets HTTP/1.1"), (405, 501), "either"),
]
