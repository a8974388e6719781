"""Part of the sign-in suite: what CPU each proof costs that is a signature, beside the bare verification of one.

A proof is what the browser brings: an OpenID provider's code, a SAML response, a passkey's assertion. Two things are told of
each: what it takes to believe it, which is the product's own code in a program that does nothing else (`gatehouse-proofs`), and
what the whole request takes in the server, with the database asked and a session begun. What leads up to it is done before
anything is measured.
"""

import base64
import datetime
import hashlib
import http.server
import json
import os
import re
import resource
import statistics
import struct
import subprocess
import threading
import time
import urllib.parse
import zlib

import processes
from installation import Trouble, tool
from report import at_most
from signatures import Key

SIGN_INS, BATCH = 200, 20


def run(suite):
    folder = os.path.join(suite.installation.folder, "proofs")
    os.makedirs(folder)
    for name, proof in [("OIDC callback", OIDC), ("SAML response", SAML), ("passkey assertion", Passkey)]:
        with proof(suite, folder) as kind:
            for _ in range(BATCH):
                kind.finish(kind.begin())
            requests, peer, believing, signature = 0, 0, [], []
            for _ in range(SIGN_INS // BATCH):
                begun = [kind.begin() for _ in range(BATCH)]
                before = processes.cpu_seconds(suite.installation.server.pid)
                for one in begun:
                    kind.finish(one)
                requests += processes.cpu_seconds(suite.installation.server.pid) - before
                peer += kind.verification() * BATCH
            for _ in range(suite.options.rounds):
                measured = believe(suite.installation, kind)
                believing.append(measured["verification"])
                signature.append(measured["signature"])
            peer *= 1e6 / SIGN_INS
            alone = statistics.median(signature)
            suite.report.add(
                f"CPU to believe a {name}", statistics.median(believing), peer, "µs", at_most(3),
                f"the peer is {kind.PEER}; the signature alone is {alone:.0f} µs in the same program")
            suite.report.add(f"CPU of the whole request", requests / SIGN_INS * 1e6, peer, "µs", note="the server's part of it")


def believe(installation, kind):
    """Microseconds of CPU for the last sample, measured in a process that does nothing else."""
    done = subprocess.run(
        [str(installation.program("gatehouse-proofs"))], input=json.dumps({kind.KIND: kind.parts()}), text=True,
        capture_output=True)
    if done.returncode:
        raise Trouble(f"gatehouse-proofs: {done.stderr.strip()}")
    return json.loads(done.stdout)[kind.KIND]


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def both_numbers(signature):
    """An ECDSA signature as two numbers of 32 bytes each, of one in DER."""
    first = signature[4:4 + signature[3]]
    second = signature[6 + signature[3]:]
    return b"".join(number[-32:].rjust(32, b"\0") for number in (first, second))


class Proof:
    """One way to sign in; each sign-in is from an address of its own."""

    def __init__(self, suite, folder):
        self.suite, self.folder, self.api = suite, folder, suite.api
        self.origin = f"http://acme.localhost:{suite.installation.port}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def signed(self, data):
        """Something signed by the key as JOSE has it, and the key."""
        signature = self.key.sign(data)
        if self.key.kind == "ec":
            signature = both_numbers(signature)
        return {"signed": base64url(data), "signature": base64url(signature), "key": self.key.jwk()}

    def call(self, line, path, body, *statuses):
        answer = line("POST", path, body)
        if answer.status not in (statuses or (200,)):
            raise Trouble(f"POST {path} was answered {answer.status}: {answer.body[:300]}")
        return answer


class Browser(Proof):
    """What goes by way of a provider's page."""

    def begin(self):
        line = self.suite.caller()
        answer = self.call(line, "/auth/browser", {"provider": self.provider})
        cookie = re.search(rb"gatehouse-sign-in=[^;]+", answer.head).group().decode()
        line.head += f"Cookie: {cookie}\r\n"
        query = urllib.parse.urlsplit(json.loads(answer.body)["url"]).query
        return line, self.answer(dict(urllib.parse.parse_qsl(query)))

    def add(self, settings, **more):
        return self.api("POST", "/identity-providers", {
            "name": settings["kind"], "createsUsers": True, "settings": settings, **more})["id"]


class OIDC(Browser):
    KIND, PEER = "oidc", "the signature alone"

    def parts(self):
        text, signature = self.sample
        nonce = json.loads(base64.urlsafe_b64decode(text.split(b".")[1] + b"=="))["nonce"]
        return {
            "token": f"{text.decode()}.{base64url(signature)}", "keys": {"keys": [self.key.jwk()]}, "issuer": self.issuer,
            "client": "bench", "nonce": nonce, **self.signed(text)}

    def __enter__(self):
        self.key, self.claims = Key(self.folder, "rsa"), {}
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler(self.place))
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        port = self.server.server_address[1]
        self.issuer = f"http://127.0.0.1:{port}"
        self.api("PUT", "/egress-allowances", {"items": [{"host": "127.0.0.1", "port": port}]})
        self.provider = self.add({"kind": "oidc", "issuer": self.issuer, "clientId": "bench"}, secret="a secret")
        return self

    def __exit__(self, *_):
        self.server.shutdown()

    def place(self, path, form):
        if path == "/.well-known/openid-configuration":
            return {"issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
                    "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys",
                    "response_types_supported": ["code"], "subject_types_supported": ["public"],
                    "id_token_signing_alg_values_supported": ["RS256"],
                    "token_endpoint_auth_methods_supported": ["client_secret_basic"]}
        if path == "/keys":
            return {"keys": [self.key.jwk()]}
        if path == "/token":
            now = int(time.time())
            claims = {"iss": self.issuer, "aud": "bench", "sub": "s", "preferred_username": "oidc-person", "name": "P",
                      "iat": now, "exp": now + 300, "nonce": self.claims[form["code"]]}
            text = ".".join(base64url(json.dumps(part).encode()) for part in ({"alg": "RS256", "kid": "k"}, claims))
            signature = self.key.sign(text.encode())
            self.sample = (text.encode(), signature)
            return {"access_token": "a", "token_type": "Bearer", "id_token": f"{text}.{base64url(signature)}"}
        return None

    def answer(self, asked):
        code = base64url(os.urandom(16))
        self.claims[code] = asked["nonce"]
        return {"provider": self.provider, "state": asked["state"], "code": code}

    def finish(self, begun):
        with begun[0] as line:
            self.call(line, "/auth/browser/finish", begun[1])

    def verification(self):
        return self.key.verification(*self.sample)


