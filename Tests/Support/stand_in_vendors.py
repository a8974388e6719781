"""Feishu and Slack as far as cards are sent to people there. They check what the vendors check: the token, the shape of a card and its limits, who it is for, and that a message that is
changed is there. Each test has a room of its own, the first part of the path.

GET /ROOM/control tells what was asked for and what is shown to whom; POST /ROOM/control says what goes wrong next: {"fail": [{"status", "headers", "body"}, …]} answers so many messages,
{"delay": seconds} has every answer wait, {"moved": {mail address: id}} gives people other accounts at Slack.
POST /ROOM/oracle gives a callback to the vendors' own libraries: {"vendor", "headers", "body", "secrets", "at"} -> {"accepted"}.
POST /ROOM/stream is what `stand_in_streams.py` is asked."""

import json
import re
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from stand_in_streams import SERVICE, Streams

lock = threading.Lock()
streams = Streams()
rooms = {}


class Room:
    def __init__(self):
        self.tokens, self.messages, self.once, self.calls, self.fail, self.notes, self.forms, self.token = 0, {}, {}, [], [], [], [], None
        self.delay, self.moved = 0, {}


class Refused(Exception):
    def __init__(self, status, body, headers=()):
        self.status, self.body, self.headers = status, body, dict(headers)


def feishu(code, text, status=400):
    return Refused(status, {"code": code, "msg": text})


def slack(error):
    return Refused(200, {"ok": False, "error": error})


def walk(value):
    yield value
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from walk(one)


def check_feishu_card(text):
    """What is wrong with a card of version 2.0 as the vendor would say."""
    if not isinstance(text, str) or len(text.encode()) > 30 << 10:
        raise feishu(230099, "card content")
    card = json.loads(text)
    if card.get("schema") != "2.0" or card.get("config", {}).get("update_multi") is not True or "elements" in card:
        raise feishu(230099, "schema")
    names = [one["element_id"] for one in walk(card) if isinstance(one, dict) and "element_id" in one]
    if len(set(names)) != len(names) or not all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,19}", name) for name in names):
        raise feishu(230099, "element_id")
    for one in walk(card):
        if not isinstance(one, dict):
            continue
        if one.get("tag") in ("action", "markdown", "lark_md"):
            raise feishu(230099, "tag " + one["tag"])
        if one.get("type") == "callback" and not isinstance(one.get("value"), dict):
            raise feishu(200671, "value")
        if one.get("form_action_type") == "submit" and not one.get("name"):
            raise feishu(230099, "a button of a form without a name")
    return card


def check_slack_blocks(blocks):
    if not 1 <= len(blocks) <= 50:
        raise slack("invalid_blocks")
    for one in walk(blocks):
        if not isinstance(one, dict):
            continue
        text = one.get("text")
        if one.get("type") == "section" and not 1 <= len(text["text"]) <= 3000 or one.get("type") == "header" and not 1 <= len(text["text"]) <= 150:
            raise slack("invalid_blocks")
        if one.get("type") == "button" and (len(text["text"]) > 75 or len(one.get("value", "")) > 2000):
            raise slack("invalid_blocks")
        if one.get("type") == "actions" and len(one["elements"]) > 25:
            raise slack("invalid_blocks")


def oracle(asked):
    headers, body = asked["headers"], asked["body"].encode()
    if asked["vendor"] == "slack":
        from slack_sdk.signature import Clock, SignatureVerifier

        clock = Clock()
        clock.now = lambda: asked["at"]
        return SignatureVerifier(asked["secrets"]["signingSecret"], clock).is_valid_request(body, headers)
    import logging

    import lark_oapi as lark
    from lark_oapi.event.callback.model.p2_card_action_trigger import P2CardActionTriggerResponse

    logging.disable()
    seen = []

    def click(data):
        seen.append(data.event.operator.union_id)
        return P2CardActionTriggerResponse({})

    handler = lark.EventDispatcherHandler.builder(asked["secrets"]["encryptKey"], asked["secrets"]["verificationToken"]).register_p2_card_action_trigger(click).build()
    request = lark.RawRequest()
    request.uri, request.body, request.headers = "/", body, headers
    return handler.do(request).status_code == 200 and len(seen) == 1


