"""Requests that are wrong in every way get the status that says why, and the server goes on."""
import socket

from wire import TOKEN, Client, Server, run

AGENT = "Lightly/1.4.6 (x)"


def wrong_calls(server):
    client = Client(server, AGENT, "pydantic")
    dataset = client.post("/v1/datasets", {"name": "pool"})["id"]
    path = f"/v1/datasets/{dataset}"
    sample = client.post(f"{path}/samples", {"fileName": "a"})["id"]
    tag = client.post(f"{path}/tags/initial", {"imgType": "full"})["id"]
    scores = f"{path}/tags/{tag}/scores?token={TOKEN}"

    def status(method, target, body=None):
        return client.raw(method, target, body)[0]

    # no JSON
    for body in (b"{", b"\xff\xfe", b"{'name': 1}", b"[1,]", b"{} {}", b"nul"):
        assert status("POST", f"/v1/datasets?token={TOKEN}", body) == 400, body
    # JSON of other types
    for body in (b"", b"[]", b"null", b'"x"', b'{"name": 5}', b'{"name": NaN}', b'{"name": null}', b'{"name": ["x"]}'):
        assert status("POST", f"/v1/datasets?token={TOKEN}", body) == 422, body
    # scores: literals are Python's, all else is wrong
    assert status("POST", scores, b'{"scoreType": "m", "scores": [NaN]}') == 201
    assert status("POST", scores, b'{"scoreType": "m", "scores": [-Infinity]}') == 201
    for body in (b'{"scoreType": "m", "scores": ["1"]}', b'{"scoreType": "m", "scores": [1, 2]}',
                 b'{"scoreType": 1, "scores": [1]}', b'{"scores": [1]}', b'{"scoreType": "m", "scores": [null]}'):
        assert status("POST", scores, body) == 422, body
    for body in (b'{"scoreType": "m", "scores": [1', b'{"scoreType": "m", "scores": [1]'):
        assert status("POST", scores, body) == 400, body
    # unknown ids
    nobody = "0" * 24
    for target in (f"/v1/datasets/{nobody}", f"{path}/tags/{nobody}", f"{path}/samples/{nobody}", f"/v1/jobs/{nobody}",
                   f"{path}/embeddings/{nobody}/readCSVUrl", f"{path}/tags/{tag}/scores/{nobody}", "/v1/datasets/%00",
                   "/v1/datasets/..%2F..", "/v2/datasets"):
        assert status("GET", f"{target}?token={TOKEN}") == 404, target
    assert status("PATCH", f"/v1/datasets?token={TOKEN}") == 405
    # tokens
    assert status("GET", "/v1/datasets") == 401
    assert status("GET", "/v1/datasets?token=wrong") == 401
    assert status("GET", f"/v1/datasets?token={TOKEN}x") == 401
    # signed URLs
    url = client.get(f"{path}/samples/{sample}/writeurls")["full"]
    target = url[url.index("/v1/"):]
    for wrong in (target[:-1] + ("0" if target[-1] != "0" else "1"), target.replace("full", "thumbnail"),
                  target.split("?")[0], target.replace("expires=1", "expires=9")):
        assert status("PUT", wrong, b"x") == 403, wrong
    assert status("PUT", target, b"x") == 200
    # names of files that lead elsewhere
    for name in ("../../../etc/passwd", "/etc/passwd", "a/../../b", "..", "x" * 300):
        made = client.post(f"{path}/samples/withWriteUrls", {"fileName": name}, model=None)
        url = made["sampleWriteUrls"]["full"]
        assert status("PUT", url[url.index("/v1/"):], b"x") == 422, name
    assert client.get("/healthz", with_token=False) == {"status": "ok"}


def broken_messages(server):
    """What is not HTTP, or only half of it."""
    client = Client(server, AGENT, "pydantic")
    path = "/v1/datasets/" + client.post("/v1/datasets", {"name": "pool"})["id"]

    def answer(data):
        with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            received = b""
            while piece := connection.recv(65536):
                received += piece
        return received

    post = f"POST {path}/samples?token={TOKEN} HTTP/1.1\r\nHost: x\r\n".encode()
    for data in (b"nonsense\r\n\r\n", b"GET /healthz HTTP/9.9\r\n\r\n", b"GET  HTTP/1.1\r\n\r\n",
                 post + b"Content-Length: x\r\n\r\n", post + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
                 post + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
                 post + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"):
        received = answer(data)
        status = received.split()[1] if received else b"none"
        assert status in (b"none", b"505") or status.startswith(b"4"), (data, received)
    # Half a body, then silence: nothing of it counts.
    received = answer(post + b'Content-Length: 100\r\n\r\n{"fileName": "half"}')
    assert received == b"" or received.split()[1].startswith(b"4"), received
    assert client.get(f"{path}/mappings", {"field": "fileName"}) == []
    assert client.get("/healthz", with_token=False) == {"status": "ok"}


def strangers():
    """Without a token only this machine is served."""
    import subprocess
    import sys
    import tempfile
    with tempfile.TemporaryDirectory() as folder:
        end = subprocess.run([sys.argv[1], "serve", "--listen", "0.0.0.0:0", "--data", folder], capture_output=True,
                             text=True, timeout=60, check=False)
        assert end.returncode == 2, end
        assert "asks for no token" in end.stderr, end.stderr
    with Server(token=None) as server:
        client = Client(server, AGENT, "pydantic", token=None)
        assert client.get("/v1/datasets") == []


run(wrong_calls)
run(broken_messages)
strangers()
print("strangers ok")
