"""An operator's gateway for text messages that speaks CMPP 2.0 as the specification lays it out, for the tests.

Prints its port, then a line of JSON for each thing that happened. It checks who connects, the width of every field of a
SUBMIT, and answers reports about each message. How it misbehaves is said by the number that a message goes to:
  …0008  refuses it for now (flow control)       …0009  never answers
  …0007  reports before it answers               …0006  hangs up instead of answering
With --impostor it does not know the secret and says that it lets everybody in; with --babble it sends bytes that are none.

usage: cmpp_gateway.py SOURCE SECRET [--impostor | --babble]
"""

import hashlib
import itertools
import json
import socketserver
import struct
import sys
import threading
import time

SOURCE, SECRET = sys.argv[1].encode(), sys.argv[2].encode()
KIND = sys.argv[3] if len(sys.argv) > 3 else ""
numbers = itertools.count(0x0102030405060700)
lock = threading.Lock()


def say(**what):
    with lock:
        print(json.dumps(what), flush=True)


def field(data):
    """A text that is filled up with zeros, and with nothing behind them."""
    text = data.split(b"\0", 1)[0]
    assert data[len(text):].strip(b"\0") == b"", data
    return text.decode("ascii")


class Submit:
    """The body of a SUBMIT, field after field."""

    def __init__(self, body):
        def take(count):
            nonlocal body
            assert len(body) >= count, "a SUBMIT breaks off"
            part, body = body[:count], body[count:]
            return part

        assert take(8) == bytes(8), "Msg_Id is the gateway's to give"
        self.total, self.number, self.wants_report, self.level = take(4)
        self.service, self.fee_user = field(take(10)), take(1)[0]
        assert take(21) == bytes(21)
        self.pid, self.udhi, self.format = take(3)
        self.source, self.fee_type, self.fee_code = field(take(6)), field(take(2)), field(take(6))
        assert take(17) == take(17) == bytes(17)
        self.src, count = field(take(21)), take(1)[0]
        assert count == 1, "one number at a time"
        self.dest, length = field(take(21)), take(1)[0]
        assert length <= 140, "too long"
        self.content = take(length)
        assert take(8) == bytes(8) and body == b"", "more than a SUBMIT"

    @property
    def text(self):
        content = self.content
        if self.udhi:
            head, content = content[:6], content[6:]
            assert head[:3] == b"\x05\x00\x03" and head[4] == self.total and head[5] == self.number, head
        return content.decode({0: "ascii", 8: "utf-16-be"}[self.format])


class Gateway(socketserver.BaseRequestHandler):
    def handle(self):
        if KIND == "--babble":
            self.request.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            return
        self.sequence = itertools.count(1)
        while True:
            head = self.read(12)
            if head is None:
                return say(event="gone")
            length, command, sequence = struct.unpack(">III", head)
            body = self.read(length - 12) or b""
            if not getattr(self, {1: "connect", 2: "terminate", 4: "submit", 0x80000005: "delivered", 8: "test",
                                  0x80000008: "tested"}[command])(sequence, body):
                return

    def read(self, count):
        data = b""
        while len(data) < count:
            try:
                part = self.request.recv(count - len(data))
            except OSError:
                return None
            if not part:
                return None
            data += part
        return data

    def send(self, command, sequence, body=b""):
        self.request.sendall(struct.pack(">III", 12 + len(body), command, sequence) + body)

    def connect(self, sequence, body):
        assert len(body) == 27
        source, authenticator, version, stamp = body[:6], body[6:22], body[22], struct.unpack(">I", body[23:])[0]
        right = hashlib.md5(SOURCE + bytes(9) + SECRET + b"%010d" % stamp).digest()
        now = time.gmtime(time.time() + 8 * 3600)
        assert f"{stamp:010d}"[:4] == time.strftime("%m%d", now), stamp
        if version != 0x20:
            status = 4
        elif source.rstrip(b"\0") != SOURCE:
            status = 2
        else:
            status = 0 if authenticator == right or KIND == "--impostor" else 3
        secret = b"a guess" if KIND == "--impostor" else SECRET
        say(event="connect", status=status)
        self.send(0x80000001, sequence, bytes([status]) + hashlib.md5(bytes([status]) + authenticator + secret).digest() + b"\x20")
        return status == 0

    def terminate(self, sequence, body):
        say(event="terminate")
        self.send(0x80000002, sequence)
        return False

    def submit(self, sequence, body):
        message = Submit(body)
        say(event="submit", to=message.dest, text=message.text, total=message.total, number=message.number,
            src=message.src, service=message.service, source=message.source, format=message.format)
        number = struct.pack(">Q", next(numbers))
        if message.dest.endswith("0006"):
            return False
        if message.dest.endswith("0009"):
            return True
        if message.dest.endswith("0008"):
            self.send(0x80000004, sequence, bytes(8) + b"\x08")
            return True
        if message.dest.endswith("0007"):
            self.report(number, message)
            self.send(0x80000004, sequence, number + b"\x00")
        else:
            self.send(0x80000004, sequence, number + b"\x00")
            self.report(number, message)
        return True

    def report(self, number, message):
        state = b"MA:0001" if message.dest.endswith("0001") else b"DELIVRD"
        content = number + state + b"2611290800" * 2 + message.dest.encode().ljust(21, b"\0") + bytes(4)
        assert len(content) == 60
        self.send(5, next(self.sequence), bytes(8) + message.src.encode().ljust(21, b"\0")
                  + message.service.encode().ljust(10, b"\0") + bytes(3) + message.dest.encode().ljust(21, b"\0")
                  + b"\x01" + bytes([len(content)]) + content + bytes(8))

    def delivered(self, sequence, body):
        say(event="report-taken", result=body[8], size=len(body))
        return True

    def test(self, sequence, body):
        self.send(0x80000008, sequence, b"\0")
        return True

    def tested(self, sequence, body):
        return True


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, request, address):
        say(event="fault", text=str(sys.exc_info()[1]))


with Server(("127.0.0.1", 0), Gateway) as server:
    print(server.server_address[1], flush=True)
    server.serve_forever()
