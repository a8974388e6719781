"""DingTalk, WeCom and Teams as far as cards are sent to people there. They check what the vendors check: tokens, the fields of each request (those of the vendors' own libraries), limits, and
that a card that is changed is there and may still be changed. Each test has a room of its own, the first part of the path.

GET /ROOM/control tells what was asked for and what is shown to whom; POST /ROOM/control says what goes wrong next: {"fail": [{"status", "body"}, …]} answers so many requests, "revoke" ends
the tokens. POST /ROOM/click {"vendor", …} makes what the vendor calls back with, by wechatpy for WeCom; POST /ROOM/opened has wechatpy open an answer.
POST /ROOM/stream is what `stand_in_streams.py` is asked; a click there may name {"to", "user", "action"}."""

import base64
import hashlib
import hmac
import json
import re
import sys
import threading
import time
import xml.etree.ElementTree as ElementTree
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from stand_in_streams import Streams

TOKEN, KEY, CORP = "QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx5823bf96d3bd56c7"
lock = threading.Lock()
streams = Streams()
rooms = {}


class Room:
    def __init__(self):
        self.fetched, self.token, self.messages, self.codes, self.tasks, self.calls, self.fail, self.routes = 0, None, {}, {}, set(), [], [], {}


class Refused(Exception):
    def __init__(self, status, body):
        self.status, self.body = status, body


def wecom(code, text):
    return Refused(200, {"errcode": code, "errmsg": text})


def dingtalk(status, code):
    return Refused(status, {"code": code, "message": code, "requestid": "r"})


def fields(said, needed, more=()):
    if not isinstance(said, dict) or not set(needed) <= set(said) <= set(needed) | set(more):
        raise Refused(400, {"code": "param.invalid", "errcode": 40058, "message": f"{sorted(said) if isinstance(said, dict) else said}"})
    return said


def check_wecom_card(card, is_change=False):
    fields(card, ["card_type", "main_title", "card_action"], ["source", "sub_title_text", "horizontal_content_list", "task_id", "button_list", "replace_text"])
    if card["card_type"] not in ("button_interaction", "text_notice") or card["card_action"].get("type") != 1 or not card["card_action"].get("url", "").startswith("https://"):
        raise wecom(40058, "card")
    if card["card_type"] == "button_interaction":
        buttons = card.get("button_list") or []
        if not 1 <= len(buttons) <= 6 or len({one["key"] for one in buttons}) != len(buttons) or any(len(one["key"].encode()) > 1024 or not 1 <= one["style"] <= 4 for one in buttons):
            raise wecom(40058, "button_list")
        if not is_change and not re.fullmatch(r"[0-9A-Za-z_@-]{1,128}", card.get("task_id", "")):
            raise wecom(40058, "task_id")
    if len(card.get("horizontal_content_list", [])) > 6:
        raise wecom(40058, "horizontal_content_list")
    return card


