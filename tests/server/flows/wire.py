"""A server process, and a client that knows nothing of trommel: Python's http.client.

It sends what Lightly's clients send, and is as strict with answers as their models are: with unknown fields, with ids
that are not 24 lower-case hex digits, with times that are not whole milliseconds, with statuses that are not exactly
those of the API description. The models are written here anew, from Lightly's, not taken from the server.
"""
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse

PROGRAM = sys.argv[1]
TOKEN = "a-token-for-tests"


class Server:
    """`trommel serve` on a free port, over a folder that outlives it."""

    def __init__(self, *arguments, token=TOKEN, faults=None):
        self.faults = faults or {}
        self.folder = tempfile.mkdtemp(prefix="trommel-flow-")
        self.arguments = arguments
        self.token = token
        self.start()

    def start(self):
        environment = dict(os.environ)
        environment.pop("TROMMEL_TOKEN", None)
        if self.token:
            environment["TROMMEL_TOKEN"] = self.token
        environment.update(self.faults)
        self.log = open(os.path.join(self.folder, "log"), "ab+")
        begin = self.log.seek(0, os.SEEK_END)
        self.process = subprocess.Popen(
            [PROGRAM, "serve", "--listen", "127.0.0.1:0", "--data", self.folder, "--log-calls", *self.arguments],
            stderr=self.log, env=environment)
        for _ in range(600):
            with open(self.log.name, encoding="utf-8") as log:
                log.seek(begin)
                found = re.search(r"answers at https?://127\.0\.0\.1:(\d+)", log.read())
            if found:
                self.port = int(found.group(1))
                return
            assert self.process.poll() is None, self.log_text()
            time.sleep(0.02)
        raise AssertionError("the server does not answer: " + self.log_text())

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        """The exit code after SIGTERM."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)

    def restart(self):
        self.kill()
        self.start()

    def memory(self):
        """The most bytes of memory that the process has had."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            return int(re.search(r"VmHWM:\s+(\d+) kB", status.read()).group(1)) * 1024

    def log_text(self):
        with open(os.path.join(self.folder, "log"), encoding="utf-8") as log:
            return log.read()

    def close(self):
        if self.process.poll() is None:
            code = self.stop()
            assert code == 0, (code, self.log_text())
        self.log.close()
        text = self.log_text()
        assert not self.token or self.token not in text, "the token appears in the log"
        shutil.rmtree(self.folder)

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if error:
            print(self.log_text()[-4000:], file=sys.stderr)
            self.process.kill()
            self.process.wait()
            shutil.rmtree(self.folder)
        else:
            self.close()


class Refused(Exception):
    def __init__(self, status, text):
        super().__init__(f"{status}: {text}")
        self.status = status
        body = json.loads(text)
        assert set(body) <= {"code", "error", "requestId"} and {"code", "error"} <= set(body), body
        self.code = body["code"]


