"""argon2id alone, by the same library that the server uses: how many hashes all cores do in a second."""

import ctypes
import ctypes.util
import os
import re
import threading
import time

from installation import Trouble


class Argon2:
    def __init__(self, encoded):
        """`encoded` is a stored hash, whose cost is taken over."""
        cost = re.match(r"\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$", encoded)
        if not cost:
            raise Trouble("a stored password is no argon2id hash")
        self.memory, self.passes, self.lanes = (int(number) for number in cost.groups())
        name = ctypes.util.find_library("argon2")
        if not name:
            raise Trouble("libargon2 is missing")
        self.library = ctypes.CDLL(name)

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
            if self.library.argon2id_hash_raw(
                    ctypes.c_uint32(self.passes), ctypes.c_uint32(self.memory), ctypes.c_uint32(self.lanes),
                    b"correct horse battery", ctypes.c_size_t(21), salt, ctypes.c_size_t(16), out, ctypes.c_size_t(32)):
                raise Trouble("argon2id refused its parameters")
            count += 1
        counts.append(count)
