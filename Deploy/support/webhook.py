"""A receiver of webhooks, as a customer would write one from the documentation (Standard Webhooks, CloudEvents)."""

import base64
import hashlib
import hmac
import http.server
import json
import queue
import threading
import time
import uuid


def signature(secret, identifier, timestamp, body):
    """`v1,` and HMAC-SHA256 over `id.timestamp.body`, in base64."""
    key = base64.b64decode(secret.removeprefix("whsec_") + "==")
    mac = hmac.new(key, f"{identifier}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(mac).decode()


def canonical(value):
    """RFC 8785 for what is sent here: sorted names, no spaces, plain text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


class Receiver:
    """Listens on loopback; takes only what is signed with the webhook's secret, and each message once."""

    def __init__(self):
        self.secret = None
        self.events = queue.Queue()
        self.refused = 0
        self.seen = set()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                self.send_response(receiver.take(self.headers, body))
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, headers, body):
        identifier, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "0")
        expected = signature(self.secret, identifier, timestamp, body)
        is_signed = any(hmac.compare_digest(expected, given) for given in headers.get("webhook-signature", "").split())
        if not is_signed or abs(time.time() - int(timestamp)) > 300:
            self.refused += 1
            return 401
        if identifier not in self.seen:
            self.seen.add(identifier)
            self.events.put(json.loads(body))
        return 204

    def next(self, kind, seconds=20):
        """The next event of a type."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                event = self.events.get(timeout=0.2)
            except queue.Empty:
                continue
            if event["type"] == kind:
                return event
        raise AssertionError(f"no {kind} came; {self.refused} deliveries were not signed as they should be")

    def answer_headers(self, body, secret=None):
        """The signature of an answer, made like that of a message."""
        identifier, timestamp = f"msg_{uuid.uuid4().hex}", str(int(time.time()))
        return {"webhook-id": identifier, "webhook-timestamp": timestamp,
                "webhook-signature": signature(secret or self.secret, identifier, timestamp, body)}

    def close(self):
        self.server.shutdown()
