"""A private installation for tests: its own folder, its own ports, gone afterwards."""

import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def free_ports(count):
    """Ports that nobody uses now, below the range that the system gives to clients. Two programs that start together look in different places."""
    found, candidate = [], 20_000 + os.getpid() % 500 * 16
    while len(found) < count:
        candidate += 1
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", candidate))
                found.append(candidate)
            except OSError:
                pass
    return found


def built_programs():
    """The folder of the programs: $GATEHOUSE_BIN, or what is built now."""
    if "GATEHOUSE_BIN" in os.environ:
        return pathlib.Path(os.environ["GATEHOUSE_BIN"])
    result = subprocess.run([ROOT / "Deploy/support/programs"], stdout=subprocess.PIPE, text=True)
    if result.returncode:
        raise SystemExit(result.returncode)
    return pathlib.Path(result.stdout.strip().splitlines()[-1])


class Installation:
    """`gatehouse up` in a folder of its own."""

    def __init__(self, folder=None, programs=None, quiet=True, options=()):
        self.programs = pathlib.Path(programs) if programs else built_programs()
        self.is_temporary = folder is None
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="gatehouse-"))
        # As root, servers of other users live below it.
        self.folder.chmod(0o711)
        self.http, self.ssh, self.web, self.target = free_ports(4)
        self.quiet = quiet
        self.options = list(options)
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        if self.is_temporary:
            shutil.rmtree(self.folder, ignore_errors=True)

    def start(self):
        """Starts it and returns after how many seconds it was ready."""
        begin = time.monotonic()
        self.messages = []
        self.process = subprocess.Popen(
            [self.programs / "gatehouse", "up", "--json", "--directory", self.folder / "var", "--http-port", str(self.http),
             "--ssh-port", str(self.ssh), "--web-port", str(self.web), "--target-port", str(self.target), *self.options],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
        threading.Thread(target=self._listen, args=(self.process.stderr,), daemon=True).start()
        line = self.process.stdout.readline()
        if not line:
            self.process.wait()
            time.sleep(0.1)
            raise SystemExit("The installation did not start:\n" + "".join(self.messages[-15:]))
        self.facts = json.loads(line)
        return time.monotonic() - begin

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
        status = self.process.wait()
        self.process.stdout.close()
        return status

    def number_of(self, part):
        """The process id of one of its programs, such as gatehouse-worker-1."""
        return json.loads((self.folder / "var/running.json").read_text())[part]["pid"]

    def provider_token(self):
        return (self.folder / "var/provider-token").read_text().strip()

    def cli(self, *arguments, **how):
        """Runs a command of the command line."""
        return subprocess.run([self.programs / "gatehouse", *map(str, arguments)], capture_output=True, text=True, **how)

    def _listen(self, stream):
        for line in stream:
            self.messages.append(line)
            if not self.quiet:
                print(line, end="", flush=True)
