"""Chunk lines by RFC 9112, section 7.1. What two readers could read in two ways is refused, and the connection closed."""
from messages.case import SMUGGLED, TAKEN, case, put_json

OBJECT = b'{"a":1234}'
HEAD = put_json("Transfer-Encoding: chunked")
END = b"0\r\n\r\n"
TOO_LONG = (400, 413, 431)


def chunk(line, data=OBJECT, end=b"\r\n"):
    return line + b"\r\n" + data + end


def line_case(name, line, statuses=400, after="closed", **rest):
    return case(f"chunk line: {name}", HEAD + chunk(line) + END, statuses, after, **rest)


def _smuggled_after_lf(extension):
    """One request for who ends a chunk line at LF, two for who goes on to CR LF."""
    rest = b"X\r\n0\r\n\r\n" + SMUGGLED
    return HEAD + b"7;" + extension + b'\nabcd"\r\n' + b"\r\n%x\r\n" % len(rest) + rest + b"\r\n0\r\n\r\n"


GOOD = [
    line_case("lower-case hex", b"a", TAKEN, "open"),
    line_case("upper-case hex", b"A", TAKEN, "open"),
    line_case("leading zeros", b"000a", (TAKEN, 400), "either"),
    line_case("an extension", b"a;name=value", (TAKEN, 400), "either"),
    line_case("an extension without a value", b"a;name", (TAKEN, 400), "either"),
    line_case("a quoted extension", b'a;name="v;\\"w"', (TAKEN, 400), "either"),
    case("chunks of one byte", HEAD + b"".join(b"1\r\n%c\r\n" % byte for byte in OBJECT) + END, TAKEN, "open"),
    case("20,000 chunks of a blank", HEAD + b"1\r\n \r\n" * 20_000 + chunk(b"a") + END, TAKEN, "open"),
    case("a trailer", HEAD + chunk(b"a") + b"0\r\nX-Check: 1\r\n\r\n", (TAKEN, 400), "either"),
    case("a trailer that names a length", HEAD + chunk(b"a") + b"0\r\nContent-Length: 5\r\n\r\n", (TAKEN, 400), "either"),
    case("a trailer that names a coding", HEAD + chunk(b"a") + b"0\r\nTransfer-Encoding: x\r\n\r\n", (TAKEN, 400), "either"),
    case("a trailer with a second Host", HEAD + chunk(b"a") + b"0\r\nHost: evil\r\n\r\n", (TAKEN, 400), "either"),
    case("a line end in many pieces", (HEAD, b"a", 0.05, b"\r", 0.05, b"\n", 0.05, OBJECT, b"\r", 0.05, b"\n0", 0.05,
                                       b"\r\n", 0.05, b"\r", 0.05, b"\n"), TAKEN, "open"),
]

SIZES = [line_case(f"size {line!r}", line) for line in (
    b"+a", b"-a", b"0xa", b"ag", b"a,", b"a.", b"_a", b"a\t", b"a ", b" a", b"\ta", b"", b";", b"\xef\xbd\x81", b"a\x00",
    b"\x00a", b"a\x0b", b"a\x0c", b"a\x7f", b"a\xa0", b"a a", b"a:", b"a/x", b"0a\r", b"\ra", b"\na", b"a\n")] + [
    line_case("2^64 and ten", b"1000000000000000a", (400, 413)),
    line_case("2^64 - 1", b"f" * 16, (400, 413)),
    line_case("2^63", b"8" + b"0" * 15, (400, 413)),
    line_case("2^128", b"1" + b"0" * 32, (400, 413)),
    line_case("70,000 zeros", b"0" * 70_000 + b"a", TOO_LONG),
]

