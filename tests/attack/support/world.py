"""Things on a server to attack: a dataset with samples, tags, embeddings, scores, a job and all else that has an id."""
import time
from dataclasses import dataclass, field

from support.target import path_of

SAMPLES = 12
DIMENSIONS = 3


@dataclass
class World:
    """Ids by the names that they have in paths, as `{datasetId}`; `others` has further ones of the same name."""

    ids: dict = field(default_factory=dict)
    names: list = field(default_factory=list)
    others: dict = field(default_factory=dict)

    def choices(self, name):
        return [*([self.ids[name]] if name in self.ids else []), *self.others.get(name, ())]

    @property
    def dataset(self):
        return f"/v1/datasets/{self.ids['datasetId']}"


def embeddings_csv(names, dimensions=DIMENSIONS):
    columns = ",".join(f"embedding_{i}" for i in range(dimensions))
    rows = [f"{name},{','.join(str((i * 7 + d * 3) % 10) for d in range(dimensions))},0" for i, name in enumerate(names)]
    return "\n".join([f"filenames,{columns},labels", *rows, ""]).encode()


def build_world(target, name):
    """Makes one of everything. Throws Refused where the server does not let it."""
    world = World(names=[f"{i:03}.jpg" for i in range(SAMPLES)])
    world.ids["datasetId"] = target.post("/v1/datasets", {"name": name})["id"]
    world.ids["datasetName"] = name
    _add_samples(target, world)
    _add_tags(target, world)
    _add_embeddings(target, world)
    _add_scores(target, world)
    _add_job(target, world)
    _add_documents(target, world)
    return world


def _add_samples(target, world):
    made = [target.post(f"{world.dataset}/samples/withWriteUrls", {"fileName": each}) for each in world.names]
    world.ids["sampleId"] = made[0]["id"]
    target.ask("PUT", path_of(made[0]["sampleWriteUrls"]["full"]), body=b"no picture", token="")


def _add_tags(target, world):
    first = target.post(f"{world.dataset}/tags/initial", {"imgType": "full", "creator": "USER_PIP"})["id"]
    tag = {"name": "some", "prevTagId": first, "bitMaskData": "0x0f", "totSize": SAMPLES}
    world.others["tagId"] = [target.post(f"{world.dataset}/tags", tag)["id"]]
    world.ids["tagId"] = first


def _add_embeddings(target, world):
    announced = target.get(f"{world.dataset}/embeddings/writeCSVUrl?name=default")
    world.ids["embeddingId"] = announced["embeddingId"]
    target.ask("PUT", path_of(announced["signedWriteUrl"]), body=embeddings_csv(world.names), token="")
    plane = {"name": "plane", "dimensionalityReductionMethod": "PCA",
             "coordinatesDimension1": list(range(SAMPLES)), "coordinatesDimension2": list(range(SAMPLES))}
    made = target.post(f"{world.dataset}/embeddings/{world.ids['embeddingId']}/2d", plane)
    world.ids["embedding2dId"] = made["id"]


def _add_scores(target, world):
    scores = {"scoreType": "uncertainty_margin", "scores": [i / SAMPLES for i in range(SAMPLES)]}
    world.ids["scoreId"] = target.post(f"{world.dataset}/tags/{world.ids['tagId']}/scores", scores)["id"]


def _add_job(target, world):
    sampling = {"newTagName": "picked", "method": "RANDOM", "config": {"stoppingCondition": {"nSamples": 3}}}
    path = f"{world.dataset}/embeddings/{world.ids['embeddingId']}/sampling"
    world.ids["jobId"] = target.post(path, sampling)["jobId"]
    wait_for_job(target, world.ids["jobId"])


def wait_for_job(target, job, patience=60.0):
    deadline = time.monotonic() + patience
    while True:
        status = target.get(f"/v1/jobs/{job}")
        if status["status"] in ("FINISHED", "FAILED") or time.monotonic() > deadline:
            return status
        time.sleep(0.02)


def _add_documents(target, world):
    entry = {"name": "n", "path": "p", "defaultValue": 0, "valueDataType": "NUMERIC_INT"}
    made = target.post(f"{world.dataset}/configuration/metadata", {"name": "c", "configs": [entry]})
    world.ids["configurationId"] = made["id"]
    task = {"name": "task", "type": "CLASSIFICATION", "categories": [{"id": 1, "name": "cat"}]}
    target.post(f"{world.dataset}/predictions/tasks", task)
    scores = {"scoreType": "s", "scores": [0.5] * SAMPLES}
    world.others["scoreId"] = [target.post(f"{world.dataset}/predictions/scores?taskName=task", scores)["id"]]
    world.ids["taskName"] = "task"
    world.ids["accessId"] = target.post(f"{world.dataset}/collaboration/access", {"accessType": "WRITE"})["id"]
    world.ids["configId"] = target.post("/v1/docker/worker/config", {"config": {}})["id"]
    world.ids["workerId"] = target.post("/v1/docker/worker", {"name": "w", "workerType": "FULL"})["id"]
    target.put(f"{world.dataset}/datasource", {"type": "LOCAL", "fullPath": "x", "purpose": "INPUT_OUTPUT"})
