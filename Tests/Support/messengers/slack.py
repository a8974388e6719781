"""Slack: OpenID Connect, with tokens that are signed."""

import time
from urllib.parse import parse_qs

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from messengers.common import APP, COMPANY, SECRET, Refused, b64, fresh

PERSON = {"https://slack.com/user_id": "U1ANN", "https://slack.com/team_id": COMPANY, "name": "Ann Archer", "email": "ann@example.org", "email_verified": True}
key = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def sign(claims):
    signed = f"{b64({'alg': 'RS256', 'typ': 'JWT', 'kid': 'k1'})}.{b64(claims)}"
    return signed + "." + b64(key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))


class Slack:
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
