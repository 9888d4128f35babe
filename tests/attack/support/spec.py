"""The server's description of itself, /openapi.json: its calls, and whether a value fits a schema."""
import re
from dataclasses import dataclass

METHODS = ("get", "put", "post", "delete", "patch")
# What takes a body that is read while it comes in appears without a schema in the description.
STREAMED = {("post", "/v1/datasets/{datasetId}/tags/{tagId}/scores"): "ActiveLearningScoreCreateRequest"}


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    query: tuple  # of names and schemas
    request: dict | None  # the schema of a JSON body
    replies: dict  # schemas of JSON answers by status
    is_open: bool
    role: str | None  # the least that may call it, where the description says so

    @property
    def parameters(self):
        return re.findall(r"{(\w+)}", self.path)

    def __str__(self):
        return f"{self.method} {self.path}"


class Spec:
    def __init__(self, document):
        self.schemas = document.get("components", {}).get("schemas", {})
        self.operations = [self._operation(method, path, each) for path, methods in document["paths"].items()
                           for method, each in methods.items() if method in METHODS]

    @staticmethod
    def of(target):
        return Spec(target.get("/openapi.json", token=""))

    def _operation(self, method, path, raw):
        request = _json_schema(raw.get("requestBody", {}))
        if (method, path) in STREAMED:
            request = self.schemas[STREAMED[method, path]]
        query = tuple((each["name"], each.get("schema", {})) for each in raw.get("parameters", ()) if each["in"] == "query")
        replies = {status: _json_schema(reply) for status, reply in raw["responses"].items()}
        return Operation(method.upper(), path, query, request, replies, raw.get("security") == [],
                         raw.get("x-role") or raw.get("x-trommel-role"))

    def resolve(self, schema):
        while "$ref" in schema:
            schema = self.schemas[schema["$ref"].rsplit("/", 1)[-1]]
        return schema

    def fault(self, value, schema, place="the answer"):
        """Why the value does not fit, or None."""
        schema = self.resolve(schema)
        if value is None and schema.get("nullable"):
            return None
        if "oneOf" in schema or "anyOf" in schema:
            ways = schema.get("oneOf") or schema["anyOf"]
            faults = [self.fault(value, way, place) for way in ways]
            return None if None in faults else faults[0]
        return (_fault_of_type(value, schema, place) or self._fault_of_members(value, schema, place)
                or self._fault_of_items(value, schema, place))

    def _fault_of_members(self, value, schema, place):
        if not isinstance(value, dict):
            return None
        known = schema.get("properties", {})
        for name in schema.get("required", ()):
            if name not in value:
                return f"{place} has no {name}"
        for name, member in value.items():
            if name not in known:
                if schema.get("additionalProperties") is False:
                    return f"{place} has {name}, which is not described"
            elif fault := self.fault(member, known[name], f"{place}.{name}"):
                return fault
        return None

    def _fault_of_items(self, value, schema, place):
        if isinstance(value, list) and "items" in schema:
            for i, item in enumerate(value):
                if fault := self.fault(item, schema["items"], f"{place}[{i}]"):
                    return fault
        return None


TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float)}


def _fault_of_type(value, schema, place):
    wanted = schema.get("type")
    is_truth = isinstance(value, bool) and wanted in ("integer", "number")
    if wanted and (is_truth or not isinstance(value, TYPES[wanted])):
        return f"{place} is {str(value)[:60]!r}, no {wanted}"
    if "enum" in schema and value not in schema["enum"]:
        return f"{place} is {str(value)[:60]!r}, none of {schema['enum']}"
    if "pattern" in schema and isinstance(value, str) and not re.search(schema["pattern"], value):
        return f"{place} is {value[:60]!r}, which does not match {schema['pattern']}"
    return None


def _json_schema(holder):
    media = holder.get("content", {}).get("application/json")
    return None if media is None else media.get("schema", {})
