"""Keys that sign, and the bare verification of what they signed: OpenSSL's libcrypto, called from here."""

import base64
import ctypes
import ctypes.util
import os
import subprocess
import time

from installation import Trouble


class Key:
    """A private key in a file, `rsa` with 2048 bits or `ec` on P-256, which signs with SHA-256."""

    KINDS = {"rsa": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
             "ec": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]}

    def __init__(self, folder, kind):
        self.kind = kind
        self.path = os.path.join(folder, f"{kind}.pem")
        openssl("genpkey", *self.KINDS[kind], "-out", self.path)
        self.public = openssl("pkey", "-in", self.path, "-pubout", "-outform", "DER")
        self.library = library()
        with open(self.path, "rb") as file:
            text = file.read()
        bio = self.library.BIO_new_mem_buf(text, len(text))
        self.key = self.library.PEM_read_bio_PrivateKey(bio, None, None, None)
        self.library.BIO_free(bio)
        if not self.key:
            raise Trouble("OpenSSL does not read its own key")

    def jwk(self):
        """The public half as an issuer's set of keys has it."""
        text = lambda data: base64.urlsafe_b64encode(data).rstrip(b"=").decode()
        if self.kind == "ec":
            return {"kty": "EC", "crv": "P-256", "x": text(self.public[-64:-32]), "y": text(self.public[-32:])}
        # The last of an RSA key in DER: the modulus, then 65537 in five bytes.
        return {"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "k", "n": text(self.public[-261:-5]), "e": "AQAB"}

    def certificate(self):
        """A certificate that the key made of itself."""
        path = self.path + ".crt"
        openssl("req", "-x509", "-new", "-key", self.path, "-subj", "/CN=Bench", "-days", "2", "-out", path)
        return path

    def sign(self, data):
        context, size, out = self.library.EVP_MD_CTX_new(), ctypes.c_size_t(1024), ctypes.create_string_buffer(1024)
        sha = self.library.EVP_sha256()
        done = self.library.EVP_DigestSignInit(context, None, sha, None, self.key) == 1 and self.library.EVP_DigestSign(
            context, out, ctypes.byref(size), data, len(data)) == 1
        self.library.EVP_MD_CTX_free(context)
        if not done:
            raise Trouble("OpenSSL does not sign")
        return out.raw[:size.value]

    def verification(self, data, signature, seconds=0.5):
        """Seconds of CPU that it takes to verify the signature once."""
        count, start, end = 0, time.process_time(), time.monotonic() + seconds
        while time.monotonic() < end:
            for _ in range(20):
                context = self.library.EVP_MD_CTX_new()
                self.library.EVP_DigestVerifyInit(context, None, self.library.EVP_sha256(), None, self.key)
                if self.library.EVP_DigestVerify(context, signature, len(signature), data, len(data)) != 1:
                    raise Trouble("OpenSSL does not verify what it signed")
                self.library.EVP_MD_CTX_free(context)
                count += 1
        return (time.process_time() - start) / count


def openssl(*words):
    return subprocess.run(["openssl", *words], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


def library():
    name = ctypes.util.find_library("crypto")
    if not name:
        raise Trouble("libcrypto is missing")
    crypto = ctypes.CDLL(name)
    pointer, size, text = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p
    for function, result, arguments in [
        ("BIO_new_mem_buf", pointer, [text, ctypes.c_int]), ("BIO_free", ctypes.c_int, [pointer]),
        ("PEM_read_bio_PrivateKey", pointer, [pointer] * 4), ("EVP_MD_CTX_new", pointer, []),
        ("EVP_MD_CTX_free", None, [pointer]), ("EVP_sha256", pointer, []),
        ("EVP_DigestSignInit", ctypes.c_int, [pointer] * 5),
        ("EVP_DigestSign", ctypes.c_int, [pointer, text, ctypes.POINTER(size), text, size]),
        ("EVP_DigestVerifyInit", ctypes.c_int, [pointer] * 5),
        ("EVP_DigestVerify", ctypes.c_int, [pointer, text, size, text, size]),
    ]:
        getattr(crypto, function).restype, getattr(crypto, function).argtypes = result, arguments
    return crypto
