"""A CAS server that keeps to the protocol until it is told to lie: POST /control with what to do, GET /control for how often it was asked.

A ticket counts once and for its own service, as it must; what it says about one can be said otherwise.
"""

import json
import secrets
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

SPACE = "http://www.yale.edu/tp/cas"
tickets, asked, lie = {}, {}, {}


def success(user, attributes):
    inside = "".join(f"<cas:{name}>{escape(value)}</cas:{name}>" for name, values in attributes.items() for value in values)
    return f'<cas:serviceResponse xmlns:cas="{SPACE}"><cas:authenticationSuccess><cas:user>{escape(user)}</cas:user><cas:attributes>{inside}</cas:attributes></cas:authenticationSuccess></cas:serviceResponse>'


def failure(code):
    return f'<cas:serviceResponse xmlns:cas="{SPACE}"><cas:authenticationFailure code="{code}">no</cas:authenticationFailure></cas:serviceResponse>'


class Server(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self, status, text, **headers):
        data = text.encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query, keep_blank_values=True).items()}
        if url.path == "/control":
            return self.answer(200, json.dumps(asked))
        asked[url.path] = asked.get(url.path, 0) + 1
        if url.path == "/login":
            if set(query) != {"service"}:
                return self.answer(400, "only a service is expected")
            ticket = lie.get("ticket") or f"ST-{secrets.token_hex(12)}-cas.example"
            tickets[ticket] = query["service"]
            return self.answer(302, "", Location=query["service"] + "?ticket=" + ticket)
        if url.path == "/p3/serviceValidate":
            if "say" in lie:
                return self.answer(lie.get("status", 200), lie["say"].replace("@SPACE@", SPACE) + " " * lie.get("padding", 0))
            service = tickets.pop(query.get("ticket"), None)
            if service is None:
                return self.answer(200, failure("INVALID_TICKET"))
            if service != query.get("service"):
                return self.answer(200, failure("INVALID_SERVICE"))
            attributes = {"displayName": ["Ann Archer"], "mail": ["ann@example.org"], "memberOf": ["ops", "staff"]}
            return self.answer(200, success(lie.get("user", "ann"), attributes | lie.get("attributes", {})))
        self.answer(404, "")

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        lie.clear()
        asked.clear()
        lie.update(json.loads(body))
        self.answer(200, "{}")


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
server.daemon_threads = True
print(server.server_port, flush=True)
server.serve_forever()
