"""Gateways for text messages, which check what the vendors check: the signature, computed here from what arrived, and the form of the message.

POST /control sets what is answered and whose secret is right, GET /control tells what was taken. The first part of a path
says which vendor is spoken to where the vendors' own paths do not.
"""

import base64
import calendar
import hashlib
import hmac
import json
import sys
import threading
import time
from email.utils import formatdate
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
        if "X-WSSE" in self.headers or self.headers.get("Authorization", "").startswith("SDK-HMAC-SHA256 "):
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
            return self.alibaba_refuses("SignatureDoesNotMatch", "Specified signature is not matched with our calculation.")
        if not self.fresh(self.headers["x-acs-signature-nonce"]):
            return self.alibaba_refuses("SignatureNonceUsed", "Specified signature nonce was used already.")
        sent = calendar.timegm(time.strptime(self.headers["x-acs-date"], "%Y-%m-%dT%H:%M:%SZ"))
        if abs(sent - time.time()) > 900:
            return self.alibaba_refuses("InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.")
        # A template has its own variables, and nothing else.
        (name, code), = json.loads(query["TemplateParam"]).items()
        if name != ("number" if query["TemplateCode"] == "SMS_NOTICE" else "code"):
            return self.answer(200, {"Code": "isv.TEMPLATE_MISSING_PARAMETERS", "Message": name, "RequestId": "r"})
        if state["refuse"]:
            said = f"{state['refuse']} {query['PhoneNumbers']} {code}"
            return self.answer(200, {"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": said, "RequestId": "r"})
        self.kept("alibaba", query["PhoneNumbers"], code, template=query["TemplateCode"], sign=query["SignName"])
        self.answer(200, {"Code": "OK", "Message": "OK", "BizId": "1^0", "RequestId": "r"})

    def alibaba_refuses(self, code, message):
        place = {"HostId": self.headers["Host"], "Recommend": f"https://api.aliyun.com/troubleshoot?q={code}"}
        self.answer(400, {"Code": code, "Message": message, "RequestId": "r", **place})

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
        if abs(int(stamp) - time.time()) > 300:
            return self.tencent_refuses("AuthFailure.SignatureExpire", "The signature has expired.")
        if head != "TC3-HMAC-SHA256" or said["Signature"] != right or day != time.strftime("%Y-%m-%d", time.gmtime(int(stamp))):
            return self.tencent_refuses("AuthFailure.SignatureFailure", "The provided credentials could not be validated.")
        asked = json.loads(body)
        number, code = asked["PhoneNumberSet"][0], asked["TemplateParamSet"][0]
        status = {"SerialNo": "s", "PhoneNumber": number, "Fee": 1, "SessionContext": "", "Code": "Ok", "Message": "send success", "IsoCode": "CN"}
        if state["refuse"]:
            status.update(SerialNo="", Fee=0, Code="LimitExceeded.PhoneNumberDailyLimit", Message=f"{state['refuse']} {number} {code}")
        else:
            self.kept("tencent", number, code, parameters=asked["TemplateParamSet"], template=asked["TemplateId"])
        self.answer(200, {"Response": {"SendStatusSet": [status], "RequestId": "r"}})

    def tencent_refuses(self, code, message):
        self.answer(200, {"Response": {"Error": {"Code": code, "Message": message}, "RequestId": "r"}})

    def huawei(self, method, parts, body):
        """WSSE by what an application has, or the scheme of the vendor's libraries with the same key and secret."""
        form = dict(parse_qsl(body.decode()))
        if parts.path != "/sms/batchSendSms/v1":
            return self.answer(404, {"error_code": "APIG.0101", "error_msg": "The API does not exist.", "request_id": "r"})
        if "X-WSSE" not in self.headers:
            if not self.huawei_signed(method, parts):
                return self.answer(401, {"error_code": "APIG.0301", "error_msg": "Incorrect IAM authentication information: verify aksk signature fail", "request_id": "r"})
        elif not self.huawei_wsse():
            return self.answer(401, {"code": "E000101", "description": "Authentication failed."})
        code = json.loads(form["templateParas"])[0]
        one = {"originTo": form["to"], "createTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "from": form["from"], "smsMsgId": "m", "status": "000000", "countryId": "CN", "total": 1}
        if state["refuse"]:
            one["status"] = "E200033"
            return self.answer(200, {"result": [one], "code": "E000510", "description": f"{state['refuse']} {form['to']} {code}"})
        self.kept("huawei", form["to"], code, sender=form["from"], template=form["templateId"])
        self.answer(200, {"result": [one], "code": "000000", "description": "Success"})

    def huawei_wsse(self):
        said = {}
        for item in self.headers["X-WSSE"].removeprefix("UsernameToken ").split(","):
            name, _, value = item.strip().partition("=")
            said[name] = value.strip('"')
        hashed = hashlib.sha256((said["Nonce"] + said["Created"] + state["secret"]).encode()).digest()
        return said["PasswordDigest"] == base64.b64encode(hashed).decode() and self.fresh(said["Nonce"])

    def huawei_signed(self, method, parts):
        said = dict(item.strip().split("=", 1) for item in self.headers["Authorization"].partition(" ")[2].split(","))
        names, stamp = said["SignedHeaders"].split(";"), self.headers["X-Sdk-Date"]
        if abs(calendar.timegm(time.strptime(stamp, "%Y%m%dT%H%M%SZ")) - time.time()) > 900 or not {"host", "x-sdk-date"} <= set(names):
            return False
        # A form is not signed; the path is, with a slash at its end.
        text = "\n".join([
            method, parts.path + "/", parts.query, "".join(f"{name}:{self.headers[name].strip()}\n" for name in names), ";".join(names),
            self.headers["X-Sdk-Content-Sha256"],
        ])
        return said["Signature"] == mac(state["secret"].encode(), f"SDK-HMAC-SHA256\n{stamp}\n{sha(text.encode())}").hex()

    def twilio(self, method, parts, body):
        login, _, secret = base64.b64decode(self.headers["Authorization"].removeprefix("Basic ")).decode().partition(":")
        form = dict(parse_qsl(body.decode()))
        if secret != state["secret"] or parts.path != f"/2010-04-01/Accounts/{login}/Messages.json":
            return self.answer(401, {"code": 20003, "message": "Authenticate", "more_info": "https://www.twilio.com/docs/errors/20003", "status": 401})
        code = next(word.rstrip(".") for word in form["Body"].split() if word.rstrip(".").isdigit() and len(word.rstrip(".")) == 6 or word.startswith("#"))
        if state["refuse"]:
            said = f"{state['refuse']} {form['To']} {code}"
            return self.answer(400, {"code": 21211, "message": said, "more_info": "https://www.twilio.com/docs/errors/21211", "status": 400})
        self.kept("twilio", form["To"], code, text=form["Body"])
        self.answer(201, {
            "sid": "SM1", "account_sid": login, "status": "queued", "to": form["To"], "from": form.get("From"), "messaging_service_sid": form.get("MessagingServiceSid"),
            "body": form["Body"], "direction": "outbound-api", "num_segments": "1", "num_media": "0", "price": None, "price_unit": "USD", "error_code": None,
            "error_message": None, "date_created": formatdate(), "date_updated": formatdate(), "date_sent": None, "api_version": "2010-04-01", "uri": f"{parts.path[:-5]}/SM1.json",
        })

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
