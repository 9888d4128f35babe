"""1.1.23, the last of 1.1: registerDatasetUpload, writeurls, 2d jobs, scores at the query tag, custom metadata."""
from steps import NAMES, indices, select, upload_embeddings
from wire import Client, run


def flow_of_1_1_23(server):
    client = Client(server, "Swagger-Codegen/1.0.0/python", "swagger")
    client.get("/v1/versions/pip/minimum", with_token=False, model="text")
    dataset = client.post("/v1/datasets", {"name": "street_scenes", "type": "Images"})["id"]
    path = f"/v1/datasets/{dataset}"
    assert client.get(f"{path}/samples", {"mode": "full"}, model=["sample"]) == []
    assert int(client.get("/v1/quota")) >= len(NAMES)
    client.put(f"{path}/registerDatasetUpload",
               {"total": 20, "processed": 0, "uploadMethod": "USER_PIP", "isRegistered": False})
    ids = {}
    for name in NAMES:
        ids[name] = client.post(f"{path}/samples", {"fileName": name, "thumbName": name[:-4] + "_thumb.webp",
                                                    "exif": {}, "metaData": {"snr": float("nan")}})["id"]
        urls = client.get(f"{path}/samples/{ids[name]}/writeurls", model="write_urls")
        client.put_signed(urls["thumb"], b"thumbnail of " + name.encode())
        client.put_signed(urls["full"], b"image of " + name.encode())
    initial = client.post(f"{path}/tags/initial", {"imgType": "full", "creator": "USER_PIP"})["id"]
    client.put(f"{path}/registerDatasetUpload",
               {"total": 20, "processed": 20, "uploadMethod": "USER_PIP", "isRegistered": True})
    assert client.get(path, model="dataset")["imgType"] == "full"

    # Upload again: what is there is skipped, a new one comes, the tags grow.
    known = [sample["fileName"] for sample in client.get(f"{path}/samples", {"mode": "full"}, model=["sample"])]
    assert known == NAMES
    client.post(f"{path}/samples", {"fileName": "images/20.jpg", "thumbName": "x", "metaData": {}})
    added = client.post(f"{path}/tags/upsize", {"upsizeTagName": "20211124_12h00m00s", "upsizeTagCreator": "USER_PIP"})
    names = [*NAMES, "images/20.jpg"]
    tags = client.get(f"{path}/tags", model=["tag"])
    assert [tag["totSize"] for tag in tags] == [21, 21]
    assert indices(tags[0]["bitMaskData"]) == list(range(21)) and tags[0]["id"] == initial
    assert indices(client.get(f"{path}/tags/{added['id']}", model="tag")["bitMaskData"]) == [20]

    embedding = upload_embeddings(client, path, names)
    for method in ("PCA", "TSNE", "UMAP"):
        client.post(f"{path}/embeddings/{embedding}/trigger2dEmbeddingsJob",
                    {"dimensionalityReductionMethod": method}, model=None)

    # Scores of the whole query tag, since 1.1.7.
    for kind in ("uncertainty_least_confidence", "uncertainty_margin", "uncertainty_entropy"):
        client.post(f"{path}/tags/{initial}/scores", {"scoreType": kind, "scores": [i / 21 for i in range(21)]})
    scores = client.get(f"{path}/tags/{initial}/scores", model=["score_list"])
    assert [score["scoreType"] for score in scores] == [
        "uncertainty_least_confidence", "uncertainty_margin", "uncertainty_entropy"]
    values = client.get(f"{path}/tags/{initial}/scores/{scores[1]['id']}", model="score")["scores"]
    assert values == [i / 21 for i in range(21)]
    tag = select(client, path, embedding, {
        "newTagName": "by score", "method": "ACTIVE_LEARNING", "queryTagId": initial,
        "config": {"stoppingCondition": {"nSamples": 3, "minDistance": -1}}})
    assert indices(tag["bitMaskData"]) == [18, 19, 20]

    # Custom metadata: every field was required in this generation.
    sample = client.get(f"{path}/samples/{ids[NAMES[0]]}", model="sample")
    client.put(f"{path}/samples/{sample['id']}", {
        "fileName": sample["fileName"], "thumbName": sample["thumbName"], "metaData": sample["metaData"],
        "customMetaData": {"image_id": 1, "weather": "rain"}})
    assert client.get(f"{path}/samples/{sample['id']}", model="sample")["customMetaData"]["weather"] == "rain"
    configuration = client.post("/v1/configuration/metadata", {"name": "w", "configs": [
        {"name": "Weather", "path": "weather", "defaultValue": None, "valueDataType": "CATEGORICAL_STRING"}]})["id"]
    client.put(f"{path}/setMetaDataConfiguration", {"metaDataConfigurationId": configuration})

    url = client.get(f"{path}/samples/{ids[NAMES[3]]}/readurl", {"type": "full"}, model="text")
    assert client.get_signed(url) == b"image of images/03.jpg"
    url = client.get(f"{path}/samples/{ids[NAMES[3]]}/readurl", {"type": "thumbnail"}, model="text")
    assert client.get_signed(url) == b"thumbnail of images/03.jpg"
    client.delete(path)


run(flow_of_1_1_23)
