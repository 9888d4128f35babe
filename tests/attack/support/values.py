"""Values by a schema: valid ones, and those that programs forget."""
import json

RAW = "\ue000"  # before what appears in the text as it is, such as a number that Python would not write

NUMBERS = [0, 1, -1, 2**31 - 1, 2**31, -2**31 - 1, 2**32, 2**53, 2**53 + 1, 2**63 - 1, 2**63, -2**63, -2**63 - 1, 2**64 - 1, 2**64,
           10**30, 0.5, -0.0, 1e-320, 1.7976931348623157e308, f"{RAW}1e400", f"{RAW}-1e400", f"{RAW}1e-400", f"{RAW}1E+2",
           f"{RAW}NaN", f"{RAW}Infinity", f"{RAW}-Infinity", f"{RAW}-0", f"{RAW}1.0", f"{RAW}{'9' * 400}", f"{RAW}0.{'0' * 400}1"]
TEXTS = ["", " ", "\x00", "a\x00b", "\n", "a\nb", "a\r\nb", "\t", "\x1b[31m", "\x7f", "\x85", "\u2028", "\ufeff", "\ufeffa", "\u202egpj.a",
         "\ud800", "\udc00\ud800", "\uffff", "\U0010ffff", "e\u0301", "\u00e9", "\u212b", "\ufb01", "\u0130", "\u1e9e",
         "\U0001f469\u200d\U0001f680",
         "../../etc/passwd", "/etc/passwd", "a/../b", "..", ".", "a/", "//a", "C:\\a", "con", "%00", "%ff", "%2e%2e%2f", "a?b", "a#b",
         "'; DROP TABLE datasets; --", '"', "\\", "<script>", "${jndi:x}", "{{7*7}}", "=1+1", ",", "a,b", '"a",b', "null", "true", "0",
         "0x", "0xzz", "0x" + "f" * 5000, "0b1", "-1", "1e400", str(2**63), str(2**64), "0" * 24, "f" * 24, "g" * 24, "F" * 24, "0" * 23,
         "0" * 25, "x" * 1000, "x" * 1025, "x" * 20_000, "\u00e4" * 600, "\U0001f600" * 300, "a" * 255 + "/" + "b" * 255]
OTHERS = [None, True, False, [], {}, [[]], [None], {"": None}, {"a": {"b": {}}}, "text", 7, 1.5]


class Values:
    """Makes values by the schemas of one description; `ids` are those of things that are there."""

    def __init__(self, spec, random, ids):
        self.spec, self.random, self.ids = spec, random, ids
        self._count = 0

    def valid(self, schema, name=""):
        schema = self.spec.resolve(schema)
        if "enum" in schema:
            return self.random.choice(schema["enum"])
        kind = schema.get("type")
        if kind == "object":
            return {key: self.valid(each, key) for key, each in schema.get("properties", {}).items()
                    if key in schema.get("required", ()) or self.random.random() < 0.4}
        if kind == "array":
            return [self.valid(schema.get("items", {}), name) for _ in range(self._length(name))]
        return self._scalar(kind, name)

    def _length(self, name):
        whole_dataset = name in ("scores", "coordinatesDimension1", "coordinatesDimension2")
        return 12 if whole_dataset and self.random.random() < 0.8 else self.random.randrange(4)

    def _scalar(self, kind, name):
        if kind == "integer":
            return self.random.choice((0, 1, 3, 5, 12, self.random.randrange(10_000)))
        if kind == "number":
            return round(self.random.random(), 3)
        if kind == "boolean":
            return self.random.random() < 0.5
        if kind == "string":
            return self._text(name)
        return self.random.choice(OTHERS)

    def _text(self, name):
        if name.lower().endswith("id") or name.lower().rstrip("12").endswith("id"):
            return self._id(name)
        if name == "bitMaskData":
            return f"0x{self.random.randrange(1 << 12):03x}"
        if name == "scoreType":
            return "uncertainty_margin"
        self._count += 1
        return f"{name or 'text'}-{self.random.randrange(1 << 30)}-{self._count}"

    def _id(self, name):
        for key, value in self.ids.items():
            if name.lower().rstrip("12").endswith(key.lower()):
                return value
        return "0" * 24

    def wrong(self):
        """A value of any type that programs forget."""
        return self.random.choice(self.random.choice((NUMBERS, TEXTS, OTHERS)))

    def mutated(self, value):
        """The value with one thing in it wrong."""
        if isinstance(value, dict) and value and self.random.random() < 0.85:
            return self._mutated_object(value)
        if isinstance(value, list) and value and self.random.random() < 0.7:
            copy = list(value)
            copy[self.random.randrange(len(copy))] = self.mutated(copy[0])
            return copy if self.random.random() < 0.8 else copy * self.random.choice((2, 50, 500))
        if isinstance(value, int) and self.random.random() < 0.6:
            return self.random.choice(NUMBERS)
        return self.random.choice(TEXTS) if isinstance(value, str) and self.random.random() < 0.6 else self.wrong()

    def _mutated_object(self, value):
        copy, way, key = dict(value), self.random.random(), self.random.choice(list(value))
        if way < 0.15:
            del copy[key]
        elif way < 0.25:
            copy[self.random.choice(TEXTS)] = self.wrong()
        else:
            copy[key] = self.mutated(copy[key])
        return copy

    def text_of(self, value):
        """JSON text; some of it broken in ways that no value has."""
        text = json.dumps(value, ensure_ascii=self.random.random() < 0.7)
        for quoted in _raw_strings(text):
            text = text.replace(quoted, _bare(quoted))
        return text.encode("utf-8", "surrogatepass")

    def broken(self, text):
        place = self.random.randrange(len(text) + 1)
        way = self.random.randrange(9)
        if way == 0:
            return text[:place]
        if way == 1:
            return text[:place] + bytes([self.random.randrange(256)]) + text[place:]
        if way == 2:
            return b"\xef\xbb\xbf" + text
        if way == 3:
            return text + self.random.choice((b"{}", b"\x00", b",", b" ]", b"\xff"))
        if way == 4:
            return text.replace(b"{", b'{"name": "a", "name": "b", ', 1)
        if way == 5:
            depth = self.random.choice((10, 33, 100, 3000))
            return b"[" * depth + text + b"]" * depth
        if way == 6:
            return b'{"a":' * 500 + text + b"}" * 500
        if way == 7:
            return text.decode("utf-8", "replace").encode("utf-16")
        return text.replace(b'"', b"'")


def _raw_strings(text):
    """The quoted texts that begin with RAW, in either spelling."""
    found = set()
    for mark in (f'"{RAW}', '"\\ue000'):
        begin = text.find(mark)
        while begin >= 0:
            end = text.index('"', begin + 1)
            found.add(text[begin:end + 1])
            begin = text.find(mark, end)
    return found


def _bare(quoted):
    return quoted[1:-1].removeprefix(RAW).removeprefix("\\ue000")
