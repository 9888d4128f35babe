"""What a part is given: the server that all parts share, and servers of its own where we may start some."""
import pathlib

from support.own_server import OwnServer

LISTS = ("/v1/datasets", "/v1/trommel/tokens", "/v1/docker/worker")


class Attack:
    def __init__(self, options):
        self.options = options
        self.program = options.start
        self._shared = None
        self._before = _listed(options.target) if not self.program else set()

    @property
    def target(self):
        """The server given by --url, or one of our own that the parts share."""
        if not self.program:
            return self.options.target
        if self._shared is None or not self._shared.is_running():
            self._shared = self.own().start()
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
        """Also what a server that is not ours has got from us goes."""
        if not self.program:
            for path in _listed(self.options.target) - self._before:
                self.options.target.ask("DELETE", path)
        if self._shared is not None:
            self._shared.close()


def _listed(target):
    """The paths of all that can be deleted again."""
    return {f"{path}/{each['id']}" for path in LISTS for each in target.get(path)}
