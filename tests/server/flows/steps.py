"""Steps that the generations have in common, as their source has them."""
import csv
import io
import time

NAMES = [f"images/{i:02}.jpg" for i in range(20)]


def csv_text(names, dimensions=4, line_end="\r\n"):
    """Lightly's embeddings: the rows in an order of their own."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator=line_end)
    writer.writerow(["filenames", *[f"embedding_{j}" for j in range(dimensions)], "labels"])
    for i in sorted(range(len(names)), key=lambda i: (i * 7) % len(names)):
        writer.writerow([names[i], *[((i + 1) * (j + 3) % 17) / 17 for j in range(dimensions)], 0])
    return out.getvalue().encode()


def indices(mask):
    value = int(mask, 16)
    return [i for i in range(value.bit_length()) if value >> i & 1]


def upload_embeddings(client, path, names, name="default"):
    announced = client.get(f"{path}/embeddings/writeCSVUrl", {"name": name}, model="write_csv")
    client.put_signed(announced["signedWriteUrl"], csv_text(names))
    return announced["embeddingId"]


def select(client, path, embedding, body):
    """As sampling() does: tags, tags again for the row count, POST, poll, the new tag."""
    tags = client.get(f"{path}/tags", model=["tag"])
    assert body["newTagName"] not in [tag["name"] for tag in tags]
    assert "initial-tag" in [tag["name"] for tag in tags]
    body["rowCount"] = client.get(f"{path}/tags")[0]["totSize"]
    job = client.post(f"{path}/embeddings/{embedding}/sampling", body, status=200, model="task")["jobId"]
    wait = 0.0  # of the client attribute wait_time_till_next_poll, which is 1 by default
    while True:
        time.sleep(wait)
        status = client.get(f"/v1/jobs/{job}", model="job")
        wait = min(status["waitTimeTillNextPoll"], 0.05)
        if status["status"] not in ("WAITING", "RUNNING", "UNKNOWN"):
            break
    assert status["status"] == "FINISHED", status
    assert status["result"]["type"] == "SAMPLING"
    return client.get(f"{path}/tags/{status['result']['data']}", model="tag")
