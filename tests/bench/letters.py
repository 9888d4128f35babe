#!/usr/bin/env python3
"""Writes LetterRecognition of Debian's r-cran-mlbench to standard output: 20,000 x 16 bytes, row after row.

Frey & Slate, "Letter Recognition Using Holland-Style Adaptive Classifiers", 1991. The file is R's serialisation in
XDR, compressed: of it only vectors of doubles and integers are looked at, by their types and lengths.
"""
import bz2
import gzip
import lzma
import struct
import sys

NAME = sys.argv[1] if len(sys.argv) > 1 else "/usr/lib/R/site-library/mlbench/data/LetterRecognition.rda"
ROWS, COLUMNS = 20000, 16
DOUBLES, INTEGERS = 14, 13  # types of R's vectors


def unpacked(data):
    for unpack in (gzip.decompress, bz2.decompress, lzma.decompress):
        try:
            return unpack(data)
        except (OSError, lzma.LZMAError):
            continue
    return data


def columns(data):
    """Every vector of ROWS numbers, in order; the first of integers is the letters themselves."""
    place = 0
    length = struct.pack(">i", ROWS)
    while (place := data.find(length, place)) >= 0:
        kind = data[place - 1]
        if kind == DOUBLES:
            yield [int(x) for x in struct.unpack_from(f">{ROWS}d", data, place + 4)]
            place += 8 * ROWS
        elif kind == INTEGERS:
            yield list(struct.unpack_from(f">{ROWS}i", data, place + 4))
            place += 4 * ROWS
        place += 4


with open(NAME, "rb") as file:
    found = list(columns(unpacked(file.read())))[-COLUMNS:]
if len(found) != COLUMNS:
    sys.exit(f"{NAME} has {len(found)} columns of {ROWS} numbers")
sys.stdout.buffer.write(bytes(x for row in zip(*found) for x in row))
