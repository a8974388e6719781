"""pysaml2 as a SAML provider: `pysaml2_provider.py FOLDER PORT [METADATA]` prints its port once it listens (0 takes any).

Everybody is whom the last POST /control said: {"login", "mail", "cn", "groups", "metadata"}; "metadata" are those of the service provider.

  GET /metadata    what it says of itself
  GET /sso         takes a request and has the browser post a response
  GET /slo         takes a request to sign out, and answers
  GET /leave       says that the last person has signed out here
"""

import http.server
import json
import pathlib
import subprocess
import sys
import threading
import traceback
import urllib.parse

from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.config import IdPConfig
from saml2.metadata import entity_descriptor
from saml2.saml import NAME_FORMAT_BASIC, NAMEID_FORMAT_PERSISTENT
from saml2.server import Server
from saml2.xmldsig import DIGEST_SHA256, SIG_RSA_SHA256

folder, port = pathlib.Path(sys.argv[1]), int(sys.argv[2])
subprocess.run(
    ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder / "key.pem", "-out", folder / "cert.pem", "-days", "30", "-subj", "/CN=pysaml2"],
    check=True, capture_output=True)
person = {"login": "alice", "mail": "alice@example.org", "cn": "Alice Archer", "groups": ["ops"]}
last = {}
lock = threading.Lock()


def server(metadata):
    base = f"http://127.0.0.1:{port}"
    config = {
        "entityid": base + "/metadata", "xmlsec_binary": "/usr/bin/xmlsec1", "key_file": str(folder / "key.pem"), "cert_file": str(folder / "cert.pem"),
        "service": {"idp": {
            "endpoints": {"single_sign_on_service": [(base + "/sso", BINDING_HTTP_REDIRECT)], "single_logout_service": [(base + "/slo", BINDING_HTTP_REDIRECT)]},
            "name_id_format": [NAMEID_FORMAT_PERSISTENT], "want_authn_requests_signed": True,
            "policy": {"default": {"lifetime": {"minutes": 5}, "attribute_restrictions": None, "name_form": NAME_FORMAT_BASIC, "nameid_format": NAMEID_FORMAT_PERSISTENT}},
        }},
    }
    if metadata:
        config["metadata"] = {"inline": [metadata]}
    return Server(config=IdPConfig().load(config))


class Provider(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def send(self, status, body, **headers):
        body = body.encode()
        self.send_response(status)
        for name, value in {"Content-Type": "text/html", "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        global idp
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with lock:
            if "metadata" in told:
                idp = server(told.pop("metadata"))
            person.update(told)
        self.send(200, "{}")

    def do_GET(self):
        parts = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(parts.query))
        with lock:
            try:
                getattr(self, parts.path.strip("/") or "nothing")(query)
            except Exception as error:
                traceback.print_exc()
                self.send(400, f"{type(error).__name__}: {error}")

    def metadata(self, _):
        self.send(200, str(entity_descriptor(idp.config)), Content_Type="application/samlmetadata+xml")

    def signed(self, query):
        return {"relay_state": query.get("RelayState"), "sigalg": query["SigAlg"], "signature": query["Signature"]}

    def sso(self, query):
        # It refuses what is not signed by the key of the metadata.
        request = idp.parse_authn_request(query["SAMLRequest"], BINDING_HTTP_REDIRECT, **self.signed(query))
        arguments = idp.response_args(request.message)
        identity = {"uid": person["login"], "mail": person["mail"], "cn": person["cn"], "groups": person["groups"]}
        response = idp.create_authn_response(
            identity, userid=person["login"], authn={"class_ref": "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport", "authn_auth": idp.config.entityid},
            sign_assertion=True, sign_response=True, sign_alg=SIG_RSA_SHA256, digest_alg=DIGEST_SHA256, **arguments)
        last.update(name=idp.ident.find_nameid(person["login"])[0], service=arguments["sp_entity_id"])
        form = idp.apply_binding(BINDING_HTTP_POST, str(response), arguments["destination"], query.get("RelayState", ""), response=True)
        self.send(200, form["data"])

    def redirect(self, http_info):
        self.send(303, "", Location=dict(http_info["headers"])["Location"])

    def slo(self, query):
        if "SAMLResponse" in query:
            return self.send(200, "signed out everywhere")
        request = idp.parse_logout_request(query["SAMLRequest"], BINDING_HTTP_REDIRECT, **self.signed(query))
        # The name must be one that it gave to this service provider.
        if idp.ident.find_local_id(request.message.name_id) != person["login"]:
            return self.send(400, "nobody of this name is signed in")
        response = idp.create_logout_response(request.message, [BINDING_HTTP_REDIRECT])
        service = idp.metadata.single_logout_service(request.message.issuer.text, BINDING_HTTP_REDIRECT, "spsso")[0]
        destination = service.get("response_location") or service["location"]
        self.redirect(idp.apply_binding(
            BINDING_HTTP_REDIRECT, str(response), destination, query.get("RelayState", ""), response=True, sign=True, sigalg=SIG_RSA_SHA256))

    def leave(self, _):
        destination = idp.metadata.single_logout_service(last["service"], BINDING_HTTP_REDIRECT, "spsso")[0]["location"]
        _, request = idp.create_logout_request(destination, last["service"], name_id=last["name"], sign=False)
        self.redirect(idp.apply_binding(BINDING_HTTP_REDIRECT, str(request), destination, "left", sign=True, sigalg=SIG_RSA_SHA256))


listener = http.server.ThreadingHTTPServer(("127.0.0.1", port), Provider)
port = listener.server_address[1]
idp = server(pathlib.Path(sys.argv[3]).read_text() if len(sys.argv) > 3 else None)
print(port, flush=True)
listener.serve_forever()
