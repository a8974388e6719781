"""WeCom, DingTalk, Feishu, Lark and Slack as far as people sign in by them, each below a path of its own (/ROOM/wecom). They check what the vendors check: the app, its secret, the
company, the address of return, PKCE where there is some, one use of a code, five minutes of its life, and the app's token, which they give again until it ends.

What each of them does is in `messengers`. Each test has a room of its own, the first part of the path. POST /ROOM/control with what to do otherwise, GET /ROOM/control for what was asked. `person` changes who scans, `reuse` has a code count again, `revoke` ends the apps' tokens, `say`
answers a place with something else, `page` shows a page to click on in place of scanning. `details` changes what is known of who scans, `deny` has the app not see
that ("user", "department", "group"), as where an administrator has not given it the permission."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlencode, urlsplit

from messengers import dingtalk, feishu, slack, wecom
from messengers.common import Refused, fresh

PEOPLE = {"wecom": wecom.PERSON, "dingtalk": dingtalk.PERSON, "feishu": feishu.PERSON, "lark": feishu.PERSON, "slack": slack.PERSON}
DETAILS = {"wecom": wecom.DETAILS, "dingtalk": dingtalk.DETAILS, "feishu": feishu.DETAILS, "lark": feishu.DETAILS}
lock = threading.Lock()
rooms = {}


class Room:
    def __init__(self):
        self.codes, self.people, self.apps, self.asked, self.lie = {}, {}, {}, {}, {}


class Messengers(wecom.WeCom, dingtalk.DingTalk, feishu.Feishu, slack.Slack, BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    @property
    def origin(self):
        return f"http://127.0.0.1:{self.server.server_port}/{self.name}"

    def answer(self, status, body, **headers):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", headers.pop("Type", "application/json"))
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        self.serve("GET", None)

    def do_POST(self):
        self.serve("POST", self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def serve(self, method, body):
        url = urlsplit(self.path)
        _, self.name, vendor, *rest = url.path.split("/", 3)
        with lock:
            self.room = rooms.setdefault(self.name, Room())
        if vendor == "control":
            return self.control(method, body)
        place = rest[0] if rest else ""
        name = f"{vendor} {method} /{place}"
        with lock:
            self.room.asked[name] = self.room.asked.get(name, 0) + 1
        if said := self.room.lie.get("say", {}).get(name):
            time.sleep(said.get("slow", 0))
            return self.answer(said.get("status", 200), said.get("body", {}))
        query = parse_qsl(url.query, keep_blank_values=True)
        if len(dict(query)) != len(query):
            return self.answer(400, {"error": "a parameter twice"})
        if vendor in ("feishu", "lark") and method == "GET" and place.startswith("open-apis/contact/v3/"):
            try:
                return self.answer(200, {"code": 0, "msg": "success", "data": self.feishu_contact(vendor, place.removeprefix("open-apis/contact/v3/"), dict(query))})
            except Refused as refused:
                return self.answer(refused.status, refused.body)
        try:
            handler = getattr(self, f"{'feishu' if vendor == 'lark' else vendor}_places")()[f"{method} /{place}"]
        except KeyError:
            return self.answer(404, {"error": "no such place"})
        try:
            # Departures answer by themselves.
            if (found := handler(vendor, dict(query), body)) is not None:
                self.answer(200, found)
        except Refused as refused:
            self.answer(refused.status, refused.body)

    def control(self, method, body):
        if method == "GET":
            return self.answer(200, self.room.asked)
        self.room.lie.clear()
        self.room.asked.clear()
        self.room.lie.update(json.loads(body))
        if self.room.lie.get("revoke"):
            self.room.apps.clear()
        return self.answer(200, {})

    # What all of them do.

    def depart(self, vendor, query, must, **extra):
        wrong = [name for name, value in must.items() if query.get(name) != value]
        if wrong or not query.get("redirect_uri") or not query.get("state"):
            raise Refused(400, {"error": "invalid_request", "error_description": f"wrong: {wrong}"})
        code = fresh("code")
        self.room.codes[code] = {"vendor": vendor, "at": time.time(), **query}
        back = {**extra, "code": code, "state": query["state"]} | self.room.lie.get("back", {})
        place = query["redirect_uri"] + "?" + urlencode({name: value for name, value in back.items() if value is not None})
        if self.room.lie.get("page"):
            page = f'<!doctype html><title>{vendor}</title><h1>Scan with {vendor}</h1><a href="{place.replace("&", "&amp;")}">Scanned</a>'
            return self.answer(200, page.encode(), Type="text/html")
        self.answer(302, b"", Location=place)

    def take(self, code, vendor):
        known = self.room.codes.get(code) if self.room.lie.get("reuse") else self.room.codes.pop(code, None)
        return known if known and known["vendor"] == vendor and time.time() - known["at"] < 300 else None

    def app_token(self, vendor, lasting=7200):
        token = self.room.apps.get(vendor)
        if not token:
            token = self.room.apps[vendor] = fresh(f"{vendor}-app")
        return token

    def person(self, vendor):
        return {name: value for name, value in (PEOPLE[vendor] | self.room.lie.get("person", {})).items() if value is not None}

    def details(self, vendor):
        return {name: value for name, value in (DETAILS[vendor] | self.room.lie.get("details", {})).items() if value is not None}

    def denied(self, what):
        return what in self.room.lie.get("deny", [])

    def json_body(self, body, fields):
        if not self.headers.get("Content-Type", "").startswith("application/json"):
            raise Refused(400, {"code": "InvalidContentType", "message": "not JSON"})
        sent = json.loads(body)
        if set(sent) != set(fields):
            raise Refused(400, {"code": "InvalidParameter", "message": f"{sorted(sent)}"})
        return sent


server = ThreadingHTTPServer(("127.0.0.1", 0), Messengers)
server.daemon_threads = True
print(server.server_port, flush=True)
server.serve_forever()
