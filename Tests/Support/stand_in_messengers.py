"""WeCom, DingTalk, Feishu, Lark and Slack as far as people sign in by them, each below a path of its own (/ROOM/wecom). They check what the vendors check: the app, its secret, the
company, the address of return, PKCE where there is some, one use of a code, five minutes of its life, and the app's token, which they give again until it ends.

Each test has a room of its own, the first part of the path. POST /ROOM/control with what to do otherwise, GET /ROOM/control for what was asked. `person` changes who scans, `reuse` has a code count again, `revoke` ends the apps' tokens, `say`
answers a place with something else, `page` shows a page to click on in place of scanning. `details` changes what is known of who scans, `deny` has the app not see
that ("user", "department", "group"), as where an administrator has not given it the permission."""

import base64
import hashlib
import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

APP, SECRET, COMPANY = "app-1000002", "an app's secret/with+signs", "company-1"
PEOPLE = {
    "wecom": {"userid": "AnnArcher"},
    "dingtalk": {"corpId": COMPANY, "unionId": "union-of-ann", "openId": "open-1", "nick": "Ann Archer", "email": "ann@example.org", "userid": "ann0815", "contact_type": 0},
    "feishu": {"open_id": "ou_1", "union_id": "on_ann", "user_id": "ann0815", "name": "Ann Archer", "email": "own@mail.example", "enterprise_email": "ann@example.org", "tenant_key": COMPANY},
    "slack": {"https://slack.com/user_id": "U1ANN", "https://slack.com/team_id": COMPANY, "name": "Ann Archer", "email": "ann@example.org", "email_verified": True},
}
PEOPLE["lark"] = PEOPLE["feishu"]
# What the vendors tell an app that may see it: the person, and departments that lie in each other. 31 lies in 3, and 3 in 1, at the top.
DETAILS = {
    "wecom": {
        "name": "Ann Archer", "department": [31, 4], "main_department": 31, "position": "Lead Engineer", "status": 1,
        "extattr": {"attrs": [{"type": 0, "name": "grade", "text": {"value": "G7"}}, {"type": 1, "name": "site", "web": {"url": "https://x.example"}}]},
    },
    "dingtalk": {
        "name": "Ann Archer", "title": "Lead Engineer", "job_number": "0815", "org_email": "ann@example.org", "dept_id_list": [31, 4], "extension": '{"grade":"G7"}',
        "role_list": [{"id": 77, "name": "On call", "group_name": "Duty"}], "active": True,
    },
    "feishu": {
        "name": "Ann Archer", "department_ids": ["od-31", "od-4"], "job_title": "Lead Engineer", "employee_no": "0815", "enterprise_email": "ann@example.org",
        "custom_attrs": [{"type": "TEXT", "id": "C-1", "value": {"text": "G7"}}], "groups": {"1": ["g77"], "2": ["g78"]},
    },
}
DETAILS["lark"] = DETAILS["feishu"]
DEPARTMENTS = {1: ("Company", 0), 3: ("Technology", 1), 31: ("Operations", 3), 4: ("department/3", 1)}
GROUPS = {"g77": "On call", "g78": "Everybody here"}
key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
lock = threading.Lock()
rooms = {}


class Room:
    def __init__(self):
        self.codes, self.people, self.apps, self.asked, self.lie = {}, {}, {}, {}, {}


def b64(data):
    return base64.urlsafe_b64encode(data if isinstance(data, bytes) else json.dumps(data).encode()).rstrip(b"=").decode()


def fresh(kind):
    return f"{kind}-{b64(hashlib.sha256(str(time.time_ns()).encode()).digest())}"


def sign(claims):
    signed = f"{b64({'alg': 'RS256', 'typ': 'JWT', 'kid': 'k1'})}.{b64(claims)}"
    return signed + "." + b64(key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))


class Refused(Exception):
    def __init__(self, status, body):
        self.status, self.body = status, body


