"""Settings from a file: TLS by a certificate of one's own, a token that is known by its SHA-256, a public URL."""
import hashlib
import http.client
import json
import os
import ssl
import subprocess
import tempfile
import urllib.parse

from wire import Server

with tempfile.TemporaryDirectory() as folder:
    certificate, key = os.path.join(folder, "server.pem"), os.path.join(folder, "server.key")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=trommel",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
                   check=True, capture_output=True)
    settings = os.path.join(folder, "server.yaml")
    with open(settings, "w", encoding="utf-8") as file:
        digest = hashlib.sha256(b"a-token-of-the-file").hexdigest()
        file.write("tls: {certificate: server.pem, key: server.key}\n"
                   f"tokens: [{{name: writer, role: write, sha256: {digest}}}]\n")
    with Server("--config", settings, token=None) as server:
        trusting = ssl.create_default_context(cafile=certificate)

        def call(method, target, body=None, context=trusting):
            connection = http.client.HTTPSConnection("127.0.0.1", server.port, timeout=20, context=context)
            connection.request(method, target, body)
            response = connection.getresponse()
            answer = response.status, response.read()
            connection.close()
            return answer

        token = "token=" + urllib.parse.quote("a-token-of-the-file")
        assert call("GET", "/healthz")[0] == 200
        assert call("GET", "/v1/datasets")[0] == 401
        assert call("GET", f"/v1/trommel/tokens?{token}")[0] == 403
        dataset = json.loads(call("POST", f"/v1/datasets?{token}", b'{"name": "by TLS"}')[1])["id"]
        sample = json.loads(call("POST", f"/v1/datasets/{dataset}/samples?{token}", b'{"fileName": "a.jpg"}')[1])["id"]
        urls = json.loads(call("GET", f"/v1/datasets/{dataset}/samples/{sample}/writeurls?{token}")[1])
        here = f"https://127.0.0.1:{server.port}"
        assert urls["full"].startswith(here + "/"), urls
        assert call("PUT", urls["full"][len(here):], b"image" * 100000)[0] == 200
        read = json.loads(call("GET", f"/v1/datasets/{dataset}/samples/{sample}/readurl?type=full&{token}")[1])
        assert call("GET", read[len(here):]) == (200, b"image" * 100000)

        # Who does not know the certificate, and who speaks no TLS, gets nothing.
        try:
            call("GET", "/healthz", context=ssl.create_default_context())
            raise AssertionError("an unknown certificate was taken")
        except ssl.SSLCertVerificationError:
            pass
        plain = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        try:
            plain.request("GET", "/healthz")
            assert plain.getresponse().status == 400
        except (OSError, http.client.HTTPException):
            pass
        assert call("GET", "/healthz")[0] == 200

    settings_behind = os.path.join(folder, "behind.yaml")
    with open(settings_behind, "w", encoding="utf-8") as file:
        file.write("public_url: https://trommel.example.org\n")
    with Server("--config", settings_behind, token=None) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        connection.request("POST", "/v1/datasets", b'{"name": "behind"}')
        dataset = json.loads(connection.getresponse().read())["id"]
        connection.request("GET", f"/v1/datasets/{dataset}/embeddings/writeCSVUrl?name=x")
        url = json.loads(connection.getresponse().read())["signedWriteUrl"]
        assert url.startswith("https://trommel.example.org/v1/trommel/embeddings/"), url
print("tls ok")
