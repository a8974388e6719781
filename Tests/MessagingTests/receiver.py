"""Receives webhooks: answers with the statuses it was given, the last one again and again, and writes down what came.

receiver.py SECRET STATUS[,STATUS…] [LOCATION]   prints its port, then one line of JSON for each request
"""

import base64
import hashlib
import hmac
import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

secret, statuses = sys.argv[1], [int(word) for word in sys.argv[2].split(",")]
location = sys.argv[3] if len(sys.argv) > 3 else None


def by_hand(headers, body):
    """Standard Webhooks 1.0, read from its text and from nobody's code."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(expected, one) for one in headers["webhook-signature"].split(" "))


def by_library(headers, body):
    """The reference implementation, where it is installed; it also wants a timestamp of today, so only the MAC counts."""
    try:
        from standardwebhooks.webhooks import Webhook
    except ImportError:
        return None
    from datetime import datetime, timezone

    at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), tz=timezone.utc)
    made = Webhook(secret).sign(headers["webhook-id"], at, body.decode())
    return made in headers["webhook-signature"].split(" ")


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        status = statuses.pop(0) if len(statuses) > 1 else statuses[0]
        print(
            json.dumps(
                {
                    "path": self.path,
                    "type": self.headers.get("content-type"),
                    "id": self.headers.get("webhook-id"),
                    "timestamp": int(self.headers.get("webhook-timestamp", 0)),
                    "agent": self.headers.get("user-agent"),
                    "byHand": by_hand(self.headers, body),
                    "byLibrary": by_library(self.headers, body),
                    "body": json.loads(body),
                }
            ),
            flush=True,
        )
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


server = HTTPServer(("127.0.0.1", 0), Receiver)
print(server.server_port, flush=True)
server.serve_forever()
