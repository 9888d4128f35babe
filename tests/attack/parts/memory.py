"""What a client can make the server hold: wrong embeddings, bodies that unpack, names, readers that do not read."""
import gzip
import random
import socket
import time
import urllib.parse

from support.packed import repeated
from support.target import path_of
from support.wire import Silence
from support.world import build_world

MOST = 96  # megabytes that one request may take
HEADER = b"filenames,embedding_0,labels\n"


def run(attack, report):
    with attack.own() as server:
        server.start()
        with report.group("memory: files of embeddings"):
            _embeddings(server, report)
        with report.group("memory: bodies and names"):
            _names(server, report)
        with report.group("memory: 40 readers that do not read"):
            _slow_readers(server, 1_000_000 if attack.options.full else 300_000, report)
        report.check(server.target.is_alive(), "the server is alive")


def _growth(server, call):
    """What the call is answered with, and by how many megabytes the server grew at its peak."""
    before = server.memory()
    server.forget_peak()
    try:
        status = call()
    except (OSError, Silence) as error:
        status = type(error).__name__
    return status, server.memory("VmHWM") - before


def _embeddings(server, report):
    world = build_world(server.target, "memory")
    for name, (body, headers) in _bad_files().items():
        announced = server.target.get(f"{world.dataset}/embeddings/writeCSVUrl?name={urllib.parse.quote(name)}")
        url = announced["signedWriteUrl"]
        put = lambda: server.target.ask("PUT", path_of(url), token="", body=body, headers=headers, timeout=120).status
        status, growth = _growth(server, put)
        closed = ("ConnectionResetError", "BrokenPipeError")
        report.check(status in (400, 413, 422, *closed), f"{name} is refused", status)
        report.check(growth < MOST, f"{name} takes less than {MOST} MB", f"{growth:.0f} MB for {len(body) / 1e6:.1f} MB")
    report.equal(len(server.target.get(f"{world.dataset}/embeddings")) > 0, True, "those that are there stay")


def _bad_files():
    packed = [("Content-Encoding", "gzip")]
    rows = HEADER + b"".join(b"%07d,1,0\n" % i for i in range(2_000_000))
    return {"2,000,000 rows for 12 samples": (rows, []), "the same packed": (gzip.compress(rows, 1), packed),
            "10,000,000 equal rows packed": (repeated(HEADER, b"000.jpg,1,0\n" * 100_000, 100), packed),
            "300 MB of NUL packed": (repeated(b"", b"\0" * (1 << 20), 300), packed),
            "a header of 50,000,000 columns packed": (repeated(b"filenames,", b"e," * (1 << 19), 100), packed),
            "one line of 100 MB packed": (repeated(HEADER, b"a" * (1 << 20), 100), packed),
            "one quoted cell of 100 MB packed": (repeated(HEADER + b'"', b"a\n" * (1 << 19), 100), packed)}


def _names(server, report):
    target = server.target
    long = "x" * 12_000_000
    dataset = f"/v1/datasets/{target.post('/v1/datasets', {'name': 'names'})['id']}"
    calls = {"a dataset's name": ("POST", "/v1/datasets", {"name": long}),
             "a sample's name": ("POST", f"{dataset}/samples", {"fileName": long}),
             "names of samples": ("POST", dataset.replace("/v1/", "/v1/trommel/") + "/samples", {"fileNames": [long]}),
             "a token's name": ("POST", "/v1/trommel/tokens", {"name": long, "role": "read"}),
             "a worker's name": ("POST", "/v1/docker/worker", {"name": long, "workerType": "FULL"}),
             "a name of 1,025 bytes": ("POST", f"{dataset}/samples", {"fileName": "y" * 1025}),
             "a name with a line end": ("POST", f"{dataset}/samples", {"fileName": "a\nb.jpg"}),
             "a name with NUL": ("POST", f"{dataset}/samples", {"fileName": "a\0b.jpg"}),
             "a name of a path": ("PUT", f"{dataset}", {"name": long})}
    for name, (method, path, value) in calls.items():
        status, growth = _growth(server, lambda: target.ask(method, path, value=value, timeout=60).status)
        report.check(status in (400, 413, 422), f"{name} is refused", status)
        report.check(growth < 200, f"{name} takes less than 200 MB", f"{growth:.0f} MB")
    report.equal(target.get(f"{dataset}/samples"), [], "no such sample was made")


def _slow_readers(server, samples, report):
    target = server.target
    dataset = f"/v1/datasets/{target.post('/v1/datasets', {'name': 'readers'})['id']}"
    names = {"fileNames": [f"{i:07}.jpg" for i in range(samples)]}
    target.post(dataset.replace("/v1/", "/v1/trommel/") + "/samples", names, timeout=120)
    tag = target.post(f"{dataset}/tags/initial", {"imgType": "full"})["id"]
    chance = random.Random(1)
    for i in range(40):
        mask = hex(chance.getrandbits(samples))
        target.post(f"{dataset}/tags", {"name": f"tag-{i}", "prevTagId": tag, "bitMaskData": mask, "totSize": samples})
    for path in (f"{dataset}/tags", f"{dataset}/tags/{tag}/filenames", f"{dataset}/samples", f"{dataset}/mappings?field=sampleName"):
        growth = _growth_by_readers(server, path)
        report.check(growth < 160, f"GET {path.removeprefix(dataset)} by 40 readers takes less than 160 MB", f"{growth:.0f} MB")
        report.equal(target.ask("GET", "/healthz", token="").status, 200, "others are served beside them")


def _growth_by_readers(server, path):
    before, sockets = server.memory(), []
    for _ in range(40):
        each = socket.socket()
        each.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        each.connect(server.target.address)
        each.sendall(server.target.request("GET", path))
        sockets.append(each)
    deadline, most = time.monotonic() + 4, 0.0
    while time.monotonic() < deadline:
        most = max(most, server.memory() - before)
        time.sleep(0.1)
    for each in sockets:
        each.close()
    return most