def handler(place):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def do_GET(self):
            data = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            answer = place(urllib.parse.urlsplit(self.path).path, dict(urllib.parse.parse_qsl(data)))
            body = json.dumps(answer).encode()
            self.send_response(404 if answer is None else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

    return Handler


class SAML(Browser):
    KIND, PEER = "saml", "xmlsec1 verifying the XML signature"
    ENTITY = "https://idp.example.org/metadata"
    TEMPLATE = """<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" \
xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r{id}" Version="2.0" IssueInstant="{now}" Destination="{acs}" \
InResponseTo="{request}"><saml:Issuer>{entity}</saml:Issuer><samlp:Status><samlp:StatusCode \
Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status><saml:Assertion ID="_a{id}" Version="2.0" \
IssueInstant="{now}"><saml:Issuer>{entity}</saml:Issuer><ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">\
<ds:SignedInfo><ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/><ds:SignatureMethod \
Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/><ds:Reference URI="#_a{id}"><ds:Transforms><ds:Transform \
Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/><ds:Transform \
Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/></ds:Transforms><ds:DigestMethod \
Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue/></ds:Reference></ds:SignedInfo><ds:SignatureValue/>\
</ds:Signature><saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">saml-person\
</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData \
NotOnOrAfter="{end}" Recipient="{acs}" InResponseTo="{request}"/></saml:SubjectConfirmation></saml:Subject>\
<saml:Conditions NotBefore="{start}" NotOnOrAfter="{end}"><saml:AudienceRestriction><saml:Audience>{sp}</saml:Audience>\
</saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant="{now}" SessionIndex="_s{id}">\
<saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport\
</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement></saml:Assertion></samlp:Response>"""

    def __enter__(self):
        self.key = Key(self.folder, "rsa")
        self.certificate = self.key.certificate()
        with open(self.certificate) as file:
            text = file.read()
        self.provider = self.add({
            "kind": "saml", "entityId": self.ENTITY, "signOnUrl": "https://idp.example.org/sso", "certificates": [text],
            "attributes": {
                "subject": "NameID", "login": "NameID", "name": "name", "email": "mail", "groups": "groups"}})
        self.path = f"/auth/identity-providers/{self.provider}/saml/response"
        self.xmlsec = tool("xmlsec1", "xmlsec1")
        self.number = 0
        return self

    def parts(self):
        return {**self.asked, "form": base64.b64encode(self.posted).decode(), "issuer": self.ENTITY,
                "certificate": open(self.certificate).read(), **self.signed(b"something of the size of a SignedInfo " * 12)}

    def answer(self, asked):
        request = zlib.decompress(base64.b64decode(asked["SAMLRequest"]), -15).decode()
        now = datetime.datetime.now(datetime.timezone.utc)
        at = lambda seconds: (now + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.number += 1
        self.asked = {
            "consumer": re.search(r'AssertionConsumerServiceURL="([^"]+)"', request).group(1),
            "request": re.search(r' ID="([^"]+)"', request).group(1),
            "client": re.search(r"<[^>]*Issuer[^>]*>([^<]+)<", request).group(1)}
        text = self.TEMPLATE.format(
            id=f"{self.number}{os.urandom(8).hex()}", now=at(-1), start=at(-60), end=at(300), entity=self.ENTITY,
            acs=self.asked["consumer"], request=self.asked["request"], sp=self.asked["client"])
        self.file = os.path.join(self.folder, "response.xml")
        signed = subprocess.run(
            [self.xmlsec, "--sign", "--privkey-pem", self.key.path, *self.ids(), "/dev/stdin"], input=text.encode(),
            check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        with open(self.file, "wb") as file:
            file.write(signed)
        self.posted = signed
        return urllib.parse.urlencode({
            "SAMLResponse": base64.b64encode(signed).decode(), "RelayState": asked.get("RelayState", "")})

    def ids(self):
        return ["--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:assertion:Assertion"]

    def finish(self, begun):
        line, form = begun
        with line:
            line.socket.sendall(
                f"POST /api/v1{self.path} HTTP/1.1\r\nHost: acme.localhost:{self.suite.installation.port}\r\n"
                "Origin: null\r\nSec-Fetch-Site: cross-site\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                f"Content-Length: {len(form)}\r\n\r\n{form}".encode())
            answer = line.receive()
            place = re.search(rb"(?i)location: (\S+)", answer.head)
            if answer.status != 303 or not place:
                raise Trouble(f"a SAML response was answered {answer.status}: {answer.body[:300]}")
            fields = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(place.group(1).decode()).query))
            cookie = re.search(rb"gatehouse-sign-in=[^;]+", answer.head)
            if cookie:
                line.head = re.sub(r"Cookie: [^\r]+", f"Cookie: {cookie.group().decode()}", line.head)
            self.call(line, "/auth/browser/finish", {"provider": self.provider, **fields})

    def verification(self, times=(100, 600)):
        """Seconds of CPU for each of many verifications in one process."""
        used = []
        for count in times:
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run(
                [self.xmlsec, "--verify", "--repeat", str(count), "--pubkey-cert-pem", self.certificate, *self.ids(),
                 self.file], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            used.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        return (used[1] - used[0]) / (times[1] - times[0])


class Passkey(Proof):
    KIND, PEER = "passkey", "the signature alone"

    def parts(self):
        """The last assertion, checked as the first one of a key that has counted nothing yet."""
        return self.last | {
            "party": self.party, "origin": self.origin, "userHandle": self.handle, "point": base64url(self.key.public[-64:]),
            **self.signed(self.sample[0])}

    def __enter__(self):
        self.key, self.id, self.count = Key(self.folder, "ec"), os.urandom(32), 1
        options = self.api("POST", "/me/passkeys/options")
        self.party, self.handle = options["rp"]["id"], options["user"]["id"]
        point = self.key.public[-64:]
        cose = b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20" + point[:32] + b"\x22\x58\x20" + point[32:]
        data = self.data(0x45) + bytes(16) + struct.pack(">H", len(self.id)) + self.id + cose
        attestation = (b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58" + bytes([len(data)]) + data)
        self.api("POST", "/me/passkeys", {"name": "Bench", "credential": {
            "clientDataJSON": base64url(self.client("webauthn.create", options["challenge"])),
            "attestationObject": base64url(attestation)}})
        return self

    def data(self, flags):
        return hashlib.sha256(self.party.encode()).digest() + bytes([flags]) + struct.pack(">I", self.count)

    def client(self, kind, challenge):
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def begin(self):
        line = self.suite.caller()
        challenge = json.loads(self.call(line, "/auth/passkey/options", None).body)["challenge"]
        self.count += 1
        data, client = self.data(0x05), self.client("webauthn.get", challenge)
        signed = data + hashlib.sha256(client).digest()
        signature = self.key.sign(signed)
        self.sample = (signed, signature)
        self.last = {
            "id": base64url(self.id), "clientData": base64url(client), "authenticatorData": base64url(data),
            "derSignature": base64url(signature), "challenge": challenge}
        return line, {"credential": {
            "id": base64url(self.id), "clientDataJSON": base64url(client), "authenticatorData": base64url(data),
            "signature": base64url(signature), "userHandle": self.handle}}

    def finish(self, begun):
        with begun[0] as line:
            self.call(line, "/auth/passkey", begun[1])

    def verification(self):
        return self.key.verification(*self.sample)
