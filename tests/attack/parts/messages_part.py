"""Raw HTTP: every case of messages/ is sent byte for byte, many at once, each on a connection of its own."""
import concurrent.futures
import json
import time

import messages
from support.wire import Malformed, Silence

PROBE_BODY = b'"status"'


def run(attack, report):
    target = attack.target
    for name, cases in messages.TABLES.items():
        chosen = [each for each in cases if attack.options.full or not each.only_full]
        with report.group(f"messages: {name}"), concurrent.futures.ThreadPoolExecutor(12) as pool:
            for each, faults in zip(chosen, pool.map(lambda case: faults_of(target, case), chosen)):
                report.check(not faults, each.name, "; ".join(faults))
            report.check(target.is_alive(), f"{name}: the server is alive")


def faults_of(target, case):
    """What is not as the case has it, in words."""
    try:
        with target.connect(timeout=case.patience) as wire:
            _send(wire, target, case)
            return _faults_of_answers(wire, target, case)
    except (Malformed, OSError, ValueError) as error:
        return [f"{type(error).__name__}: {error}"]


def _send(wire, target, case):
    """A server may close before it has all; what it said until then is still to be read."""
    try:
        for part in case.send:
            if isinstance(part, bytes):
                _send_part(wire, filled(part, target), case.pause)
            else:
                time.sleep(part)
        if case.half_close:
            wire.half_close()
    except (BrokenPipeError, ConnectionResetError):
        pass


def _send_part(wire, data, pause):
    if not pause:
        wire.send(data)
        return
    for byte in data:
        wire.send(bytes([byte]))
        time.sleep(pause)


def filled(data, target):
    return data.replace(b"@HOST@", target.authority.encode()).replace(b"@TOKEN@", target.token.encode())


def _faults_of_answers(wire, target, case):
    answers, is_closed = _read(wire, case)
    faults = [fault for answer in answers for fault in _faults_of_answer(answer, case)]
    if len(answers) > case.answers:
        faults.append(f"{len(answers)} answers, {case.answers} at most")
    if not answers and 0 not in case.statuses:
        faults.append("closed without an answer" if is_closed else "no answer")
    if case.after == "closed" and not is_closed:
        faults.append("the connection was left open")
    if case.after == "open":
        faults += _faults_of_next_call(wire, target)
    return faults


def _read(wire, case):
    """The answers, and whether the connection was closed; an open one is read no further than the case counts."""
    answers = []
    try:
        while case.after != "open" or len(answers) < case.answers:
            answer = wire.answer(case.method, timeout=case.patience if not answers or case.after == "closed" else 0.3)
            if answer is None:
                return answers, True
            answers.append(answer)
    except Silence:
        pass
    return answers, False


def _faults_of_answer(answer, case):
    if answer.status not in case.statuses:
        yield f"{answer}, not one of {sorted(case.statuses)}"
    for text in case.absent:
        if text in answer.body or any(text.decode() in value for _, value in answer.fields):
            yield f"holds {text!r}"
    if answer.media == "application/json" and answer.body:
        try:
            json.loads(answer.body.decode("utf-8"))
        except ValueError as error:
            yield f"its JSON is none: {error}: {answer.body[:200]!r}"


def _faults_of_next_call(wire, target):
    wire.send(target.request("GET", "/healthz", token=""))
    answer = wire.answer(timeout=10)
    if answer is None or answer.status != 200 or PROBE_BODY not in answer.body:
        yield f"the next call on the connection gets {answer}"
