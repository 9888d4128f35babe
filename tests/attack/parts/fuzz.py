"""Calls made from the server's own description, valid and wrong, by several processes; the same for the same seed.

Nothing may come back but what a call deserves: no error of the server, JSON where it says JSON, of the described shape
where all was well, and never a path of the server's disk. What nobody touched is the same afterwards.
"""
import multiprocessing
import random
import time

from parts.fuzz_worker import Worker
from support.spec import Spec
from support.world import build_world

WORKERS = 8
UNTOUCHED = ("", "/samples", "/tags", "/embeddings", "/mappings?field=sampleName", "/predictions/tasks", "/datasource")


def run(attack, report):
    target, options = attack.target, attack.options
    spec = Spec.of(target)
    with report.group(f"fuzz: {options.requests} calls of {len(spec.operations)} kinds"):
        world = build_world(target, f"untouched {time.time_ns()}")
        before = [target.get(world.dataset + path) for path in UNTOUCHED]
        folder = str(attack.shared.folder) if attack.shared else None
        tallies = _fuzz(target, spec, options, folder)
        for fault, request in _kinds_of_faults(tallies).values():
            report.check(False, fault, request)
        statuses = _sum_of(tally["statuses"] for tally in tallies)
        report.passed += sum(statuses.values())
        report.check(sum(statuses.values()) >= options.requests, "all were sent", f"only {sum(statuses.values())}")
        report.note(f"  answers by status: {statuses}")
        report.note(f"  kinds of call that were never taken: {', '.join(_never_taken(spec, tallies)) or 'none'}")
        after = [target.get(world.dataset + path) for path in UNTOUCHED]
        report.equal(after, before, "what nobody touched is as it was")
        report.check(target.is_alive(), "the server is alive")
        target.delete(world.dataset)


def _fuzz(target, spec, options, folder):
    context = multiprocessing.get_context("fork")
    results = context.SimpleQueue()
    share = -(-options.requests // WORKERS)
    workers = [context.Process(target=_work, args=(results, target, spec, f"{options.seed}-{i}", share, folder))
               for i in range(WORKERS)]
    for worker in workers:
        worker.start()
    tallies = [results.get() for _ in workers]
    for worker in workers:
        worker.join()
    return tallies


def _work(results, target, spec, seed, count, folder):
    worker = Worker(target, spec, random.Random(seed), seed, folder)
    try:
        worker.send(count)
    except Exception as error:
        worker.faults.append((f"worker {seed} broke off after {worker.count} calls", repr(error)))
    results.put({"faults": worker.faults, "statuses": worker.statuses, "taken": worker.taken})


def _kinds_of_faults(tallies):
    """One of each kind, errors of the server first: workers and calls of one resource find the same."""
    kinds = {}
    for fault, request in sorted((each for tally in tallies for each in tally["faults"]), key=_urgency):
        kinds.setdefault(fault.split(": ", 1)[1][:30], (fault, request))
    return kinds


def _urgency(fault):
    return ": 5" not in fault[0], fault[0]


def _sum_of(counts):
    total = {}
    for each in counts:
        for key, value in each.items():
            total[key] = total.get(key, 0) + value
    return dict(sorted(total.items()))


def _never_taken(spec, tallies):
    taken = set().union(*(tally["taken"] for tally in tallies))
    return [str(each) for each in spec.operations if str(each) not in taken]
