"""argon2id alone: how many hashes all cores do in a second, by the reference's library or by the one that the server uses."""

import ctypes
import ctypes.util
import os
import re
import threading
import time

from installation import Trouble


class Argon2:
    """The reference's library, as Debian builds it: SSE2."""

    name = "argon2"

    def __init__(self, encoded):
        """`encoded` is a stored hash, whose cost is taken over."""
        cost = re.match(r"\$argon2id\$v=19\$m=(\d+),t=(\d+),p=1\$", encoded)
        if not cost:
            raise Trouble("a stored password is no argon2id hash")
        self.memory, self.passes = (int(number) for number in cost.groups())
        name = ctypes.util.find_library(self.name)
        if not name:
            raise Trouble(f"lib{self.name} is missing")
        self.library = ctypes.CDLL(name)

    def hash(self, password, salt, out):
        """Not 0 if it failed."""
        return self.library.argon2id_hash_raw(
            ctypes.c_uint32(self.passes), ctypes.c_uint32(self.memory), ctypes.c_uint32(1), password,
            ctypes.c_size_t(len(password)), salt, ctypes.c_size_t(len(salt)), out, ctypes.c_size_t(len(out)))

    def rate(self, seconds):
        """Hashes a second, with a thread for each core; and in a second of CPU."""
        counts, end = [], time.monotonic() + seconds
        spent = time.process_time()
        threads = [threading.Thread(target=self._work, args=(end, counts)) for _ in range(os.cpu_count())]
        start = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sum(counts) / (time.monotonic() - start), sum(counts) / (time.process_time() - spent)

    def _work(self, end, counts):
        salt, out, count = os.urandom(16), ctypes.create_string_buffer(32), 0
        while time.monotonic() < end:
            # ctypes lets go of the interpreter while the library works.
            if self.hash(b"correct horse battery", salt, out):
                raise Trouble("argon2id refused its parameters")
            count += 1
        counts.append(count)


class Sodium(Argon2):
    """What the server uses: the best of what the processor has."""

    name = "sodium"
    ARGON2ID = 2

    def __init__(self, encoded):
        super().__init__(encoded)
        if self.library.sodium_init() < 0:
            raise Trouble("libsodium does not start")
        # Both have to do the same work.
        salt, ours, theirs = b"somesalt16bytes!", ctypes.create_string_buffer(32), ctypes.create_string_buffer(32)
        if self.hash(b"same", salt, ours) or Argon2(encoded).hash(b"same", salt, theirs) or ours.raw != theirs.raw:
            raise Trouble("libsodium and libargon2 disagree")

    def hash(self, password, salt, out):
        return self.library.crypto_pwhash(
            out, ctypes.c_ulonglong(len(out)), password, ctypes.c_ulonglong(len(password)), salt,
            ctypes.c_ulonglong(self.passes), ctypes.c_size_t(self.memory * 1024), ctypes.c_int(self.ARGON2ID))