class Vendors(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        self.serve("GET")

    def do_POST(self):
        self.serve("POST")

    def do_PUT(self):
        self.serve("PUT")

    def serve(self, method):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = urlsplit(self.path)
        _, name, *rest = parts.path.split("/")
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        path = "/".join(rest)
        said = json.loads(body) if body else {}
        if path == "stream":
            return self.answer(200, streams.ask(name, self.dingtalk_stream_click(name, said) if said.get("do") == "click" and "to" in said else said))
        with lock:
            room = rooms.setdefault(name, Room())
            try:
                if path == "control":
                    if method == "POST":
                        room.fail = said.get("fail", room.fail)
                        room.token = None if said.get("revoke") else room.token
                    return self.answer(200, {"tokens": room.fetched, "messages": list(room.messages.values()), "calls": room.calls})
                if path == "click":
                    return self.answer(200, getattr(self, said["vendor"] + "_click")(room, said))
                if path == "opened":
                    return self.answer(200, opened(said["body"]))
                room.calls.append(f"{method} {path}")
                if path.startswith("cgi-bin/"):
                    found = self.wecom(room, method, path[len("cgi-bin/"):], query, said)
                elif path == "workflow":
                    found = self.teams(room, method, query, said)
                else:
                    found = self.dingtalk(room, method, path, query, said, name)
                self.answer(202 if path == "workflow" else 200, found)
            except Refused as refused:
                self.answer(refused.status, refused.body)

    def stumble(self, room):
        if room.fail:
            one = room.fail.pop(0)
            raise Refused(one["status"], one.get("body", {}))

    def fresh(self, room):
        if room.token is None:
            room.fetched += 1
            room.token = f"token-{room.fetched}"
        return room.token

    # WeCom.

    def wecom(self, room, method, path, query, said):
        if path == "gettoken":
            if query != {"corpid": CORP, "corpsecret": "the app's secret"}:
                raise wecom(40001, "invalid credential")
            return {"errcode": 0, "errmsg": "ok", "access_token": self.fresh(room), "expires_in": 7200}
        if query.get("access_token") != room.token:
            raise wecom(40014, "invalid access_token")
        self.stumble(room)
        if path == "user/get_userid_by_email":
            fields(said, ["email", "email_type"])
            if not said["email"].endswith("@example.org"):
                raise wecom(60111, "userid not found")
            return {"errcode": 0, "errmsg": "ok", "userid": said["email"].split("@")[0].capitalize()}
        if path == "message/send":
            fields(said, ["touser", "msgtype", "agentid", "template_card"], ["enable_duplicate_check", "duplicate_check_interval"])
            if said["msgtype"] != "template_card" or said["agentid"] != 218 or "|" in said["touser"]:
                raise wecom(40058, "parameter")
            card = check_wecom_card(said["template_card"])
            if said["touser"] == "stranger":
                return {"errcode": 0, "errmsg": "ok", "invaliduser": "stranger", "msgid": "m0"}
            task = card.get("task_id", f"notice-{len(room.messages)}")
            if task in room.tasks:
                # The duplicate is dropped, and nothing says so.
                known = next(one for one in room.messages.values() if one["task"] == task)
                return {"errcode": 0, "errmsg": "ok", "msgid": known["id"], "response_code": known["code"]}
            room.tasks.add(task)
            message = {"id": f"m{len(room.messages) + 1}", "to": said["touser"], "task": task, "card": card, "code": f"c{len(room.messages) + 1}", "updates": 0, "recalled": False}
            room.messages[message["id"]] = message
            room.codes[message["code"]] = message
            return {"errcode": 0, "errmsg": "ok", "msgid": message["id"], "response_code": message["code"]}
        if path == "message/update_template_card":
            fields(said, ["userids", "agentid", "response_code", "template_card"])
            message = room.codes.pop(said["response_code"], None)
            if message is None or said["userids"] != [message["to"]] or message["recalled"]:
                raise wecom(42045, "response_code is used or expired")
            message["card"] = check_wecom_card(said["template_card"], is_change=True)
            message["updates"] += 1
            return {"errcode": 0, "errmsg": "ok"}
        if path == "message/recall":
            message = room.messages.get(fields(said, ["msgid"])["msgid"])
            if message is None:
                raise wecom(40058, "msgid")
            message["recalled"] = True
            return {"errcode": 0, "errmsg": "ok"}
        raise wecom(404, "no such thing")

    def wecom_click(self, room, said):
        from wechatpy.enterprise.crypto import WeChatCrypto

        inner = (
            f"<xml><ToUserName><![CDATA[{said.get('corp', CORP)}]]></ToUserName><FromUserName><![CDATA[{said['user']}]]></FromUserName><CreateTime>{said['at']}</CreateTime>"
            f"<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[template_card_event]]></Event><EventKey><![CDATA[{said['key']}]]></EventKey><TaskId><![CDATA[{said['task']}]]></TaskId>"
            f"<CardType><![CDATA[button_interaction]]></CardType><ResponseCode><![CDATA[click]]></ResponseCode><AgentID>218</AgentID></xml>"
        )
        crypto = WeChatCrypto(said.get("token", TOKEN), KEY, said.get("receiver", CORP))
        sealed = ElementTree.fromstring(crypto.encrypt_message(inner, "n-1", str(said["at"])))
        body = f"<xml><ToUserName><![CDATA[{CORP}]]></ToUserName><AgentID>218</AgentID><Encrypt><![CDATA[{sealed.findtext('Encrypt')}]]></Encrypt></xml>"
        return {"query": {"msg_signature": sealed.findtext("MsgSignature"), "timestamp": str(said["at"]), "nonce": "n-1"}, "body": body, "headers": {"Content-Type": "text/xml"}}

    # DingTalk.

    def dingtalk(self, room, method, path, query, said, name):
        if path == "v1.0/oauth2/accessToken":
            if fields(said, ["appKey", "appSecret"]) != {"appKey": "ding-app", "appSecret": "the app's secret"}:
                raise dingtalk(400, "invalidAppKeyOrSecret")
            return {"accessToken": self.fresh(room), "expireIn": 7200}
        if path == "v1.0/gateway/connections/open":
            fields(said, ["clientId", "clientSecret", "subscriptions"], ["ua", "localIp"])
            if (said["clientId"], said["clientSecret"]) != ("ding-app", "the app's secret"):
                raise dingtalk(401, "authFailed")
            if {"type": "CALLBACK", "topic": "/v1.0/card/instances/callback"} not in said["subscriptions"]:
                raise dingtalk(400, "param.error")
            ticket, refused = streams.open("dingtalk", name)
            if refused:
                raise Refused(refused.get("status", 503), refused.get("body", {}))
            return {"endpoint": f"ws://127.0.0.1:{streams.port}/connect", "ticket": ticket}
        if path == "topapi/user/getbyunionid":
            if query.get("access_token") != room.token:
                raise Refused(200, {"errcode": 88, "sub_code": "40014", "errmsg": "ding talk error[subcode=40014,submsg=invalid access_token]"})
            person = fields(said, ["unionid"])["unionid"]
            if not person.startswith("union-"):
                raise Refused(200, {"errcode": 60121, "errmsg": "not in the company"})
            return {"errcode": 0, "errmsg": "ok", "result": {"contact_type": 1 if person == "union-guest" else 0, "userid": "staff-" + person[len("union-"):]}}
        if self.headers.get("x-acs-dingtalk-access-token") != room.token:
            raise dingtalk(401, "InvalidAuthentication")
        self.stumble(room)
        if path == "v1.0/card/callbacks/register":
            fields(said, ["callbackRouteKey", "callbackUrl", "apiSecret", "forceUpdate"])
            room.routes[said["callbackRouteKey"]] = said
            return {"success": True, "result": {"callbackUrl": said["callbackUrl"], "apiSecret": said["apiSecret"]}}
        if path == "v1.0/card/instances/createAndDeliver":
            fields(
                said, ["cardTemplateId", "outTrackId", "callbackType", "cardData", "openSpaceId", "userIdType", "imRobotOpenSpaceModel", "imRobotOpenDeliverModel"], ["callbackRouteKey", "privateData"]
            )
            self.check_values(said["cardData"])
            if said["imRobotOpenDeliverModel"] != {"spaceType": "IM_ROBOT", "robotCode": "ding-app"} or said["userIdType"] != 2 or said["callbackType"] not in ("HTTP", "STREAM") or said["callbackType"] == "STREAM" and "callbackRouteKey" in said:
                raise dingtalk(400, "param.error")
            space = re.fullmatch(r"dtv1\.card//IM_ROBOT\.(union-[a-z]+)", said["openSpaceId"])
            if not space:
                return {"success": True, "result": {"outTrackId": said["outTrackId"], "deliverResults": [{"spaceType": "IM_ROBOT", "success": False, "errorMsg": "the person is not in the company"}]}}
            # Another card under a known id changes nothing.
            room.messages.setdefault(
                said["outTrackId"], {"id": said["outTrackId"], "to": space[1], "card": said["cardData"]["cardParamMap"], "updates": 0, "route": said.get("callbackRouteKey"), "by": said["callbackType"]}
            )
            return {"success": True, "result": {"outTrackId": said["outTrackId"], "deliverResults": [{"spaceType": "IM_ROBOT", "spaceId": space[1], "carrierId": "c", "success": True}]}}
        if path == "v1.0/card/instances" and method == "PUT":
            fields(said, ["outTrackId", "cardData", "cardUpdateOptions", "userIdType"], ["privateData"])
            self.check_values(said["cardData"])
            message = room.messages.get(said["outTrackId"])
            if message is None:
                raise dingtalk(400, "param.outTrackIdNotExist")
            if not said["cardUpdateOptions"]["updateCardDataByKey"]:
                message["card"] = {}
            message["card"] = {**message["card"], **said["cardData"]["cardParamMap"]}
            message["updates"] += 1
            return {"success": True, "result": True}
        if path == "v1.0/robot/oToMessages/batchSend":
            fields(said, ["robotCode", "userIds", "msgKey", "msgParam"])
            content = fields(json.loads(said["msgParam"]), ["title", "text", "singleTitle", "singleURL"])
            if said["robotCode"] != "ding-app" or said["msgKey"] != "sampleActionCard" or not 1 <= len(said["userIds"]) <= 20:
                raise dingtalk(400, "param.error")
            key = f"q{len(room.messages) + 1}"
            room.messages[key] = {"id": key, "to": said["userIds"][0], "card": content, "updates": 0}
            return {"processQueryKey": key, "invalidStaffIdList": [], "flowControlledStaffIdList": []}
        raise dingtalk(404, "InvalidAction.NotFound")

    def check_values(self, data):
        values = fields(data, ["cardParamMap"])["cardParamMap"]
        if not all(isinstance(value, str) and len(value.encode()) <= 1024 and len(name.encode()) <= 100 for name, value in values.items()):
            raise dingtalk(400, "param.cardParamMapError")

    def dingtalk_click(self, room, said):
        message = next(one for one in room.messages.values() if one["to"] == said["to"])
        # Without having been told where to, the vendor tells nobody.
        route = room.routes[message["route"]]
        stamp = str(said["at"])
        signature = base64.b64encode(hmac.new(route["apiSecret"].encode(), stamp.encode(), hashlib.sha256).digest()).decode()
        content = {"cardPrivateData": {"actionIds": ["1"], "params": {"action": said["action"], "ref": message["card"]["ref"]}}}
        body = {"type": "actionCallback", "outTrackId": message["id"], "corpId": said.get("corp", "ding-corp"), "userId": said["user"], "content": json.dumps(content)}
        return {
            "url": route["callbackUrl"], "body": json.dumps(body), "query": {},
            "headers": {"Content-Type": "application/json", "x-ddpaas-signature-timestamp": stamp, "x-ddpaas-signature": signature},
        }

    def dingtalk_stream_click(self, name, said):
        with lock:
            message = next(one for one in reversed(rooms[name].messages.values()) if one["to"] == said["to"])
        assert message["by"] == "STREAM", "the vendor calls for this card"
        content = {"cardPrivateData": {"actionIds": ["1"], "params": {"action": said["action"], "ref": said.get("ref", message["card"]["ref"])}}}
        data = {
            "type": "actionCallback", "outTrackId": message["id"], "corpId": said.get("corp", "ding-corp"), "userId": said["user"], "userIdType": 2, "spaceType": "IM_ROBOT", "spaceId": message["to"],
            "extension": "{}", "content": json.dumps(content),
        }
        return {**said, "data": data}

    # Teams.

    def teams(self, room, method, query, said):
        if method != "POST" or query.get("sig") != "the-signature":
            raise Refused(401, {"error": {"code": "DirectApiInvalidAuthorization", "message": "sig=" + query.get("sig", "")}})
        self.stumble(room)
        fields(said, ["type", "attachments"])
        attachment = fields(said["attachments"][0], ["contentType", "contentUrl", "content"])
        card = attachment["content"]
        if said["type"] != "message" or attachment["contentType"] != "application/vnd.microsoft.card.adaptive" or card["type"] != "AdaptiveCard" or len(json.dumps(card)) > 28 << 10:
            raise Refused(400, {"error": {"code": "TriggerInputSchemaMismatch"}})
        if {one["type"] for one in card["actions"]} != {"Action.OpenUrl"}:
            raise Refused(400, {"error": {"code": "ActionNotSupported"}})
        key = f"t{len(room.messages) + 1}"
        room.messages[key] = {"id": key, "to": "room", "card": card, "updates": 0}
        return {}


def opened(body):
    from wechatpy.enterprise.crypto import WeChatCrypto

    outer = ElementTree.fromstring(body)
    plain = WeChatCrypto(TOKEN, KEY, CORP).decrypt_message(body, outer.findtext("MsgSignature"), outer.findtext("TimeStamp"), outer.findtext("Nonce"))
    inner = ElementTree.fromstring(plain)
    return {"type": inner.findtext("MsgType"), "to": inner.findtext("ToUserName"), "from": inner.findtext("FromUserName"), "replaced": inner.findtext("TemplateCard/ReplaceText") or "",
            "name": inner.findtext("Button/ReplaceName") or "", "fresh": abs(int(outer.findtext("TimeStamp")) - time.time()) < 1e9}


server = ThreadingHTTPServer(("127.0.0.1", 0), Vendors)
server.daemon_threads = True
print(server.server_port, streams.port, flush=True)
sys.stdout.flush()
server.serve_forever()
