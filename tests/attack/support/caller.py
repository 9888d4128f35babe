"""Many calls on one connection that is kept, for parts that make thousands."""
import time


class Caller:
    def __init__(self, target):
        self.target = target
        self.wire = None

    def send(self, request, method="GET"):
        """The answer to these bytes. A server that counts calls (429) is asked again when it says."""
        for _ in range(5):
            answer = self._once(request, method)
            if answer.status != 429:
                break
            time.sleep(min(float(answer.field("retry-after", "1")), 5.0))
        return answer

    def ask(self, method, path, body=b"", headers=(), token=""):
        return self.send(self.target.request(method, path, body, headers, token), method)

    def _once(self, request, method):
        if self.wire is None:
            self.wire = self.target.connect()
        self.wire.send(request)
        answer = self.wire.answer(method)
        if answer is None:
            self.close()
            raise ConnectionError("closed without an answer")
        if answer.closes:
            self.close()
        return answer

    def close(self):
        if self.wire is not None:
            self.wire.close()
        self.wire = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
