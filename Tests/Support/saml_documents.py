"""What the tests of SAML are given: documents of a provider, right ones and attacks, signed by signxml and encrypted by
cryptography, which share no code with the product; and a schema check of the product's own documents by pysaml2.

  saml_documents.py make      keys and documents, as JSON; for the service provider that a JSON object on standard input describes, if there is one
  saml_documents.py schema    checks each document of a JSON list on standard input against the OASIS schemas
"""

import base64
import copy
import datetime
import hashlib
import json
import os
import sys
import urllib.parse
import zlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, padding as block_padding, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml import XMLSigner, methods

SCENE = json.loads((sys.stdin.read() if sys.argv[1:] == ["make"] else "").strip() or "{}")
IDP = "https://idp.example.com/metadata"
SP = SCENE.get("sp", "https://gate.example.com/saml/metadata")
SLO = SCENE.get("slo", "https://gate.example.com/saml/slo")
ACS = SCENE.get("acs", "https://gate.example.com/saml/acs")
REQUEST = SCENE.get("request", "_0123456789abcdef")
NOW = datetime.datetime.fromtimestamp(SCENE.get("now", 1803902400), datetime.timezone.utc).replace(microsecond=0)

SAMLP = "urn:oasis:names:tc:SAML:2.0:protocol"
SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
DS = "http://www.w3.org/2000/09/xmldsig#"
XENC = "http://www.w3.org/2001/04/xmlenc#"
XENC11 = "http://www.w3.org/2009/xmlenc11#"
EXC = "http://www.w3.org/2001/10/xml-exc-c14n#"
NS = {"samlp": SAMLP, "saml": SAML, "ds": DS}


class OldSigner(XMLSigner):
    """signxml refuses to sign with SHA-1."""

    def check_deprecated_methods(self):
        pass


