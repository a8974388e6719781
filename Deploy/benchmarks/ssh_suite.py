"""The SSH gateway, which decides, records and accounts for everything, against OpenSSH through a host in between."""

import hashlib
import os
import selectors
import signal
import statistics
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import processes
from installation import Trouble
from openssh import CIPHERS, OpenSSH
from report import at_least, at_most

MIB = 1 << 20


def run(installation, options, report):
    suite = Suite(installation, options, report)
    parts = (suite.bulk, suite.keystrokes, suite.sign_ins, suite.idle, suite.stopped, suite.rekey)
    for part in parts:
        if not options.only or any(part.__name__.startswith(name) for name in options.only):
            part()


class Suite:
    def __init__(self, installation, options, report):
        self.options, self.report = options, report
        self.ssh = OpenSSH(installation)
        self.worker = installation.start_worker()
        self.server = installation.server.pid
        self.folder = installation.folder
        self.ssh.configure(installation.ssh_port, self.prepare(installation))
        for cipher in CIPHERS:
            for way in ("direct", "jump", "two-hop", "gateway"):
                self.check(way, cipher)

    def prepare(self, installation, slug="bench"):
        """A tenant whose administrator may reach both targets; returns the gateway's user name of a target."""
        api = installation.operator.tenant(slug)
        me = api("GET", "/me")
        user = me["id"] if "id" in me else me["user"]["id"]
        api("POST", "/me/ssh-keys", {"name": "bench", "publicKey": self.ssh.key.with_suffix(".pub").read_text().strip()})
        assets = []
        for cipher in CIPHERS:
            name = f"target-{cipher}"
            asset = api("POST", "/assets", {"name": name, "address": "127.0.0.1", "port": self.ssh.hosts[name]})
            for key in api("POST", f"/assets/{asset['id']}/host-keys/scan")["hostKeys"]:
                api("POST", f"/host-keys/{key['id']}/pin")
            api("POST", "/accounts", {
                "asset": asset["id"], "name": self.ssh.user, "kind": "ssh-key", "secret": self.ssh.key.read_text()})
            assets.append(asset["id"])
        api("POST", "/grants", {
            "name": "bench", "users": [user], "assets": assets, "accounts": [{"kind": "all"}], "protocols": ["ssh"],
            "actions": ["connect"]})
        return lambda target: f"{slug}+ada+{self.ssh.user}+{target}"

    def check(self, way, cipher):
        done = subprocess.run(
            self.ssh.command(way, cipher, "echo", "here"), capture_output=True, text=True, timeout=30,
            stdin=subprocess.DEVNULL)
        if done.stdout.strip() != "here":
            raise Trouble(f"{way} with {cipher} does not work: {done.stderr.strip() or done.stdout.strip()}")

    # Parts, in the order in which they run.

    def bulk(self):
        """Bytes that a command on the target writes, from the first to the last."""
        size = 256 * MIB
        bars = {"aes128-gcm": {"two-hop": 1.15, "jump": 1.15, "direct": 0.5},
                "chacha20": {"two-hop": 1.0, "jump": 1.0, "direct": 0.5}}
        for cipher in CIPHERS:
            rates = {way: [] for way in ("gateway", "two-hop", "jump", "direct")}
            cpu = []
            for _ in range(self.options.rounds):
                for way in rates:
                    before = processes.cpu_seconds(self.worker)
                    rates[way].append(self.download(way, cipher, size))
                    if way == "gateway":
                        cpu.append((processes.cpu_seconds(self.worker) - before) / size * (1 << 30))
            for way, bar in bars[cipher].items():
                self.compare(f"bulk {cipher} against {way}", rates["gateway"], rates[way], "MiB/s", at_least(bar))
            self.report.add(f"gateway CPU of bulk {cipher}", statistics.median(cpu), unit="s/GiB")

    def download(self, way, cipher, size):
        client = subprocess.Popen(
            self.ssh.command(way, cipher, f"head -c {size} /dev/zero"), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        received, start = 0, None
        while data := os.read(client.stdout.fileno(), MIB):
            start = start or time.monotonic()
            received += len(data)
        duration = time.monotonic() - start if start else 0
        client.stdout.close()
        if client.wait() or received != size:
            raise Trouble(f"{way} with {cipher} brought {received} of {size} bytes")
        return size / MIB / duration

    def compare(self, name, mine, theirs, unit, bar, note=""):
        ratio = statistics.median(our / peer for our, peer in zip(mine, theirs))
        ours = statistics.median(mine)
        self.report.add(name, ours, ours / ratio, unit, bar, note)

    def keystrokes(self):
        """What the way adds to the time from a key to its echo."""
        added = {"gateway": [], "jump": []}
        direct = []
        for _ in range(self.options.rounds):
            base = self.echo("direct")
            direct.append(base)
            for way in added:
                added[way].append(self.echo(way) - base)
        ours, peer = statistics.median(added["gateway"]), statistics.median(added["jump"])
        note = f"direct takes {statistics.median(direct):.0f} us"
        self.report.add("keystroke p50 added over direct", max(ours, 0.0), peer, "us", at_most(1.0), note)

    def echo(self, way, count=300):
        with Terminal(self.ssh.command(way, "aes128-gcm", "stty raw -echo; printf @@; exec cat", options=["-tt"])) as shell:
            shell.read_until(b"@@")
            return statistics.median(shell.echo(n) for n in range(count)) * 1e6

    def sign_ins(self):
        """Connect, sign in, run `true`, leave: four at a time."""
        count = 40
        rates = {way: [] for way in ("gateway", "jump", "two-hop", "direct")}
        cpu, server, hop_cpu = [], [], []
        hop = self.ssh.daemons["hop-aes128-gcm"].pid
        for _ in range(self.options.rounds):
            for way in rates:
                before = processes.cpu_seconds(self.worker), processes.cpu_seconds(self.server)
                hop_before = processes.cpu_seconds(hop, with_children=True)
                rates[way].append(self.sign_in_rate(way, count))
                time.sleep(0.5)  # the end of the last session is told after its client has gone
                if way == "two-hop":
                    hop_cpu.append((processes.cpu_seconds(hop, with_children=True) - hop_before) / count * 1e3)
                if way == "gateway":
                    cpu.append((processes.cpu_seconds(self.worker) - before[0]) / count * 1e3)
                    server.append((processes.cpu_seconds(self.server) - before[1]) / count * 1e3)
        self.compare("sign-ins per second against jump", rates["gateway"], rates["jump"], "1/s", None)
        self.compare("sign-ins per second against two-hop", rates["gateway"], rates["two-hop"], "1/s", None)
        self.compare("sign-ins per second against direct", rates["gateway"], rates["direct"], "1/s", None)
        note = "the peer is sshd of the host in between, and the client that it starts"
        self.report.add(
            "gateway CPU per sign-in", statistics.median(cpu), statistics.median(hop_cpu), "ms", at_most(5).of_ours(), note)
        self.report.add("server CPU per sign-in", statistics.median(server), unit="ms")

    def sign_in_rate(self, way, count):
        command = self.ssh.command(way, "aes128-gcm", "true")

        def once(_):
            return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)

        start = time.monotonic()
        with ThreadPoolExecutor(4) as pool:
            failed = [done for done in pool.map(once, range(count)) if done.returncode]
        if failed:
            raise Trouble(f"{len(failed)} sign-ins by {way} failed: {failed[0].stderr.decode().strip()}")
        return count / (time.monotonic() - start)

    def idle(self):
        """Shells in which nothing happens: memory of the gateway, and of OpenSSH's host in between."""
        few, many = 50, 200
        clients = []
        try:
            clients += self.shells("gateway", few)
            first = self.settle(), processes.threads(self.worker)
            clients += self.shells("gateway", many - few)
            last = self.settle(), processes.threads(self.worker)
        finally:
            self.leave(clients)
        ours = (last[0] - first[0]) / (many - few)
        hop = self.ssh.daemons["hop-aes128-gcm"].pid
        clients = []
        try:
            clients += self.shells("two-hop", few)
            time.sleep(1)
            peer = sum(processes.anonymous_kib(child) for child in processes.descendants(hop, "sshd")) / few
        finally:
            self.leave(clients)
        note = "the peer is sshd of the host in between"
        self.report.add("memory per idle shell", ours, peer, "KiB", at_most(100).of_ours(), note)
        self.report.add("threads for 150 more shells", last[1] - first[1], bar=at_most(0))

    def settle(self):
        time.sleep(7)  # after five seconds in which nothing happens, a session gives memory back
        return processes.settled(lambda: processes.anonymous_kib(self.worker))

    def shells(self, way, count, logins=()):
        """Opens shells, eight at a time, and waits until each has answered; in turns as each of `logins`, if given."""

        def opened(number):
            login = ["-l", logins[number % len(logins)]] if logins else []
            shell = Terminal(self.ssh.command(way, "aes128-gcm", options=["-tt", *login]))
            # Spelt so that the echo of the command does not look like its output.
            shell.send(b"printf 'rea'; echo dy\n")
            shell.read_until(b"ready", within=60)
            return shell

        with ThreadPoolExecutor(8) as pool:
            return list(pool.map(opened, range(count)))

    def leave(self, shells):
        for shell in shells:
            shell.close()
        time.sleep(2)

    def stopped(self):
        """A client that stops reading in the middle of a download costs neither memory nor others' time."""
        command = self.ssh.command("gateway", "aes128-gcm", "stty raw -echo; printf @@; exec cat", options=["-tt"])
        with Terminal(command) as other:
            other.read_until(b"@@")
            quiet = statistics.median(other.echo(n) for n in range(200))
            before = self.settle()
            reader = subprocess.Popen(
                self.ssh.command("gateway", "aes128-gcm", "head -c 2G /dev/zero"), stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE)
            try:
                os.read(reader.stdout.fileno(), MIB)
                reader.send_signal(signal.SIGSTOP)
                time.sleep(1)
                with processes.Peak(self.worker, processes.anonymous_kib) as peak:
                    busy = statistics.median(other.echo(n) for n in range(200))
                    time.sleep(3)
            finally:
                reader.kill()
                reader.wait()
                reader.stdout.close()
        self.report.add("memory of a stopped client", (peak.most - before) / 1024, unit="MiB", bar=at_most(4))
        self.report.add("others' keystrokes meanwhile", busy * 1e6, quiet * 1e6, "us", at_most(2))

    def rekey(self):
        """Downloads with new keys every 8 MiB arrive as they were sent."""
        size, count = 40 * MIB, 20
        file = self.folder / "random"
        data = os.urandom(size)
        file.write_bytes(data)
        file.chmod(0o644)
        right = hashlib.sha256(data).digest()

        def is_wrong(_):
            command = self.ssh.command("gateway", "aes128-gcm", f"cat {file}", options=["-o", "RekeyLimit=8M"])
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
            return done.returncode != 0 or hashlib.sha256(done.stdout).digest() != right

        with ThreadPoolExecutor(2) as pool:
            wrong = sum(pool.map(is_wrong, range(count)))
        self.report.add("wrong downloads of 20 with rekey", wrong, bar=at_most(0))


class Terminal:
    """A client whose keys and echoes are looked at."""

    def __init__(self, command):
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0)
        self.lock = threading.Lock()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def send(self, data):
        self.process.stdin.write(data)

    def read_until(self, mark, within=30):
        """Reads up to and with a text; nothing may come after it."""
        seen = b""
        end = time.monotonic() + within
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while mark not in seen:
                if not selector.select(max(0, end - time.monotonic())):
                    raise Trouble(f"a terminal said {seen!r}, not {mark!r}")
                data = self.process.stdout.read(65536)
                if not data:
                    raise Trouble(f"a terminal ended after {seen!r}")
                seen += data

    def echo(self, number):
        """Seconds from a key to its echo."""
        key = bytes([97 + number % 26])
        time.sleep(0.003)
        start = time.perf_counter()
        self.process.stdin.write(key)
        answer = self.process.stdout.read(1)
        if answer != key:
            raise Trouble(f"the echo of {key!r} was {answer!r}")
        return time.perf_counter() - start
