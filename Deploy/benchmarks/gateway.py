"""People who wait at ssh for somebody's word, each with a key, at a worker in a process of its own.

The worker speaks the contract and no ssh: what a person costs there is the gateway's, and what is looked at is the server.
"""

import asyncio
import base64
import hashlib
import json
import os
import secrets
import struct
import subprocess
import tempfile
import time

from processes import Apart

#: So many connections ask for people; one more is the stream.
LINES = 8
#: A worker tells so often who still waits at it.
LOOK = 20
KEY = struct.pack(">I11sI", 11, b"ssh-ed25519", 32)


def key_of(number):
    """The blob of somebody's key; nobody has its private half."""
    return KEY + hashlib.sha256(f"waiter{number}".encode()).digest()


def text(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class GatewayCrowd(Apart):
    """Whoever has heard that it is over is told as (number, outcome, monotonic clock); first of all each as (number, "waits", …)."""

    def __init__(self, port, slug, token, name, people):
        self.begin(lambda: self._work(port, slug, token, name, people))

    # What follows happens in the other process.

    async def _work(self, port, slug, token, name, people):
        self.port, self.slug = port, slug
        self.waiting, self.heard, self.people, self.called = {}, [], asyncio.Queue(), set()
        await self._enrol(token, name)
        self.access = await self._token()
        tasks = [asyncio.create_task(self._listen())]
        while not hasattr(self, "stream"):
            await asyncio.sleep(0.01)
        for number in people:
            self.people.put_nowait((number, {"kind": "public-key", "algorithm": "ssh-ed25519", "publicKey": text(key_of(number))}))
        tasks += [asyncio.create_task(self._line()) for _ in range(LINES)] + [asyncio.create_task(self._look())]
        while True:
            await asyncio.sleep(0.005)
            if self.heard:
                self.told.send(self.heard)
                self.heard = []
            for task in tasks:
                if task.done():
                    task.result()
                    raise RuntimeError("a connection of the worker has ended")

    async def _enrol(self, token, name):
        self.folder = tempfile.TemporaryDirectory()
        self.key = os.path.join(self.folder.name, "key.pem")
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", self.key], check=True, capture_output=True)
        public = subprocess.run(
            ["openssl", "pkey", "-in", self.key, "-pubout", "-outform", "DER"], check=True, capture_output=True).stdout[-32:]
        sealing = text(secrets.token_bytes(32))
        challenge = (await self._once("enrolment-challenge", {"token": token}))["challenge"]
        proof = "\n".join(["gatehouse-enrol", token, challenge, text(public), sealing])
        self.id = (await self._once("enrol", {
            "token": token, "signingKey": text(public), "sealingKey": sealing, "signature": text(self._sign(proof.encode())),
            "name": name, "sshEndpoint": f"{name}:2222", "webEndpoint": "", "version": "1"}))["worker"]

    def _sign(self, data):
        file = os.path.join(self.folder.name, "text")
        with open(file, "wb") as out:
            out.write(data)
        return subprocess.run(
            ["openssl", "pkeyutl", "-sign", "-inkey", self.key, "-rawin", "-in", file], check=True, capture_output=True).stdout

    async def _once(self, path, body):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            return await self._call(reader, writer, path, body, None)
        finally:
            writer.close()

    async def _token(self):
        now = int(time.time())
        parts = [{"alg": "EdDSA", "typ": "JWT", "kid": self.id}, {
            "iss": self.id, "sub": self.id, "aud": "gatehouse", "iat": now, "exp": now + 60, "jti": secrets.token_hex(16)}]
        body = ".".join(text(json.dumps(part).encode()) for part in parts)
        return (await self._once("tokens", {"assertion": f"{body}.{text(self._sign(body.encode()))}"}))["accessToken"]

    async def _call(self, reader, writer, path, body, access):
        data = json.dumps(body).encode()
        head = f"POST /worker/v1/{path} HTTP/1.1\r\nHost: workers.localhost:{self.port}\r\nContent-Type: application/json\r\n"
        if access:
            head += f"Authorization: Bearer {access}\r\n"
        writer.write(f"{head}Content-Length: {len(data)}\r\n\r\n".encode() + data)
        await writer.drain()
        lines = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
        size = next((int(line.split(b":")[1]) for line in lines if line.lower().startswith(b"content-length:")), 0)
        answer = await reader.readexactly(size)
        status = int(lines[0].split(b" ")[1])
        if status not in (200, 201):
            raise RuntimeError(f"{path}: {status} {answer.decode()}")
        return json.loads(answer)

    async def _line(self):
        """Asks for one person after the other."""
        reader = None
        while True:
            number, proof = await self.people.get()
            while True:
                # A server keeps no connection for long that is idle.
                if reader is None or reader.at_eof():
                    reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                try:
                    answer = await self._call(reader, writer, "admissions", self._admission(number, proof), self.access)
                    break
                except (asyncio.IncompleteReadError, ConnectionError):
                    reader = None
            self.called.discard(number)
            if answer["outcome"] == "challenge":
                if number not in self.waiting.values():
                    self.waiting[answer["admission"]] = number
                    self.heard.append((number, "waits", time.monotonic()))
            else:
                self.waiting = {admission: other for admission, other in self.waiting.items() if other != number}
                self.heard.append((number, answer["outcome"], time.monotonic()))

    def _admission(self, number, proof):
        body = {"tenant": self.slug, "login": f"waiter{number}", "protocol": "ssh", "connection": f"c{number}", "proof": proof,
                "clientAddress": f"10.9.{number // 100}.{number % 100 + 1}"}
        if proof["kind"] == "waiting":
            body["admission"] = next(admission for admission, other in self.waiting.items() if other == number)
        return body

    async def _listen(self):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(
            f"GET /worker/v1/events HTTP/1.1\r\nHost: workers.localhost:{self.port}\r\nAccept: text/event-stream\r\n"
            f"Authorization: Bearer {self.access}\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in head.split(b"\r\n")[0]:
            raise RuntimeError(head.decode())
        self.stream, rest = writer, b""
        while True:
            size = int((await reader.readline()).split(b";")[0], 16)
            rest += (await reader.readexactly(size + 2))[:size]
            *events, rest = rest.split(b"\n\n")
            for event in events:
                for line in event.split(b"\n"):
                    if line.startswith(b"data:"):
                        self._hear(json.loads(line[5:]))

    def _hear(self, event):
        number = self.waiting.get(event.get("admission"))
        # Somebody may be called twice, and is asked about once at a time.
        if event["kind"] == "decision" and number is not None and number not in self.called:
            self.called.add(number)
            self.people.put_nowait((number, {"kind": "waiting"}))

    async def _look(self):
        while True:
            await asyncio.sleep(LOOK)
            waiting = list(self.waiting)
            for first in range(0, len(waiting), 1000):
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                news = await self._call(reader, writer, "waiting", {"admissions": waiting[first:first + 1000]}, self.access)
                writer.close()
                for admission in news["admissions"]:
                    self._hear({"kind": "decision", "admission": admission})
