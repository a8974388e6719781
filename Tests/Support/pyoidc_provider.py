"""A third OpenID provider, by idpyoidc (the pyoidc family): `pyoidc_provider.py FOLDER PORT CLIENT SECRET REDIRECT`; alice's password is `alice's password`.
Whoever signs out there is signed out at the client too, by a logout token that the provider sends to `.../api/v1/auth/identity-providers/ID/logout` beside REDIRECT.
POST /rotate has it sign with another key from then on. GET /sent: the tokens, each with the status that came back."""

import json
import logging
import os
import pathlib
import socket
import sys
from urllib.parse import urlsplit

os.environ["OIDC_ALLOW_HTTP"] = "1"

import requests
from cryptojwt.key_jar import build_keyjar
from flask import Flask, jsonify, make_response, redirect, request

from idpyoidc.message.oauth2 import ResponseMessage
from idpyoidc.message.oidc import AccessTokenRequest, AuthorizationRequest
from idpyoidc.server import Server
from idpyoidc.server.configure import OPConfiguration
from idpyoidc.server.exception import FailedAuthentication

folder, port, CLIENT, SECRET, REDIRECT = pathlib.Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:6]
ISSUER = f"http://127.0.0.1:{port}"
KEYS = [{"type": "RSA", "use": ["sig"]}, {"type": "EC", "crv": "P-256", "use": ["sig"]}]
client = urlsplit(REDIRECT)
provider = client.path.rsplit("/", 1)[-1]

# Names under localhost are this machine's, which not every resolver knows.
ask_resolver = socket.getaddrinfo
socket.getaddrinfo = lambda host, *rest, **more: ask_resolver("127.0.0.1" if str(host).endswith(".localhost") else host, *rest, **more)

(folder / "people.json").write_text(json.dumps({"alice": "alice's password"}))
(folder / "claims.json").write_text(json.dumps({"alice": {
    "sub": "alice", "preferred_username": "alice", "name": "Alice Adams", "email": "alice@example.org", "email_verified": True}}))
(folder / "sign_in.jinja2").write_text(
    '<form action="{{ action }}" method="post"><input type="hidden" name="token" value="{{ token }}"><input name="username"><input type="password" name="password"></form>')

endpoints = {
    "provider_config": {"path": ".well-known/openid-configuration", "class": "idpyoidc.server.oidc.provider_config.ProviderConfiguration", "kwargs": {}},
    "authorization": {
        "path": "authorization", "class": "idpyoidc.server.oidc.authorization.Authorization",
        "kwargs": {"response_types_supported": ["code"], "response_modes_supported": ["query"]}},
    "token": {
        "path": "token", "class": "idpyoidc.server.oidc.token.Token", "kwargs": {"client_authn_method": ["client_secret_basic", "client_secret_post"]}},
    "userinfo": {"path": "userinfo", "class": "idpyoidc.server.oidc.userinfo.UserInfo", "kwargs": {}},
    "session": {
        "path": "session", "class": "idpyoidc.server.oidc.session.Session",
        "kwargs": {"logout_verify_url": f"{ISSUER}/confirm", "post_logout_uri_path": "left", "signing_alg": "RS256"}},
}
configuration = {
    "issuer": ISSUER, "template_dir": str(folder), "endpoint": endpoints, "httpc_params": {"timeout": 10},
    "cookie_handler": {"class": "idpyoidc.server.cookie_handler.CookieHandler", "kwargs": {
        "keys": {"key_defs": [{"type": "OCT", "use": [use], "kid": use} for use in ("enc", "sig")]}}},
    "key_conf": {"uri_path": "jwks.json", "key_defs": KEYS},
    "add_on": {"pkce": {"function": "idpyoidc.server.oauth2.add_on.pkce.add_support", "kwargs": {"essential": True, "code_challenge_method": "S256"}}},
    "preference": {"subject_types_supported": ["public"], "scopes_supported": ["openid", "profile", "email"], "backchannel_logout_supported": True, "backchannel_logout_session_supported": True},
    "token_handler_args": {
        "key_conf": {"key_defs": [{"type": "OCT", "bytes": "24", "use": ["enc"], "kid": "code"}]},
        "code": {"kwargs": {"lifetime": 600}},
        "token": {"class": "idpyoidc.server.token.jwt_token.JWTToken", "kwargs": {"lifetime": 600}},
        "id_token": {"class": "idpyoidc.server.token.id_token.IDToken", "kwargs": {}},
    },
    "userinfo": {"class": "idpyoidc.server.user_info.UserInfo", "kwargs": {"db_file": str(folder / "claims.json")}},
    "authentication": {"password": {
        "acr": "urn:oasis:names:tc:SAML:2.0:ac:classes:InternetProtocolPassword", "class": "idpyoidc.server.user_authn.user.UserPassJinja2",
        "kwargs": {"verify_endpoint": "verify", "template": "sign_in.jinja2",
                   "db": {"class": "idpyoidc.server.util.JSONDictDB", "kwargs": {"filename": str(folder / "people.json")}}}}},
}
server = Server(OPConfiguration(configuration, base_path=str(folder)), cwd=str(folder))
context = server.context
# Who signs out shows no secret; it would take the client that is named there for one with an access token.
for name in ("none", "public"):
    del context.client_authn_methods[name]
