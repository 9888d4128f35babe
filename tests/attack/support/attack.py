"""What a part is given: the server that all parts share, and servers of its own where we may start some."""
import os
import pathlib

from support.own_server import OwnServer

# A server that many clients attack at once from one address must not be slowed by its own limits.
SHARED_CONFIG = ""


class Attack:
    def __init__(self, options):
        self.options = options
        self.program = options.start
        self._shared = None

    @property
    def target(self):
        """The server given by --url, or one of our own that the parts share."""
        if not self.program:
            return self.options.target
        if self._shared is None or not self._shared.is_running():
            self._shared = self.own(config=SHARED_CONFIG).start()
        return self._shared.target

    @property
    def shared(self):
        """The process behind `target` where it is our own."""
        return self._shared

    def own(self, **settings):
        return OwnServer(self.program, **settings)

    def library(self, name):
        """A library to preload that the build made beside the program, or None."""
        if not self.program:
            return None
        build = pathlib.Path(self.program).resolve().parent
        found = [*build.glob(f"tests/*/lib{name}.so"), *build.glob(f"lib{name}.so")]
        return str(found[0]) if found else None

    def close(self):
        if self._shared is not None:
            self._shared.close()


def is_root():
    return os.geteuid() == 0
