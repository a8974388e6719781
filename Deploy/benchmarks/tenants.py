"""The two ways into an installation that benchmarks need: the operator's, and an administrator's of a fresh tenant."""

import base64
import hashlib
import hmac
import http.client
import json
import secrets
import struct
import time


class Refused(Exception):
    """An answer that was not the one that a set-up step needs."""


class API:
    """Calls of one host of the installation, one connection each."""

    def __init__(self, host, port, base, headers):
        self.host, self.port, self.base, self.headers = f"{host}.localhost:{port}", port, base, headers

    def __call__(self, method, path, body=None):
        status, data, headers = self.send(method, path, body)
        if status >= 300:
            raise Refused(f"{method} {path}: {status} {data.decode(errors='replace')[:300]}")
        return json.loads(data) if data else None

    def send(self, method, path, body=None, timeout=10):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            headers = {"Host": self.host, **self.headers}
            data = None if body is None else json.dumps(body).encode()
            if data is not None:
                headers["Content-Type"] = "application/json"
            connection.request(method, self.base + path, data, headers)
            answer = connection.getresponse()
            data = answer.read()
            for cookie in answer.headers.get_all("Set-Cookie") or []:
                self.headers["Cookie"] = cookie.split(";")[0]
            return answer.status, data, answer.headers
        finally:
            connection.close()


class OperatorAPI(API):
    def __init__(self, port, token):
        super().__init__("provider", port, "/provider/v1", {"Authorization": f"Bearer {token}"})

    def is_ready(self):
        try:
            return self.send("GET", "/tenants?limit=1")[0] == 200
        except OSError:
            return False

    def worker_token(self):
        return self("POST", "/worker-enrolments", {"pool": "default"})["token"]

    def tenant(self, slug):
        """Creates a tenant and signs its first administrator in."""
        return self.tenant_with_password(slug)[0]

    def tenant_with_password(self, slug):
        """The same, and the administrator's password."""
        made = self("POST", "/tenants", {"slug": slug, "name": slug, "administrator": {"login": "ada", "name": "Ada"}})
        origin = f"http://{slug}.localhost:{self.port}"
        api = API(slug, self.port, "/api/v1", {"Origin": origin, "Sec-Fetch-Site": "same-origin"})
        invitation = made["invitationUrl"].split("token=")[1]
        password = secrets.token_urlsafe(18)
        step = api("POST", "/auth/invitation", {"token": invitation, "password": password})
        enrolment = api("POST", "/auth/enrolment", {"token": step["token"]})
        code = one_time_code(enrolment["secret"])
        api("POST", "/auth/enrolment/confirm", {"token": step["token"], "code": code})
        let_keys_in(api)
        return api, password


def let_keys_in(api):
    """Nobody types a code here: a key is enough at ssh."""
    rule = {"name": "Keys alone", "everyone": True, "entrances": ["ssh"], "after": ["key"], "action": "skip"}
    api.headers["If-Match"] = '"1"'
    api("PUT", "/factor-rules", {"level": "all", "rules": [rule]})
    del api.headers["If-Match"]


def one_time_code(secret):
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start:start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"
