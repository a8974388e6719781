"""A stand-in for an authenticator app (RFC 6238). The server takes every code once, so a used step is waited out."""

import base64
import hashlib
import hmac
import struct
import time

STEP = 30


class Authenticator:
    def __init__(self, secret):
        secret = secret.replace(" ", "").upper()
        self.key = base64.b32decode(secret + "=" * (-len(secret) % 8))
        self.last = 0

    def code(self):
        """A code that was not used before, and that is good for another second at least."""
        while True:
            now = time.time()
            step = int(now // STEP)
            if step > self.last and now % STEP < STEP - 1:
                self.last = step
                return self.at(step)
            time.sleep(0.2)

    def at(self, step):
        digest = hmac.new(self.key, struct.pack(">Q", step), hashlib.sha1).digest()
        offset = digest[-1] & 15
        number = struct.unpack(">I", digest[offset:offset + 4])[0] & 0x7FFFFFFF
        return f"{number % 1_000_000:06}"
