"""Counts what held and what did not, and prints a line for each group of claims."""
import contextlib
import threading
import time
import traceback

SHOWN = 12  # failures of a group that are printed in full


class Report:
    def __init__(self):
        self.passed = 0
        self.failed = 0
        self._lock = threading.Lock()
        self._failures = []

    def check(self, holds, claim, detail=""):
        """Notes whether `claim` holds; `detail` says what came instead."""
        with self._lock:
            if holds:
                self.passed += 1
            else:
                self.failed += 1
                self._failures.append(f"{claim}: {_cut(str(detail))}" if detail != "" else claim)
        return bool(holds)

    def equal(self, got, wanted, claim):
        return self.check(got == wanted, claim, f"{_short(got)} is not {_short(wanted)}")

    @contextlib.contextmanager
    def group(self, name):
        """Whatever breaks inside is a failure of this group, and the next one goes on."""
        passed, failed, begin = self.passed, self.failed, time.monotonic()
        self._failures.clear()
        try:
            yield
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            self.check(False, name, f"broke off: {error!r} at {place.filename.rsplit('/', 1)[-1]}:{place.lineno}")
        took = time.monotonic() - begin
        line = f"{name:<52} {self.passed - passed:6} passed, {self.failed - failed} failed  {took:6.1f} s"
        print(line, *_listed(self._failures), sep="\n  ", flush=True)

    def note(self, text):
        """Something to know that is neither good nor bad, such as a part that cannot run here."""
        print(text, flush=True)


def _listed(failures):
    if len(failures) <= SHOWN:
        return [f"FAILED {each}" for each in failures]
    return [f"FAILED {each}" for each in failures[:SHOWN]] + [f"… and {len(failures) - SHOWN} more"]


def _short(value):
    return _cut(repr(value), 300)


def _cut(text, most=1800):
    return text if len(text) <= most else f"{text[:most]}… ({len(text)} characters)"
