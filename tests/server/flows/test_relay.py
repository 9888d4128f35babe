"""The same kills of a server that is in front of another one: what it acknowledged is there, and nothing half-written."""
import os

from test_crash import crash
from wire import TOKEN, Server

with Server() as behind:
    config = os.path.join(behind.folder, "front.yaml")
    with open(config, "w", encoding="utf-8") as file:
        file.write(f"platform: {{url: 'http://127.0.0.1:{behind.port}', token: '{TOKEN}'}}\n")
    with Server("--config", config) as front:
        crash(front)
        assert not os.path.exists(os.path.join(front.folder, "server/platform.db"))
print("kill -9 in between ok")
