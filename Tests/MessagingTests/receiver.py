"""Receives webhooks: answers with the statuses it was given, the last one again and again, and writes down what came.

receiver.py SECRET STATUS[,STATUS…] [LOCATION]   prints its port, then one line of JSON for each request

A status may say more: `503+30` with Retry-After 30, `200~1.5` after so many seconds, `500=TEXT` with a body (in base64, or
`x2000` for so many letters).
"""

import base64
import hashlib
import hmac
import json
import re
import sys
import threading
import time
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest import mock

secret, statuses = sys.argv[1], sys.argv[2].split(",")
location = sys.argv[3] if len(sys.argv) > 3 else None
one_at_a_time = threading.Lock()


def by_hand(headers, body):
    """Standard Webhooks 1.0, read from its text and from nobody's code."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(expected, one) for one in headers["webhook-signature"].split(" "))


def by_library(headers, body):
    """The reference implementation, where it is installed, with a clock that shows the time of the tests."""
    try:
        from standardwebhooks import webhooks
    except ImportError:
        return None

    class Then(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.fromtimestamp(int(headers["webhook-timestamp"]), tz=timezone.utc)

    try:
        with one_at_a_time, mock.patch.object(webhooks, "datetime", Then):
            return webhooks.Webhook(secret).verify(body, dict(headers.items())) == json.loads(body)
    except webhooks.WebhookVerificationError:
        return False


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        word = statuses.pop(0) if len(statuses) > 1 else statuses[0]
        status, pause, after, text = re.fullmatch(r"(\d+)(?:~([\d.]+))?(?:\+([^=]+))?(?:=(.+))?", word).groups()
        line = json.dumps(
            {
                "path": self.path,
                "type": self.headers.get("content-type"),
                "id": self.headers.get("webhook-id"),
                "timestamp": int(self.headers.get("webhook-timestamp", 0)),
                "agent": self.headers.get("user-agent"),
                "signatures": len(self.headers.get("webhook-signature", "").split(" ")),
                "byHand": by_hand(self.headers, body),
                "byLibrary": by_library(self.headers, body),
                "body": json.loads(body),
            }
        )
        # In one piece, since there are several threads.
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
        time.sleep(float(pause or 0))
        answer = b"x" * int(text[1:]) if re.fullmatch(r"x\d+", text or "") else base64.b64decode(text or "")
        self.send_response(int(status))
        if location:
            self.send_header("Location", location)
        if after:
            self.send_header("Retry-After", after.replace("_", " ").replace(";", ","))
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        try:
            self.wfile.write(answer)
        except OSError:
            pass

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
server.daemon_threads = True
print(server.server_port, flush=True)
server.serve_forever()
