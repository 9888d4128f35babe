#!/usr/bin/env python3
"""Turns a UCI table (features, then an integer label, no header) into the two files of a pipeline.

    tools/import_uci.py digits.csv digit pipelines/data/digits
    tools/import_uci.py letter.csv letter pipelines/data/letter --letters

writes NAME.csv, embeddings as Lightly writes them (filenames,embedding_0,...,labels; all labels are 0, because the
pool is unlabelled), and NAME-labels.csv (file_name,label) with the true labels.
"""
import argparse
import csv
import string

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("table")
parser.add_argument("prefix", help="prefix of the samples' names")
parser.add_argument("output", help="path without .csv")
parser.add_argument("--letters", action="store_true", help="label 0 is A, 1 is B, ...")
args = parser.parse_args()

with open(args.table, newline="") as file:
    rows = list(csv.reader(file))
width = len(str(len(rows) - 1))
names = [f"{args.prefix}-{i:0{width}}.png" for i in range(len(rows))]

with open(args.output + ".csv", "w", newline="") as file:
    table = csv.writer(file, lineterminator="\n")
    table.writerow(["filenames", *(f"embedding_{i}" for i in range(len(rows[0]) - 1)), "labels"])
    table.writerows([name, *row[:-1], 0] for name, row in zip(names, rows))

with open(args.output + "-labels.csv", "w", newline="") as file:
    table = csv.writer(file, lineterminator="\n")
    table.writerow(["file_name", "label"])
    for name, row in zip(names, rows):
        table.writerow([name, string.ascii_uppercase[int(row[-1])] if args.letters else row[-1]])
