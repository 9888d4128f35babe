"""A server of our own: started on a free port over a folder of its own, killed, started again and measured."""
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from support.target import Target

TOKEN = "a-token-for-attacks-only"


class DidNotStart(Exception):
    """The program ended, or did not answer in time; the text is what it said."""


class OwnServer:
    """`trommel serve`. The folder goes with close(); `data` below it is what the server keeps.

    `config` is the text of a server.yaml, `environment` is added to ours, `prefix` goes before the command,
    `stderr` replaces the log file, `before` is called in the child before it becomes the server.
    """

    def __init__(self, program, config="", token=TOKEN, environment=None, prefix=(), arguments=(), stderr=None,
                 before=None, data=None):
        self.program = str(pathlib.Path(program).resolve())
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="trommel-attack-"))
        self.data = pathlib.Path(data) if data else self.folder / "data"
        self.data.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.token = token
        self.environment = environment or {}
        self.prefix, self.arguments, self.stderr, self.before = list(prefix), list(arguments), stderr, before
        self.process = None
        if config:
            (self.folder / "server.yaml").write_text(config, encoding="utf-8")

    @property
    def target(self):
        return Target(f"http://127.0.0.1:{self.port}", self.token)

    @property
    def log(self):
        path = self.folder / "log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def start(self, patience=30.0):
        """Returns once it answers. Throws DidNotStart if it does not."""
        self.launch()
        deadline = time.monotonic() + patience
        while self.process.poll() is None and time.monotonic() < deadline:
            if self.target.is_alive():
                return self
            time.sleep(0.02)
        code = self.process.poll()
        self.kill()
        raise DidNotStart(f"exit code {code}: {self.log[-2000:]}")

    def launch(self):
        """Starts it and does not wait until it answers."""
        command = [*self.prefix, self.program, "serve", "--listen", f"127.0.0.1:{self.port}", "--data", str(self.data)]
        if (self.folder / "server.yaml").exists():
            command += ["--config", str(self.folder / "server.yaml")]
        environment = {key: value for key, value in os.environ.items() if not key.startswith("TROMMEL_")}
        if self.token:
            environment["TROMMEL_TOKEN"] = self.token
        environment.update(self.environment)
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(command + self.arguments, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                            stderr=self.stderr if self.stderr is not None else log,
                                            env=environment, preexec_fn=self.before)
        return self

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        return self.process.wait()

    def restart(self):
        self.kill()
        return self.start()

    def stop(self, patience=30.0):
        """The exit code after SIGTERM; None if it has to be killed."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            self.kill()
            return None

    def is_running(self):
        return self.process.poll() is None

    def memory(self, which="VmRSS"):
        """Megabytes: VmRSS now, VmHWM the most since forget_peak()."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(re.search(rf"{which}:\s+(\d+) kB", status).group(1)) / 1024

    def forget_peak(self):
        pathlib.Path(f"/proc/{self.process.pid}/clear_refs").write_text("5", encoding="ascii")

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def close(self):
        if self.process is not None:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
