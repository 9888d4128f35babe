"""A server whose calls on files are disturbed by the fault library, and a small flow of calls to it.

See tests/faults/plan.hpp for the faults.
"""
import http.client
import json
import os
import sys
import tempfile
import urllib.parse

from wire import TOKEN, Server

LIBRARY = sys.argv[2]
IMAGE = b"image" * 5000


class Lost(Exception):
    """The server went away in the middle of a call, or did not start."""


class DisturbedServer(Server):
    """Over a folder that outlives it. Knows whether it has come so far as to answer."""

    def __init__(self, folder, fault, *arguments):
        self.folder = folder
        self.arguments = arguments
        self.token = TOKEN
        data = os.path.join(folder, "server")  # the log lies beside it, and is left alone
        os.makedirs(data, exist_ok=True)
        self.faults = {"LD_PRELOAD": LIBRARY, "TROMMEL_FAULTS": fault, "TROMMEL_FAULTS_DIR": data,
                       "ASAN_OPTIONS": "verify_asan_link_order=0"}
        try:
            self.start()
            self.answers = True
        except AssertionError:
            self.answers = False
            self.process.wait(timeout=60)

    def end(self):
        """The exit code."""
        code = self.stop() if self.process.poll() is None else self.process.wait()
        self.log.close()
        return code


def call(server, method, target, body=None):
    """Status and body; throws Lost."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    if target.startswith("http"):
        parts = urllib.parse.urlsplit(target)
        target = parts.path + "?" + parts.query
    else:
        target += ("&" if "?" in target else "?") + "token=" + TOKEN
        body = None if body is None else json.dumps(body)
    try:
        connection.request(method, target, body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        text = response.read()
    except (OSError, http.client.HTTPException) as error:
        raise Lost() from error
    finally:
        connection.close()
    if response.getheader("Content-Type", "").startswith("application/json"):
        text = json.loads(text)
    return response.status, text


def changes(server, number, answered):
    """Makes a dataset with a sample, its image, a tag and scores; the dataset's path, or None.

    `answered(what, where, status, answer)` is told of each answer. Gives up what builds on a call that was refused.
    """
    def made(what, where, body):
        status, answer = call(server, "POST", where, body)
        is_made = 200 <= status < 300
        answered(what, where.removesuffix("/initial") + "/" + answer["id"] if is_made else where, status, answer)
        return answer if is_made else None

    dataset = made("dataset", "/v1/datasets", {"name": f"data {number}"})
    if dataset is None:
        return None
    path = "/v1/datasets/" + dataset["id"]
    sample = made("sample", path + "/samples", {"fileName": "a.jpg"})
    if sample is None:
        return path
    where = f"{path}/samples/{sample['id']}"
    status, url = call(server, "GET", where + "/writeurl")
    if status == 200:
        status, url = call(server, "PUT", url, IMAGE)
    answered("image", where + "/readurl?type=full", status, url)
    tag = made("tag", path + "/tags/initial", {"imgType": "full"})
    if tag is not None:
        made("scores", f"{path}/tags/{tag['id']}/scores", {"scoreType": "margin", "scores": [0.5]})
    return path


def new_folder():
    return tempfile.mkdtemp(prefix="trommel-faults-")


def count_calls(flow, *arguments):
    """How many calls on files the server makes until `flow(server)` has ended."""
    folder = new_folder()
    listing = folder + ".calls"
    server = DisturbedServer(folder, "count:" + listing, *arguments)
    with open(listing, encoding="utf-8") as calls:
        before = len(calls.readlines())
    flow(server)
    with open(listing, encoding="utf-8") as calls:
        after = len(calls.readlines())
    assert server.end() == 0
    os.remove(listing)
    return before, after