def at(seconds):
    return (NOW + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def certificate(key, name):
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    return (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(7).not_valid_before(NOW - datetime.timedelta(days=400))
        .not_valid_after(NOW + datetime.timedelta(days=36500)).sign(key, hashes.SHA256()))


def pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def private(key):
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()


class Party:
    def __init__(self, key, name):
        self.key = key
        self.certificate = certificate(key, name)


idp = Party(rsa.generate_private_key(65537, 2048), "idp.example.com")
curve = Party(ec.generate_private_key(ec.SECP256R1()), "curve.example.com")
attacker = Party(rsa.generate_private_key(65537, 2048), "idp.example.com")
service = Party(rsa.generate_private_key(65537, 2048), "gate.example.com")
if "certificate" in SCENE:
    service.certificate = x509.load_der_x509_certificate(base64.b64decode(SCENE["certificate"]))
stranger = Party(rsa.generate_private_key(65537, 2048), "other.example.com")


def assertion(
    id="_assertion", version="2.0", issued=at(-5), issuer=f"<saml:Issuer>{IDP}</saml:Issuer>",
    name='<saml:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">alice@example.com</saml:NameID>',
    recipient=ACS, answers=REQUEST, confirmation_end=at(300), confirmation_extra="", confirmations=None,
    conditions=None, conditions_start=at(-60), conditions_end=at(300), audience=SP, extra_condition="",
    statement=None, attributes=None, advice="", statement_extra="", namespaces="",
):
    if confirmations is None:
        answered = f' InResponseTo="{answers}"' if answers else ""
        end = f' NotOnOrAfter="{confirmation_end}"' if confirmation_end else ""
        confirmations = (
            '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData'
            f'{end} Recipient="{recipient}"{answered}{confirmation_extra}/></saml:SubjectConfirmation>')
    if conditions is None:
        restriction = (
            f"<saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction>"
            if audience else "")
        conditions = (
            f'<saml:Conditions NotBefore="{conditions_start}" NotOnOrAfter="{conditions_end}">'
            f"{restriction}{extra_condition}</saml:Conditions>")
    if statement is None:
        statement = (
            f'<saml:AuthnStatement AuthnInstant="{at(-10)}" SessionIndex="_session"{statement_extra}><saml:AuthnContext>'
            "<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
            "</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>")
    if attributes is None:
        attributes = (
            "<saml:AttributeStatement>"
            '<saml:Attribute Name="mail" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:basic">'
            '<saml:AttributeValue xmlns:xs="http://www.w3.org/2001/XMLSchema" '
            'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string">alice@example.com'
            "</saml:AttributeValue></saml:Attribute>"
            '<saml:Attribute Name="groups" FriendlyName="Groups"><saml:AttributeValue>ops</saml:AttributeValue>'
            "<saml:AttributeValue>R&amp;D 研发</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>")
    identifier = f' ID="{id}"' if id is not None else ""
    return (
        f'<saml:Assertion xmlns:saml="{SAML}"{namespaces} Version="{version}"{identifier} IssueInstant="{issued}">{issuer}'
        f"<saml:Subject>{name}{confirmations}</saml:Subject>{conditions}{advice}{statement}{attributes}</saml:Assertion>")


def response(
    *inner, id="_response", version="2.0", destination=ACS, answers=REQUEST, issuer=f"<saml:Issuer>{IDP}</saml:Issuer>",
    status='<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/>', issued=at(-5), name="Response",
):
    destination = f' Destination="{destination}"' if destination else ""
    answers = f' InResponseTo="{answers}"' if answers else ""
    return (
        f'<samlp:{name} xmlns:samlp="{SAMLP}" xmlns:saml="{SAML}" ID="{id}" Version="{version}" '
        f'IssueInstant="{issued}"{destination}{answers}>{issuer}<samlp:Status>{status}</samlp:Status>'
        f'{"".join(inner)}</samlp:{name}>')


def signed(
    xml, by=idp, algorithm="rsa-sha256", digest="sha256", c14n=EXC, key=None, known=True,
):
    root = etree.fromstring(xml)
    # Where the schema wants it: behind the issuer.
    root.insert(1, etree.Element(f"{{{DS}}}Signature", Id="placeholder", nsmap={"ds": DS}))
    signer = OldSigner(
        method=methods.enveloped, signature_algorithm=algorithm, digest_algorithm=digest, c14n_algorithm=c14n)
    signer.namespaces = {"ds": DS}
    done = signer.sign(
        root, key=key or by.key, cert=[by.certificate] if known and key is None else None,
        reference_uri="#" + root.get("ID"))
    return etree.tostring(done).decode()


def with_prefixes(xml):
    """As Shibboleth signs: a list of prefixes in the transform, and none for SignedInfo. signxml has it in both or none."""
    root = etree.fromstring(xml)
    digest = base64.b64encode(hashlib.sha256(
        etree.tostring(root, method="c14n", exclusive=True, inclusive_ns_prefixes=["xs"])).digest()).decode()
    info = (
        f'<ds:SignedInfo xmlns:ds="{DS}"><ds:CanonicalizationMethod Algorithm="{EXC}"></ds:CanonicalizationMethod>'
        '<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"></ds:SignatureMethod>'
        f'<ds:Reference URI="#{root.get("ID")}"><ds:Transforms><ds:Transform Algorithm="{DS}enveloped-signature">'
        f'</ds:Transform><ds:Transform Algorithm="{EXC}"><ec:InclusiveNamespaces xmlns:ec="{EXC}" PrefixList="xs">'
        "</ec:InclusiveNamespaces></ds:Transform></ds:Transforms>"
        f'<ds:DigestMethod Algorithm="{XENC}sha256"></ds:DigestMethod><ds:DigestValue>{digest}</ds:DigestValue>'
        "</ds:Reference></ds:SignedInfo>")
    value = base64.b64encode(idp.key.sign(info.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()
    root.insert(1, etree.fromstring(
        f'<ds:Signature xmlns:ds="{DS}">{info}<ds:SignatureValue>{value}</ds:SignatureValue></ds:Signature>'))
    return etree.tostring(root).decode()


def encrypted(xml, algorithm="aes256-gcm", padding_name="rsa-oaep-mgf1p", digest=None, key=service, place="inside", spoil=None):
    bits = int(algorithm[3:6])
    secret = os.urandom(bits // 8)
    plain = xml.encode()
    if algorithm.endswith("gcm"):
        nonce = os.urandom(12)
        sealed = nonce + AESGCM(secret).encrypt(nonce, plain, None)
        space = XENC11
    else:
        padder = block_padding.PKCS7(128).padder()
        vector = os.urandom(16)
        encryptor = Cipher(algorithms.AES(secret), modes.CBC(vector)).encryptor()
        padded = padder.update(plain) + padder.finalize()
        if spoil == "padding":
            padded = padded[:-1] + b"\xff"
        sealed = vector + encryptor.update(padded) + encryptor.finalize()
        space = XENC
    if spoil == "data":
        sealed = sealed[:40] + bytes([sealed[40] ^ 1]) + sealed[41:]
    kind = {None: hashes.SHA1(), "sha256": hashes.SHA256()}[digest]
    method = f'<xenc:EncryptionMethod Algorithm="{XENC}{padding_name}">'
    if padding_name == "rsa-1_5":
        wrapped = key.certificate.public_key().encrypt(secret, padding.PKCS1v15())
    elif padding_name == "rsa-oaep":
        wrapped = key.certificate.public_key().encrypt(secret, padding.OAEP(padding.MGF1(kind), kind, None))
        method = f'<xenc:EncryptionMethod Algorithm="{XENC11}rsa-oaep">'
    else:
        wrapped = key.certificate.public_key().encrypt(secret, padding.OAEP(padding.MGF1(hashes.SHA1()), kind, None))
    if digest:
        method += f'<ds:DigestMethod xmlns:ds="{DS}" Algorithm="{XENC}{digest}"/>'
        if padding_name == "rsa-oaep":
            method += f'<xenc11:MGF xmlns:xenc11="{XENC11}" Algorithm="{XENC11}mgf1{digest}"/>'
    encode = lambda data: base64.b64encode(data).decode()
    wrapped_key = (
        f'<xenc:EncryptedKey Id="_key">{method}</xenc:EncryptionMethod><xenc:CipherData><xenc:CipherValue>'
        f"{encode(wrapped)}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedKey>")
    inside = wrapped_key if place == "inside" else (
        f'<ds:RetrievalMethod Type="{XENC}EncryptedKey" URI="#_key"/>')
    return (
        f'<saml:EncryptedAssertion xmlns:saml="{SAML}" xmlns:xenc="{XENC}" xmlns:ds="{DS}"><xenc:EncryptedData '
        f'Id="_data" Type="{XENC}Element"><xenc:EncryptionMethod Algorithm="{space}{algorithm}"/>'
        f"<ds:KeyInfo>{inside}</ds:KeyInfo><xenc:CipherData><xenc:CipherValue>{encode(sealed)}</xenc:CipherValue>"
        f'</xenc:CipherData></xenc:EncryptedData>{"" if place == "inside" else wrapped_key}</saml:EncryptedAssertion>')


# --- Wrapping of signatures: the eight published forms, and more -------------------------------------------------------

def find(tree, path):
    return tree.find(path, NS)


def evil_copy(element, id=None, keep_signature=False):
    """The element as an attacker wants it."""
    evil = copy.deepcopy(element)
    if id:
        evil.set("ID", id)
        for inner in evil.findall("saml:Assertion", NS):
            inner.set("ID", id + "_assertion")
    if not keep_signature:
        for signature in evil.findall("ds:Signature", NS):
            evil.remove(signature)
    for name in evil.iter(f"{{{SAML}}}NameID"):
        name.text = "admin@example.com"
    return evil


def unsigned_copy(element):
    plain = copy.deepcopy(element)
    for signature in plain.findall("ds:Signature", NS):
        plain.remove(signature)
    return plain


def wrapped(number):
    if number in (1, 2):
        root = etree.fromstring(signed(response(assertion())))
        evil = evil_copy(root, "_evil", keep_signature=True)
        signature = find(evil, "ds:Signature")
        if number == 1:
            signature.append(unsigned_copy(root))
        else:
            evil.insert(evil.index(signature), unsigned_copy(root))
        return evil
    root = etree.fromstring(response(signed(assertion())))
    original = find(root, "saml:Assertion")
    place = root.index(original)
    if number == 3:
        root.insert(place, evil_copy(original, "_evil"))
    elif number == 4:
        evil = evil_copy(original, "_evil")
        root.replace(original, evil)
        evil.append(original)
    elif number == 5:
        evil = evil_copy(original, "_evil", keep_signature=True)
        root.replace(original, evil)
        root.append(unsigned_copy(original))
    elif number == 6:
        evil = evil_copy(original, "_evil", keep_signature=True)
        root.replace(original, evil)
        find(evil, "ds:Signature").append(unsigned_copy(original))
    elif number == 7:
        extensions = etree.Element(f"{{{SAMLP}}}Extensions")
        extensions.append(evil_copy(original, "_evil"))
        root.insert(place, extensions)
    elif number == 8:
        evil = evil_copy(original, "_evil", keep_signature=True)
        root.replace(original, evil)
        thing = etree.SubElement(find(evil, "ds:Signature"), f"{{{DS}}}Object")
        thing.append(unsigned_copy(original))
    return root


def hidden(position):
    """The signed assertion where it does not count, and an evil one with the same ID where it does."""
    root = etree.fromstring(response(signed(assertion())))
    original = find(root, "saml:Assertion")
    evil = evil_copy(original, keep_signature=True)
    root.replace(original, evil)
    holder = etree.Element("{urn:example:other}Holder")
    holder.append(unsigned_copy(original))
    if position == "outside":
        root.append(holder)
    else:
        find(evil, "saml:Subject").append(holder)
    return root


def text(tree):
    return etree.tostring(tree).decode()


def replaced(xml, old, new, count=1):
    assert old in xml, old
    return xml.replace(old, new, count)


def good():
    return response(signed(assertion()))


def signature_of(xml):
    start = xml.index("<ds:Signature")
    return xml[start:xml.index("</ds:Signature>") + len("</ds:Signature>")]


def accepted():
    public = signed(assertion(), c14n=EXC + "WithComments")
    own = signed(assertion())
    foreign_key = replaced(
        own, base64.b64encode(idp.certificate.public_bytes(serialization.Encoding.DER)).decode()[:40], "AAAA")
    return {
        "assertion": good(),
        "response": signed(response(assertion())),
        "both": signed(response(signed(assertion()))),
        "an hour's session": response(signed(assertion(statement_extra=f' SessionNotOnOrAfter="{at(3600)}"'))),
        "rsa-sha384": response(signed(assertion(), algorithm="rsa-sha384", digest="sha384")),
        "rsa-sha512": response(signed(assertion(), algorithm="rsa-sha512", digest="sha512")),
        "ecdsa": response(signed(assertion(), by=curve, algorithm="ecdsa-sha256")),
        "with comments": response(public),
        "no destination, not signed": response(signed(assertion()), destination=None),
        "no key info that can be read": response(foreign_key),
        "prefix list": response(with_prefixes(assertion(namespaces=' xmlns:xs="http://www.w3.org/2001/XMLSchema"'))),
        "declaration": '<?xml version="1.0" encoding="utf-8"?>\n' + good(),
        "byte order mark": "\ufeff" + good(),
        "comment in the name": replaced(good(), "alice@example.com</saml:NameID>", "alice@<!-- x -->example.com</saml:NameID>"),
        "comment when it was signed": response(signed(
            assertion(name="<saml:NameID>alice@<!-- x -->example.com</saml:NameID>"))),
        "two confirmations": response(signed(assertion(confirmations=(
            '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:sender-vouches"/>'
            '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData '
            f'NotOnOrAfter="{at(300)}" Recipient="https://other.example.com/" InResponseTo="{REQUEST}"/>'
            '</saml:SubjectConfirmation>'
            '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData '
            f'NotOnOrAfter="{at(300)}" Recipient="{ACS}" InResponseTo="{REQUEST}"/></saml:SubjectConfirmation>')))),
        "one time use": response(signed(assertion(extra_condition="<saml:OneTimeUse/>"))),
        "two audiences": response(signed(assertion(
            audience=f"https://other.example.com</saml:Audience><saml:Audience> {SP}\n"))),
        "clocks apart": response(signed(assertion(issued=at(60), conditions_start=at(60))), issued=at(60)),
        "expired within the skew": response(signed(assertion(conditions_end=at(-60), confirmation_end=at(-60)))),
        "encrypted aes128-cbc": response(encrypted(signed(assertion()), "aes128-cbc")),
        "encrypted aes256-cbc": response(encrypted(signed(assertion()), "aes256-cbc", place="beside")),
        "encrypted aes128-gcm": response(encrypted(signed(assertion()), "aes128-gcm", digest="sha256")),
        "encrypted aes192-gcm": response(encrypted(signed(assertion()), "aes192-gcm", "rsa-oaep", digest="sha256")),
        "encrypted aes256-gcm": response(encrypted(signed(assertion()), place="beside")),
        "encrypted in a signed response": signed(response(encrypted(assertion(), "aes256-cbc"))),
        "encrypted, namespace declared outside": signed(response(encrypted(
            replaced(assertion(), f' xmlns:saml="{SAML}"', ""), "aes256-gcm"))),
    }


def refused():
    own = signed(assertion())
    fine = response(own)
    public = pem(idp.certificate).encode()
    spki = idp.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    hmac_of = lambda secret: response(signed(assertion(), algorithm="hmac-sha256", key=secret))
    failure = lambda outer, inner: response(
        status=f'<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:{outer}">'
        f'<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:{inner}"/></samlp:StatusCode>')
    documents = {f"XSW {number}": text(wrapped(number)) for number in range(1, 9)}
    documents |= {
        "same ID outside": text(hidden("outside")),
        "same ID inside": text(hidden("inside")),
        "two assertions, both signed": response(own, signed(assertion(id="_second"))),
        "two assertions in a signed response": signed(response(assertion(), assertion(id="_second"))),
        "an assertion as advice": response(signed(assertion(advice=f"<saml:Advice>{assertion(id='_advice')}</saml:Advice>"))),
        "an assertion of another namespace": response(own, '<Assertion xmlns="urn:example:other"/>'),
        "plain and encrypted": response(own, encrypted(own)),
        "no assertion": response(),
        # Signatures
        "unsigned": response(assertion()),
        "stripped": response(replaced(own, signature_of(own), "")),
        "changed name": replaced(fine, "alice@example.com</saml:NameID>", "admin@example.com</saml:NameID>"),
        "changed attribute": replaced(fine, "<saml:AttributeValue>ops", "<saml:AttributeValue>admins"),
        "wrongly keyed": response(signed(assertion(), by=attacker)),
        "key of the attacker": response(signed(assertion(), by=attacker, known=False)),
        "curve not known": response(signed(assertion(), by=Party(ec.generate_private_key(ec.SECP256R1()), "x"), algorithm="ecdsa-sha256")),
        "rsa-sha1": response(signed(assertion(), algorithm="rsa-sha1", digest="sha256")),
        "digest sha1": response(signed(assertion(), digest="sha1")),
        "hmac with the certificate": hmac_of(public),
        "hmac with the public key": hmac_of(spki),
        "inclusive canonicalisation": response(signed(assertion(), c14n="http://www.w3.org/TR/2001/REC-xml-c14n-20010315")),
        "reference to everything": response(replaced(own, 'URI="#_assertion"', 'URI=""')),
        "reference as xpointer": response(replaced(own, 'URI="#_assertion"', "URI=\"#xpointer(id('_assertion'))\"")),
        "reference to a file": response(replaced(own, 'URI="#_assertion"', 'URI="file:///etc/hostname"')),
        "reference to the response": replaced(fine, 'URI="#_assertion"', 'URI="#_response"'),
        "two references": response(replaced(own, "</ds:Reference>", "</ds:Reference>" + own[own.index("<ds:Reference"):own.index("</ds:Reference>")] + "</ds:Reference>")),
        "xslt": response(replaced(own, "</ds:Transforms>", '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"/></ds:Transforms>')),
        "xpath": response(replaced(own, f'<ds:Transform Algorithm="{EXC}"/>', '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><ds:XPath>self::text()</ds:XPath></ds:Transform>')),
        "an object": response(replaced(own, "</ds:Signature>", "<ds:Object/></ds:Signature>")),
        "two signatures": response(replaced(own, signature_of(own), signature_of(own) * 2)),
        "signature elsewhere": response(replaced(replaced(own, signature_of(own), ""), "</saml:Subject>", signature_of(own) + "</saml:Subject>")),
        "signed response with a false assertion": signed(response(replaced(own, ">alice@example.com</saml:NameID>", ">admin@example.com</saml:NameID>"))),
        "false response with a signed assertion": replaced(signed(response(own)), 'ID="_response"', 'ID="_other"'),
        # IDs
        "duplicate ID": fine.replace("<samlp:Status>", '<samlp:Status ID="_assertion">'),
        "duplicate ID of another spelling": fine.replace("<samlp:Status>", '<samlp:Status iD="_assertion">'),
        "duplicate ID of a namespace": fine.replace("<samlp:Status>", '<samlp:Status xmlns:w="urn:w" w:Id="_assertion">'),
        "xml:id": fine.replace("<samlp:Status>", '<samlp:Status xml:id="_assertion">'),
        "no ID": response(replaced(own, ' ID="_assertion"', "")),
        "ID in another case": response(replaced(own, ' ID="_assertion"', ' Id="_assertion"')),
        "ID in a namespace": response(replaced(own, ' ID="_assertion"', ' xmlns:w="urn:w" w:ID="_assertion"')),
        "empty ID": response(replaced(replaced(own, ' ID="_assertion"', ' ID=""'), "#_assertion", "#")),
        "ID with a quote": response(replaced(replaced(own, ' ID="_assertion"', " ID=\"_a') or id('b\""), "#_assertion", "#_a') or id('b")),
        # XML
        "document type": "<!DOCTYPE samlp:Response>" + fine,
        "entity in the name": '<!DOCTYPE r [<!ENTITY a "admin">]>' + replaced(fine, ">alice@", ">&a;@"),
        "billion laughs": "<!DOCTYPE r [<!ENTITY a0 'ha'>" + "".join(
            f"<!ENTITY a{n} '{('&a%d;' % (n - 1)) * 10}'>" for n in range(1, 10)) + "]>" + replaced(fine, ">alice@", ">&a9;@"),
        "external entity": '<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/hostname">]>' + replaced(fine, ">alice@", ">&a;@"),
        "external document type": '<!DOCTYPE r SYSTEM "http://127.0.0.1:9/x.dtd">' + fine,
        "undeclared entity": replaced(fine, ">alice@", ">&a;@"),
        "inclusion": response(own, '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/hostname" parse="text"/>', id="_r", destination="https://other.example.com/"),
        "processing instruction": replaced(fine, ">alice@", ">alice@<?x y?>"),
        "another encoding": '<?xml version="1.0" encoding="ISO-8859-1"?>' + fine,
        "undeclared prefix": replaced(fine, "<samlp:Status>", "<samlp:Status><nobody:x/>"),
        "two roots": fine + fine,
        "cut off": fine[:-20],
        # What it says
        "version": response(own, version="1.1"),
        "another message": response(own, name="ArtifactResponse"),
        "refused by the provider": failure("Responder", "AuthnFailed"),
        "no passive": failure("Responder", "NoPassive"),
        "partial success": failure("VersionMismatch", "Unheard"),
        "issuer of the response": response(own, issuer="<saml:Issuer>https://evil.example.com</saml:Issuer>"),
        "issuer of the assertion": response(signed(assertion(issuer="<saml:Issuer>https://evil.example.com</saml:Issuer>"))),
        "issuer of a kind": response(signed(assertion(issuer=f'<saml:Issuer Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">{IDP}</saml:Issuer>'))),
        "destination": response(own, destination="https://other.example.com/acs"),
        "no destination, signed": signed(response(own, destination=None)),
        "in response to another": response(own, answers="_another"),
        "in response to nothing": response(own, answers=None),
        "confirmation in response to another": response(signed(assertion(answers="_another"))),
        "confirmation in response to nothing": response(signed(assertion(answers=None))),
        "recipient": response(signed(assertion(recipient="https://other.example.com/acs"))),
        "audience": response(signed(assertion(audience="https://other.example.com"))),
        "audience that begins the same": response(signed(assertion(audience=SP + ".example.net"))),
        "two restrictions, one for others": response(signed(assertion(extra_condition="<saml:AudienceRestriction><saml:Audience>https://other.example.com</saml:Audience></saml:AudienceRestriction>"))),
        "no audience": response(signed(assertion(audience=None))),
        "no conditions": response(signed(assertion(conditions=""))),
        "unknown condition": response(signed(assertion(extra_condition='<w:Weather xmlns:w="urn:w"/>'))),
        "not yet": response(signed(assertion(conditions_start=at(120)))),
        "over": response(signed(assertion(conditions_end=at(-120)))),
        "confirmation over": response(signed(assertion(confirmation_end=at(-120)))),
        "confirmation without an end": response(signed(assertion(confirmation_end=None))),
        "confirmation with a start": response(signed(assertion(confirmation_extra=f' NotBefore="{at(-60)}"'))),
        "holder of key": response(signed(assertion(confirmations='<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"/>'))),
        "no confirmation": response(signed(assertion(confirmations=""))),
        "issued long ago": response(signed(assertion(issued=at(-7200), conditions_start=at(-7200)))),
        "issued in the future": response(signed(assertion(issued=at(120)))),
        "answered in the future": response(own, issued=at(120)),
        "session over": response(signed(assertion(statement_extra=f' SessionNotOnOrAfter="{at(-120)}"'))),
        "a time with a zone": response(signed(assertion(conditions_end="2027-03-01T13:00:00+01:00"))),
        "a time that is none": response(signed(assertion(conditions_end="tomorrow"))),
        "nobody": response(signed(assertion(name=""))),
        "two names": response(signed(assertion(name="<saml:NameID>a</saml:NameID><saml:NameID>b</saml:NameID>"))),
        "empty name": response(signed(assertion(name="<saml:NameID/>"))),
        "name with a blank": response(signed(assertion(name="<saml:NameID> alice@example.com</saml:NameID>"))),
        "name with an element": response(signed(assertion(name="<saml:NameID>admin<saml:x>.evil</saml:x></saml:NameID>"))),
        "encrypted name": response(signed(assertion(name="<saml:EncryptedID/>"))),
        "no statement": response(signed(assertion(statement=""))),
        # Encryption
        "encrypted for somebody else": response(encrypted(own, key=stranger)),
        "encrypted, rsa 1.5": response(encrypted(own, padding_name="rsa-1_5")),
        "encrypted, changed": response(encrypted(own, spoil="data")),
        "encrypted cbc, changed": response(encrypted(own, "aes256-cbc", spoil="data")),
        "encrypted cbc, padding": response(encrypted(own, "aes256-cbc", spoil="padding")),
        "encrypted, unsigned": response(encrypted(assertion())),
        "encrypted, wrongly keyed": response(encrypted(signed(assertion(), by=attacker))),
        "encrypted, two": response(encrypted(own + own)),
        "encrypted, with a root of its own": response(encrypted("</_><_>" + own)),
        "encrypted, document type": response(encrypted("<!DOCTYPE x>" + own)),
        "encrypted, something else": response(encrypted("<saml:Issuer/>")),
        "encrypted, elsewhere": response(replaced(encrypted(own), "<xenc:CipherValue>", '<xenc:CipherReference URI="file:///etc/hostname"/><xenc:CipherValue>', 2).replace("<xenc:CipherValue>", "<xenc:Other>").replace("</xenc:CipherValue>", "</xenc:Other>")),
    }
    return documents


# --- Signing out, by the redirect binding ------------------------------------------------------------------------------

def query(parameter, xml, state="here", by=idp, algorithm="rsa-sha256", encode=None):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    small = packer.compress(xml.encode()) + packer.flush()
    # Small letters and pluses, as some write them: what is signed is what stands there.
    encode = encode or (lambda value: urllib.parse.quote_plus(value).replace("%2F", "%2f"))
    fields = [(parameter, base64.b64encode(small).decode())]
    if state is not None:
        fields.append(("RelayState", state))
    fields.append(("SigAlg", "http://www.w3.org/2001/04/xmldsig-more#" + algorithm))
    signed = "&".join(f"{name}={encode(value)}" for name, value in fields)
    if isinstance(by.key, rsa.RSAPrivateKey):
        kind = {"rsa-sha256": hashes.SHA256(), "rsa-sha512": hashes.SHA512(), "rsa-sha1": hashes.SHA1()}[algorithm]
        signature = by.key.sign(signed.encode(), padding.PKCS1v15(), kind)
    else:
        r, s = decode_dss_signature(by.key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    return f"{signed}&Signature={encode(base64.b64encode(signature).decode())}"


def logout(
    name="LogoutRequest", id="_logout", issuer=IDP, destination=SLO, issued=at(-5), end=at(60), version="2.0",
    content='<saml:NameID SPNameQualifier="q">alice@example.com</saml:NameID><samlp:SessionIndex>_session</samlp:SessionIndex>',
    extra="",
):
    return (
        f'<samlp:{name} xmlns:samlp="{SAMLP}" xmlns:saml="{SAML}" ID="{id}" Version="{version}" IssueInstant="{issued}" '
        f'Destination="{destination}"{extra}' + (f' NotOnOrAfter="{end}"' if name == "LogoutRequest" else "")
        + f"><saml:Issuer>{issuer}</saml:Issuer>{content}</samlp:{name}>")


def logged_out(status="Success", answers=REQUEST):
    return logout(
        "LogoutResponse", extra=f' InResponseTo="{answers}"',
        content=f'<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:{status}"/></samlp:Status>')


def queries():
    request = lambda **fields: query("SAMLRequest", logout(**fields))
    fine = request()
    return {
        "request": fine,
        "request without state": query("SAMLRequest", logout(), state=None),
        "request with a curve": query("SAMLRequest", logout(), by=curve, algorithm="ecdsa-sha256"),
        "request with sha512": query("SAMLRequest", logout(), algorithm="rsa-sha512"),
        "sha1": query("SAMLRequest", logout(), algorithm="rsa-sha1"),
        "wrongly keyed": query("SAMLRequest", logout(), by=attacker),
        "unsigned": fine[:fine.index("&SigAlg=")],
        "changed state": fine.replace("RelayState=here", "RelayState=there"),
        "state taken away": fine.replace("&RelayState=here", ""),
        "another state too": fine + "&RelayState=there",
        "a second request": fine + "&SAMLRequest=x",
        "a second request in disguise": fine + "&SAML%52equest=x",
        "both kinds": fine + "&SAMLResponse=x",
        "issuer": request(issuer="https://evil.example.com"),
        "destination": request(destination=ACS),
        "over": request(end=at(-120)),
        "old": request(issued=at(-7200)),
        "of the future": request(issued=at(120)),
        "nobody": request(content=""),
        "another message": request(name="ArtifactResolve"),
        "document type": query("SAMLRequest", "<!DOCTYPE x>" + logout()),
        "bomb": query("SAMLRequest", " " * 50_000_000),
        "response": query("SAMLResponse", logged_out()),
        "response, partial": query("SAMLResponse", logged_out("PartialLogout")),
        "response to another": query("SAMLResponse", logged_out(answers="_another")),
    } | {name: query("SAMLRequest", xml) for name, xml in farewells().items()}


def farewells():
    """Requests to end what the assertions began, issued a little later than they were."""
    name = '<saml:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">alice@example.com</saml:NameID>'
    later = lambda content: logout(content=content, issued=at(20), end=at(80))
    return {
        "alice's session": later(name + "<samlp:SessionIndex>_session</samlp:SessionIndex>"),
        "alice's sessions": later(name), "alice's other session": later(name + "<samlp:SessionIndex>_other</samlp:SessionIndex>"),
        "bob's sessions": later(name.replace("alice", "bob")), "alice of another kind": later(name.replace("emailAddress", "WindowsDomainQualifiedName")),
    }


def forms():
    """The same in forms, with the signature in them."""
    fine = farewells()["alice's sessions"]
    return {
        **{name: signed(xml) for name, xml in farewells().items()},
        "unsigned": fine, "wrongly keyed": signed(fine, by=attacker), "sha1": signed(fine, algorithm="rsa-sha1"),
        "changed": signed(fine).replace("alice@", "admin@"), "wrapped": wrapped_logout(fine),
        "another address": signed(fine.replace(SLO, ACS)), "document type": "<!DOCTYPE x>" + signed(fine),
    }


def wrapped_logout(fine):
    root = etree.fromstring(signed(fine))
    evil = evil_copy(root, "_evil", keep_signature=True)
    extensions = etree.SubElement(evil, f"{{{SAMLP}}}Extensions")
    extensions.append(unsigned_copy(root))
    return text(evil)


# --- What a provider says of itself ------------------------------------------------------------------------------------

def metadata():
    der = lambda party: base64.encodebytes(party.certificate.public_bytes(serialization.Encoding.DER)).decode()
    key = lambda party, use: (
        f'<md:KeyDescriptor{use}><ds:KeyInfo><ds:X509Data><ds:X509Certificate>\n{der(party)}</ds:X509Certificate>'
        "</ds:X509Data></ds:KeyInfo></md:KeyDescriptor>")
    redirect = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
    post = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"

    def entity(id=IDP, keys=key(idp, ' use="signing"') + key(curve, "") + key(stranger, ' use="encryption"'), sign_on=None,
               extra="", protocol=SAMLP):
        sign_on = sign_on if sign_on is not None else (
            f'<md:SingleSignOnService Binding="{post}" Location="https://idp.example.com/post"/>'
            f'<md:SingleSignOnService Binding="{redirect}" Location="https://idp.example.com/sso?x=1"/>')
        return (
            f'<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="{DS}" entityID="{id}"{extra}>'
            f'<md:IDPSSODescriptor protocolSupportEnumeration="{protocol}">{keys}'
            f'<md:SingleLogoutService Binding="{redirect}" Location="https://idp.example.com/slo" '
            f'ResponseLocation="https://idp.example.com/slo/answer"/>{sign_on}</md:IDPSSODescriptor></md:EntityDescriptor>')

    several = lambda *entities: (
        f'<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" validUntil="2027-04-01T00:00:00Z">'
        f'{"".join(entities)}</md:EntitiesDescriptor>')
    return {
        "one": entity(), "federation": several(entity(), entity(id="https://idp2.example.com")),
        "until": entity(extra=' validUntil="2027-03-02T00:00:00Z"'),
        "no key": entity(keys=key(stranger, ' use="encryption"')),
        "key that is none": entity(keys=key(idp, "").replace("MII", "AAA", 1)),
        "script": entity(sign_on=f'<md:SingleSignOnService Binding="{redirect}" Location="javascript:alert(1)"/>'),
        "header": entity(sign_on=f'<md:SingleSignOnService Binding="{redirect}" Location="https://x/&#10;Set-Cookie:a"/>'),
        "post only": entity(sign_on=f'<md:SingleSignOnService Binding="{post}" Location="https://idp.example.com/post"/>'),
        "old protocol": entity(protocol="urn:oasis:names:tc:SAML:1.1:protocol"),
        "service": f'<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{IDP}"/>',
        "document type": "<!DOCTYPE x>" + entity(),
        "many keys": entity(keys=key(idp, "") * 7),
    }


def make():
    encode = lambda documents: {name: base64.b64encode(xml.encode()).decode() for name, xml in documents.items()}
    json.dump({
        "now": NOW.timestamp(), "idp": IDP, "sp": SP, "acs": ACS, "request": REQUEST,
        "slo": SLO, "queries": queries(), "forms": encode(forms()), "metadata": metadata(),
        "certificate": pem(idp.certificate), "curve": pem(curve.certificate), "attacker": pem(attacker.certificate),
        "serviceKey": private(service.key), "serviceCertificate": pem(service.certificate),
        "strangerKey": private(stranger.key), "strangerCertificate": pem(stranger.certificate),
        "weak": pem(certificate(rsa.generate_private_key(65537, 1024), "weak.example.com")),
        "accepted": encode(accepted()), "refused": encode(refused()),
        "unsolicited": encode({"it": response(signed(assertion(answers=None)), answers=None)})["it"],
    }, sys.stdout)


def schema():
    from saml2.xml.schema import XMLSchemaError, validate

    for document in json.load(sys.stdin):
        try:
            validate(document)
        except XMLSchemaError as error:
            sys.exit(f"{document}\n{error}")


if __name__ == "__main__":
    {"make": make, "schema": schema}[sys.argv[1]]()
