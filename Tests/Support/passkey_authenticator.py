"""A passkey authenticator in software, made of the `fido2` library: one command of JSON a line in, one answer a line out.

`{"do": "create", "options": …, "origin": …}` makes a passkey and answers with the credential and the handle of its key;
`{"do": "get", "options": …, "origin": …, "key": …}` uses it. Further members say what is to be wrong: `rpId`, `type`,
`challenge`, `flags`, `count`, `crossOrigin`, `userHandle`, `aaguid`, `format`, `algorithm`, `id`; and of the certificate
that vouches for the key: `maker` (whose root is above it; it signs itself without), `between` (`good`, `plain`, `over`,
`absent`), `over`, `vouchesFor` (an AAGUID, or null for none), `unit`, `isAuthority`.
`{"do": "root", "maker": …}` answers with the root of that maker, which is there from its first mention on.
"""

import datetime
import json
import os
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from fido2.cose import CoseKey
from fido2.utils import sha256, websafe_decode, websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

UP, UV, BE, BS, AT, ED = 1, 4, 8, 16, 64, 128
keys = {}
makers = {}
TODAY = datetime.datetime(2026, 1, 1)


def new_key(algorithm):
    if algorithm == -7:
        return ec.generate_private_key(ec.SECP256R1())
    if algorithm == -8:
        return ed25519.Ed25519PrivateKey.generate()
    if algorithm == -257:
        return rsa.generate_private_key(65537, 2048)
    if algorithm == -35:
        return ec.generate_private_key(ec.SECP384R1())
    raise ValueError(algorithm)


def sign(key, message):
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(message, ec.ECDSA(hashes.SHA256()))
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(message, padding.PKCS1v15(), hashes.SHA256())
    return key.sign(message)


def client_data(kind, command):
    challenge = command.get("challenge", command["options"]["challenge"])
    return CollectedClientData.create(
        command.get("type", f"webauthn.{kind}"), websafe_decode(challenge), command["origin"],
        cross_origin=command.get("crossOrigin", False))


def named(common, unit="Authenticator Attestation"):
    return x509.Name([
        x509.NameAttribute(NameOID.COUNTRY_NAME, "SE"), x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Makers"),
        x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit), x509.NameAttribute(NameOID.COMMON_NAME, common)])


def issue(name, key, by, authority, over=False, model=None):
    """A certificate; `by` is the name and the key of who issues it."""
    begin, days = (TODAY - datetime.timedelta(days=900), 30) if over else (TODAY, 9000)
    builder = (
        x509.CertificateBuilder().subject_name(name).issuer_name(by[0]).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(begin)
        .not_valid_after(begin + datetime.timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True))
    if model:
        value = b"\x04\x10" + bytes(Aaguid.parse(model))
        kind = x509.ObjectIdentifier("1.3.6.1.4.1.45724.1.1.4")
        builder = builder.add_extension(x509.UnrecognizedExtension(kind, value), critical=False)
    return builder.sign(by[1], hashes.SHA256())


def maker(name):
    if name not in makers:
        key = ec.generate_private_key(ec.SECP256R1())
        own = named(f"{name} root", "Roots")
        makers[name] = own, key, issue(own, key, (own, key), True)
    return makers[name]


def root(command):
    certificate = maker(command["maker"])[2]
    return {"certificate": certificate.public_bytes(Encoding.PEM).decode()}


def chain(key, command):
    """What vouches for an authenticator of one batch, from its own certificate upward, without the root."""
    name = named("Batch 7", command.get("unit", "Authenticator Attestation"))
    above, by = [], (name, key)
    if "maker" in command:
        by = maker(command["maker"])[:2]
        if "between" in command:
            between = (named("Between", "Between"), ec.generate_private_key(ec.SECP256R1()))
            kind = command["between"]
            if kind != "absent":
                above = [issue(*between, by, kind != "plain", kind == "over")]
            by = between
    leaf = issue(
        name, key, by, command.get("isAuthority", False), command.get("over", False),
        command.get("vouchesFor", command.get("aaguid")))
    return [one.public_bytes(Encoding.DER) for one in [leaf, *above]]


def create(command):
    options = command["options"]
    algorithm = command.get("algorithm", options["pubKeyCredParams"][0]["alg"])
    key, credential_id = new_key(algorithm), os.urandom(command.get("idLength", 32))
    if "id" in command:
        credential_id = websafe_decode(command["id"])
    client = client_data("create", command)
    attested = AttestedCredentialData.create(
        Aaguid.parse(command.get("aaguid", "00000000-0000-0000-0000-000000000000")), credential_id,
        CoseKey.for_alg(algorithm).from_cryptography_key(key.public_key()))
    extensions = command.get("extensions")
    flags = command.get("flags", UP | UV) | AT | (ED if extensions else 0)
    data = AuthenticatorData.create(
        sha256(command.get("rpId", options["rp"]["id"]).encode()), flags, command.get("count", 1), attested, extensions)
    kind, statement = command.get("format", "none"), {}
    if kind == "self":
        kind, statement = "packed", {"alg": algorithm, "sig": sign(key, data + client.hash)}
    elif kind == "packed":
        batch = ec.generate_private_key(ec.SECP256R1())
        message = data + (client.hash if not command.get("forged") else sha256(b"something else"))
        statement = {"alg": -7, "sig": sign(batch, message), "x5c": chain(batch, command)}
    handle = f"key-{len(keys)}"
    keys[handle] = (key, credential_id, websafe_decode(options["user"]["id"]))
    return {
        "key": handle,
        "credential": {
            "clientDataJSON": websafe_encode(client),
            "attestationObject": websafe_encode(AttestationObject.create(kind, data, statement)),
            "transports": ["internal"],
        },
    }


def get(command):
    options = command["options"]
    key, credential_id, user = keys[command["key"]]
    client = client_data("get", command)
    data = AuthenticatorData.create(
        sha256(command.get("rpId", options["rpId"]).encode()), command.get("flags", UP | UV), command.get("count", 2))
    handle = websafe_decode(command["userHandle"]) if "userHandle" in command else user
    signed_by = keys[command["signedBy"]][0] if "signedBy" in command else key
    return {
        "credential": {
            "id": websafe_encode(credential_id), "clientDataJSON": websafe_encode(client),
            "authenticatorData": websafe_encode(data), "signature": websafe_encode(sign(signed_by, data + client.hash)),
            **({} if command.get("silent") else {"userHandle": websafe_encode(handle)}),
        },
    }


print("ready", flush=True)
for line in sys.stdin:
    command = json.loads(line)
    print(json.dumps({"create": create, "get": get, "root": root}[command["do"]](command)), flush=True)
