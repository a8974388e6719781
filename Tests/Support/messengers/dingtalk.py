"""DingTalk: the person's own token says who they are, the app's whether they belong to the company."""

from messengers.common import APP, COMPANY, DEPARTMENTS, SECRET, Refused, fresh

PERSON = {"corpId": COMPANY, "unionId": "union-of-ann", "openId": "open-1", "nick": "Ann Archer", "email": "ann@example.org", "userid": "ann0815", "contact_type": 0}
DETAILS = {
    "name": "Ann Archer", "title": "Lead Engineer", "job_number": "0815", "org_email": "ann@example.org", "dept_id_list": [31, 4], "extension": '{"grade":"G7"}',
    "role_list": [{"id": 77, "name": "On call", "group_name": "Duty"}], "active": True,
}


class DingTalk:
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
            return {"errcode": 88, "sub_code": "40014", "errmsg": "ding talk error[subcode=40014,submsg=invalid access_token]"}
        person = self.person(vendor)
        if self.json_body(body, ["unionid"])["unionid"] != person["unionId"] or "userid" not in person:
            return {"errcode": 60121, "errmsg": "user not found"}
        return {"errcode": 0, "errmsg": "ok", "result": {"contact_type": person["contact_type"], "userid": person["userid"]}}

    def dingtalk_asked(self, vendor, query, body, field, permission):
        if query != {"access_token": self.room.apps.get(vendor)}:
            return None, {"errcode": 88, "sub_code": "40014", "errmsg": "ding talk error[subcode=40014,submsg=invalid access_token]"}
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
