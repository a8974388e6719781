"""A connection that stays open and costs its own side next to nothing."""

import collections
import json
import socket

from installation import Trouble

Answer = collections.namedtuple("Answer", "status head body")


class RawLine:
    """Requests of one caller, one after the other, from an address of loopback of its own if it is to be another caller."""

    def __init__(self, installation, tenant, token=None, source=None):
        host = f"{tenant}.localhost:{installation.port}"
        self.head = f" HTTP/1.1\r\nHost: {host}\r\n"
        if token:
            self.head += f"Authorization: Bearer {token}\r\n"
        else:
            self.head += f"Origin: http://{host}\r\nSec-Fetch-Site: same-origin\r\n"
        self.socket = socket.create_connection(
            ("127.0.0.1", installation.port), timeout=30, source_address=(source, 0) if source else None)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __call__(self, method, path, body=None):
        self.send(method, path, body)
        return self.receive()

    def send(self, method, path, body=None):
        text = f"{method} /api/v1{path}{self.head}"
        data = b""
        if body is not None:
            data = json.dumps(body).encode()
            text += f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n"
        self.socket.sendall(f"{text}\r\n".encode() + data)

    def receive(self):
        data = b""
        while b"\r\n\r\n" not in data:
            data += self.more()
        head, _, body = data.partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        length = next(int(line.split(b":")[1]) for line in lines if line.lower().startswith(b"content-length:"))
        while len(body) < length:
            body += self.more()
        return Answer(int(lines[0].split()[1]), head, body)

    def more(self):
        data = self.socket.recv(65536)
        if not data:
            raise Trouble("the server closed a connection")
        return data

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
