"""What DingTalk's own library asks for, where it is given what we ask for: whatever it does not know is not in its request, and what it must have and is not given is an error.

Reads {"operation": body, …} and prints {"operation": {"method", "path", "token", "body"}, …}. Operations: token, card, update, register, message.
"""

import importlib
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from alibabacloud_tea_openapi.models import Config
from alibabacloud_tea_util.models import RuntimeOptions

OPERATIONS = {
    "token": ("oauth2_1_0", "GetAccessToken", "get_access_token"),
    "card": ("card_1_0", "CreateAndDeliver", "create_and_deliver"),
    "update": ("card_1_0", "UpdateCard", "update_card"),
    "register": ("card_1_0", "RegisterCallback", "register_callback"),
    "message": ("robot_1_0", "BatchSendOTO", "batch_send_oto"),
}
seen = []


class Seen(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = json.loads(body)
        # The library makes an empty one of none.
        if body.get("privateData") == {}:
            del body["privateData"]
        seen.append({"method": self.command, "path": self.path, "token": self.headers.get("x-acs-dingtalk-access-token"), "body": body})
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_PUT = do_POST


server = HTTPServer(("127.0.0.1", 0), Seen)
threading.Thread(target=server.serve_forever, daemon=True).start()
config = Config(protocol="http", endpoint=f"127.0.0.1:{server.server_port}")
result = {}
for name, body in json.load(sys.stdin).items():
    part, kind, method = OPERATIONS[name]
    models = importlib.import_module(f"alibabacloud_dingtalk.{part}.models")
    client = importlib.import_module(f"alibabacloud_dingtalk.{part}.client").Client(config)
    asked = getattr(models, f"{kind}Request")().from_map(body)
    asked.validate()
    if name == "token":
        client.get_access_token(asked)
    else:
        headers = getattr(models, f"{kind}Headers")(x_acs_dingtalk_access_token="a token")
        call = getattr(client, f"{method}_with_options", None) or getattr(client, method.replace("_oto", "_otowith_options"))
        call(asked, headers, RuntimeOptions())
    result[name] = seen.pop()
print(json.dumps(result))
