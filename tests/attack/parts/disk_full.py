"""A full disk: uploads are refused with 507, reads go on, deletes go through, and all is well when there is space again."""
import time

from parts.kills import check_writer
from parts.writers import KINDS
from support.own_server import DidNotStart
from support.small_disk import MEGABYTE, SmallDisk
from support.target import Refused, path_of
from support.world import build_world, embeddings_csv

FULL = {507}


def run(attack, report):
    if SmallDisk.can_be_had():
        with report.group("disk full: a small disk that is filled"), SmallDisk() as disk:
            _fill(attack, disk, report)
    else:
        report.note("disk full: no small disk without the right to mount one; the fault library does it alone")
    library = attack.library("trommel_faults")
    if library is None:
        report.note("disk full: not at every write without the library of tests/faults beside the program")
        return
    with report.group("disk full: at every write"):
        _every_write(attack, library, report)


def _fill(attack, disk, report):
    with attack.own(data=disk.folder / "data") as server:
        target = server.start().target
        world, bulk = build_world(target, "kept"), build_world(target, "bulk")
        images = _put_images(target, bulk, count=6)
        report.equal(images, [200] * 6, "images are taken while there is space")
        disk.fill()
        _while_full(target, world, report)
        report.check(target.ask("DELETE", bulk.dataset).status == 200, "a dataset can be deleted from a full disk")
        _eventually(lambda: _put_images(target, world, 1) == [200], report, "what it held is free for an upload")
        disk.fill()
        server.kill()
        try:
            target = server.start().target
            report.equal(target.ask("GET", world.dataset).status, 200, "it starts on a full disk, and reads")
        except DidNotStart as error:
            report.check(False, "it starts on a full disk", error)
            disk.free()
            server.start()
        disk.free()
        _eventually(lambda: set(_writes(target, world).values()) <= {200, 201}, report, "all is taken when there is space again")
        report.equal(server.stop(), 0, "it ends well")


def _while_full(target, world, report):
    for name, status in _writes(target, world).items():
        report.check(status in FULL, f"full: {name} is refused with 507", status)
    for path in ("", "/samples", "/tags", "/embeddings", "/mappings?field=sampleName"):
        report.equal(target.ask("GET", world.dataset + path).status, 200, f"full: GET {path or 'the dataset'} goes on")
    url = target.get(f"{world.dataset}/samples/{world.ids['sampleId']}/readurl?type=full")
    report.equal(target.ask("GET", path_of(url), token="").status, 200, "full: images can be read")
    report.equal(target.ask("GET", "/healthz", token="").status, 200, "full: /healthz")
    ready = target.ask("GET", "/readyz", token="").status
    report.check(ready == 503, "full: /readyz is 503", ready)


def _writes(target, world):
    """One of each that needs space, and its status."""
    number = time.time_ns()
    names = [f"{number}-{i:06}.jpg" for i in range(50_000)]
    scores = {"scoreType": f"s-{number}", "scores": [1.5] * len(world.names)}
    csv = target.ask("GET", f"{world.dataset}/embeddings/writeCSVUrl?name=e-{number}")
    statuses = {"an image of 2 MiB": _put_images(target, world, 1)[0],
                "50,000 samples": target.ask("POST", world.dataset.replace("/v1/", "/v1/trommel/") + "/samples",
                                             value={"fileNames": names}).status}
    if statuses["50,000 samples"] in (200, 201):
        return statuses  # there is space, and the scores would be too few now
    statuses["scores"] = target.ask("POST", f"{world.dataset}/tags/{world.ids['tagId']}/scores", value=scores).status
    if csv.status == 200:
        body = embeddings_csv(world.names, dimensions=3000)
        statuses["embeddings"] = target.ask("PUT", path_of(csv.json()["signedWriteUrl"]), token="", body=body).status
    return statuses


def _put_images(target, world, count):
    """Over the one that is there: a full disk takes no new sample."""
    asked = target.ask("GET", f"{world.dataset}/samples/{world.ids['sampleId']}/writeurls")
    if asked.status != 200:
        return [asked.status]
    url = asked.json()
    statuses = []
    for i in range(count):
        if i:
            made = target.post(f"{world.dataset}/samples/withWriteUrls", {"fileName": f"image-{i}.jpg"})
            url = made["sampleWriteUrls"]
        statuses.append(target.ask("PUT", path_of(url["full"]), token="", body=b"x" * (2 * MEGABYTE)).status)
    return statuses


def _eventually(holds, report, claim, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not (held := holds()) and time.monotonic() < deadline:
        time.sleep(0.2)
    report.check(held, claim)


def _every_write(attack, library, report):
    """The disk is full from the Nth call that changes a file on; a step of calls apart, or each with --full."""
    with attack.own() as server:
        server.start()
        writers = {name: kind(server.target, name) for name, kind in KINDS.items()}
        last, apart = (400, 1) if attack.options.full else (120, 11)
        for call in range(3, last, apart):
            server.stop()
            server.environment = {"LD_PRELOAD": library, "TROMMEL_FAULTS_DIR": str(server.data), "TROMMEL_FAULTS": f"full:{call}"}
            try:
                server.start()
                _write_each(server.target, writers, report, call)
            except DidNotStart as error:
                report.check("No space" in str(error) or "space" in str(error), f"call {call}: it says why it does not start", error)
            server.stop()
            server.environment = {}
            server.start()
            for name, writer in writers.items():
                check_writer(server.target, writer, report, f"call {call}: {name} afterwards")


def _write_each(target, writers, report, call):
    for _ in range(2):
        for name, writer in writers.items():
            try:
                writer.step(target)
            except Refused as refusal:
                report.check(": 507" in str(refusal), f"call {call}: {name} is refused with 507", str(refusal)[:300])
    answer = target.ask("GET", "/v1/datasets")
    report.check(answer.status == 200, f"call {call}: reads go on", answer)
