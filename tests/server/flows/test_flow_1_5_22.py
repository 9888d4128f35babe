"""1.5.22, a late pydantic client: unknown fields and other statuses than the documented ones break it."""
from steps import NAMES, indices, select, upload_embeddings
from wire import Client, run

AGENT = "Lightly/1.5.22 (Linux/6.1.0; Linux-6.1.0-x86_64-with-glibc2.36; x86_64;) python/3.11.2"


def all_pages(client, path, query, size, model=None):
    """As paginate_endpoint: stops at the first short page."""
    rows = []
    while True:
        page = client.get(path, {**query, "pageSize": size, "pageOffset": len(rows)}, model=model)
        rows += page
        if len(page) < size:
            return rows


def flow_of_1_5_22(server):
    client = Client(server, AGENT, "pydantic")
    client.get("/v1/versions/pip/minimum", with_token=False, model="text")
    dataset = client.post("/v1/datasets", {"name": "scenes-5", "type": "Images", "creator": "USER_PIP"})["id"]
    path = f"/v1/datasets/{dataset}"
    found = all_pages(client, "/v1/datasets/query/name/scenes", {"shared": False, "exact": False}, 2, ["dataset"])
    assert [each["id"] for each in found] == [dataset]
    ids = {name: client.post(f"{path}/samples", {"fileName": name, "customMetaData": {"a": 1}})["id"]
           for name in NAMES}
    assert all_pages(client, f"{path}/mappings", {"field": "fileName"}, 7) == NAMES
    assert all_pages(client, f"{path}/mappings", {"field": "_id"}, 20) == list(ids.values())
    partial = all_pages(client, f"{path}/samples/partial", {"mode": "full"}, 6, ["partial"])
    assert [each["fileName"] for each in partial] == NAMES
    sample = client.get(f"{path}/samples/{ids[NAMES[5]]}", model="sample")
    assert sample["index"] == 5 and sample["customMetaData"] == {"a": 1}
    client.put(f"{path}/samples/{sample['id']}", {"customMetaData": {"a": 2}})

    initial = client.post(f"{path}/tags/initial", {"imgType": "full", "creator": "USER_PIP"})["id"]
    tag = client.get(f"{path}/tags/{initial}", model="tag")
    assert "prevTagId" in tag and tag["prevTagId"] is None and "changes" not in tag
    embedding = upload_embeddings(client, path, NAMES)
    assert client.get(f"{path}/embeddings", model=["embedding"])[0]["id"] == embedding
    made = client.post(f"{path}/embeddings/{embedding}/2d", {
        "name": "pca", "dimensionalityReductionMethod": "PCA",
        "coordinatesDimension1": [i / 3 for i in range(20)], "coordinatesDimension2": [0.5] * 20})["id"]
    data = client.get(f"{path}/embeddings/{embedding}/2d/{made}", model="embedding_2d")
    assert data["coordinatesDimension1"] == [i / 3 for i in range(20)]
    assert len(client.get(f"{path}/embeddings/{embedding}/2d", model=["embedding_2d"])) == 1

    client.post(f"{path}/tags/{initial}/scores", {"scoreType": "u", "scores": [i / 7 for i in range(20)]})
    listed = client.get(f"{path}/tags/{initial}/scores", model=["score_list"])
    assert client.get(f"{path}/tags/{initial}/scores/{listed[0]['id']}", model="score")["scores"] == [
        i / 7 for i in range(20)]
    chosen = select(client, path, embedding, {
        "newTagName": "SamplingMethod.CORESET_5_-1", "method": "CORESET",
        "config": {"stoppingCondition": {"nSamples": 5, "minDistance": -1.0}}})
    check_jobs = client.get("/v1/jobs", model=["jobs"])
    assert len(check_jobs) == 1

    # The client compares the number of characters of a page with pageSize.
    text, size, offset = "", 2500, 0
    while True:
        page = client.get(f"{path}/tags/{chosen['id']}/export/basic/filenames",
                          {"pageSize": size, "pageOffset": offset})
        text += page
        if len(page) < size:
            break
        offset += size
    assert text.split("\n") == [NAMES[i] for i in indices(chosen["bitMaskData"])]
    assert client.get(f"{path}/tags/{chosen['id']}/export/basic/filenames", {"pageSize": 5, "pageOffset": 5}) == ""

    mask = client.post(f"{path}/tags/arithmetics/bitmask",
                       {"tagId1": initial, "tagId2": chosen["id"], "operation": "DIFFERENCE"},
                       status=200, model="mask")
    assert len(indices(mask["bitMaskData"])) == 15
    client.post("/v1/docker/worker/config/vX", {"config": {"version": "V4", "workerType": "FULL"},
                                                "creator": "USER_PIP"})
    assert client.get("/v1/docker/worker", model=["worker"]) == []
    for users in (["a@b.ch"], ["c@d.org"]):
        client.post(f"{path}/collaboration/access", {"accessType": "WRITE", "users": users, "creator": "USER_PIP"})
    shared = client.get(f"{path}/collaboration/access", model=["access"])
    assert [each["users"] for each in shared] == [["c@d.org"]]
    assert not client.get(f"{path}/datasource/verify", model="verification")["canRead"]
    client.put(path, {"name": "scenes-6"})
    client.delete(f"{path}/tags/{chosen['id']}")
    client.delete(path, {"force": True})
    assert client.refused("GET", path) == (404, "DATASET_UNKNOWN")


run(flow_of_1_5_22)
