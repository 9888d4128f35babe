"""Tokens of every kind, made on the server under attack."""
import datetime
import time


class Tokens:
    def __init__(self, target, spec):
        self.target = target
        self.properties = spec.schemas["TrommelTokenRequest"]["properties"]
        self.made = {}

    def make(self, role, **more):
        made = self.target.post("/v1/trommel/tokens", {"name": f"attack-{role}", "role": role, **more})
        self.made[made["token"]] = made["id"]
        return made["token"]

    def revoke(self, token):
        self.target.delete(f"/v1/trommel/tokens/{self.made.pop(token)}")

    def revoked(self, role):
        token = self.make(role)
        self.revoke(token)
        return token

    @property
    def know_expiry(self):
        return self._expiry() is not None

    @property
    def know_teams(self):
        return "team" in self.properties

    def expiring(self, role, seconds):
        """A token that is good for so long from now on."""
        return self.make(role, **{self._expiry(): self._time_in(seconds)})

    def expired(self, role):
        token = self.expiring(role, 2)
        time.sleep(3.5)
        return token

    def _expiry(self):
        return next((name for name in self.properties if "expire" in name.lower()), None)

    def _time_in(self, seconds):
        """As the description has it: milliseconds, or a text of ISO 8601."""
        if self.properties[self._expiry()].get("type") == "string":
            moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
            return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        return int((time.time() + seconds) * 1000)

    def close(self):
        for token in list(self.made):
            self.revoke(token)
