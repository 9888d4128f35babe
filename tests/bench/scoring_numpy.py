"""Prints the seconds numpy takes for Lightly's three classification scores of a .npy file: the best of three."""
import sys
import time

import numpy as np

probs = np.load(sys.argv[1])
classes = probs.shape[1]


def entropy(p):
    return -np.sum(p * np.log2(p, where=p > 0, out=np.zeros_like(p)), axis=1)


def margin(p):
    top = np.sort(p, axis=1)[:, -2:]
    return 1 - (top[:, 1] - top[:, 0])


def scores(p):
    for raw, high in ((1 - np.max(p, axis=1), 1 - 1 / classes), (margin(p), 1), (entropy(p), np.log2(classes))):
        yield np.interp(np.nan_to_num(raw), [0, high], [0, 1])


best = float("inf")
for _ in range(3):
    begin = time.perf_counter()
    for _ in scores(probs):
        pass
    best = min(best, time.perf_counter() - begin)
print(best)
