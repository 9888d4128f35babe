"""Power failures: with `durability: full` whatever was acknowledged is there afterwards."""
import os
import shutil

from faults import IMAGE, DisturbedServer, Lost, call, changes, count_calls, new_folder
from wire import Server


EITHER = "there or deleted"


def settings(durability):
    file = new_folder() + ".yaml"
    with open(file, "w", encoding="utf-8") as text:
        text.write(f"durability: {durability}\n")
    return file


def flow(server, noted):
    """Notes in `noted` what was acknowledged: paths, and the status that each has to give."""
    def answered(what, where, status, answer):
        assert 200 <= status < 300, (what, status, answer)
        noted[where] = 200

    last = None
    for number in range(4):
        path = changes(server, number, answered)
        if last:
            theirs = [where for where in noted if where.startswith(last)]
            noted.update(dict.fromkeys(theirs, EITHER))
            status, _ = call(server, "DELETE", last)
            assert status == 200
            noted.update(dict.fromkeys(theirs, 404))
        last = path


def lost_after(number, config):
    """What was acknowledged before the power failed at this call, and is not there after it."""
    folder = new_folder()
    noted = {}
    server = DisturbedServer(folder, f"power:{number}", "--config", config)
    try:
        if server.answers:
            flow(server, noted)
    except Lost:
        pass
    server.end()
    server = Server("--config", config)
    server.kill()
    server.log.close()
    shutil.rmtree(server.folder)
    server.folder = folder
    server.start()
    lost, undecided = [], []
    for where, status in noted.items():
        got, answer = call(server, "GET", where)
        if got == 200 and "/readurl" in where:
            got, answer = call(server, "GET", answer)
            got = got if answer == IMAGE else 0
        if status == EITHER:
            undecided.append((where, got, answer))
        elif got != status:
            lost.append((where, got, status, answer))
    server.close()
    # A delete that was not acknowledged has happened wholly or not at all.
    assert len({got for _, got, _ in undecided}) <= 1, (number, undecided)
    return noted, lost


def main():
    full, normal = settings("full"), settings("normal")
    first, last = count_calls(lambda server: flow(server, {}), "--config", full)
    acknowledged = 0
    for number in range(first + 1, last, max(1, (last - first) // 14)):
        noted, lost = lost_after(number, full)
        acknowledged += len(noted)
        assert not lost, (number, lost)
    assert acknowledged > 50, acknowledged
    print("durability: full loses nothing that was acknowledged ok")
    # Else the test would show nothing. A deletion flushes what came before it, hence several moments.
    first, last = count_calls(lambda server: flow(server, {}), "--config", normal)
    moments = range(first + 1, last, max(1, (last - first) // 14))
    assert any(lost_after(number, normal)[1] for number in moments), "the power failure took nothing"
    print("durability: normal may lose the last moments ok")
    for file in full, normal:
        os.remove(file)


main()
