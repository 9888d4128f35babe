#!/usr/bin/env python3
"""Runs what a Markdown document says, in order, in a fresh folder.

    run_documents.py --program build/release/trommel GUIDE.md
    run_documents.py --links ROOT          every relative link and anchor of ROOT/*.md exists
    run_documents.py --self-test           each check can fail

A document uses fenced blocks:
    ```yaml title="loop.yaml"      is written to that file
    ```sh                          is run by sh -e, `trommel` on PATH; must end with 0
    ```text title="output"         must equal what the commands before it printed
In an output block, `…` means any text within a line. At the end of a line it means the rest of
the line and for any number of lines after it; on a line of its own it may also mean nothing.
A comment on the line before a block of sh changes how it is run:
    <!-- test: exit 2 -->          it must end with that code
    <!-- test: background -->      a server: it stays up until the document has ended
    <!-- test: skip REASON -->     it is not run; the runner lists it with its reason
"""
import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FENCE = re.compile(r"^ {0,3}(`{3,})\s*(\w*)\s*(?:title=\"([^\"]+)\")?\s*$")
DIRECTIVE = re.compile(r"^<!-- test: (exit \d+|background|skip .+) -->$")


class Failure(Exception):
    """A document says what is not so."""


class Block:
    def __init__(self, line: int, language: str, title: str, directive: str):
        self.line, self.language, self.title, self.directive = line, language, title, directive
        self.text = ""


def blocks_of(text: str) -> list[Block]:
    """All fenced blocks, in order."""
    found: list[Block] = []
    fence = directive = ""
    for number, line in enumerate(text.splitlines(), 1):
        if fence:
            if line.strip() == fence:
                fence = ""
            else:
                found[-1].text += line + "\n"
            continue
        if match := FENCE.match(line):
            fence = match[1]
            found.append(Block(number, match[2], match[3] or "", directive))
            directive = ""
        elif line.lstrip().startswith("```"):
            raise Failure(f"line {number}: cannot read this fence: {line}")
        elif line.strip():
            match = DIRECTIVE.match(line.strip())
            if not match and line.startswith("<!-- test:"):
                raise Failure(f"line {number}: unknown directive: {line}")
            directive = match[1] if match else ""
    if fence:
        raise Failure("the last block has no end")
    return found


def differs(expected: str, actual: str) -> bool:
    """Whether the output is another than the block says."""
    pattern = ""
    for line in expected.rstrip("\n").split("\n"):
        if line.strip() == "…":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += r"[^\n]*?".join(re.escape(part) for part in line.rstrip().split("…")) + r"[ \t]*\n"
            if line.rstrip().endswith("…"):
                pattern += r"(?:.*\n)*?"
    return re.fullmatch(pattern, actual.rstrip("\n") + "\n") is None


def stop_group(group: int) -> None:
    """Ends what a block has left running."""
    try:
        os.killpg(group, signal.SIGTERM)
        for _ in range(100):
            time.sleep(0.1)
            os.killpg(group, 0)
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        pass


def stop(servers: list[subprocess.Popen]) -> None:
    for server in servers:
        if server.poll() is not None:
            continue
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def run_block(block: Block, folder: Path, environment: dict[str, str], servers: list[subprocess.Popen],
              groups: list[int], patience: float) -> str:
    """Runs the commands of a block and returns what they print."""
    command = ["sh", "-ec", block.text]
    if block.directive == "background":
        log = (folder / f".server-{block.line}.log").open("w")
        servers.append(subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log,
                                        start_new_session=True))
        time.sleep(2)
        if servers[-1].poll() is not None:
            raise Failure(f"line {block.line}: the server ended:\n{Path(log.name).read_text()}")
        return ""
    running = subprocess.Popen(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True, start_new_session=True)
    groups.append(running.pid)
    try:
        printed, _ = running.communicate(timeout=patience)
    except subprocess.TimeoutExpired:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        raise Failure(f"line {block.line}: not done after {patience} s; a server needs <!-- test: background -->") from None
    try:
        os.killpg(running.pid, 0)
    except ProcessLookupError:
        groups.remove(running.pid)  # nothing of it runs any more, and its number may be given away
    wanted = int(block.directive.split()[1]) if block.directive.startswith("exit") else 0
    if running.returncode != wanted:
        raise Failure(f"line {block.line}: ended with {running.returncode} instead of {wanted}:\n{block.text}{printed}")
    return printed


def run_document(text: str, program: Path, files: Path | None = None, patience: float = 300) -> list[str]:
    """Runs a document; returns the blocks that it leaves out, with their reasons."""
    left_out: list[str] = []
    servers: list[subprocess.Popen] = []
    groups: list[int] = []
    with tempfile.TemporaryDirectory() as name:
        folder, tools = Path(name) / "work", Path(name) / "bin"
        folder.mkdir()
        tools.mkdir()
        (tools / "trommel").symlink_to(program.resolve())
        (tools / "python3").symlink_to(sys.executable)
        if files:
            shutil.copytree(files, folder / files.name)
        environment = dict(os.environ, PATH=f"{tools}:{os.environ['PATH']}", TZ="UTC", LC_ALL="C.UTF-8")
        output = None
        try:
            for block in blocks_of(text):
                if block.language == "sh":
                    output = None
                    if block.directive.startswith("skip"):
                        left_out.append(f"line {block.line}: {block.directive[5:]}")
                        continue
                    output = run_block(block, folder, environment, servers, groups, patience)
                elif block.title == "output":
                    if output is None:
                        raise Failure(f"line {block.line}: this output follows no command that was run")
                    if differs(block.text, output):
                        raise Failure(f"line {block.line}: expected\n{block.text}\nbut it printed\n{output}")
                elif block.title:
                    target = folder / block.title
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_text(block.text)
        finally:
            stop(servers)
            for group in groups:
                stop_group(group)
    return left_out


