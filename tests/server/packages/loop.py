"""The active learning loop by one of Lightly's own packages, whichever is installed, against a running server.

LIGHTLY_SERVER_LOCATION=URL loop.py TOKEN. What a package does not have is left out; what is chosen is compared with
numpy's answer, and what comes back with the files that went up.
"""
import csv
import sys
import tempfile
from pathlib import Path

import lightly
import numpy as np
from PIL import Image

from lightly.api.api_workflow_client import ApiWorkflowClient

VERSION = lightly.__version__
COUNT = 24
FOLDER = Path(tempfile.mkdtemp())
RANDOM = np.random.RandomState(7)
ROWS = RANDOM.normal(size=(COUNT, 8))

try:
    from lightly.active_learning.config import SelectionConfig as Config
except ImportError:
    from lightly.active_learning.config.sampler_config import SamplerConfig as Config
from lightly.openapi_generated.swagger_client.models.sampling_method import SamplingMethod


def name_of(index):
    return f"image-{index:02d}.png"


def index_of(name):
    return int(name[6:8])


def write_images():
    (FOLDER / "images").mkdir()
    for index in range(COUNT):
        pixels = RANDOM.randint(0, 255, (40, 48, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(FOLDER / "images" / name_of(index))


def write_rows(path):
    """In any order: clients sort them by the server's."""
    with open(path, "w") as file:
        rows = csv.writer(file)
        rows.writerow(["filenames", *(f"embedding_{i}" for i in range(8)), "labels"])
        for index in RANDOM.permutation(COUNT):
            rows.writerow([name_of(index), *(repr(float(x)) for x in ROWS[index]), 0])
    return str(path)


def farthest(names, count):
    """Greedy k-center from the first sample on, one pass a pick."""
    points = ROWS[[index_of(name) for name in names]].astype(np.float32)
    chosen, nearest = [0], ((points - points[0]) ** 2).sum(1)
    while len(chosen) < count:
        chosen.append(int(nearest.argmax()))
        nearest = np.minimum(nearest, ((points - points[chosen[-1]]) ** 2).sum(1))
    return {names[i] for i in chosen}


def samples_of(client):
    return client.get_filenames() if hasattr(client, "get_filenames") else client.filenames_on_server


def upload(client):
    if hasattr(client, "upload_dataset"):
        client.upload_dataset(input=str(FOLDER / "images"), mode="full")
        return
    from lightly.openapi_generated.swagger_client.models import InitialTagCreateRequest, SampleCreateRequest
    for index in range(COUNT):
        client._samples_api.create_sample_by_dataset_id(
            dataset_id=client.dataset_id, sample_create_request=SampleCreateRequest(fileName=name_of(index)))
    client._tags_api.create_initial_tag_by_dataset_id(
        dataset_id=client.dataset_id,
        initial_tag_create_request=InitialTagCreateRequest(imgType="full", creator="USER_PIP"))


def select_by_agent(client, names):
    from lightly.active_learning.agents.agent import ActiveLearningAgent
    from lightly.active_learning.scorers.classification import ScorerClassification
    agent = ActiveLearningAgent(client)
    agent.query(Config(n_samples=6, method=SamplingMethod.CORESET, name="first"))
    first = set(agent.labeled_set)
    assert first == farthest(names, 6)
    asked = agent.query_set if hasattr(agent, "query_set") else agent.unlabeled_set
    scorer = ScorerClassification(RANDOM.dirichlet(np.ones(4), size=len(asked)))
    second = Config(n_samples=10, method=SamplingMethod.CORAL, name="second")
    if hasattr(agent, "upload_scores"):
        agent.upload_scores(scorer)
        agent.query(second)
    else:
        agent.query(second, scorer)
    assert len(agent.labeled_set) == 10 and first <= set(agent.labeled_set)
    return set(agent.labeled_set)


def select_by_client(client, names):
    first = client.selection(Config(n_samples=6, method=SamplingMethod.CORESET, name="first"))
    assert set(client.get_filenames_in_tag(first)) == farthest(names, 6)
    initial = client.get_tag_by_name("initial-tag")
    client.upload_scores({"uncertainty_margin": RANDOM.rand(COUNT)}, initial.id)
    second = client.selection(Config(n_samples=10, method=SamplingMethod.CORAL, name="second"),
                              preselected_tag_id=first.id)
    return set(client.get_filenames_in_tag(second))


def download(client, chosen):
    client.download_dataset(str(FOLDER / "down"), tag_name="second")
    came = {path.name: path.read_bytes() for path in (FOLDER / "down").iterdir()}
    assert came == {name: (FOLDER / "images" / name).read_bytes() for name in chosen}


def work_with_tags(client, names):
    client.create_tag_from_filenames(names[3:9], "by-hand")
    tag = client.get_tag_by_name("by-hand")
    assert client.get_filenames_in_tag(tag) == names[3:9]
    for export in ("label_studio_tasks", "label_box_data_rows", "label_box_v4_data_rows", "filenames_and_read_urls"):
        rows = getattr(client, f"export_{export}_by_tag_name", None)
        assert rows is None or len(rows("by-hand")) == 6
    if hasattr(client, "export_filenames_by_tag_name"):
        assert client.export_filenames_by_tag_name("by-hand").split("\n") == names[3:9]
    client.delete_tag_by_id(tag.id)


def send_metadata(client):
    images = [{"id": index, "file_name": name_of(index)} for index in range(COUNT)]
    metadata = [{"image_id": index, "weather": {"sunny": index % 2}} for index in range(COUNT)]
    client.upload_custom_metadata({"images": images, "metadata": metadata})


def set_up_worker(client):
    worker = client.register_compute_worker("worker")
    assert worker in client.get_compute_worker_ids()
    client.schedule_compute_worker_run(worker_config={})
    assert len(client.get_scheduled_compute_worker_runs()) == 1 and client.get_compute_worker_runs() == []
    client.delete_compute_worker(worker)


def share(client):
    for user in ("a@b.ch", "c@d.org"):
        client.share_dataset_only_with(client.dataset_id, [user])
    assert client.get_shared_users(client.dataset_id) == ["c@d.org"]
    permissions = client.list_datasource_permissions()  # a model, and a dict since 1.5
    assert not (permissions if isinstance(permissions, dict) else permissions.to_dict())["can_read"]


def main(token):
    write_images()
    client = ApiWorkflowClient(token=token)
    client.create_dataset(dataset_name="loop-" + VERSION.replace(".", "-"))
    upload(client)
    names = samples_of(client)
    assert sorted(names) == [name_of(index) for index in range(COUNT)]
    client.upload_embeddings(path_to_embeddings_csv=write_rows(FOLDER / "rows.csv"), name="default")
    chosen = select_by_client(client, names) if hasattr(client, "selection") else select_by_agent(client, names)
    steps = {
        "download_dataset": lambda: download(client, chosen),
        "upload_custom_metadata": lambda: send_metadata(client),
        "create_tag_from_filenames": lambda: work_with_tags(client, names),
        "register_compute_worker": lambda: set_up_worker(client),
        "get_shared_users": lambda: share(client),
    }
    if not hasattr(client, "upload_dataset"):
        del steps["download_dataset"]  # there are no images to come back
    done = []
    for method, step in steps.items():
        if hasattr(client, method):
            step()
            done.append(method)
    client.delete_dataset_by_id(client.dataset_id)
    print(f"{VERSION}: the loop, {', '.join(done) or 'nothing more'}")


main(sys.argv[1])
