"""The system's ssh on a terminal of its own."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import threading
import time


class SSH:
    """An interactive ssh. Its standard output (what the server sent) and its own messages are kept apart."""

    def __init__(self, port, user, key, known_hosts, command=(), terminal=True):
        self.seen = bytearray()
        self.notes = bytearray()
        self.lock = threading.Lock()
        options = [
            "-F", "none", "-p", str(port), "-i", key, "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none",
            "-o", "StrictHostKeyChecking=accept-new", "-o", f"UserKnownHostsFile={known_hosts}", "-o", "BatchMode=yes",
            "-o", "ConnectTimeout=10",
        ]
        line = ["ssh", *options, "-tt" if terminal else "-T", f"{user}@localhost", *command]
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.master = master
        self.process = subprocess.Popen(
            line, stdin=slave, stdout=slave, stderr=subprocess.PIPE, start_new_session=True, env={**os.environ, "TERM": "xterm"})
        os.close(slave)
        self.readers = [threading.Thread(target=self._read, args=(master, self.seen), daemon=True),
                        threading.Thread(target=self._read, args=(self.process.stderr.fileno(), self.notes), daemon=True)]
        for reader in self.readers:
            reader.start()

    def _read(self, descriptor, into):
        while True:
            try:
                part = os.read(descriptor, 65536)
            except OSError:
                return
            if not part:
                return
            with self.lock:
                into.extend(part)

    def type(self, text):
        os.write(self.master, text.encode())

    def text(self):
        with self.lock:
            return bytes(self.seen).decode(errors="replace")

    def wait_for(self, text, seconds=15):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if text in self.text():
                return
            if self.process.poll() is not None and not any(reader.is_alive() for reader in self.readers[:1]):
                break
            time.sleep(0.02)
        raise AssertionError(f"{text!r} did not come; seen: {self.text()!r}; ssh said: {self.said()!r}")

    def prompt(self, seconds=15):
        """Waits until the shell asks: what is typed earlier is also echoed by this terminal, which ssh has not taken over yet."""
        end = time.monotonic() + seconds
        while not re.search(r"[$#%>] (\x1b\[[0-9;?]*[a-zA-Z])*$", self.text()):
            if time.monotonic() > end or self.process.poll() is not None:
                raise AssertionError(f"no prompt came; seen: {self.text()!r}; ssh said: {self.said()!r}")
            time.sleep(0.02)

    def wait(self, seconds=20):
        """Waits for the end of ssh and returns its status."""
        try:
            status = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.close()
            raise AssertionError(f"ssh did not end; seen: {self.text()!r}; ssh said: {self.said()!r}") from None
        # What is still in the terminal's buffer.
        for reader in self.readers:
            reader.join(0.5)
        return status

    def said(self):
        """What ssh itself, or the gateway by its standard error, told the person."""
        with self.lock:
            return bytes(self.notes).decode(errors="replace")

    def close(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