def anchors_of(text: str) -> set[str]:
    """The anchors of headings, as GitHub makes them."""
    found: set[str] = set()
    plain = re.sub(r"^```.*?^```", "", text, flags=re.S | re.M)
    for heading in re.findall(r"^#+ +(.+?) *$", plain, flags=re.M):
        anchor = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        count = 0
        while (name := anchor + (f"-{count}" if count else "")) in found:
            count += 1
        found.add(name)
    return found


def broken_links(root: Path) -> list[str]:
    """Relative links of top-level documents that lead nowhere."""
    broken: list[str] = []
    for document in sorted(root.glob("*.md")):
        text = document.read_text()
        plain = re.sub(r"^```.*?^```", "", text, flags=re.S | re.M)
        for link in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`\n]*`", "", plain)):
            if re.match(r"[a-z]+:", link):
                continue
            path, _, anchor = link.partition("#")
            target = root / path if path else document
            if not target.exists():
                broken.append(f"{document.name}: {link}: there is no such file")
            elif anchor and target.suffix == ".md" and anchor not in anchors_of(target.read_text()):
                broken.append(f"{document.name}: {link}: there is no such heading")
    return broken


def self_test() -> None:
    """Each check finds the mistake that it is for."""
    shell = Path("/bin/sh")

    def fails(text: str) -> None:
        try:
            run_document(text, shell, patience=2)
        except Failure:
            return
        raise AssertionError(f"not found:\n{text}")

    run_document('```yaml title="a/b.txt"\nhello 7\n```\n```sh\ncat a/b.txt\n```\n```text title="output"\nhello …\n```\n', shell)
    run_document('```sh\nprintf "1\\n2\\n3\\n"\n```\n```text title="output"\n…\n3\n```\n', shell)
    run_document('```sh\nprintf "1\\n2\\n3\\n"\n```\n```text title="output"\n1…\n3\n```\n', shell)
    fails('```sh\nprintf "1\\n2\\n3\\n"\n```\n```text title="output"\n1…\n2\n```\n')
    fails('```sh\nprintf "1 s\\n2\\n"\n```\n```text title="output"\n1 … x\n2\n```\n')
    run_document("<!-- test: exit 2 -->\n```sh\nexit 2\n```\n", shell)
    assert run_document("<!-- test: skip it installs -->\n```sh\nfalse\n```\n", shell) == ["line 2: it installs"]
    fails("```sh\nfalse\n```\n")
    fails("```sh\nfalse; true\n```\n")
    fails("<!-- test: exit 2 -->\n```sh\ntrue\n```\n")
    fails("<!-- test: never -->\n```sh\ntrue\n```\n")
    fails('```sh\necho 8\n```\n```text title="output"\n7\n```\n')
    fails('```sh\nprintf "7\\n8\\n"\n```\n```text title="output"\n7\n```\n')
    fails('```text title="output"\n7\n```\n')
    fails("<!-- test: background -->\n```sh\nfalse\n```\n")
    fails("```sh\nsleep 60\n```\n")
    with tempfile.TemporaryDirectory() as name:
        run_document(f"```sh\nsleep 61 > /dev/null 2>&1 &\necho $! > {name}/pid\n```\n", shell)
        state = Path("/proc", Path(name, "pid").read_text().strip(), "stat")
        assert not state.exists() or state.read_text().split()[2] == "Z", "a program outlived its document"
    fails("```sh\ntrue\n")
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        (root / "A.md").write_text("# One thing\n[a](#one-thing) [b](#two) [c](B.md) [d](A.md#one-thing)\n")
        assert [line.split(":")[1].strip() for line in broken_links(root)] == ["#two", "B.md"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=Path, help="the program that documents call trommel")
    parser.add_argument("--files", type=Path, help="a folder that is copied into the document's folder")
    parser.add_argument("--links", type=Path, help="check the links of all documents of this folder")
    parser.add_argument("--self-test", action="store_true", help="check that each check can fail")
    parser.add_argument("document", type=Path, nargs="?")
    options = parser.parse_args()
    if options.self_test:
        self_test()
    if options.links and (broken := broken_links(options.links)):
        print("\n".join(broken))
        return 1
    if options.document:
        if not options.program:
            parser.error("--program: say which program the document calls trommel")
        try:
            for reason in run_document(options.document.read_text(), options.program, options.files):
                print(f"not run: {options.document.name}, {reason}")
        except Failure as failure:
            print(f"{options.document.name}, {failure}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
