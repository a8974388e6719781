"""A provider of OAuth 2 and no OpenID Connect, by Authlib: `authlib_provider.py FOLDER PORT CLIENT SECRET REDIRECT`; alice's password is `alice's password`.
PKCE is required, a code counts once, and the client shows its secret in the header. POST /control with claims that /userinfo has besides."""

import os
import sys
import time

from flask import Flask, jsonify, request

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

from authlib.integrations.flask_oauth2 import AuthorizationServer, ResourceProtector, current_token
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, TokenMixin, grants
from authlib.oauth2.rfc6750 import BearerTokenValidator
from authlib.oauth2.rfc7636 import CodeChallenge

_, port, CLIENT, SECRET, REDIRECT = sys.argv[1:6]
PEOPLE = {"alice": {"id": 17, "login": "alice", "name": "Alice Adams", "email": "alice@example.org", "email_verified": True}}
codes, tokens, more = {}, {}, {}


class Client(ClientMixin):
    def get_client_id(self):
        return CLIENT

    def get_default_redirect_uri(self):
        return REDIRECT

    def get_allowed_scope(self, scope):
        return " ".join(word for word in (scope or "").split() if word in ("profile", "email"))

    def check_redirect_uri(self, uri):
        return uri == REDIRECT

    def check_client_secret(self, secret):
        return secret == SECRET

    def check_endpoint_auth_method(self, method, endpoint):
        return method == "client_secret_basic"

    def check_response_type(self, kind):
        return kind == "code"

    def check_grant_type(self, kind):
        return kind == "authorization_code"


class Code(AuthorizationCodeMixin):
    def __init__(self, **fields):
        self.__dict__.update(fields)

    def get_redirect_uri(self):
        return self.redirect_uri

    def get_scope(self):
        return self.scope


class Token(TokenMixin):
    def __init__(self, user, scope):
        self.user, self.scope, self.until = user, scope, time.time() + 600

    def check_client(self, client):
        return True

    def get_scope(self):
        return self.scope

    def get_expires_in(self):
        return 600

    def is_revoked(self):
        return False

    def is_expired(self):
        return time.time() > self.until


class Grant(grants.AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic"]

    def save_authorization_code(self, code, asked):
        payload = asked.payload
        codes[code] = Code(
            code=code, client_id=CLIENT, redirect_uri=payload.redirect_uri, scope=payload.scope, user=asked.user, code_challenge=payload.data.get("code_challenge"),
            code_challenge_method=payload.data.get("code_challenge_method"))

    def query_authorization_code(self, code, client):
        return codes.get(code)

    def delete_authorization_code(self, code):
        codes.pop(code.code, None)

    def authenticate_user(self, code):
        return code.user


class Validator(BearerTokenValidator):
    def authenticate_token(self, text):
        return tokens.get(text)


app = Flask(__name__)
server = AuthorizationServer(
    app, query_client=lambda name: Client() if name == CLIENT else None,
    save_token=lambda token, asked: tokens.__setitem__(token["access_token"], Token(asked.user, token.get("scope", ""))))
server.register_grant(Grant, [CodeChallenge(required=True)])
protect = ResourceProtector()
protect.register_token_validator(Validator())


@app.get("/authorize")
def ask():
    server.get_consent_grant(end_user=None)
    return '<form method="post"><input name="username"><input type="password" name="password"><button>Sign in</button></form>'


@app.post("/authorize")
def decide():
    name = request.form["username"]
    known = name in PEOPLE and request.form["password"] == f"{name}'s password"
    return server.create_authorization_response(grant=server.get_consent_grant(end_user=name), grant_user=name if known else None)


@app.post("/token")
def exchange():
    return server.create_token_response()


@app.get("/userinfo")
@protect("profile")
def userinfo():
    return jsonify({key: value for key, value in (PEOPLE[current_token.user] | more).items() if value is not None})


@app.post("/control")
def control():
    more.clear()
    more.update(request.get_json(force=True))
    return "{}"


@app.get("/ready")
def ready():
    return "yes"


if __name__ == "__main__":
    import logging

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app.run("127.0.0.1", int(port), threaded=True)
