#!/usr/bin/env python3
"""Finds phrases that readers had to decode, in documents, help, messages and comments.

    tools/check_prose.py               prints four counts and each place; fails if there is any
    tools/check_prose.py --self-test   proves that each phrase is found
"""
import argparse
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Phrase, what to write in its place, and a text that has it.
COUNTED = {
    "is/are no": (r"(?<!here )\b(is|are) no (?!(?:longer|more|less|one|way|cheaper|larger|nearer|slower|faster|worse|better|higher|later|farther|smaller|greater|other|deeper|earlier)\b)", "is not a", "x is no number"),
    "stands": (r"\b(stands|stand(?!-))\b", "is, appears, means", "it stands here"),
    "looks at": (r"\blooks? at\b", "uses, reads, checks", "it looks at scores"),
    "goes by": (r"\b(goes|go|going) by\b", "uses", "it goes by scores"),
}
OTHERS = {
    "Of what is random": (r"\bOf what is\b", "a noun: Random seed", "Of what is random"),
    "what is beyond": (r"\bLeave out what\b", "Exclude samples outside the bound", "Leave out what is beyond"),
    "a pick": (r"\bCandidates a pick\b", "Candidates per pick", "Candidates a pick"),
    "made sooner than found": (r"\bmade sooner than\b", "cheaper to recompute than to look up", "made sooner than found"),
    "means nothing to": (r"\bmeans? nothing to\b", "has no effect on", "it means nothing to x"),
    "as dear as": (r"\bas dear as\b", "costing as much as", "as dear as the last"),
    "begins anew": (r"\bbegins? anew\b", "restarts", "it begins anew"),
    "not to be had": (r"\bnot to be had\b", "is unavailable", "it is not to be had"),
    "come to its end": (r"\bcome to (its|their) end\b", "finish", "it did not come to its end"),
    "one reads https": (r"\bone reads https?:", "expected https:", "one reads https://x"),
    "as many as asked for, at most": (r"as many as asked for, at most", "20 picks", "as many as asked for, at most 9 MiB"),
}
PHRASES = COUNTED | OTHERS
FILES = re.compile(r"\.(cpp|hpp|py|sh|md|yaml)$|^tools/")
# History is not rewritten, and these files hold the phrases themselves.
EXCEPT = re.compile(r"^(CHANGELOG|DECISIONS)\.md$|^tools/check_prose\.py$|^pipelines/data/")


def found_in(text: str) -> list[tuple[str, int]]:
    return [(name, text.count("\n", 0, match.start()) + 1)
            for name, (phrase, _, _) in PHRASES.items() for match in re.finditer(phrase, text)]


def files() -> list[pathlib.Path]:
    listed = subprocess.run(["git", "-C", str(ROOT), "ls-files"], stdout=subprocess.PIPE, text=True, check=True).stdout
    return [ROOT / name for name in listed.splitlines() if FILES.search(name) and not EXCEPT.search(name)]


def self_test() -> int:
    for name, (_, _, example) in PHRASES.items():
        if name not in [each for each, _ in found_in(example)]:
            print(f"self-test: '{example}' is not found as '{name}'")
            return 1
    if found_in("there is no file; it is no longer here; a stand-in server uses scores"):
        print("self-test: a good sentence is refused")
        return 1
    print(f"self-test: all {len(PHRASES)} phrases are found, a good sentence is not")
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--self-test", action="store_true")
    if parser.parse_args().self_test:
        return self_test()
    places = [(name, file, line) for file in files() if file.is_file()
              for name, line in found_in(file.read_text(encoding="utf-8", errors="replace"))]
    for name in COUNTED:
        print(f"{name}: {sum(found == name for found, _, _ in places)}")
    for name, file, line in places:
        print(f"{file.relative_to(ROOT)}:{line}: '{name}'; write: {PHRASES[name][1]}")
    return 1 if places else 0


if __name__ == "__main__":
    sys.exit(main())
