"""Targets: all four forms (RFC 9112, section 3.2), escapes, ways up and out, and what is too long."""
from messages.case import CLOSED, NOBODY, case, get, head

NOT_THERE = (400, 404)
TOO_LONG = (404, 414, 431)


def path_case(path, statuses=NOT_THERE, after="either", **rest):
    path = path if isinstance(path, bytes) else path.encode("latin-1")
    return case(f"target {path[:70]!r}", get(path), statuses, after, absent=(b"root:x:",), **rest)


FORMS = [
    path_case("http://@HOST@/healthz", 200, "open"),
    path_case("HTTP://@HOST@/healthz", (200, 400, 404)),
    path_case("http://@HOST@", NOT_THERE),
    path_case("http://evil.example/healthz", (200, 400, 403, 421)),
    path_case("https://@HOST@/healthz", (200, 400, 403, 421)),
    path_case("ftp://@HOST@/healthz", (200, 400, 403, 404, 421)),
    path_case("http:///healthz", (200, 400, 404)),
    path_case("http://u:p@@HOST@/healthz", (200, 400, 404)),
    path_case("evil.example:80"), path_case("healthz"), path_case("*"), path_case("?x"), path_case("file:///etc/passwd"),
    case("OPTIONS *", head("OPTIONS * HTTP/1.1"), (200, 204, 400, 404, 405, 501), "either"),
    path_case("//healthz", (200, 301, 308, 400, 404)), path_case("///etc/passwd"), path_case("//evil.example/%2f.."),
    path_case("/healthz/", (200, 400, 404)), path_case("/HEALTHZ"), path_case("/healthz;a=b"), path_case("/healthz#x", (200, 400, 404)),
    path_case("/healthz?", 200, "open"), path_case("/healthz?a=b&a=c&=&&==", 200, "open"), path_case("/healthz??/..", 200, "open"),
]

WAYS_UP = [path_case(path) for path in (
    "/v1/../../../../etc/passwd", "/../etc/passwd", "/..", "/.", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc%2fpasswd",
    "/..%5c..%5cetc%5cpasswd", "/..\\..\\etc\\passwd", "/%252e%252e/etc/passwd", "/..;/etc/passwd", "/....//etc/passwd",
    "/v1/datasets/..%2f..", "/v1/datasets/%2e%2e/tags", f"/v1/datasets/{NOBODY}/../{NOBODY}")] + [
    path_case("/v1/./datasets/../../healthz", (400, 404)),
    *(path_case(f"/v1/trommel/files/{NOBODY}/{kind}?expires=1&signature=0", (400, 403, 404)) for kind in (
        "../../secret/full", "..%2f..%2fsecret/full", "..%2f../platform.db", "%2e%2e/full", f"{NOBODY}/..%2f..%2fplatform.db",
        f"{NOBODY}/full%00.png")),
]

ESCAPES = [path_case(path) for path in (
    "/%00", "/%ff", "/%fe%ff", "/%c0%ae%c0%ae/", "/%e0%80%ae", "/%f8%80%80%80%af", "/%ed%a0%80", "/%", "/%g1", "/%1", "/%u002e",
    "/v1/datasets/%00", "/v1/datasets/%ff", "/v1/datasets/%0d%0aX:%20y", f"/v1/datasets/{NOBODY}%00", "/v1/jobs/%c0%80",
    "/v1/datasets/%F0%9F%98%80", "/%22%3e%3cscript%3e", "/$%7bjndi:ldap://x%7d", "/v1/datasets/'%20OR%20'1'='1", "/%0a")] + [
    path_case("/v1/datasets?pageSize=%ff", (200, 400, 422)), path_case("/v1/datasets?pageSize=%00", (200, 400, 422)),
    path_case("/v1/datasets?pageSize=1e400&pageOffset=-1", (200, 400, 422)),
    path_case("/v1/datasets?pageOffset=99999999999999999999", (200, 400, 422)),
    path_case("/v1/datasets/query/name/%ff", (200, 400, 404, 422)), path_case("/v1/datasets/query/name/%00", (200, 400, 404, 422)),
    path_case("/%68ealthz", (200, 400, 404)), path_case("/v1%2fdatasets", NOT_THERE),
]

RAW = [path_case(path, (400, 404)) for path in (b"/\xff", b"/\xc3\xa4", b"/<>", b"/{}", b"/|", b"/`", b'/"')] + [
    path_case(path, 400, "closed") for path in (b"/a b", b"/a\tb", b"/a\x00b", b"/a\x7fb", b"/a\x0bb", b"/a\rb", b"/a\nb")]

LENGTHS = [
    path_case(b"/" + b"a" * 60_000, TOO_LONG), path_case(b"/" + b"a/" * 30_000, TOO_LONG), path_case(b"/" + b"%61" * 20_000, TOO_LONG),
    path_case(b"/" + b"../" * 20_000, (400, *TOO_LONG)), path_case(b"/" + b"a" * 65_536, TOO_LONG),
    path_case(b"/" + b"a" * (1 << 20), (414, 431, CLOSED), "closed"),
    path_case(b"/v1/datasets/" + b"a" * 60_000, TOO_LONG),
    path_case(b"/healthz?" + b"a" * 60_000, (200, 414, 431)), path_case(b"/healthz?" + b"a=b&" * 15_000, (200, 414, 431)),
    path_case(b"/v1/datasets?token=" + b"a" * 60_000, (200, 401, 414, 431)),
]

CASES = FORMS + WAYS_UP + ESCAPES + RAW + LENGTHS
