"""What is sent byte for byte, as tables: a name, the bytes, what may be answered, how the connection is left."""
from messages import bodies, chunks, framing, heads, methods, pace, targets

TABLES = {
    "chunked bodies": chunks.CASES,
    "lengths and codings of bodies": framing.CASES,
    "heads": heads.CASES,
    "methods": methods.CASES,
    "targets": targets.CASES,
    "bodies": bodies.CASES,
    "pace and half-closed connections": pace.CASES,
}
