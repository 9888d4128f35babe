"""A schedule whose clock is set: what was missed runs once and not a thousand times, and nothing runs twice."""
import time

from support.world import embeddings_csv

PIPELINE = """version: 1
name: often
dataset: {name: often, embeddings: often.csv}
state: {labeled: {init: {random: 2}}}
stages: {fetch: {uses: fetch_tag}}
schedule: {every: 1s}
"""


def write_pipeline(folder):
    (folder / "often.csv").write_bytes(embeddings_csv([f"{i:03}.jpg" for i in range(12)]))
    (folder / "often.yaml").write_text(PIPELINE, encoding="utf-8")
    return str(folder / "often.yaml")


def check(attack, library, clock_of, report):
    with attack.own() as server:
        clock = clock_of(server.folder)
        server.arguments = [write_pipeline(server.folder)]
        server.environment = {"LD_PRELOAD": library, "TROMMEL_CLOCK": str(clock.file)}
        server.start()
        time.sleep(3)
        report.check(_runs(server) >= 1, "it runs by its schedule", server.log[-500:])
        before = _runs(server)
        clock.set(3600)
        time.sleep(4)
        added = _runs(server) - before
        report.check(1 <= added <= 8, "an hour on: it goes on, and does not make up for an hour", f"{added} runs")
        before = _runs(server)
        clock.set(-86_400)
        time.sleep(3)
        added = _runs(server) - before
        report.check(added <= 5, "a day back: no storm of runs", f"{added} runs")
        report.check(server.target.is_alive(), "it answers")
        report.equal(server.stop(), 0, "it ends well")


def _runs(server):
    folder = server.data / "runs"
    return len(list(folder.iterdir())) if folder.is_dir() else 0
