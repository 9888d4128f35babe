#!/usr/bin/env python3
"""Fails where a file includes a floor or a library that its own floor may not know, where folders include each other in
a circle, and where a folder holds more sources than one takes in at a glance.

    tools/check_layers.py [ROOT]       prints FILE:LINE: WHAT for each breach, exits 1 if there is one
    tools/check_layers.py --self-test  proves that breaches are found
"""
import pathlib
import re
import sys
import tempfile

# From the bottom. A floor may know those before it.
FLOORS = ("core scoring learning selection dataset predictions runtime http store platform pipeline agent server "
          "stages dashboard cli").split()
# Floors within a floor, from the bottom: a file may know those before its own.
STOREYS = {"pipeline": "language stage definition engine operations".split()}
MOST_SOURCES = 25  # of a folder; more of them nobody takes in at a glance
ONE_FILE_EACH = {"src/stages/kinds"}  # folders that are lists: `trommel components` has a line for each file
FROM_RUNTIME = FLOORS[FLOORS.index("runtime"):]
WITH_JSON = [floor for floor in FLOORS if floor not in "scoring learning selection runtime".split()]

# Which floors may include headers that begin so; where two match, the longer one counts.
LIBRARIES = {
    "asio/": FROM_RUNTIME,
    "boost/asio": [],
    "boost/beast": ["http"],
    "boost/json": WITH_JSON,
    "libfyaml": ["pipeline"],
    "absl/": ["pipeline"],
    "openssl/": ["core", "http", "server"],
    "prometheus/": ["server"],
    "spdlog/": ["server"],
    "zlib": ["http", "dataset", "store"],
    "zstd": ["dataset"],
    "sqlite3": ["store"],
    "oneapi/tbb": ["scoring", "selection", "dataset", "runtime"],
    "tbb/": ["scoring", "selection", "dataset", "runtime"],
    "boost/math": ["learning"],
    "Eigen/": ["learning"],
    "lbfgs": ["learning"],
    "CLI/": ["cli"],
    "CLI11": ["cli"],
}
# Never: 6 s a file where the narrow headers cost 2.6 s.
FORBIDDEN = {"asio.hpp": "include narrow <asio/...> headers"}

INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')
COMMENT = re.compile(r"//.*")


def fault_of_library(floor, header):
    if header in FORBIDDEN:
        return f"<{header}> is never included; {FORBIDDEN[header]}"
    known = [library for library in LIBRARIES if header.startswith(library)]
    if known and floor not in LIBRARIES[max(known, key=len)]:
        users = ", ".join(LIBRARIES[max(known, key=len)]) or "nobody"
        return f"{floor} may not include <{header}>; only {users} may"
    return None


def fault_of_floor(floor, header):
    """`header` is in quotes: from include/ or src/, or beside the file that includes it."""
    parts = header.removeprefix("trommel/").split("/")
    other = parts[0]
    if ".." in parts:
        return f"write '{header}' from the root of include/ or src/"
    if len(parts) < 2 or (other not in FLOORS and not header.startswith("trommel/")):
        return None
    if other not in FLOORS:
        return f"'{other}' is not a floor; the floors are {' '.join(FLOORS)}"
    if FLOORS.index(other) > FLOORS.index(floor):
        return f"{floor} may not include '{header}': {other} appears above it"
    if other != floor and not header.startswith("trommel/"):
        return f"{floor} may not include '{header}': it is private to {other}"
    return None


def fault_of_storey(folder, header):
    """`folder`: that of the file, from include/trommel or src."""
    floor, _, rest = folder.partition("/")
    other = header.removeprefix("trommel/").split("/")
    if floor not in STOREYS or other[0] != floor:
        return None
    own, order = rest.split("/")[0], STOREYS[floor]
    if own in order and other[1] in order and order.index(other[1]) > order.index(own):
        return f"{floor}/{own} may not include '{header}': {other[1]} appears above it"
    return None


def faults_of_line(folder, line):
    floor = folder.split("/")[0]
    code = COMMENT.sub("", line)
    include = INCLUDE.match(code)
    if include:
        quote, header = include.groups()
        own = quote == '"' or header.startswith("trommel/")
        yield fault_of_floor(floor, header) if own else fault_of_library(floor, header)
        yield fault_of_storey(folder, header)
    if "asio::detached" in code and floor != "cli":
        yield "asio::detached is for cli only; join what you start with a Nursery"


def sources(root):
    """Every file of a floor, with its folder."""
    for base in (root / "include/trommel", root / "src"):
        for file in sorted(base.rglob("*.[ch]pp")):
            yield file, file.relative_to(base).parent.as_posix()


def includes_between_folders(root):
    """Folder → folders that it includes from, with a file of each that does. Public and private headers of a
    folder are one."""
    folders = {folder for _, folder in sources(root)}
    graph = {}
    for file, folder in sources(root):
        for line in file.read_text(encoding="utf-8").splitlines():
            include = INCLUDE.match(line)
            other = include.group(2).removeprefix("trommel/").rpartition("/")[0] if include else folder
            if other in folders and other != folder:
                graph.setdefault(folder, {}).setdefault(other, file)
    return graph


def circles(graph):
    """Sets of folders that include each other, round about."""
    def reached(start):
        found, todo = set(), [start]
        while todo:
            for other in graph.get(todo.pop(), {}):
                if other not in found:
                    found.add(other)
                    todo.append(other)
        return found
    reach = {folder: reached(folder) for folder in graph}
    return sorted({tuple(sorted(other for other in reach[folder] if folder in reach.get(other, ())))
                   for folder in graph if folder in reach[folder]})


