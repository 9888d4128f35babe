"""The first client with active learning: 1.1.0, by its recorded calls."""
import json

from steps import NAMES, indices, select, upload_embeddings
from wire import Client, run


def flow_of_1_1_0(server):
    client = Client(server, "Swagger-Codegen/1.0.0/python", "swagger")
    # At import and at construction, without a token.
    assert client.get("/v1/versions/pip/latest", {"currentVersion": "1.1.0"}, with_token=False) == "1.1.0"
    minimum = client.get("/v1/versions/pip/minimum", with_token=False)
    assert [int(part) for part in minimum.split(".")] <= [1, 1, 0]
    assert client.get("/v1/datasets", model=["dataset"]) == []

    dataset = client.post("/v1/datasets/", {"name": "street-scenes"})["id"]
    path = f"/v1/datasets/{dataset}"
    assert client.get(f"{path}/tags") == []
    status, quota, _ = client.raw("GET", f"/users/quota?token={client.token}")  # written by hand there
    assert status == 200 and json.loads(quota)["maxDatasetSize"] >= len(NAMES)
    for name in NAMES:
        sample = client.post(f"{path}/samples", {"fileName": name, "thumbName": name + "_thumb.webp", "metaData": {
            "sharpness": 1.5, "snr": float("inf"), "mean": [0.1, 0.2, 0.3], "shape": [3, 2, 1], "is_corrupted": False}})
        for is_thumbnail in (True, False):
            url = client.get(f"{path}/samples/{sample['id']}/writeurl", {"isThumbnail": is_thumbnail}, model="text")
            client.put_signed(url, f"{name} {is_thumbnail}".encode())
    initial = client.post(f"{path}/tags/initial", {"imgType": "full", "creator": "USER_PIP"})["id"]
    assert client.get(f"{path}/mappings", {"field": "fileName"}) == NAMES

    embedding = upload_embeddings(client, path, NAMES, "embedding_20210311_12h00m00s")
    # This generation takes the last of the list for the newest.
    assert client.get(f"{path}/embeddings", model=["embedding"])[-1]["id"] == embedding
    client.put(f"{path}/embeddings/{embedding}/isProcessed")

    first = select(client, path, embedding, {
        "newTagName": "CORESET_5_-1_03_11_2021__14_05_59", "method": "CORESET",
        "config": {"stoppingCondition": {"nSamples": 5, "minDistance": -1}}})
    assert len(indices(first["bitMaskData"])) == 5 and first["prevTagId"] == initial

    # The agent's second query: scores for what is unlabeled, in its order, to the preselected tag.
    labeled = indices(first["bitMaskData"])
    unlabeled = [i for i in range(len(NAMES)) if i not in labeled]
    for kind in ("prediction-margin", "prediction-entropy"):
        client.post(f"{path}/tags/{first['id']}/scores", {"scoreType": kind, "scores": [i / 20 for i in unlabeled]})
    second = select(client, path, embedding, {
        "newTagName": "second", "method": "CORAL", "preselectedTagId": first["id"],
        "config": {"stoppingCondition": {"nSamples": 8, "minDistance": -1}}})
    chosen = indices(second["bitMaskData"])
    assert len(chosen) == 8 and set(labeled) <= set(chosen), chosen
    assert second["prevTagId"] == first["id"]
    by_score = select(client, path, embedding, {
        "newTagName": "third", "method": "CORAL", "queryTagId": initial, "preselectedTagId": first["id"],
        "config": {"stoppingCondition": {"nSamples": -1, "minDistance": -1}}})
    assert indices(by_score["bitMaskData"]) == list(range(len(NAMES)))

    client.delete(path)
    assert client.get("/v1/datasets") == []


run(flow_of_1_1_0)