EXTENSIONS = [line_case(f"extension {line!r}", line) for line in (
    b'a;a="\n"', b'a;a="\r"', b"a;a=\n", b"a;a=\r", b"a;\n", b"a;\r", b'a;a="\x00"', b"a;a=\x00", b"a;\x00=a", b'a;a="\x7f"',
    b"a;;", b"a;=", b"a;=b", b"a;a=", b'a;a="', b'a;a="b', b'a;a="b"c', b'a;a="\\\r"', b'a;a="\\\n"', b"a;a=b;", b"a;a b",
    b"a;a=(b)", b"a;a\x0b=b", b'a;a="\x01"', b"a;a=b\x00", b"a;a=b c", b'a;"a"=b', b"a ;a=b\n", b"a;\xff=b")] + [
    line_case("blanks around an extension's parts", b"a ; a = b", (TAKEN, 400), "either"),
    line_case("bytes above ASCII in quotes", b'a;a="\xff"', (TAKEN, 400), "either"),
    line_case("100,000 bytes of extension", b"a;a=" + b"b" * 100_000, TOO_LONG),
    line_case("20,000 extensions", b"a" + b";a" * 40_000, TOO_LONG),
    case("last chunk: LF in an extension", HEAD + chunk(b"a") + b'0;a="\n"\r\n\r\n', 400),
    case("last chunk: NUL in an extension", HEAD + chunk(b"a") + b"0;a=\x00\r\n\r\n", 400),
]

ENDS = [
    case("a line that ends with LF", HEAD + b"a\n" + OBJECT + b"\r\n" + END, 400),
    case("a line that ends with CR", HEAD + b"a\r" + OBJECT + b"\r\n" + END, 400),
    case("data that ends with LF", HEAD + chunk(b"a", end=b"\n") + END, 400),
    case("data that ends with CR", HEAD + chunk(b"a", end=b"\r") + END, 400),
    case("data without an end", HEAD + chunk(b"a", end=b"") + END, 400),
    case("data that ends with two CR LF", HEAD + chunk(b"a", end=b"\r\n\r\n") + END, 400),
    case("more data than said", HEAD + chunk(b"9") + END, 400),
    case("less data than said", HEAD + chunk(b"b") + END, 400),
    case("the last line ends with LF", HEAD + chunk(b"a") + b"0\n\r\n", 400),
    case("the trailer ends with LF", HEAD + chunk(b"a") + b"0\r\n\n", 400),
    case("a trailer's line ends with LF", HEAD + chunk(b"a") + b"0\r\nX: y\n\r\n", 400),
    case("a trailer's line is folded", HEAD + chunk(b"a") + b"0\r\nX: y\r\n z\r\n\r\n", 400),
    case("a trailer's line without a colon", HEAD + chunk(b"a") + b"0\r\nX\r\n\r\n", 400),
    case("a trailer with NUL", HEAD + chunk(b"a") + b"0\r\nX: \x00\r\n\r\n", 400),
    case("a trailer with bare CR", HEAD + chunk(b"a") + b"0\r\nX: a\rb\r\n\r\n", 400),
    case("a trailer of 100,000 bytes", HEAD + chunk(b"a") + b"0\r\nX: " + b"y" * 100_000 + b"\r\n\r\n", TOO_LONG),
    case("ends in a chunk line", HEAD + b"a", (400, 0), half_close=True),
    case("ends in a chunk", HEAD + b"a\r\n" + OBJECT[:5], (400, 0), half_close=True),
    case("ends before the last chunk", HEAD + chunk(b"a"), (400, 0), half_close=True),
    case("ends before the last line", HEAD + chunk(b"a") + b"0\r\n", (400, 0), half_close=True),
]

SMUGGLING = [
    case("smuggled behind LF in a quoted extension", _smuggled_after_lf(b'a="'), 400),
    case("smuggled behind LF in an extension", _smuggled_after_lf(b"a"), 400),
    case("smuggled behind LF and a backslash", _smuggled_after_lf(b'a="\\'), 400),
    case("smuggled behind CR in a quoted extension", _smuggled_after_lf(b'a="\r'), 400),
    case("smuggled behind an early end", HEAD + chunk(b"a") + b"0\r\n\n" + SMUGGLED, 400),
    case("smuggled behind a size with a sign", HEAD + chunk(b"a") + b"-0\r\n\r\n" + SMUGGLED, 400),
    case("smuggled behind a size with 0x", HEAD + chunk(b"a") + b"0x0\r\n\r\n" + SMUGGLED, 400),
]

CASES = GOOD + SIZES + EXTENSIONS + ENDS + SMUGGLING
