"""A disk that gets full at any write: calls are answered with 507, and what deletes makes room again."""
import shutil

from faults import DisturbedServer, call, changes, count_calls, new_folder


def flow(server, answers):
    paths = []
    for number in range(2):
        path = changes(server, number, lambda what, where, status, answer: answers.append((what, status, answer)))
        if path:
            paths.append(path)
    return paths


def check_full_at(number):
    folder = new_folder()
    server = DisturbedServer(folder, f"squeezed:{number}")
    if not server.answers:
        assert server.end() == 1, server.log_text()
        assert server.log_text().startswith("trommel: " + folder), server.log_text()  # names the file
        shutil.rmtree(folder)
        return 0
    answers = []
    paths = flow(server, answers)
    refused = [answer for answer in answers if not 200 <= answer[1] < 300]
    for what, status, answer in refused:
        assert status == 507, (number, what, status, answer)
        assert "free some space" in answer["error"] or "to free" in answer["error"], answer
    for path in paths:
        status, answer = call(server, "DELETE", path)
        assert status == 200, (number, status, answer)
    again = []
    changes(server, "again", lambda what, where, status, answer: again.append((what, status, answer)))
    assert len(again) == 5 and all(200 <= status < 300 for _, status, _ in again), (number, again)
    assert server.end() == 0, server.log_text()
    shutil.rmtree(folder)
    return len(refused)


def main():
    _, last = count_calls(lambda server: flow(server, []))
    refused = sum(check_full_at(number) for number in range(1, last, max(1, last // 24)))
    assert refused > 5, refused
    print(f"a full disk at {last} calls ok, {refused} answers of 507")


main()
