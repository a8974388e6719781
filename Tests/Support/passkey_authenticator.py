"""A passkey authenticator in software, made of the `fido2` library: one command of JSON a line in, one answer a line out.

`{"do": "create", "options": …, "origin": …}` makes a passkey and answers with the credential and the handle of its key;
`{"do": "get", "options": …, "origin": …, "key": …}` uses it. Further members say what is to be wrong: `rpId`, `type`,
`challenge`, `flags`, `count`, `crossOrigin`, `userHandle`, `aaguid`, `format`, `algorithm`, `id`.
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


def certificate(key):
    name = x509.Name([
        x509.NameAttribute(NameOID.COUNTRY_NAME, "SE"), x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Makers"),
        x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "Authenticator Attestation"),
        x509.NameAttribute(NameOID.COMMON_NAME, "Batch 7")])
    today = datetime.datetime(2026, 1, 1)
    return (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(7)
        .not_valid_before(today).not_valid_after(today + datetime.timedelta(days=9000))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256()).public_bytes(Encoding.DER))


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
        maker = ec.generate_private_key(ec.SECP256R1())
        message = data + (client.hash if not command.get("forged") else sha256(b"something else"))
        statement = {"alg": -7, "sig": sign(maker, message), "x5c": [certificate(maker)]}
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
    print(json.dumps({"create": create, "get": get}[command["do"]](command)), flush=True)
