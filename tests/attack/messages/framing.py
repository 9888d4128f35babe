"""Where a body ends: lengths, codings and both at once (RFC 9112, section 6), and requests in a row."""
from messages.case import JSON_PATH, SMUGGLED, TAKEN, case, get, head, put_json

CHUNKED = b"2\r\n{}\r\n0\r\n\r\n"
NO_CODING = (400, 501)


def length_case(value, statuses=400, after="closed", **rest):
    field = b"Content-Length: " + value
    return case(f"length {value!r}", put_json(field) + b"{}", statuses, after, **rest)


def coding_case(field, statuses=NO_CODING, after="closed", **rest):
    """With a request behind the body, which only who reads it wrongly sees."""
    field = field if isinstance(field, bytes) else field.encode("latin-1")
    return case(f"coding {field!r}", put_json(field) + CHUNKED + SMUGGLED, statuses, after, **rest)


def both(*fields):
    """A length and a coding: the body is 0 bytes, 2 bytes or all that follows."""
    return put_json(*fields) + CHUNKED + SMUGGLED


LENGTHS = [
    length_case(b"2", TAKEN, "open"),
    length_case(b"2 ", (TAKEN, 400), "either"),
    length_case(b"\t2\t", (TAKEN, 400), "either"),
    length_case(b"0000000000000000000002", (TAKEN, 400), "either"),
    *(length_case(value) for value in (b"+2", b"-2", b"0x2", b"2.0", b"2e0", b"2 2", b"2,2", b"2, 3", b"2;", b"", b"two",
                                       b"\xd9\xa2", b"2\x00", b"\x002", b"2\x0b", b"1_0", b"-0", b"'2'", b'"2"')),
    *(length_case(value, (400, 413)) for value in (b"9223372036854775807", b"9223372036854775808", b"18446744073709551615",
                                                   b"18446744073709551616", b"18446744073709551618", b"9" * 100)),
    case("length twice, the same", put_json("Content-Length: 2", "Content-Length: 2") + b"{}", 400),
    case("length twice, different", put_json("Content-Length: 2", "Content-Length: 40") + b"{}" + SMUGGLED, 400),
    case("length with a blank before the colon", put_json(b"Content-Length : 2") + b"{}", 400),
    case("length on a folded line", put_json(b"Content-Length:\r\n 2") + b"{}", 400),
    case("length behind bare LF", put_json(b"X: y\nContent-Length: 2") + b"{}", 400),
    case("length behind bare CR", put_json(b"X: y\rContent-Length: 2") + b"{}", 400),
    case("no length", put_json(), (TAKEN, 400, 411, 422), "either"),
    case("body of another length", put_json("Content-Length: 5") + b"{}", (400, 0), half_close=True),
]

CODINGS = [
    coding_case("Transfer-Encoding: Chunked", TAKEN, "open", answers=2),
    coding_case(b"Transfer-Encoding:\tchunked", (TAKEN, 400), "either", answers=2),
    *(coding_case(f"Transfer-Encoding: {value}") for value in (
        "xchunked", "chunkedx", "chunked, identity", "identity, chunked", "gzip, chunked", "chunked, chunked", '"chunked"',
        "chunked;q=1", "identity", "gzip", "", ",", "chunked,", "chun ked", "chunked \x0b", "chunked\x00", "\x00chunked",
        "\xa0chunked", "chun\u212aed".encode().decode("latin-1"))),
    coding_case(b"Transfer-Encoding : chunked", 400),
    coding_case(b" Transfer-Encoding: chunked", 400),
    coding_case(b"X: y\nTransfer-Encoding: chunked", 400),
    coding_case(b"X: y\rTransfer-Encoding: chunked", 400),
    coding_case(b"Transfer-Encoding:\r\n chunked", 400),
    coding_case(b"Transfer-Encoding: chunked\r\n ", 400),
    coding_case(b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity"),
    coding_case(b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
    coding_case(b"Transfer-Encoding\x00: chunked", 400),
    case("coding in HTTP/1.0", head(f"PUT {JSON_PATH} HTTP/1.0", "Content-Type: application/json",
                                   "Transfer-Encoding: chunked") + CHUNKED + SMUGGLED, (400, 501)),
]

BOTH = [
    case("length, then coding", both("Content-Length: 2", "Transfer-Encoding: chunked"), 400),
    case("coding, then length", both("Transfer-Encoding: chunked", "Content-Length: 2"), 400),
    case("length 0 and coding", both("Content-Length: 0", "Transfer-Encoding: chunked"), 400),
    case("a coding in disguise and a length", both("Transfer-Encoding: xchunked", "Content-Length: 12"), NO_CODING),
    case("two codings and a length", both("Content-Length: 12", "Transfer-Encoding: chunked", "Transfer-Encoding: x"),
         NO_CODING),
    case("GET with a length whose body is a request", get("/healthz", f"Content-Length: {len(SMUGGLED)}") + SMUGGLED,
         (200, 400), "either"),
    case("GET with a body in chunks", get("/healthz", "Transfer-Encoding: chunked") + CHUNKED, (200, 400), "either"),
    case("HEAD with a body", head("HEAD /healthz HTTP/1.1", "Content-Length: 2") + b"{}", (200, 400), "either", method="HEAD"),
    case("a length named by Connection", put_json("Content-Length: 2", "Connection: Content-Length") + b"{}", (TAKEN, 400),
         "either"),
]

ROWS = [
    case("3 requests at once", get() * 3, 200, "open", answers=3),
    case("100 requests at once", get() * 100, 200, "open", answers=100),
    case("a body and two requests", put_json("Content-Length: 2") + b"{}" + get() * 2, (TAKEN, 200), "open", answers=3),
    case("a line break between requests", get() + b"\r\n" + get(), 200, "open", answers=2),
    case("nothing after Connection: close", get("/healthz", "Connection: close") + SMUGGLED, 200),
    case("nothing after a wrong request", get() + b"nonsense\r\n\r\n" + SMUGGLED, (200, 400), answers=2),
    case("nothing after an unread large body", head("PUT /nothing HTTP/1.1", "Content-Length: 9999999") + SMUGGLED, 404),
    case("1,000 unknown paths", get("/nothing") * 1000, 404, "open", answers=1000),
]

CASES = LENGTHS + CODINGS + BOTH + ROWS