class Vendors(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body, headers=()):
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(data)), **dict(headers)}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        self.serve("GET")

    def do_POST(self):
        self.serve("POST")

    def do_PATCH(self):
        self.serve("PATCH")

    def serve(self, method):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = urlsplit(self.path)
        _, name, *rest = parts.path.split("/")
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        if rest == ["stream"]:
            return self.answer(200, streams.ask(name, json.loads(body or "{}")))
        with lock:
            room = rooms.setdefault(name, Room())
            try:
                if rest == ["control"]:
                    if method == "POST":
                        room.fail = json.loads(body).get("fail", room.fail)
                        room.delay = json.loads(body).get("delay", room.delay)
                        room.moved = json.loads(body).get("moved", room.moved)
                        if json.loads(body).get("revoke"):
                            room.token = None
                    told = {"tokens": room.tokens, "messages": list(room.messages.values()), "calls": room.calls, "notes": room.notes, "forms": room.forms}
                    return self.answer(200, told)
                if rest == ["oracle"]:
                    return self.answer(200, {"accepted": oracle(json.loads(body))})
                path = "/".join(rest)
                room.calls.append(f"{method} {path}")
                told = 200, self.feishu(room, method, path, query, body, name) if path.startswith(("open-apis/", "callback/")) else self.slack(room, method, path, query, body, name)
            except Refused as refused:
                told = refused.status, refused.body, refused.headers
            delay = room.delay
        time.sleep(delay)
        self.answer(*told)

    def stumble(self, room):
        if room.fail:
            one = room.fail.pop(0)
            raise Refused(one["status"], one.get("body", {}), one.get("headers", {}))

    def feishu(self, room, method, path, query, body, name):
        said = json.loads(body) if body else {}
        if path == "callback/ws/endpoint" and method == "POST":
            if (said.get("AppID"), said.get("AppSecret")) != ("cli_app", "the app's secret"):
                raise feishu(514, "app id or secret is wrong", 200)
            ticket, refused = streams.open("feishu", name)
            if refused:
                raise Refused(refused.get("status", 200), refused.get("body", {"code": 1, "msg": "busy"}), refused.get("headers", {}))
            query = urlencode({"fpid": 493, "aid": 552564, "device_id": "7626756120875584443", "access_key": "secret", "service_id": SERVICE, "ticket": ticket})
            url = streams.place(name).elsewhere or f"ws://127.0.0.1:{streams.port}/ws/v2"
            return {"code": 0, "msg": "", "data": {"URL": f"{url}?{query}", "ClientConfig": {"ReconnectCount": -1, "ReconnectInterval": 120, "ReconnectNonce": 30, "PingInterval": 120}}}
        path = path[len("open-apis/"):]
        if path == "auth/v3/tenant_access_token/internal":
            if (said.get("app_id"), said.get("app_secret")) != ("cli_app", "the app's secret"):
                raise feishu(10014, "app secret invalid", 200)
            if room.token is None:
                room.tokens += 1
                room.token = f"t-{room.tokens}"
            return {"code": 0, "msg": "ok", "tenant_access_token": room.token, "expire": 7200}
        if self.headers.get("Authorization") != f"Bearer {room.token}":
            raise feishu(99991663, "token invalid")
        if self.headers.get("Content-Type") != "application/json; charset=utf-8":
            raise feishu(230001, "content type")
        self.stumble(room)
        if path == "contact/v3/users/batch_get_id":
            found = [{"email": email, **({"user_id": "on_" + email.split("@")[0]} if email.endswith("@example.org") else {})} for email in said["emails"]]
            return {"code": 0, "msg": "success", "data": {"user_list": found}}
        if path == "im/v1/messages" and method == "POST":
            if query.get("receive_id_type") != "union_id" or said.get("msg_type") != "interactive" or not 1 <= len(said.get("uuid", "x")) <= 50:
                raise feishu(230001, "parameter")
            if not said["receive_id"].startswith("on_"):
                raise feishu(230013, "not available")
            card = check_feishu_card(said["content"])
            if said["uuid"] not in room.once:
                room.once[said["uuid"]] = f"om_{len(room.messages) + 1}"
                room.messages[room.once[said["uuid"]]] = {"id": room.once[said["uuid"]], "to": said["receive_id"], "card": card, "updates": 0}
            return {"code": 0, "msg": "success", "data": {"message_id": room.once[said["uuid"]]}}
        if path.startswith("im/v1/messages/") and method == "PATCH":
            message = room.messages.get(path.rsplit("/", 1)[1])
            if message is None or set(said) != {"content"}:
                raise feishu(230001, "parameter")
            message["card"] = check_feishu_card(said["content"])
            message["updates"] += 1
            return {"code": 0, "msg": "success", "data": {}}
        raise feishu(404, "no such thing", 404)

    def slack(self, room, method, path, query, body, name):
        if path == "api/apps.connections.open":
            if self.headers.get("Authorization") != "Bearer xapp-the-token" or method != "POST":
                raise slack("invalid_auth")
            hello = {"type": "hello", "connection_info": {"app_id": "A1"}, "debug_info": {"host": "stand-in", "approximate_connection_time": 18060}}
            ticket, refused = streams.open("slack", name, hello)
            if refused:
                raise Refused(refused.get("status", 200), refused.get("body", {"ok": False, "error": "internal_error"}), refused.get("headers", {}))
            return {"ok": True, "url": f"ws://127.0.0.1:{streams.port}/link/?" + urlencode({"ticket": ticket, "app_id": "A1"})}
        if self.headers.get("Authorization") != "Bearer xoxb-the-token":
            raise slack("invalid_auth")
        said = json.loads(body) if body else {}
        if path == "api/users.lookupByEmail" and method == "GET":
            if not query["email"].endswith("@example.org"):
                raise slack("users_not_found")
            return {"ok": True, "user": {"id": room.moved.get(query["email"], "U" + query["email"].split("@")[0].upper()), "team_id": "T1", "deleted": False, "is_bot": False}}
        if method != "POST" or self.headers.get("Content-Type") != "application/json; charset=utf-8":
            raise slack("invalid_post_type")
        self.stumble(room)
        if path == "api/conversations.open":
            if not said["users"].startswith("U"):
                raise slack("user_not_found")
            return {"ok": True, "channel": {"id": "D" + said["users"][1:]}}
        if path == "api/chat.postMessage":
            check_slack_blocks(said["blocks"])
            if not said.get("text") or not said["channel"].startswith("D"):
                raise slack("channel_not_found")
            stamp = f"1700000000.{len(room.messages) + 1:06}"
            room.messages[stamp] = {"id": stamp, "to": "U" + said["channel"][1:], "card": said["blocks"], "text": said["text"], "updates": 0}
            return {"ok": True, "channel": said["channel"], "ts": stamp}
        if path == "api/chat.update":
            message = room.messages.get(said["ts"])
            if message is None or "U" + said["channel"][1:] != message["to"]:
                raise slack("message_not_found")
            check_slack_blocks(said["blocks"])
            message["card"], message["text"] = said["blocks"], said["text"]
            message["updates"] += 1
            return {"ok": True, "channel": said["channel"], "ts": said["ts"]}
        if path == "api/chat.postEphemeral":
            room.notes.append({"to": said["user"], "text": said["text"]})
            return {"ok": True, "message_ts": "1"}
        if path == "api/views.open":
            view = said["view"]
            if not said.get("trigger_id") or view["type"] != "modal" or len(view["title"]["text"]) > 24 or len(view["private_metadata"]) > 3000:
                raise slack("invalid_arguments")
            room.forms.append(view)
            return {"ok": True, "view": {"id": "V1"}}
        raise slack("unknown_method")


server = ThreadingHTTPServer(("127.0.0.1", 0), Vendors)
server.daemon_threads = True
print(server.server_port, streams.port, flush=True)
sys.stdout.flush()
server.serve_forever()
