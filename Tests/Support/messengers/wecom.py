"""WeCom: the code by the app's own token, and no PKCE."""

import re

from messengers.common import APP, COMPANY, DEPARTMENTS, SECRET, Refused

PERSON = {"userid": "AnnArcher"}
# What an app is told that may see it: the person, and their departments.
DETAILS = {
    "name": "Ann Archer", "department": [31, 4], "main_department": 31, "position": "Lead Engineer", "status": 1,
    "extattr": {"attrs": [{"type": 0, "name": "grade", "text": {"value": "G7"}}, {"type": 1, "name": "site", "web": {"url": "https://x.example"}}]},
}


class WeCom:
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
