#!/usr/bin/env python3
"""k-center greedy as well as numpy can: norms kept, one matrix-vector product and one argmax a pick.

    k_center_numpy.py FILE ROWS COLUMNS PICKS     FILE: float32, row after row

Prints the seconds of PICKS picks after the first, norms included in none, then the picks. Its distances come from
|x|^2 + |c|^2 - 2xc, so near ties may fall otherwise than by differences.
"""
import sys
import time

import numpy

name, rows, columns, picks = sys.argv[1], *map(int, sys.argv[2:5])
x = numpy.fromfile(name, dtype="<f4").reshape(rows, columns)
norms = numpy.einsum("ij,ij->i", x, x)
nearest = numpy.full(rows, numpy.inf, dtype="f4")
chosen = [0]
begin = time.monotonic()
while len(chosen) <= picks:
    center = chosen[-1]
    squared = x @ x[center]
    squared *= -2
    squared += norms
    squared += norms[center]
    numpy.minimum(nearest, squared, out=nearest)
    chosen.append(int(nearest.argmax()))
print(time.monotonic() - begin)
print(*chosen)
