"""In front of another server that is silent, gone or mad. Clients are told so, and wait no longer than they must."""
import contextlib
import socket
import threading
import time

from support.own_server import free_port
from support.wire import Silence

SILENCE = 40  # seconds: 30 that the other may idle, and some


def run(attack, report):
    for name, (answer, status, seconds) in CASES.items():
        with report.group(f"upstream: {name}"):
            _behind(attack, report, name, answer, status, seconds)


def _behind(attack, report, name, answer, statuses, seconds):
    port = free_port()
    config = f"platform: {{url: 'http://127.0.0.1:{port}', token: an-upstream-token-of-tests}}\n"
    with _other(port, answer) if answer is not None else contextlib.nullcontext(), attack.own(config=config) as server:
        (server.folder / "server.yaml").chmod(0o600)
        target = server.start().target
        begin = time.monotonic()
        try:
            status = target.ask("GET", "/v1/datasets", timeout=seconds + 10).status
        except Silence as error:
            status = error
        took = time.monotonic() - begin
        report.check(status in statuses, f"{name}: a call is refused with {sorted(statuses)}", status)
        report.check(took < seconds, f"{name}: within {seconds} s", f"{took:.1f} s")
        report.equal(target.ask("GET", "/healthz", token="").status, 200, f"{name}: it is alive itself")


@contextlib.contextmanager
def _other(port, answer):
    """A server that accepts, reads and says `answer` to everybody, whatever is asked."""
    ended, held = threading.Event(), []
    listener = socket.create_server(("127.0.0.1", port))
    listener.settimeout(0.2)

    def serve():
        while not ended.is_set():
            with contextlib.suppress(OSError):
                client, _ = listener.accept()
                held.append(client)
                client.settimeout(1)
                client.recv(65536)
                client.sendall(answer)
                if answer:
                    client.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        for each in [*held, listener]:
            each.close()


OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
BAD = {502, 503, 504}
CASES = {
    "silent": (b"", {503, 504}, SILENCE),
    "gone": (None, BAD, 15),
    "no HTTP": (b"220 mail.example ESMTP\r\n", BAD, 15),
    "half a head": (OK, BAD, 15),
    "half a body": (OK + b"Content-Length: 100\r\n\r\n[{", BAD, 15),
    "no JSON": (OK + b"Content-Length: 6\r\n\r\n<html>", BAD, 15),
    "JSON of another shape": (OK + b"Content-Length: 7\r\n\r\n[1,{}] ", BAD, 15),
    "JSON too deep": (OK + b"Content-Length: 200000\r\n\r\n" + b"[" * 200_000, BAD, 15),
    "401": (b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", BAD, 15),
    "a redirection to this machine": (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", BAD, 15),
}