def crowded_folders(root):
    for folder in sorted({file.parent for file, _ in sources(root)}):
        count = len(list(folder.glob("*.cpp")))
        name = folder.relative_to(root).as_posix()
        if count > MOST_SOURCES and name not in ONE_FILE_EACH:
            yield f"{name}:1: {count} sources; a folder has {MOST_SOURCES} at most"


def breaches(root):
    yield from crowded_folders(root)
    graph = includes_between_folders(root)
    for circle in circles(graph):
        for folder in circle:
            for other, file in sorted(graph[folder].items()):
                if other in circle:
                    yield f"{file.relative_to(root)}:1: {folder} includes {other}, and {other} includes it round about"
    for file, folder in sources(root):
        floor = folder.split("/")[0]
        place = file.relative_to(root)
        if floor in STOREYS and folder.partition("/")[2].split("/")[0] not in STOREYS[floor]:
            yield f"{place}:1: '{folder}' is not a floor of {floor}; those are {' '.join(STOREYS[floor])}"
        if floor not in FLOORS:
            yield f"{place}:1: '{floor}' is not a floor; the floors are {' '.join(FLOORS)}"
            continue
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            yield from (f"{place}:{number}: {fault}" for fault in faults_of_line(folder, line) if fault)


BAD = {
    "src/core/up.cpp": '#include "trommel/scoring/scorer.hpp"',
    "include/trommel/store/up.hpp": '#include "trommel/platform/platform.hpp"',
    "src/stages/nested/up.cpp": '# include <trommel/cli/verbs.hpp>',
    "src/agent/private.cpp": '#include "pipeline/lint.hpp"',
    "src/agent/dots.cpp": '#include "../stages/nested/up.hpp"',
    "src/agent/unknown.cpp": '#include "trommel/attic/box.hpp"',
    "src/attic/box.cpp": "",
    "src/selection/loop.cpp": "#include <asio/awaitable.hpp>",
    "src/runtime/wide.cpp": "#include <asio.hpp>",
    "src/server/beast.cpp": "#include <boost/beast/http.hpp>",
    "src/runtime/json.cpp": "#include <boost/json/value.hpp>",
    "src/http/boost_asio.cpp": "#include <boost/asio/ip/tcp.hpp>",
    "src/stages/yaml.cpp": "#include <libfyaml.h>",
    "src/runtime/zone.cpp": "#include <absl/time/time.h>",
    "src/platform/sql.cpp": "#include <sqlite3.h>",
    "src/learning/tbb.cpp": "#include <oneapi/tbb/parallel_for.h>",
    "src/scoring/eigen.cpp": "#include <Eigen/Dense>",
    "src/selection/lbfgs.cpp": "#include <lbfgs.h>",
    "src/stages/options.cpp": "#include <CLI/CLI.hpp>",
    "src/cli/metrics.cpp": "#include <prometheus/registry.h>",
    "src/http/log.cpp": "#include <spdlog/logger.h>",
    "src/runtime/lost.cpp": "co_spawn(loop, work(), asio::detached);",
    "src/pipeline/definition/up.cpp": '#include "pipeline/engine/loop/loop.hpp"',
}
BAD_FOLDERS = {  # what is wrong is said of the first line
    "src/pipeline/attic/box.cpp": "",
    "src/store/here/round.cpp": '#include "store/there/about.hpp"',
    "src/store/there/about.hpp": '#include "store/here/round.hpp"',
}
GOOD = {
    "src/dataset/good.cpp": '#include "record.hpp"\n#include "dataset/record.hpp"\n'
                            '#include "trommel/core/error.hpp"\n#include <boost/json/value.hpp>\n#include <map>',
    "src/runtime/good.cpp": "#include <asio/post.hpp>\n#include <oneapi/tbb/task_arena.h>\n"
                            "// not asio::detached: nobody would wait for it",
    "src/learning/good.cpp": "#include <Eigen/Core>\n#include <lbfgs.h>",
    "src/cli/good.cpp": '#include <CLI/CLI.hpp>\n#include "trommel/stages/stages.hpp"\nspawn(asio::detached);',
    "src/store/sqlite/good.cpp": "#include <sqlite3.h>",
}


def self_test():
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        crowd = {f"src/core/crowd/file{number}.cpp": "" for number in range(MOST_SOURCES + 1)}
        for name, text in {**BAD, **BAD_FOLDERS, **GOOD, **crowd}.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text("\n" + text + "\n", encoding="utf-8")
        found = sorted(breach.split(": ")[0] for breach in breaches(root))
    expected = sorted([f"{name}:{2 if text else 1}" for name, text in BAD.items()]
                      + [f"{name}:1" for name in BAD_FOLDERS] + ["src/core/crowd:1"])
    print(f"self-test: {len(expected)} breaches found, {len(GOOD)} good files pass" if found == expected
          else f"self-test failed: expected {expected}, found {found}")
    return found != expected


def main(arguments):
    if arguments == ["--self-test"]:
        return self_test()
    root = pathlib.Path(arguments[0]) if arguments else pathlib.Path(__file__).resolve().parent.parent
    found = list(breaches(root))
    print("\n".join(found) or f"the layers hold: {sum(1 for _ in sources(root))} files")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
