"""1.2.13: tags from file names, tag arithmetic, exports by the old paths, reading embeddings, worker schedules."""
from steps import NAMES, csv_text, indices, upload_embeddings
from wire import Client, run


def flow_of_1_2_13(server):
    client = Client(server, "Swagger-Codegen/1.0.0/python", "swagger")
    assert client.get("/v1/datasets", {"shared": False}, model=["dataset"]) == []
    assert client.get("/v1/datasets", {"shared": True}, model=["dataset"]) == []
    dataset = client.post("/v1/datasets", {"name": "scenes 2", "type": "Images", "creator": "USER_PIP"})["id"]
    path = f"/v1/datasets/{dataset}"
    # Without a datasource the images are uploaded; any 4xx says so.
    status, code = client.refused("GET", f"{path}/datasource")
    assert 400 <= status < 500 and code == "DATASET_DATASOURCE_UNKNOWN"
    for name in NAMES:
        client.post(f"{path}/samples", {"fileName": name})
    initial = client.post(f"{path}/tags/initial", {"imgType": "meta", "creator": "USER_PIP"})["id"]

    # create_tag_from_filenames
    names = client.get(f"{path}/mappings", {"field": "fileName"})
    wanted = [NAMES[2], NAMES[3], NAMES[11]]
    mask = hex(sum(1 << names.index(name) for name in wanted))
    some = client.post(f"{path}/tags", {"name": "some", "prevTagId": initial, "bitMaskData": mask, "totSize": 20,
                                        "creator": "USER_PIP"})["id"]
    tag = client.get(f"{path}/tags/{some}", model="tag")
    assert tag["bitMaskData"] == mask and tag["prevTagId"] == initial
    # get_filenames_in_tag with exclude_parent_tag
    rest = client.post(f"{path}/tags/arithmetics/bitmask",
                       {"tagId1": initial, "tagId2": some, "operation": "DIFFERENCE"}, status=200, model="mask")
    assert len(indices(rest["bitMaskData"])) == 17
    union = client.post(f"{path}/tags/arithmetics", {"tagId1": initial, "tagId2": some, "operation": "UNION",
                                                     "newTagName": "all again"}, status=200)
    assert client.get(f"{path}/tags/{union['id']}", model="tag")["bitMaskData"] == hex(2**20 - 1)

    tasks = client.get(f"{path}/tags/{some}/export/LabelStudioTasks")
    assert [task["data"]["lightlyFileName"] for task in tasks] == wanted
    assert [type(task["id"]) for task in tasks] == [int] * 3
    rows = client.get(f"{path}/tags/{some}/export/LabelBoxDataRows")
    assert [row["externalId"] for row in rows] == wanted
    text = client.get(f"{path}/tags/{some}/export/basic/filenames")
    assert text.split("\n") == wanted

    # Upload embeddings, then append: the server's file is read and goes up again under another name.
    embedding = upload_embeddings(client, path, NAMES, "default")
    url = client.get(f"{path}/embeddings/{embedding}/readCSVUrl", model="text")
    assert client.get_signed(url) == csv_text(NAMES)
    second = upload_embeddings(client, path, NAMES, "default_20220101_12h00m00s")
    assert [each["id"] for each in client.get(f"{path}/embeddings", model=["embedding"])] == [embedding, second]

    config = client.post("/v1/docker/worker/config", {"config": {"workerType": "FULL"}, "creator": "USER_PIP"})["id"]
    client.post(f"{path}/docker/worker/schedule", {"configId": config, "priority": "MID"})
    assert client.get(f"{path}/docker/worker/schedule", model=["schedule"])[0]["configId"] == config
    worker = client.post("/v1/docker/worker", {"name": "Default", "workerType": "FULL"})["id"]
    assert [each["id"] for each in client.get("/v1/docker/worker", model=["worker"])] == [worker]
    client.delete(f"/v1/docker/worker/{worker}")
    assert client.get("/v1/docker/runs") == []
    client.delete(path)


run(flow_of_1_2_13)