class Client:
    """One of Lightly's generations: `swagger` up to 1.4.7, `pydantic` since 1.4.8."""

    def __init__(self, server, agent, generation, token=TOKEN):
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        self.agent = agent
        self.is_strict = generation == "pydantic"
        self.token = token

    def raw(self, method, target, body=None, headers=None):
        self.connection.request(method, target, body, headers or {})
        response = self.connection.getresponse()
        return response.status, response.read().decode(), response.headers

    def call(self, method, path, query=None, body=None, status=None, with_token=True, model=None):
        query = dict(query or {})
        if with_token and self.token:
            query["token"] = self.token  # appended last
        # The swagger client writes True, the pydantic one true.
        words = {name: (str(value).lower() if self.is_strict else str(value)) if isinstance(value, bool) else value
                 for name, value in query.items()}
        target = urllib.parse.quote(path, safe="/:") + ("?" + urllib.parse.urlencode(words) if words else "")
        headers = {"Accept": "application/json", "User-Agent": self.agent, "Accept-Encoding": "identity"}
        if not self.is_strict:
            headers["Content-Type"] = "application/json"
            if body is None and method != "GET":
                body = {}
        elif body is not None or method in ("POST", "PUT"):
            headers["Content-Type"] = "application/json"
        # json.dumps writes NaN and Infinity as they are.
        text = None if body is None else json.dumps(body)
        got, answer, response = self.raw(method, target, text, headers)
        if not 200 <= got < 300:
            raise Refused(got, answer)
        if self.is_strict and status is not None:
            assert got == status, f"{method} {path}: {got}, not {status}"
        if response.get("Content-Type", "").startswith("application/json"):
            answer = json.loads(answer)
        if model is not None:
            check(model, answer, self.is_strict)
        return answer

    def get(self, path, query=None, model=None, **more):
        return self.call("GET", path, query, None, 200, model=model, **more)

    def post(self, path, body=None, query=None, status=201, model="created"):
        return self.call("POST", path, query, body, status, model=model)

    def put(self, path, body=None, query=None):
        return self.call("PUT", path, query, body)

    def delete(self, path, query=None):
        return self.call("DELETE", path, query)

    def put_signed(self, url, data):
        """As requests.put(url, data=file): the URL as it is, and a Content-Length."""
        parts = urllib.parse.urlsplit(url)
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
        connection.request("PUT", parts.path + "?" + parts.query, data)
        response = connection.getresponse()
        text = response.read()
        connection.close()
        assert response.status == 200, (response.status, text)  # up to 1.1.23 nothing else will do

    def get_signed(self, url):
        parts = urllib.parse.urlsplit(url)
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
        connection.request("GET", parts.path + "?" + parts.query)
        response = connection.getresponse()
        data = response.read()
        connection.close()
        assert response.status == 200, (response.status, data)
        return data

    def refused(self, method, path, query=None, body=None):
        """The status and the code with which the call is refused."""
        try:
            answer = self.call(method, path, query, body)
        except Refused as error:
            return error.status, error.code
        raise AssertionError(f"{method} {path} was not refused: {answer}")


HEX = re.compile(r"^[a-f0-9]{24}$")


def is_id(value):
    return isinstance(value, str) and HEX.match(value) is not None


def is_time(value):
    # Milliseconds: a time in seconds of this century is smaller than the first bound.
    return type(value) is int and 10**12 < value < 10**14


def is_text(value):
    return isinstance(value, str)


def is_count(value):
    return type(value) is int and value >= 0


def is_mask(value):
    return isinstance(value, str) and re.match(r"^0x[a-f0-9]+$", value) is not None


def is_dataset_name(value):
    return isinstance(value, str) and re.match(r"^[a-zA-Z0-9][a-zA-Z0-9 _-]+$", value) is not None and len(value) >= 3


def is_tag_name(value):
    return isinstance(value, str) and re.match(r"^[a-zA-Z0-9][a-zA-Z0-9 .:;=@_-]+$", value) is not None and \
        len(value) >= 3


def is_any(_):
    return True


