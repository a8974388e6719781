"""Feishu and Lark: one product at two places."""

import hashlib

from messengers.common import APP, COMPANY, DEPARTMENTS, SECRET, Refused, b64, fresh

PERSON = {"open_id": "ou_1", "union_id": "on_ann", "user_id": "ann0815", "name": "Ann Archer", "email": "own@mail.example", "enterprise_email": "ann@example.org", "tenant_key": COMPANY}
DETAILS = {
    "name": "Ann Archer", "department_ids": ["od-31", "od-4"], "job_title": "Lead Engineer", "employee_no": "0815", "enterprise_email": "ann@example.org",
    "custom_attrs": [{"type": "TEXT", "id": "C-1", "value": {"text": "G7"}}], "groups": {"1": ["g77"], "2": ["g78"]},
}
GROUPS = {"g77": "On call", "g78": "Everybody here"}


class Feishu:
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
