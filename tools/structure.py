#!/usr/bin/env python3
"""Prints figures of the structure of include/ and src/, a line each, so that commits can be compared.

    tools/structure.py                  of the working tree
    tools/structure.py COMMIT COMMIT…   of commits, side by side
"""
import collections
import pathlib
import re
import subprocess
import sys
import tempfile

import check_layers

ROOT = pathlib.Path(__file__).resolve().parent.parent
TYPE = re.compile(r"^\s*(?:class|struct|enum class)\s+([A-Z]\w+)\b[^;{()]*\{", re.MULTILINE)
# A name of each kind of addition: in how many files it appears says how many an addition touches.
ADDITIONS = {
    "a scorer (uncertainty_margin)": r"\buncertainty_margin\b",
    "a strategy (typiclust)": r"\btypiclust\b",
    "a format (lightly_records, coco)": r"\bcoco\b",
    "a field of a job (proportion)": r"\bproportion\b",
    "a field of a job (recall)": r"\brecall\b",
}


def texts(root):
    return {file: file.read_text(encoding="utf-8") for file, _ in check_layers.sources(root)}


def figures(root):
    """Name → value, in the order in which they are printed."""
    text = texts(root)
    types = collections.Counter(name for content in text.values() for name in TYPE.findall(content))
    sources = collections.Counter(file.parent for file in text if file.suffix == ".cpp")
    figure = {"files": len(text), "lines": sum(content.count("\n") for content in text.values()),
              "sources in the fullest folder": max(sources.values()),
              f"folders beyond {check_layers.MOST_SOURCES} sources":
                  sum(count > check_layers.MOST_SOURCES for count in sources.values()),
              "folders in circles": sum(map(len, check_layers.circles(check_layers.includes_between_folders(root)))),
              "files beyond 400 lines": sum(content.count("\n") > 400 for content in text.values())}
    for name in ("Kind", "Part", "Task", "Place"):
        figure[f"types called {name}"] = types[name]
    figure["batch types of one name"] = sum(count > 1 for name, count in types.items() if name.endswith("Batch"))
    figure["files that name SamplingMethod"] = sum("SamplingMethod" in content for content in text.values())
    for what, name in ADDITIONS.items():
        figure[f"files that name {what}"] = sum(bool(re.search(name, content)) for content in text.values())
    return figure


def figures_of_commit(commit):
    with tempfile.TemporaryDirectory() as folder:
        archive = subprocess.run(["git", "-C", str(ROOT), "archive", commit, "include", "src"],
                                 stdout=subprocess.PIPE, check=True).stdout
        subprocess.run(["tar", "-x", "-C", folder], input=archive, check=True)
        return figures(pathlib.Path(folder))


def main(commits):
    columns = [figures_of_commit(commit) for commit in commits] or [figures(ROOT)]
    print(f"{'':44}" + "".join(f"{name[:12]:>14}" for name in commits or ["working tree"]))
    for name in columns[0]:
        print(f"{name:44}" + "".join(f"{column[name]:14}" for column in columns))


if __name__ == "__main__":
    main(sys.argv[1:])
