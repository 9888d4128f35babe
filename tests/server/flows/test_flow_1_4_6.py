"""1.4.6, the last client with all of active learning."""
from steps import NAMES, indices, select, upload_embeddings
from wire import Client, run

AGENT = "Lightly/1.4.6 (Linux/5.15.0; Linux-5.15.0-x86_64-with-glibc2.31; x86_64;) python/3.8.10"


def flow_of_1_4_6(server):
    client = Client(server, AGENT, "swagger")
    client.get("/v1/versions/pip/minimum", with_token=False, model="text")
    assert client.get("/v1/datasets/query/name/scenes", {"shared": False, "exact": True}) == []
    dataset = client.post("/v1/datasets", {"name": "scenes", "type": "Images", "creator": "USER_PIP"})["id"]
    path = f"/v1/datasets/{dataset}"
    found = client.get("/v1/datasets/query/name/scenes", {"shared": False, "exact": True}, model=["dataset"])
    assert [each["id"] for each in found] == [dataset]
    # dataset_exists, and dataset_name_exists of another name
    assert client.get(path, model="dataset")["name"] == "scenes"
    assert client.refused("GET", "/v1/datasets/" + "0" * 24) == (404, "DATASET_UNKNOWN")

    ids = {}
    for name in NAMES:
        made = client.post(f"{path}/samples/withWriteUrls", {"fileName": name}, model=None)
        ids[name] = made["id"]
        client.put_signed(made["sampleWriteUrls"]["full"], name.encode())
        client.put_signed(made["sampleWriteUrls"]["thumb"], b"t")
    known = client.get(f"{path}/samples/partial", {"mode": "fileNames"}, model=["partial"])
    assert [each["fileName"] for each in known] == NAMES
    initial = client.post(f"{path}/tags/initial", {"imgType": "full", "creator": "USER_PIP"})["id"]

    configuration = client.post(f"{path}/configuration/metadata", {"name": "w", "configs": [
        {"name": "Weather", "path": "weather", "defaultValue": 0, "valueDataType": "NUMERIC_INT"}]})["id"]
    assert client.get(f"{path}/configuration/metadata", model=["configuration"])[0]["id"] == configuration
    client.put(f"{path}/samples/{ids[NAMES[1]]}", {"customMetaData": {"weather": 3}}, {"enableDatasetUpdate": True})
    assert client.get(f"{path}/samples/{ids[NAMES[1]]}", model="sample")["customMetaData"] == {"weather": 3}

    client.post(f"{path}/predictions/tasks", {"name": "cars", "type": "OBJECT_DETECTION",
                                              "categories": [{"id": 0, "name": "car"}]},
                {"predictionUUIDTimestamp": -1})
    client.post(f"{path}/predictions/samples/{ids[NAMES[0]]}", [
        {"type": "OBJECT_DETECTION", "taskName": "cars", "categoryId": 0, "score": 0.9, "bbox": [1, 2, 3, 4]}],
        {"predictionUUIDTimestamp": -1})

    # The newest embeddings come first for this generation.
    older = upload_embeddings(client, path, NAMES, "default")
    embedding = upload_embeddings(client, path, NAMES, "newer")
    listed = client.get(f"{path}/embeddings", model=["embedding"])
    assert [each["id"] for each in listed] == [embedding, older]

    # ActiveLearningAgent: two queries, the second with scores.
    first = select(client, path, embedding, {
        "newTagName": "CORESET_4_-1_05_23_2023__10_00_00", "method": "CORESET", "queryTagId": initial,
        "config": {"stoppingCondition": {"nSamples": 4, "minDistance": -1}}})
    client.post(f"{path}/tags/{initial}/scores",
                {"scoreType": "uncertainty_margin", "scores": [float("nan"), *[i / 20 for i in range(1, 20)]]})
    second = select(client, path, embedding, {
        "newTagName": "second", "method": "CORAL", "queryTagId": initial, "preselectedTagId": first["id"],
        "config": {"stoppingCondition": {"nSamples": 9, "minDistance": -1}}})
    before, after = indices(first["bitMaskData"]), indices(second["bitMaskData"])
    assert len(before) == 4 and len(after) == 9 and set(before) <= set(after)
    assert second["preselectedTagId"] == first["id"] and second["queryTagId"] == initial

    # Exports in pages of 20,000: the client asks until a page is empty.
    def pages(export, size):
        rows = []
        while True:
            page = client.get(f"{path}/tags/{second['id']}/export/{export}",
                              {"pageSize": size, "pageOffset": len(rows)})
            if not page:
                return rows
            rows += page

    assert len(pages("LabelStudio/tasks", 4)) == 9
    assert len(pages("LabelBox/datarows", 20000)) == 9
    assert len(pages("LabelBoxV4/datarows", 2)) == 9
    assert len(pages("Sama/tasks", 3)) == 9
    urls = pages("basic/filenamesAndReadUrls", 5)
    assert [client.get_signed(row["readUrl"]).decode() for row in urls] == [NAMES[i] for i in after]

    assert client.refused("DELETE", f"{path}/tags/{initial}")[1] == "TAG_UNDELETABLE_IS_INITIAL"
    assert client.refused("DELETE", f"{path}/tags/{first['id']}")[1] == "TAG_UNDELETABLE_NOT_A_LEAF"
    client.delete(f"{path}/tags/{second['id']}")
    client.post("/v1/docker/worker/config/v3", {"config": {"workerType": "FULL", "selection": {
        "nSamples": 5, "strategies": []}}, "creator": "USER_PIP"})
    client.post("/v1/docker/worker", {"name": "www", "workerType": "FULL", "labels": ["a"], "creator": "USER_PIP"})
    # It asks whether there is a worker of that name before it makes another.
    assert [each["labels"] for each in client.get("/v1/docker/worker", model=["worker"])] == [["a"]]
    client.delete(path, {"force": True})


run(flow_of_1_4_6)