context.cdb[CLIENT] = {
    "client_id": CLIENT, "client_secret": SECRET, "redirect_uris": [(REDIRECT, {})], "response_types_supported": ["code"],
    "token_endpoint_auth_method": "client_secret_post", "allowed_scopes": ["openid", "profile", "email"],
    "post_logout_redirect_uri": (f"{client.scheme}://{client.netloc}/sign-in", ""),
    "backchannel_logout_uri": f"{client.scheme}://{client.netloc}/api/v1/auth/identity-providers/{provider}/logout",
    "backchannel_logout_session_required": True,
}
server.keyjar.add_symmetric(CLIENT, SECRET)
sent = []


def tell(method, url, **more):
    """What the library sends its logout tokens by."""
    try:
        answer = requests.request(method, url, **more)
    except requests.RequestException:
        answer = requests.models.Response()
        answer.status_code = 504
    sent.append({"token": more["data"].partition("=")[2], "status": answer.status_code})
    return answer


context.httpc = tell
app = Flask(__name__)


def circumstances():
    return {
        "headers": {name.lower(): value for name, value in request.headers.items()}, "method": request.method, "url": request.url,
        "cookie": [{"name": name, "value": value} for name, value in request.cookies.items()]}


def with_cookies(answer, cookies):
    for cookie in cookies or []:
        answer.set_cookie(cookie["name"], cookie["value"], max_age=cookie.get("max-age"))
    return answer


def answer_of(endpoint, asked, **result):
    if "redirect_location" in result:
        return with_cookies(redirect(result["redirect_location"]), result.get("cookie"))
    if "http_response" in result:
        return with_cookies(make_response(result["http_response"]), result.get("cookie"))
    said = endpoint.do_response(request=asked, **result)
    if "error" in said:
        return make_response(said["error"], 400)
    place = said.get("response_placement") or endpoint.response_placement
    answer = make_response(said["response"], 200) if place == "body" else redirect(said["response"])
    for name, value in said.get("http_headers", []):
        answer.headers[name] = value
    return with_cookies(answer, said.get("cookie"))


def serve(name):
    endpoint, about = server.get_endpoint(name), circumstances()
    asked = endpoint.parse_request(request.values.to_dict(), http_info=about)
    if isinstance(asked, ResponseMessage) and "error" in asked:
        return make_response(asked.to_json(), 400)
    if name == "token":
        asked = AccessTokenRequest(**asked.to_dict())
    result = endpoint.process_request(asked, http_info=about)
    if isinstance(result, ResponseMessage) and "error" in result:
        return make_response(result.to_json(), 400)
    return answer_of(endpoint, asked, **result)


for path, name in [(".well-known/openid-configuration", "provider_config"), ("authorization", "authorization"), ("token", "token"),
                   ("userinfo", "userinfo"), ("session", "session")]:
    app.add_url_rule(f"/{path}", name, lambda name=name: serve(name), methods=["GET", "POST"])


@app.get("/jwks.json")
def keys():
    return jsonify(server.keyjar.export_jwks())


@app.post("/verify")
def verify():
    method = context.authn_broker["password"]["method"]
    try:
        person = method.verify(**request.form.to_dict())
    except FailedAuthentication:
        return make_response("wrong", 401)
    kept = method.unpack_token(request.form["token"])
    asked = AuthorizationRequest().from_urlencoded(kept["query"])
    endpoint = server.get_endpoint("authorization")
    session = endpoint.create_session(asked, person, kept["authn_class_ref"], kept["iat"], method)
    return answer_of(endpoint, asked, **endpoint.authz_part2(request=asked, session_id=session))


@app.route("/confirm", methods=["GET", "POST"])
def confirm():
    """Whoever is to sign out is asked, and then told to everybody who is to know."""
    endpoint = server.get_endpoint("session")
    if request.method == "GET":
        return f'<form action="/confirm" method="post"><input type="hidden" name="sjwt" value="{request.args["sjwt"]}"></form>'
    meant = endpoint.unpack_signed_jwt(request.form["sjwt"])
    endpoint.do_verified_logout(sid=meant["sid"], alla=True)
    return with_cookies(redirect(meant["redirect_uri"]), endpoint.kill_cookies())


@app.post("/rotate")
def rotate():
    """The old keys are gone from the set at once, as after a theft."""
    fresh = build_keyjar(KEYS)
    for owner in ("", ISSUER):
        server.keyjar[owner].set(fresh[""].get_bundles())
    return "{}"


@app.get("/sent")
def show():
    return jsonify(sent)


if __name__ == "__main__":
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app.run("127.0.0.1", port, threaded=True)
