"""Speaks to an installation as its people do: sign-in with an authenticator, tokens, JSON."""

import base64
import hashlib
import hmac
import http.client
import json
import struct
import time


class Refused(Exception):
    """An answer of 400 or more."""

    def __init__(self, status, problem, what):
        super().__init__(f"{what}: {status} {problem.get('title', '')} {problem.get('detail', '')} {problem.get('errors', '')}".strip())
        self.status, self.problem = status, problem


def totp(secret, at=None):
    """The code that an authenticator shows (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mac = hmac.new(key, struct.pack(">Q", int((at or time.time()) // 30)), hashlib.sha1).digest()
    offset = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[offset:offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


class API:
    """One surface of the server at one host name."""

    def __init__(self, port, name, prefix="/api/v1", token=None, cookie=None):
        self.port, self.prefix, self.token, self.cookie = port, prefix, token, cookie
        self.host = f"{name}.localhost:{port}"
        self.origin = f"http://{self.host}"

    def raw(self, method, path, body=None, headers=None, data=None):
        # Connections go to loopback: not every resolver knows that *.localhost is there.
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        sent = {"Host": self.host, **(headers or {})}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        if self.cookie:
            sent.update({"Cookie": self.cookie, "Origin": self.origin})
        if body is not None:
            data = json.dumps(body).encode()
        if data is not None:
            sent.setdefault("Content-Type", "application/json")
        connection.request(method, path if path.startswith("/api/") else self.prefix + path, data, sent)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer, content

    def call(self, method, path, body=None, **how):
        answer, content = self.raw(method, path, body, **how)
        if answer.status >= 400:
            try:
                problem = json.loads(content)
            except ValueError:
                problem = {"title": content[:200].decode(errors="replace")}
            raise Refused(answer.status, problem, f"{method} {self.host}{path}")
        self.set_cookies = answer.headers.get_all("Set-Cookie") or []
        return json.loads(content) if content else None

    def get(self, path):
        return self.call("GET", path)

    def post(self, path, body=None, **how):
        return self.call("POST", path, body, **how)

    def status(self, method, path, body=None):
        """Only the status of an answer."""
        return self.raw(method, path, body)[0].status

    def bytes(self, path):
        answer, content = self.raw("GET", path)
        if answer.status >= 400:
            raise Refused(answer.status, {"title": content[:300].decode(errors="replace")}, f"GET {self.host}{path}")
        return content


class Person:
    """Somebody of a tenant, who comes in by an invitation and enrols an authenticator."""

    def __init__(self, port, tenant, login, invitation, password):
        self.port, self.tenant, self.login, self.password = port, tenant, login, password
        door = API(port, tenant)
        step = door.post("/auth/invitation", {"token": invitation.split("#token=")[1], "password": password})
        assert step["step"] == "enrol", step
        self.secret = door.post("/auth/enrolment", {"token": step["token"]})["secret"].replace(" ", "")
        code = totp(self.secret)
        done = door.post("/auth/enrolment/confirm", {"token": step["token"], "code": code})
        assert done["step"] == "done", done
        self.recovery_codes = done["recoveryCodes"]
        cookie = "; ".join(cookie.split(";")[0] for cookie in door.set_cookies)
        #: The browser session that the enrolment ended in, with a fresh second factor.
        self.portal = API(port, tenant, cookie=cookie)
        self.id = self.portal.get("/me")["user"]["id"]
