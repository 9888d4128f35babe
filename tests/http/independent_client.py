"""Drives the server of server_test.cpp with Python's http.client: independent_client.py PORT"""
import gzip
import http.client
import sys

port = int(sys.argv[1])
connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)


def ask(method, path, body=None, headers=None, **how):
    connection.request(method, path, body=body, headers=headers or {}, **how)
    response = connection.getresponse()
    return response.status, response.read()


def pieces():
    for i in range(1000):
        yield b"%06d" % i


def check(got, expected):
    assert got == expected, f"{got!r}, not {expected!r}"


check(ask("GET", "/echo?a=%20b"), (200, b"GET /echo?a=%20b "))
first_socket = connection.sock
check(ask("POST", "/echo", b"text"), (200, b"POST /echo text"))
check(ask("PUT", "/size", pieces(), encode_chunked=True, headers={"Transfer-Encoding": "chunked"}), (200, b"6000"))
check(ask("POST", "/size", gzip.compress(b"a" * 5_000_000), {"Content-Encoding": "gzip"}), (200, b"5000000"))
check(ask("POST", "/ignore", b"unread" * 1000), (200, b"ignored"))
check(ask("HEAD", "/sized"), (200, b""))
check(ask("GET", "/stream"), (200, b"one two three"))
check(ask("DELETE", "/echo"), (200, b"DELETE /echo "))
check(ask("GET", "/no-content"), (204, b""))
check(ask("GET", "/teapot"), (418, b"short and stout\n"))
check(ask("GET", "/nothing")[0], 500)
status, packed = ask("GET", "/large", headers={"Accept-Encoding": "gzip"})
check(gzip.decompress(packed), b"".join(b"%d\n" % i for i in range(100_000)))
check(connection.sock, first_socket)  # all of it over one connection
print("ok")