class Messengers(BaseHTTPRequestHandler):
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

    # WeCom.

    def wecom_places(self):
        return {
            "GET /wwlogin/sso/login": self.wecom_login, "GET /cgi-bin/gettoken": self.wecom_token, "GET /cgi-bin/auth/getuserinfo": self.wecom_user,
            "GET /cgi-bin/user/get": self.wecom_details, "GET /cgi-bin/department/get": self.wecom_department,
        }

    def wecom_login(self, vendor, query, _):
        if not re.fullmatch(r"[A-Za-z0-9]{1,128}", query.get("state", "")):
            raise Refused(400, {"error": "state"})
        self.depart(vendor, query, {"login_type": "CorpApp", "appid": COMPANY, "agentid": APP})

    def wecom_token(self, vendor, query, _):
        if query != {"corpid": COMPANY, "corpsecret": SECRET}:
            return {"errcode": 40001, "errmsg": "invalid credential"}
        return {"errcode": 0, "errmsg": "ok", "access_token": self.app_token(vendor), "expires_in": 7200}

    def wecom_user(self, vendor, query, _):
        if set(query) != {"access_token", "code"}:
            return {"errcode": 41001, "errmsg": "access_token missing"}
        if query["access_token"] != self.room.apps.get(vendor):
            return {"errcode": 40014, "errmsg": "invalid access_token"}
        if not self.take(query["code"], vendor):
            return {"errcode": 40029, "errmsg": "invalid code"}
        return {"errcode": 0, "errmsg": "ok", **self.person(vendor)}

    def wecom_asked(self, vendor, query, name):
        if set(query) != {"access_token", name}:
            return {"errcode": 40035, "errmsg": "invalid parameter"}
        return {"errcode": 40014, "errmsg": "invalid access_token"} if query["access_token"] != self.room.apps.get(vendor) else None

    def wecom_details(self, vendor, query, _):
        if fault := self.wecom_asked(vendor, query, "userid"):
            return fault
        user = self.person(vendor)["userid"]
        if query["userid"].lower() != user.lower():
            return {"errcode": 60111, "errmsg": "userid not found"}
        return {"errcode": 60011, "errmsg": "no privilege to access/modify contact/party/agent"} if self.denied("user") else {"errcode": 0, "errmsg": "ok", "userid": user, **self.details(vendor)}

    def wecom_department(self, vendor, query, _):
        if fault := self.wecom_asked(vendor, query, "id"):
            return fault
        if self.denied("department") or int(query["id"]) not in DEPARTMENTS:
            return {"errcode": 60011, "errmsg": "no privilege to access/modify contact/party/agent"}
        name, above = DEPARTMENTS[int(query["id"])]
        return {"errcode": 0, "errmsg": "ok", "department": {"id": int(query["id"]), "name": name, "parentid": above, "order": 1}}

    # DingTalk.

    def dingtalk_places(self):
        return {
            "GET /oauth2/auth": self.dingtalk_login, "POST /v1.0/oauth2/userAccessToken": self.dingtalk_exchange, "GET /v1.0/contact/users/me": self.dingtalk_me,
            "POST /v1.0/oauth2/accessToken": self.dingtalk_token, "POST /topapi/user/getbyunionid": self.dingtalk_member,
            "POST /topapi/v2/user/get": self.dingtalk_details, "POST /topapi/v2/department/listparentbyuser": self.dingtalk_above, "POST /topapi/v2/department/get": self.dingtalk_department,
        }

    def dingtalk_login(self, vendor, query, _):
        must = {"response_type": "code", "client_id": APP, "scope": "openid corpid", "prompt": "consent", "corpId": COMPANY}
        self.depart(vendor, query, must, authCode="the same as the code")

    def dingtalk_exchange(self, vendor, _, body):
        sent = self.json_body(body, ["clientId", "clientSecret", "code", "grantType"])
        if (sent["clientId"], sent["clientSecret"]) != (APP, SECRET):
            raise Refused(400, {"code": "invalidClientIdOrSecret", "message": "wrong"})
        if sent["grantType"] != "authorization_code" or not self.take(sent["code"], vendor):
            raise Refused(400, {"code": "invalidParameter.authCode.notFound", "message": "no such code"})
        token = fresh("person")
        self.room.people[token] = vendor
        return {"accessToken": token, "refreshToken": fresh("refresh"), "expireIn": 7200, "corpId": self.person(vendor)["corpId"]}

    def dingtalk_me(self, vendor, _, __):
        if self.room.people.get(self.headers.get("x-acs-dingtalk-access-token")) != vendor:
            raise Refused(401, {"code": "InvalidAuthentication", "message": "token"})
        person = self.person(vendor)
        return {name: person[name] for name in ("unionId", "openId", "nick", "email") if name in person}

    def dingtalk_token(self, vendor, _, body):
        sent = self.json_body(body, ["appKey", "appSecret"])
        if (sent["appKey"], sent["appSecret"]) != (APP, SECRET):
            raise Refused(400, {"code": "invalidAppKeyOrSecret", "message": "wrong"})
        return {"accessToken": self.app_token(vendor), "expireIn": 7200}

    def dingtalk_member(self, vendor, query, body):
        if query.get("access_token") != self.room.apps.get(vendor):
            return {"errcode": 40014, "errmsg": "invalid access token"}
        person = self.person(vendor)
        if self.json_body(body, ["unionid"])["unionid"] != person["unionId"] or "userid" not in person:
            return {"errcode": 60121, "errmsg": "user not found"}
        return {"errcode": 0, "errmsg": "ok", "result": {"contact_type": person["contact_type"], "userid": person["userid"]}}

    def dingtalk_asked(self, vendor, query, body, field, permission):
        if query != {"access_token": self.room.apps.get(vendor)}:
            return None, {"errcode": 40014, "errmsg": "invalid access token"}
        sent = self.json_body(body, [field])[field]
        if self.denied("user" if permission == "qyapi_get_member" else "department"):
            return None, {"errcode": 88, "sub_code": "60011", "errmsg": f"ding talk error[subcode=60011,submsg={permission}]"}
        if field == "userid" and sent != self.person(vendor).get("userid"):
            return None, {"errcode": 60121, "errmsg": "user not found"}
        return sent, None

    def dingtalk_details(self, vendor, query, body):
        _, fault = self.dingtalk_asked(vendor, query, body, "userid", "qyapi_get_member")
        person = self.person(vendor)
        return fault or {"errcode": 0, "errmsg": "ok", "result": {"userid": person["userid"], "unionid": person["unionId"], **self.details(vendor)}}

    def dingtalk_above(self, vendor, query, body):
        _, fault = self.dingtalk_asked(vendor, query, body, "userid", "qyapi_get_department_list")
        lines = []
        for line in ([one] for one in self.details(vendor).get("dept_id_list", [])):
            while above := DEPARTMENTS[line[-1]][1]:
                line.append(above)
            lines.append({"parent_dept_id_list": line})
        return fault or {"errcode": 0, "errmsg": "ok", "result": {"parent_list": lines}}

    def dingtalk_department(self, vendor, query, body):
        sent, fault = self.dingtalk_asked(vendor, query, body, "dept_id", "qyapi_get_department_list")
        if not fault and sent not in DEPARTMENTS:
            fault = {"errcode": 60003, "errmsg": "department not found"}
        return fault or {"errcode": 0, "errmsg": "ok", "result": {"dept_id": sent, "name": DEPARTMENTS[sent][0], "parent_id": DEPARTMENTS[sent][1]}}

    # Feishu and Lark.

    def feishu_places(self):
        return {
            "GET /open-apis/authen/v1/authorize": self.feishu_login, "GET /open-apis/authen/v1/user_info": self.feishu_me,
            "POST /open-apis/auth/v3/tenant_access_token/internal": self.feishu_token,
            # Each is had at one of the two places.
            "POST /oauth/v3/token": lambda *all: self.feishu_exchange("feishu", *all), "POST /open-apis/authen/v2/oauth/token": lambda *all: self.feishu_exchange("lark", *all),
        }

    def feishu_login(self, vendor, query, _):
        if len(query.get("code_challenge", "")) != 43:
            raise Refused(400, {"code": 20000, "error": "invalid_request"})
        self.depart(vendor, query, {"response_type": "code", "client_id": APP, "code_challenge_method": "S256"})

    def feishu_exchange(self, here, vendor, _, body):
        if vendor != here:
            raise Refused(404, {"code": 99991400, "msg": "no such place"})
        sent = self.json_body(body, ["grant_type", "client_id", "client_secret", "code", "redirect_uri", "code_verifier"])
        if (sent["client_id"], sent["client_secret"]) != (APP, SECRET):
            raise Refused(400, {"code": 20002, "error": "invalid_client", "error_description": "wrong"})
        known = self.take(sent["code"], vendor)
        if not known or sent["grant_type"] != "authorization_code" or sent["redirect_uri"] != known["redirect_uri"]:
            raise Refused(400, {"code": 20003, "error": "invalid_grant", "error_description": "no such code"})
        if b64(hashlib.sha256(sent["code_verifier"].encode()).digest()) != known["code_challenge"]:
            raise Refused(400, {"code": 20049, "error": "invalid_grant", "error_description": "PKCE"})
        token = fresh("person")
        self.room.people[token] = vendor
        return {"code": 0, "access_token": token, "expires_in": 7200, "token_type": "Bearer", "scope": "auth:user.id:read"}

    def feishu_me(self, vendor, _, __):
        if self.room.people.get(self.headers.get("Authorization", "").removeprefix("Bearer ")) != vendor:
            raise Refused(400, {"code": 20005, "msg": "The user access token passed is invalid."})
        return {"code": 0, "msg": "success", "data": self.person(vendor)}

    def feishu_token(self, vendor, _, body):
        sent = self.json_body(body, ["app_id", "app_secret"])
        if (sent["app_id"], sent["app_secret"]) != (APP, SECRET):
            return {"code": 10014, "msg": "app secret invalid"}
        return {"code": 0, "msg": "ok", "tenant_access_token": self.app_token(vendor), "expire": 7200}

    def feishu_contact(self, vendor, place, query):
        """What an app may ask of the address book, by its own token: people, departments and groups of users. Refusals have the status of an error."""
        if self.headers.get("Authorization") != f"Bearer {self.room.apps.get(vendor)}":
            raise Refused(400, {"code": 99991663, "msg": "Invalid access token for authorization."})
        kind, *rest = place.split("/")
        if self.denied({"users": "user", "departments": "department", "group": "group"}[kind]):
            raise Refused(400, {"code": 99991672, "msg": "Access denied. One of the following scopes is required"})
        person, details = self.person(vendor), self.details(vendor)
        show = lambda id: {"name": DEPARTMENTS[id][0], "department_id": f"D{id}", "open_department_id": f"od-{id}", "parent_department_id": f"od-{DEPARTMENTS[id][1]}"}
        match kind, rest, query:
            case "users", [union], {"user_id_type": "union_id", "department_id_type": "open_department_id", **more} if not more:
                if union != person["union_id"]:
                    raise Refused(400, {"code": 41012, "msg": "user id invalid error"})
                return {"user": {"union_id": union, "open_id": person["open_id"], **{name: value for name, value in details.items() if name != "groups"}}}
            case "departments", ["parent"], {"department_id_type": "open_department_id", "department_id": id, "page_size": "50", **more} if not more:
                line, at = [], DEPARTMENTS[int(id.removeprefix("od-"))][1]
                while at:
                    line.append(show(at))
                    at = DEPARTMENTS[at][1]
                return {"items": line, "has_more": False}
            case "departments", [id], {"department_id_type": "open_department_id", **more} if not more:
                return {"department": show(int(id.removeprefix("od-")))}
            case "group", ["member_belong"], {"member_id": union, "member_id_type": "union_id", "group_type": kind, "page_size": "500", **more} if not more:
                if union != person["union_id"]:
                    raise Refused(400, {"code": 41012, "msg": "user id invalid error"})
                return {"group_list": details.get("groups", {}).get(kind, []), "has_more": False}
            case "group", [id], {**more} if not more and id in GROUPS:
                return {"group": {"id": id, "name": GROUPS[id], "type": 1}}
        raise Refused(400, {"code": 40001, "msg": f"param error: {place} {sorted(query)}"})

    # Slack.

    def slack_places(self):
        return {
            "GET /.well-known/openid-configuration": self.slack_metadata, "GET /openid/connect/keys": self.slack_keys, "GET /openid/connect/authorize": self.slack_login,
            "POST /api/openid.connect.token": self.slack_exchange,
        }

    def slack_metadata(self, *_):
        base = self.origin + "/slack"
        return {
            "issuer": base, "authorization_endpoint": base + "/openid/connect/authorize", "token_endpoint": base + "/api/openid.connect.token",
            "userinfo_endpoint": base + "/api/openid.connect.userInfo", "jwks_uri": base + "/openid/connect/keys",
        }

    def slack_keys(self, *_):
        numbers = key.public_key().public_numbers()
        return {"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "k1", "n": b64(numbers.n.to_bytes(256, "big")), "e": "AQAB"}]}

    def slack_login(self, vendor, query, _):
        if not query.get("nonce") or "code_challenge" in query:
            raise Refused(400, {"ok": False, "error": "invalid_arguments"})
        self.depart(vendor, query, {"response_type": "code", "client_id": APP, "scope": "openid email profile", "team": COMPANY})

    def slack_exchange(self, vendor, _, body):
        sent = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        if self.headers.get("Content-Type") != "application/x-www-form-urlencoded" or (sent.get("client_id"), sent.get("client_secret")) != (APP, SECRET):
            return {"ok": False, "error": "bad_client_secret"}
        known = self.take(sent.get("code"), vendor)
        if not known or sent.get("grant_type") != "authorization_code" or sent.get("redirect_uri") != known["redirect_uri"] or "code_verifier" in sent:
            return {"ok": False, "error": "invalid_code"}
        now = self.room.lie.get("now", int(time.time()))
        person = self.person(vendor)
        claims = {"iss": self.origin + "/slack", "sub": person["https://slack.com/user_id"], "aud": APP, "iat": now, "exp": now + 300, "nonce": known["nonce"], **person}
        return {"ok": True, "access_token": fresh("xoxp"), "token_type": "Bearer", "id_token": sign(claims | self.room.lie.get("claims", {}))}


server = ThreadingHTTPServer(("127.0.0.1", 0), Messengers)
server.daemon_threads = True
print(server.server_port, flush=True)
server.serve_forever()
