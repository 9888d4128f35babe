"""Bodies: JSON that is none, packed bodies that burst, types that a web page may send without asking."""
import gzip

from messages.case import CLOSED, TAKEN, case, head, put_body, put_json
from support.packed import repeated

WRONG = (400, 422)
PAGE = ("Origin: https://evil.example", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors")


def json_case(name, body, statuses=WRONG, after="open", **rest):
    return case(f"JSON: {name}", put_body(body), statuses, after, **rest)


def packed_case(name, body, statuses, after="either", coding="gzip", **rest):
    return case(f"packed: {name}", put_body(body, f"Content-Encoding: {coding}"), statuses, after, **rest)


def _bomb(megabytes):
    return repeated(b"", b" " * (1 << 20), megabytes)


JSON = [
    json_case("an object", b'{"a": [1, 2.5e3, "\\u00e4", null, true]}', TAKEN),
    json_case("the same key twice", b'{"a": 1, "a": 2}', (TAKEN, *WRONG)),
    json_case("nothing", b"", (TAKEN, *WRONG)),
    json_case("a number that no double holds", b'{"a": 1e400}', (TAKEN, *WRONG)),
    json_case("2^64", b'{"a": 18446744073709551616}', (TAKEN, *WRONG)),
    json_case("100,000 digits", b'{"a": ' + b"9" * 100_000 + b"}", (TAKEN, *WRONG)),
    json_case("a lone surrogate", b'{"a": "\\ud800"}', (TAKEN, *WRONG)),
    json_case("an escaped NUL", b'{"a": "\\u0000"}', (TAKEN, *WRONG)),
    json_case("NaN", b'{"a": NaN}', (TAKEN, *WRONG)),
    *(json_case(f"{body[:24]!r}", body) for body in (
        b" ", b"{", b"[]", b"null", b'"x"', b"1", b"{} {}", b"{'a': 1}", b'{"a": 1,}', b'{"a" 1}', b'{"a": "\x00"}', b'{"a": "\n"}',
        b'{"a": "\xff"}', b'{"a": "\xc0\xaf"}', b'{"a": "\xed\xa0\x80"}', b'{"a": "\\x"}', b'{"a": "\\u12"}', b'{"a": 01}',
        b'{"a": .5}', b'{"a": +1}', b'{"a": 0x1}', b"{a: 1}", b"{}\x00", b"\x00{}", b"{/**/}", b"<xml/>")),
    json_case("a byte order mark", b"\xef\xbb\xbf{}", (TAKEN, *WRONG)),
    json_case("UTF-16", '{"a": 1}'.encode("utf-16"), WRONG),
    json_case("100,000 arrays in each other", b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    json_case("100,000 objects in each other", b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    json_case("1,000,000 numbers", b'{"a": [' + b"1," * 999_999 + b"1]}", (TAKEN, 413, *WRONG), "either"),
    json_case("100,000 keys", b"{" + b",".join(b'"%d":1' % i for i in range(100_000)) + b"}", (TAKEN, 413, *WRONG), "either"),
    json_case("17 MiB", b'{"a": "' + b"x" * (17 << 20) + b'"}', (413, CLOSED), "either"),
]

PACKED = [
    packed_case("an object", gzip.compress(b"{}"), (TAKEN, 415), "open"),
    packed_case("x-gzip", gzip.compress(b"{}"), (TAKEN, 415), coding="x-gzip"),
    packed_case("a bomb of 64 MiB", _bomb(64), (413, 400, 415, CLOSED)),
    packed_case("a bomb of 1 GiB", _bomb(1024), (413, 400, 415, CLOSED)),
    packed_case("a bomb in a bomb", gzip.compress(_bomb(64)), (400, 415, 422), coding="gzip"),
    packed_case("said twice", gzip.compress(gzip.compress(b"{}")), (400, 415), coding="gzip, gzip"),
    packed_case("cut off", gzip.compress(b'{"a": "bbbbbbbbbbbbbbbbbbbbbbbbbbb"}')[:-9], (400, 415)),
    packed_case("with a wrong checksum", gzip.compress(b"{}")[:-5] + b"\0" + gzip.compress(b"{}")[-4:], (400, 415)),
    packed_case("with something behind", gzip.compress(b"{}") + b"garbage", (400, 415)),
    packed_case("not packed at all", b"{}", (400, 415)),
    packed_case("nothing", b"", (TAKEN, 400, 415, 422)),
    *(packed_case(f"by {coding}", b"{}", (400, 415), coding=coding) for coding in ("deflate", "br", "zstd", "compress", "x", "\xff")),
    packed_case("by identity", b"{}", (TAKEN, 415), coding="identity"),
    case("packed: in chunks", put_json("Content-Encoding: gzip", "Transfer-Encoding: chunked") +
         b"%x\r\n" % len(gzip.compress(b"{}")) + gzip.compress(b"{}") + b"\r\n0\r\n\r\n", (TAKEN, 415), "either"),
]

MEDIA = [
    case("media: JSON with a charset", put_body(b"{}", media="application/json; charset=utf-8"), TAKEN, "open"),
    case("media: JSON in upper case", put_body(b"{}", media="Application/JSON"), TAKEN, "open"),
    *(case(f"media: {media[:40]!r}", put_body(b"{}", media=media), (400, 403, 415), "either") for media in (
        "text/plain", "text/plain; charset=utf-8", "multipart/form-data; boundary=x",
        "text/html", "application/jsonx", "text/plain; x=application/json", "\xff", "a" * 5000)),
    # What `curl -d` says by default; a token beside it proves that no page of another site sent it.
    case("media: that of curl, with a token", put_body(b"{}", media="application/x-www-form-urlencoded"), (400, 403, 404, 415), "either"),
    case("a web page that posts text", put_body(b"{}", *PAGE, media="text/plain"), (400, 403, 415), "either"),
    case("a web page that posts a form", put_body(b"a=b", *PAGE, media="application/x-www-form-urlencoded"), (400, 403, 415), "either"),
    case("a web page that asks first", head("OPTIONS /v1/datasets HTTP/1.1", *PAGE, "Access-Control-Request-Method: POST"),
         (200, 204, 400, 403, 404, 405), "either", absent=(b"evil.example",)),
]

CASES = JSON + PACKED + MEDIA
