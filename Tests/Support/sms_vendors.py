"""Gateways for text messages, which check what the vendors check: the signature, computed here from what arrived, and the form of the message.

POST /control sets what is answered and whose secret is right, GET /control tells what was taken. The first part of a path
says which vendor is spoken to where the vendors' own paths do not.
"""

import base64
import hashlib
import hmac
import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote, urlsplit

lock = threading.Lock()
state = {"secret": "vendor secret", "refuse": None, "hang": 0}
taken, nonces = [], set()


def pct(text):
    return quote(text, safe="-_.~")


def sha(data):
    return hashlib.sha256(data).hexdigest()


def mac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


class Vendor(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body, kind="application/json"):
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        self.take("GET", b"")

    def do_POST(self):
        self.take("POST", self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def take(self, method, body):
        parts = urlsplit(self.path)
        if parts.path == "/control":
            with lock:
                if method == "POST":
                    state.update(json.loads(body))
                return self.answer(200, {"taken": taken, "state": state})
        if state["hang"]:
            time.sleep(state["hang"])
        query = dict(parse_qsl(parts.query))
        if "x-acs-action" in self.headers:
            return self.alibaba(method, parts, query, body)
        if "X-TC-Action" in self.headers:
            return self.tencent(method, parts, body)
        if "X-WSSE" in self.headers:
            return self.huawei(method, parts, body)
        if parts.path.startswith("/2010-04-01/"):
            return self.twilio(method, parts, body)
        return self.custom(method, parts, query, body)

    def kept(self, vendor, number, code, **more):
        with lock:
            taken.append({"vendor": vendor, "number": number, "code": code, **more})

    def fresh(self, nonce):
        with lock:
            if nonce in nonces:
                return False
            nonces.add(nonce)
            return True

    def alibaba(self, method, parts, query, body):
        value, _, rest = self.headers["Authorization"].partition(" ")
        said = dict(item.split("=", 1) for item in rest.split(","))
        names = said["SignedHeaders"].split(";")
        must = {"host", "x-acs-action", "x-acs-version", "x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256"}
        canonical = "&".join(f"{pct(name)}={pct(query[name])}" for name in sorted(query))
        text = "\n".join([
            method, parts.path, canonical, "".join(f"{name}:{self.headers[name].strip()}\n" for name in names), ";".join(names),
            self.headers["x-acs-content-sha256"],
        ])
        right = mac(state["secret"].encode(), "ACS3-HMAC-SHA256\n" + sha(text.encode())).hex()
        if value != "ACS3-HMAC-SHA256" or not must <= set(names) or said["Signature"] != right or self.headers["x-acs-content-sha256"] != sha(body):
            return self.answer(403, {"Code": "SignatureDoesNotMatch", "Message": "no"})
        if not self.fresh(self.headers["x-acs-signature-nonce"]):
            return self.answer(400, {"Code": "SignatureNonceUsed", "Message": "no"})
        sent = time.strptime(self.headers["x-acs-date"], "%Y-%m-%dT%H:%M:%SZ")
        if abs(time.mktime(sent) - time.timezone - time.time()) > 900:
            return self.answer(400, {"Code": "InvalidTimeStamp.Expired", "Message": "no"})
        # A template has its own variables, and nothing else.
        (name, code), = json.loads(query["TemplateParam"]).items()
        if name != ("number" if query["TemplateCode"] == "SMS_NOTICE" else "code"):
            return self.answer(200, {"Code": "isv.TEMPLATE_MISSING_PARAMETERS", "Message": name})
        if state["refuse"]:
            return self.answer(200, {"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": f"{state['refuse']} {query['PhoneNumbers']} {code}"})
        self.kept("alibaba", query["PhoneNumbers"], code, template=query["TemplateCode"], sign=query["SignName"])
        self.answer(200, {"Code": "OK", "Message": "OK", "BizId": "1^0", "RequestId": "r"})

    def tencent(self, method, parts, body):
        head, _, rest = self.headers["Authorization"].partition(" ")
        said = dict(item.strip().split("=", 1) for item in rest.split(","))
        key, day, service, end = said["Credential"].split("/")
        names = said["SignedHeaders"].split(";")
        text = "\n".join([
            method, parts.path, parts.query, "".join(f"{name}:{self.headers[name].strip().lower()}\n" for name in names), ";".join(names), sha(body),
        ])
        stamp = self.headers["X-TC-Timestamp"]
        derived = mac(mac(mac(("TC3" + state["secret"]).encode(), day), service), end)
        right = mac(derived, f"TC3-HMAC-SHA256\n{stamp}\n{day}/{service}/{end}\n{sha(text.encode())}").hex()
        if head != "TC3-HMAC-SHA256" or said["Signature"] != right or abs(int(stamp) - time.time()) > 300 or day != time.strftime("%Y-%m-%d", time.gmtime(int(stamp))):
            return self.answer(200, {"Response": {"Error": {"Code": "AuthFailure.SignatureFailure", "Message": "no"}, "RequestId": "r"}})
        asked = json.loads(body)
        number, code = asked["PhoneNumberSet"][0], asked["TemplateParamSet"][0]
        status = {"SerialNo": "s", "PhoneNumber": number, "Code": "Ok", "Message": "send success"}
        if state["refuse"]:
            status.update(Code="LimitExceeded.PhoneNumberDailyLimit", Message=f"{state['refuse']} {number} {code}")
        else:
            self.kept("tencent", number, code, parameters=asked["TemplateParamSet"], template=asked["TemplateId"])
        self.answer(200, {"Response": {"SendStatusSet": [status], "RequestId": "r"}})

    def huawei(self, method, parts, body):
        said = {}
        for item in self.headers["X-WSSE"].removeprefix("UsernameToken ").split(","):
            name, _, value = item.strip().partition("=")
            said[name] = value.strip('"')
        hashed = hashlib.sha256((said["Nonce"] + said["Created"] + state["secret"]).encode()).digest()
        good = base64.b64encode(hashed).decode()
        form = dict(parse_qsl(body.decode()))
        if parts.path != "/sms/batchSendSms/v1" or said["PasswordDigest"] != good or not self.fresh(said["Nonce"]):
            return self.answer(401, {"code": "E000101", "description": "Authentication failed."})
        code = json.loads(form["templateParas"])[0]
        if state["refuse"]:
            return self.answer(200, {"result": [{"originTo": form["to"], "status": "E200033"}], "code": "E000510", "description": f"{state['refuse']} {form['to']} {code}"})
        self.kept("huawei", form["to"], code, sender=form["from"], template=form["templateId"])
        self.answer(200, {"result": [{"originTo": form["to"], "from": form["from"], "smsMsgId": "m", "status": "000000"}], "code": "000000", "description": "Success"})

    def twilio(self, method, parts, body):
        login, _, secret = base64.b64decode(self.headers["Authorization"].removeprefix("Basic ")).decode().partition(":")
        form = dict(parse_qsl(body.decode()))
        if secret != state["secret"] or parts.path != f"/2010-04-01/Accounts/{login}/Messages.json":
            return self.answer(401, {"code": 20003, "message": "Authenticate", "status": 401})
        code = next(word.rstrip(".") for word in form["Body"].split() if word.rstrip(".").isdigit() and len(word.rstrip(".")) == 6 or word.startswith("#"))
        if state["refuse"]:
            return self.answer(400, {"code": 21211, "message": f"{state['refuse']} {form['To']} {code}", "status": 400})
        self.kept("twilio", form["To"], code, text=form["Body"])
        self.answer(201, {"sid": "SM1", "status": "queued"})

    def custom(self, method, parts, query, body):
        kind = self.headers.get("Content-Type", "")
        if kind.startswith("application/json"):
            query = {**query, **json.loads(body)}
        elif kind.startswith("application/x-www-form-urlencoded"):
            query = {**query, **dict(parse_qsl(body.decode()))}
        if state["secret"] not in (self.headers.get("X-Key"), query.get("key")):
            return self.answer(403, "no key", "text/plain")
        if state["refuse"]:
            return self.answer(200, f"result=7 {state['refuse']} {query['to']} {query['code']}", "text/plain")
        self.kept("custom", query["to"], query.get("code"), method=method, path=parts.path, text=query.get("text"))
        self.answer(200, "result=0", "text/plain")


server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 0), Vendor)
server.daemon_threads = True
print(server.server_port, flush=True)
server.serve_forever()
