"""Clients that write without end, remember what was acknowledged, and look for it afterwards."""
import random
import time

from support.target import Refused, path_of
from support.world import embeddings_csv

SAMPLES = 200


class Writer:
    """`step` makes one write and notes it when it was acknowledged; what was under way may be there, or not."""

    def __init__(self, target, name):
        self.dataset = f"/v1/datasets/{target.post('/v1/datasets', {'name': f'{name} {time.time_ns()}'})['id']}"
        self.acknowledged = []
        self.count = 0

    def step(self, target):
        self.count += 1
        self.acknowledged.append(self.write(target, self.count))

    def write(self, target, number):
        raise NotImplementedError

    def faults(self, target):
        raise NotImplementedError

    def _add_samples(self, target):
        names = [f"{i:05}.jpg" for i in range(SAMPLES)]
        target.post(self.dataset.replace("/v1/", "/v1/trommel/") + "/samples", {"fileNames": names})
        return names


class Datasets(Writer):
    def write(self, target, number):
        name = f"made {number} {time.time_ns()}"
        return target.post("/v1/datasets", {"name": name})["id"], name

    def faults(self, target):
        there = {each["id"]: each["name"] for each in target.get("/v1/datasets")}
        return [f"dataset {name} is gone" for dataset, name in self.acknowledged if there.get(dataset) != name]


class Samples(Writer):
    """Twenty at once: all or none."""

    def write(self, target, number):
        names = [f"{number:05}-{i:02}.jpg" for i in range(20)]
        target.post(self.dataset.replace("/v1/", "/v1/trommel/") + "/samples", {"fileNames": names})
        return names

    def faults(self, target):
        there = target.get(f"{self.dataset}/mappings?field=sampleName")
        wanted = [name for names in self.acknowledged for name in names]
        lost = [f"sample {name} is gone" for name in set(wanted) - set(there)]
        half = [f"{len(there)} samples: some call is half done"] if len(there) % 20 else []
        return lost + half + (["a sample is there twice"] if len(set(there)) != len(there) else [])


class Scores(Writer):
    """A column for each sample: whole, and of one call."""

    def __init__(self, target, name):
        super().__init__(target, name)
        self._add_samples(target)
        self.tag = target.post(f"{self.dataset}/tags/initial", {"imgType": "full"})["id"]

    def write(self, target, number):
        name = f"score-{number % 5}"
        target.post(f"{self.dataset}/tags/{self.tag}/scores", {"scoreType": name, "scores": [number] * SAMPLES})
        return name, number

    def faults(self, target):
        newest, path = dict(self.acknowledged), f"{self.dataset}/tags/{self.tag}/scores"
        there = {each["scoreType"]: target.get(f"{path}/{each['id']}")["scores"] for each in target.get(path)}
        for name, values in there.items():
            if len(values) != SAMPLES or len(set(values)) != 1:
                yield f"{name} is half done"
            elif values[0] < newest.get(name, 0):
                yield f"{name} is {values[0]}, {newest[name]} was acknowledged"
        yield from (f"{name} is gone" for name in newest if name not in there)


class Tags(Writer):
    def __init__(self, target, name):
        super().__init__(target, name)
        self._add_samples(target)
        self.tag = target.post(f"{self.dataset}/tags/initial", {"imgType": "full"})["id"]

    def write(self, target, number):
        mask = hex(random.Random(number).getrandbits(SAMPLES) | 1)
        tag = {"name": f"tag-{number}", "prevTagId": self.tag, "bitMaskData": mask, "totSize": SAMPLES}
        return target.post(f"{self.dataset}/tags", tag)["id"], int(mask, 16)

    def faults(self, target):
        there = {each["id"]: int(each["bitMaskData"], 16) for each in target.get(f"{self.dataset}/tags")}
        return [f"tag {tag} is not as it was made" for tag, mask in self.acknowledged if there.get(tag) != mask]


class Embeddings(Writer):
    def __init__(self, target, name):
        super().__init__(target, name)
        self.csv = embeddings_csv(self._add_samples(target), dimensions=16)

    def write(self, target, number):
        announced = target.get(f"{self.dataset}/embeddings/writeCSVUrl?name=embedding-{number}")
        answer = target.ask("PUT", path_of(announced["signedWriteUrl"]), token="", body=self.csv)
        if answer.status != 200:
            raise Refused(f"embeddings: {answer}")
        return announced["embeddingId"]

    def faults(self, target):
        whole = {each["id"] for each in target.get(f"{self.dataset}/embeddings") if each["isProcessed"]}
        rows = {each["id"]: each["rows"] for each in target.get(self.dataset.replace("/v1/", "/v1/trommel/") + "/embeddings")}
        yield from (f"embedding {each} is gone" for each in self.acknowledged if each not in whole)
        yield from (f"embedding {each} has {rows.get(each)} rows" for each in whole if rows.get(each) != SAMPLES)
        for each in self.acknowledged[-2:]:
            read = target.ask("GET", path_of(target.get(f"{self.dataset}/embeddings/{each}/readCSVUrl")), token="")
            if read.status != 200 or read.body.count(b"\n") != SAMPLES + 1:
                yield f"embedding {each} reads as {str(read)[:100]}"


class Images(Writer):
    def write(self, target, number):
        made = target.post(f"{self.dataset}/samples/withWriteUrls", {"fileName": f"{number:06}.jpg"})
        answer = target.ask("PUT", path_of(made["sampleWriteUrls"]["full"]), token="", body=_picture(number))
        if answer.status != 200:
            raise Refused(f"image: {answer}")
        return number, made["id"]

    def faults(self, target):
        for number, sample in self.acknowledged[-15:]:
            url = target.get(f"{self.dataset}/samples/{sample}/readurl?type=full")
            if target.ask("GET", path_of(url), token="").body != _picture(number):
                yield f"image {number} is not as it was sent"


def _picture(number):
    return b"%06d" % number * 3000


KINDS = {"datasets": Datasets, "samples": Samples, "scores": Scores, "tags": Tags, "embeddings": Embeddings, "images": Images}