# name: (required fields, optional fields), each field with what its value has to be.
MODELS = {
    "created": ({"id": is_id}, {}),
    "worker": ({"id": is_id, "userId": is_text, "name": is_text, "workerType": is_text, "state": is_text,
                "createdAt": is_time, "lastModifiedAt": is_time, "labels": is_any},
               {"isDefault": is_any, "dockerVersion": is_text}),
    "access": ({"id": is_id, "owner": is_text, "accessType": is_text, "users": is_any, "teams": is_any,
                "createdAt": is_time, "lastModifiedAt": is_time}, {}),
    "verification": ({"canRead": is_any, "canWrite": is_any, "canList": is_any, "canOverwrite": is_any},
                     {"errors": is_any}),
    "schedule": ({"id": is_id, "datasetId": is_id, "configId": is_id, "priority": is_text, "runsOn": is_any,
                  "state": is_text, "createdAt": is_time, "lastModifiedAt": is_time},
                 {"userId": is_text, "owner": is_id}),
    "dataset": ({"id": is_id, "name": is_dataset_name, "userId": is_text, "type": is_text, "nSamples": is_count,
                 "sizeInBytes": is_count, "createdAt": is_time, "lastModifiedAt": is_time},
                {"imgType": is_text, "accessType": is_text, "metaDataConfigurationId": is_id, "datasources": is_any,
                 "datasourceProcessedUntilTimestamp": is_count,
                 "accessRole": lambda value: re.match("^0b[01]{6}$", value), "parentDatasetId": is_id,
                 "originalDatasetId": is_id}),
    "sample": ({"id": is_id, "type": lambda value: value in ("IMAGE", "VIDEO_FRAME", "CROP"), "fileName": is_text},
               {"datasetId": is_id, "thumbName": is_text, "exif": is_any, "index": is_count, "createdAt": is_time,
                "lastModifiedAt": is_time, "metaData": is_any, "customMetaData": is_any, "videoFrameData": is_any,
                "cropData": is_any}),
    "partial": ({"id": is_id},
                {"type": is_text, "datasetId": is_id, "fileName": is_text, "thumbName": is_text, "exif": is_any,
                 "index": is_count, "createdAt": is_time, "lastModifiedAt": is_time, "metaData": is_any,
                 "customMetaData": is_any, "videoFrameData": is_any, "cropData": is_any}),
    "tag": ({"id": is_id, "datasetId": is_id, "prevTagId": lambda value: value is None or is_id(value),
             "name": is_tag_name, "bitMaskData": is_mask, "totSize": is_count, "createdAt": is_time},
            {"queryTagId": is_id, "preselectedTagId": is_id, "lastModifiedAt": is_time, "runId": is_id}),
    "mask": ({"bitMaskData": is_mask}, {}),
    "embedding": ({"id": is_id, "name": is_text, "isProcessed": lambda value: type(value) is bool,
                   "createdAt": is_time}, {"is2d": lambda value: type(value) is bool}),
    "write_csv": ({"signedWriteUrl": is_text, "embeddingId": is_id}, {}),
    "embedding_2d": ({"id": is_id, "datasetId": is_id, "embeddingId": is_id, "name": is_text, "createdAt": is_time,
                      "dimensionalityReductionMethod": is_text},
                     {"coordinatesDimension1": is_any, "coordinatesDimension2": is_any}),
    "score_list": ({"id": is_id, "tagId": is_id, "scoreType": is_text, "createdAt": is_time}, {}),
    "score": ({"id": is_id, "tagId": is_id, "scoreType": is_text, "createdAt": is_time, "scores": is_any}, {}),
    "task": ({"jobId": is_text}, {}),
    "job": ({"id": is_id, "status": is_text, "waitTimeTillNextPoll": lambda value: type(value) is int and value >= 1,
             "createdAt": is_time},
            {"datasetId": is_id, "meta": is_any, "lastModifiedAt": is_time, "finishedAt": is_time, "error": is_text,
             "result": is_any}),
    "jobs": ({"id": is_id, "jobId": is_text, "jobType": is_text, "status": is_text, "createdAt": is_time},
             {"datasetId": is_id, "finishedAt": is_time}),
    "write_urls": ({"full": is_text, "thumb": is_text}, {}),
    "configuration": ({"id": is_id, "name": is_text, "configs": is_any, "createdAt": is_time,
                       "lastModifiedAt": is_time}, {}),
    "text": None,
}


def check(model, answer, is_strict=True):
    """Asserts that the answer, or every item of it if the model is in brackets, is of the model."""
    if isinstance(model, list):
        assert isinstance(answer, list), answer
        for item in answer:
            check(model[0], item, is_strict)
        return
    if model == "text":
        assert isinstance(answer, str), answer
        return
    required, optional = MODELS[model]
    missing = set(required) - set(answer)
    assert not missing, f"{model} lacks {missing}: {answer}"
    extra = set(answer) - set(required) - set(optional)
    assert not extra, f"{model} has more than its model: {extra}"
    for name, value in answer.items():
        is_right = required.get(name) or optional[name]
        assert is_right(value), f"{model}.{name} is {value!r}"


def run(test):
    """Runs a test function over a new server; says what it was."""
    with Server() as server:
        test(server)
    print(test.__name__, "ok")
