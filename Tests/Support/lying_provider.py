"""An OpenID provider that keeps to the protocol until it is told to lie: POST /control with what to do, GET /control for what was asked.

It checks what a good one checks (client, redirect, PKCE, one use of a code), so that a relying party that forgets one of them fails here too.
"""

import base64
import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, unquote_plus, urlencode, urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

CLIENT, SECRET = "gatehouse", "a secret/with+signs"
lock = threading.Lock()
codes, tokens, asked = {}, {}, {}
lie = {}
keys = {}


def b64(data):
    return base64.urlsafe_b64encode(data if isinstance(data, bytes) else json.dumps(data).encode()).rstrip(b"=").decode()


def number(value, size=None):
    return b64(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


def make_key(algorithm):
    if algorithm == "RS256":
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return ec.generate_private_key(ec.SECP256R1()) if algorithm == "ES256" else ed25519.Ed25519PrivateKey.generate()


def rotate(algorithm, kid):
    keys.clear()
    keys.update(kid=kid, algorithm=algorithm, key=make_key(algorithm))


def jwk(key, kid, algorithm):
    public = key.public_key()
    if algorithm == "RS256":
        fields = {"kty": "RSA", "n": number(public.public_numbers().n), "e": number(public.public_numbers().e)}
    elif algorithm == "ES256":
        fields = {"kty": "EC", "crv": "P-256", "x": number(public.public_numbers().x, 32), "y": number(public.public_numbers().y, 32)}
    else:
        raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        fields = {"kty": "OKP", "crv": "Ed25519", "x": b64(raw)}
    return fields | {"use": "sig", "alg": algorithm} | ({"kid": kid} if kid else {})


def sign(claims):
    algorithm, key = keys["algorithm"], keys["key"]
    how = lie.get("sign", "well")
    if how == "another-key":
        key = make_key(algorithm)
    header = {"alg": algorithm, "typ": "JWT", "kid": keys["kid"]}
    if how == "embedded-key":
        key = make_key(algorithm)
        header["jwk"] = jwk(key, keys["kid"], algorithm)
    header = {name: value for name, value in (header | lie.get("header", {})).items() if value is not None}
    if how == "none":
        header["alg"] = "none"
    if how == "hs256":
        header["alg"] = "HS256"
    signed = f"{b64(header)}.{b64(claims)}".encode()
    if how == "none":
        signature = b""
    elif how == "hs256":
        pem = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        signature = hmac.new(pem, signed, hashlib.sha256).digest()
    elif algorithm == "RS256":
        signature = key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
    elif algorithm == "ES256":
        r, s = utils.decode_dss_signature(key.sign(signed, ec.ECDSA(hashes.SHA256())))
        signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    else:
        signature = key.sign(signed)
    return signed.decode() + "." + b64(signature)


def merged(base, name):
    return {key: value for key, value in (base | lie.get(name, {})).items() if value is not None}


class Provider(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    @property
    def issuer(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, status, body, **headers):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def misbehaves(self, place):
        with lock:
            asked[place] = asked.get(place, 0) + 1
        if place in lie.get("slow", {}):
            time.sleep(lie["slow"][place])
        if place in lie.get("flood", []):
            self.send_response(200)
            self.send_header("Content-Length", str(100 * 1024 * 1024))
            self.end_headers()
            try:
                for _ in range(1600):
                    self.wfile.write(b" " * 65536)
            except OSError:
                pass
            self.close_connection = True
            return True
        if place in lie.get("say", {}):
            said = lie["say"][place]
            self.answer(said["status"], said.get("body", {}), **said.get("headers", {}))
            return True
        return False

    def do_GET(self):
        url = urlsplit(self.path)
        if url.path == "/control":
            return self.answer(200, asked)
        query = dict(parse_qsl(url.query))
        if url.path == "/.well-known/openid-configuration" and not self.misbehaves("discovery"):
            self.answer(200, merged({
                "issuer": self.issuer, "authorization_endpoint": self.issuer + "/authorize?ui=plain", "token_endpoint": self.issuer + "/token",
                "jwks_uri": self.issuer + "/keys", "userinfo_endpoint": self.issuer + "/userinfo", "end_session_endpoint": self.issuer + "/bye", "authorization_response_iss_parameter_supported": True,
            }, "discovery"))
        elif url.path == "/keys" and not self.misbehaves("keys"):
            self.answer(200, {"keys": [{"kty": "oct", "k": "AA", "kid": keys["kid"]}, jwk(keys["key"], keys["kid"], keys["algorithm"])]})
        elif url.path == "/authorize" and not self.misbehaves("authorize"):
            good = query.get("client_id") == CLIENT and query.get("response_type") == "code" and query.get("code_challenge_method") == "S256" and query.get("ui") == "plain"
            if not good or len(query.get("code_challenge", "")) != 43 or "openid" not in query.get("scope", "").split():
                return self.answer(400, {"error": "invalid_request"})
            code = b64(hashlib.sha256(str(time.time_ns()).encode()).digest())
            codes[code] = query
            back = merged({"code": code, "state": query["state"], "iss": self.issuer}, "back")
            self.answer(302, b"", Location=query["redirect_uri"] + "?" + urlencode(back))
        elif url.path == "/userinfo" and not self.misbehaves("userinfo"):
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            if token not in tokens:
                return self.answer(401, {"error": "invalid_token"})
            self.answer(200, merged({"sub": tokens[token], "groups": ["ops", "staff"]}, "userinfo"))
        elif not url.path.startswith(("/.well-known", "/keys", "/authorize", "/userinfo")):
            self.answer(404, {})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/control":
            lie.clear()
            asked.clear()
            lie.update(json.loads(body))
            if "rotate" in lie:
                rotate(lie["rotate"]["algorithm"], lie["rotate"]["kid"])
            return self.answer(200, {})
        if self.path == "/logout-token":
            now = lie.get("now", int(time.time()))
            event = {"http://schemas.openid.net/event/backchannel-logout": {}}
            claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 120, "jti": b64(str(time.time_ns()).encode()), "events": event}
            return self.answer(200, {"token": sign({name: value for name, value in (claims | json.loads(body)).items() if value is not None})})
        if self.path == "/bye":
            form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
            with lock:
                asked["bye"] = form
            return self.answer(303, b"", Location=form["post_logout_redirect_uri"] if form.get("id_token_hint", "").count(".") == 2 else self.issuer + "/bye")
        if self.misbehaves("token"):
            return
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        basic = base64.b64decode(self.headers.get("Authorization", "").removeprefix("Basic ")).decode()
        client, _, secret = basic.partition(":")
        shown = (unquote_plus(client), unquote_plus(secret)) if basic else (form.get("client_id"), form.get("client_secret"))
        if shown != (CLIENT, SECRET):
            return self.answer(401, {"error": "invalid_client"})
        request = codes.pop(form.get("code"), None)
        if not request or request["redirect_uri"] != form.get("redirect_uri") or form.get("grant_type") != "authorization_code":
            return self.answer(400, {"error": "invalid_grant"})
        if b64(hashlib.sha256(form.get("code_verifier", "").encode()).digest()) != request["code_challenge"]:
            return self.answer(400, {"error": "invalid_grant", "error_description": "wrong verifier"})
        now = lie.get("now", int(time.time()))
        access = b64(hashlib.sha256(form["code"].encode()).digest())
        digest = hashlib.sha512 if keys["algorithm"] == "EdDSA" else hashlib.sha256
        half = digest(access.encode()).digest()
        claims = merged({
            "iss": self.issuer, "aud": CLIENT, "sub": "subject-of-ann", "iat": now, "exp": now + 300, "nonce": request["nonce"], "at_hash": b64(half[:len(half) // 2]),
            "preferred_username": "ann", "name": "Ann Archer", "email": "ann@example.org", "email_verified": True,
        }, "claims")
        tokens[access] = claims.get("sub")
        self.answer(200, merged({"access_token": access, "token_type": "Bearer", "expires_in": 300, "id_token": sign(claims)}, "token"))


rotate("ES256", "k1")
server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
server.daemon_threads = True
print(server.server_port, flush=True)
server.serve_forever()
