"""kill -9 during uploads, scoring and sampling: what was acknowledged is there after a restart, and nothing half-written."""
import http.client
import os
import threading
import time
import urllib.parse

from steps import csv_text, indices
from wire import Client, Server

AGENT = "Lightly/1.4.6 (Linux/5.15.0; x;) python/3.8.10"


def killed_during(server, work):
    """Lets `work` call the server until it is killed in the middle; what `work` noted as acknowledged."""
    noted = []

    def go_on():
        try:
            work(noted)
        except (OSError, AssertionError, ValueError):
            pass  # the server was killed
        except Exception as error:  # http.client has many words for it
            assert type(error).__module__ == "http.client", error

    thread = threading.Thread(target=go_on)
    thread.start()
    deadline = time.monotonic() + 30
    while len(noted) < 40 and time.monotonic() < deadline:
        time.sleep(0.005)
    server.restart()
    thread.join()
    assert noted
    return noted


def upload(server, path):
    client = Client(server, AGENT, "swagger")

    def work(noted):
        for i in range(100000):
            name = f"{i:06}.jpg"
            made = client.post(f"{path}/samples/withWriteUrls", {"fileName": name}, model=None)
            client.put_signed(made["sampleWriteUrls"]["full"], name.encode() * 2000)
            noted.append((name, made["id"]))

    noted = killed_during(server, work)
    client = Client(server, AGENT, "swagger")
    names = client.get(f"{path}/mappings", {"field": "fileName"})
    for index, (name, sample) in enumerate(noted):
        assert names[index] == name
        url = client.get(f"{path}/samples/{sample}/readurl", {"type": "full"})
        assert client.get_signed(url) == name.encode() * 2000
    # Whoever goes on repeats what was not acknowledged, which makes nothing twice.
    client.post(f"{path}/samples", {"fileName": noted[-1][0]})
    assert client.get(f"{path}/mappings", {"field": "fileName"}) == names
    return names


def scoring(server, path, tag, count):
    client = Client(server, AGENT, "swagger")

    def work(noted):
        for i in range(100000):
            client.post(f"{path}/tags/{tag}/scores", {"scoreType": f"round-{i % 7}", "scores": [i] * count})
            noted.append(i)

    noted = killed_during(server, work)
    client = Client(server, AGENT, "swagger")
    newest = {f"round-{i % 7}": i for i in noted}
    for score in client.get(f"{path}/tags/{tag}/scores"):
        values = client.get(f"{path}/tags/{tag}/scores/{score['id']}")["scores"]
        # One that was under way may be there too, but whole.
        assert values in ([newest.get(score["scoreType"])] * count, [noted[-1] + 1] * count)
    assert {score["scoreType"] for score in client.get(f"{path}/tags/{tag}/scores")} >= set(newest)


def sampling(server, path, names):
    client = Client(server, AGENT, "swagger")
    announced = client.get(f"{path}/embeddings/writeCSVUrl", {"name": "default"})
    client.put_signed(announced["signedWriteUrl"], csv_text(names))
    embedding = announced["embeddingId"]
    body = {"method": "CORESET", "config": {"stoppingCondition": {"nSamples": len(names) - 1}}}

    def work(noted):
        for i in range(100000):
            job = client.post(f"{path}/embeddings/{embedding}/sampling", {"newTagName": f"tag {i}", **body},
                              status=200, model="task")
            noted.append((f"tag {i}", job["jobId"]))

    noted = killed_during(server, work)
    client = Client(server, AGENT, "swagger")
    masks = set()
    for name, job in noted:
        deadline = time.monotonic() + 60
        while (status := client.get(f"/v1/jobs/{job}", model="job"))["status"] in ("WAITING", "RUNNING"):
            assert time.monotonic() < deadline, status
            time.sleep(0.02)
        assert status["status"] == "FINISHED", status
        tag = client.get(f"{path}/tags/{status['result']['data']}", model="tag")
        assert tag["name"] == name
        masks.add(tag["bitMaskData"])
    assert len(masks) == 1 and len(indices(masks.pop())) == len(names) - 1


def put_and_kill(server, url, data, after):
    """PUTs `data` and kills the server `after` seconds, or in the middle of it if that is None; whether it said 200."""
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
    connection.putrequest("PUT", parts.path + "?" + parts.query)
    connection.putheader("Content-Length", str(len(data)))
    connection.endheaders(data[:len(data) // 2] if after is None else data)
    if after is None:
        drafts = os.path.join(server.folder, "server/drafts")
        while not any(entry.stat().st_size for entry in os.scandir(drafts)):
            time.sleep(0.001)
    connection.sock.settimeout(after or 0.001)
    try:
        is_taken = connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        is_taken = False
    server.restart()
    connection.close()
    return is_taken


def embedding_upload(server):
    client = Client(server, AGENT, "swagger")
    dataset = client.post("/v1/datasets", {"name": "embedded"})["id"]
    path = f"/v1/datasets/{dataset}"
    names = [f"{i:05}.jpg" for i in range(3000)]
    client.post(f"/v1/trommel/datasets/{dataset}/samples", {"fileNames": names}, model=None)
    data = csv_text(names, dimensions=64)
    ends = []
    for after in (None, 0.001, 0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.07, 0.1, 0.15, 10):
        name = f"cut off after {after}"
        announced = client.get(f"{path}/embeddings/writeCSVUrl", {"name": name}, model="write_csv")
        embedding, url, port = announced["embeddingId"], announced["signedWriteUrl"], server.port
        is_taken = put_and_kill(server, url, data, after)
        client = Client(server, AGENT, "swagger")
        listed = {each["name"]: each for each in client.get(f"{path}/embeddings", model=["embedding"])}
        assert listed[name]["id"] == embedding
        is_there = listed[name]["isProcessed"]
        assert is_there or not is_taken
        assert os.listdir(os.path.join(server.folder, "server/drafts")) == []
        if not is_there:
            shapes = client.get(f"/v1/trommel/datasets/{dataset}/embeddings")
            assert name not in [each["name"] for each in shapes]
            assert client.refused("GET", f"{path}/embeddings/{embedding}/readCSVUrl") == (422, "EMBEDDING_NOT_READY")
        # The URL holds, and what is there already may be sent again.
        client.put_signed(url.replace(f":{port}/", f":{server.port}/"), data)
        read = client.get(f"{path}/embeddings/{embedding}/readCSVUrl")
        assert client.get_signed(read) == data
        ends.append((is_taken, is_there))
    assert ends[0] == (False, False) and ends[-1] == (True, True), ends
    print("embeddings (said 200, is there):", ends)


def crash(server):
    client = Client(server, AGENT, "swagger")
    path = "/v1/datasets/" + client.post("/v1/datasets", {"name": "crashes"})["id"]
    names = upload(server, path)
    embedding_upload(server)
    client = Client(server, AGENT, "swagger")
    tag = client.post(f"{path}/tags/initial", {"imgType": "full"})["id"]
    scoring(server, path, tag, len(names))
    sampling(server, path, names)


if __name__ == "__main__":
    with Server() as alone:
        crash(alone)
    print("kill -9 ok")
