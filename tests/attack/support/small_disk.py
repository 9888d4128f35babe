"""A disk that can be filled: a small tmpfs, where we may mount one."""
import os
import pathlib
import subprocess
import tempfile

MEGABYTE = 1 << 20


class SmallDisk:
    def __init__(self, megabytes=48):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="trommel-attack-disk-"))
        self.megabytes = megabytes

    @staticmethod
    def can_be_had():
        """Mounts and unmounts one."""
        if os.geteuid() != 0:
            return False
        try:
            with SmallDisk(1):
                return True
        except subprocess.CalledProcessError:
            return False

    def __enter__(self):
        mount = ["mount", "-t", "tmpfs", "-o", f"size={self.megabytes}m", "tmpfs", str(self.folder)]
        subprocess.run(mount, check=True, capture_output=True)
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", "-l", str(self.folder)], check=False, capture_output=True)
        self.folder.rmdir()

    def fill(self):
        """To the last byte."""
        with open(self.folder / "filler", "ab", buffering=0) as filler:
            for size in (MEGABYTE, 4096, 1):
                try:
                    while True:
                        filler.write(b"x" * size)
                except OSError:
                    pass

    def free(self):
        (self.folder / "filler").unlink(missing_ok=True)
