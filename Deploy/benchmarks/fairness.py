"""What one tenant at ten times its quota costs another one: keystrokes, calls of the API, and bytes.

Both tenants have the same plan. The loud one has as many downloads open as would fill any line, and calls the API ten
times as often as it may; the quiet one is measured with and without it, in turns.

The loud one's clients and targets would be on machines of their own. Here they share the cores with all that is
measured, so they run only when nobody else wants to: what is left is what they cost the gateway.
"""

import os
import pathlib
import re
import signal
import statistics
import subprocess
import threading
import time

from installation import Installation, Trouble
from openssh import OpenSSH
from rawline import RawLine
from report import at_least, at_most
from ssh_suite import Terminal

MIB = 1 << 20
CIPHER = "aes128-gcm"
LOUD, QUIET = "loud", "quiet"
#: Of each tenant: requests a second, and bytes a second through one worker.
REQUESTS, BYTES = 50, 4 * MIB
SESSIONS = 10


def run(installation, options, report):
    # An installation of its own: two tenants and nobody else, whatever the others are measured with.
    with Installation(installation.root, installation.binaries, keep=options.keep) as own:
        suite = Suite(own, options, report)
        for part in (suite.keystrokes, suite.calls, suite.throughput):
            part()


class Suite:
    def __init__(self, installation, options, report):
        self.installation, self.options, self.report = installation, options, report
        self.ssh = OpenSSH(installation)
        installation.start_worker()
        self.tokens = {tenant: self.prepare(tenant) for tenant in (LOUD, QUIET)}
        self.ssh.configure(installation.ssh_port, lambda target: target)
        self.set_limits()
        elsewhere(self.ssh.daemons[LOUD].pid)
        for tenant in (LOUD, QUIET):
            done = subprocess.run(
                self.command(tenant, "echo here"), capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL)
            if done.stdout.strip() != "here":
                raise Trouble(f"the gateway does not serve {tenant}: {done.stderr.strip()}")

    def prepare(self, tenant):
        """A tenant whose administrator may reach a target, and a token of theirs."""
        api = self.installation.operator.tenant(tenant)
        user = api("GET", "/me")["user"]["id"]
        target = f"target-{CIPHER}"
        if tenant == LOUD:
            target = LOUD
            self.ssh.start(target, CIPHER)
        public = self.ssh.key.with_suffix(".pub").read_text().strip()
        api("POST", "/me/ssh-keys", {"name": "bench", "publicKey": public})
        asset = api("POST", "/assets", {
            "name": "target", "address": "127.0.0.1", "port": self.ssh.hosts[target]})
        for key in api("POST", f"/assets/{asset['id']}/host-keys/scan")["hostKeys"]:
            api("POST", f"/host-keys/{key['id']}/pin")
        api("POST", "/accounts", {
            "asset": asset["id"], "name": self.ssh.user, "kind": "ssh-key", "secret": self.ssh.key.read_text()})
        api("POST", "/grants", {
            "name": "bench", "users": [user], "assets": [asset["id"]], "accounts": [{"kind": "all"}],
            "protocols": ["ssh"], "actions": ["connect"]})
        return api("POST", "/me/tokens", {"name": "bench"})["token"]

    def set_limits(self):
        operator = self.installation.operator
        operator("POST", "/plans", {"code": "fair", "name": "Fair", "currency": "EUR", "limits": [
            {"kind": "api-requests-per-second", "amount": REQUESTS},
            {"kind": "gateway-bandwidth", "amount": BYTES}]})
        for tenant in operator("GET", "/tenants?limit=100")["items"]:
            if tenant["slug"] in (LOUD, QUIET):
                operator("PUT", f"/tenants/{tenant['id']}/plan", {"plan": "fair"})
        time.sleep(6)  # what a plan allows is remembered for five seconds

    def command(self, tenant, *words, options=()):
        user = f"{tenant}+ada+{self.ssh.user}+target"
        port = str(self.installation.ssh_port)
        return [self.ssh.ssh, "-F", str(self.ssh.config), *options, "-l", user, "-p", port, f"gateway-{CIPHER}", *words]

    # Parts, in the order in which they run.

    def keystrokes(self):
        """From a key to its echo, while another tenant's downloads take all they get."""
        rounds = {"p50": ([], []), "p95": ([], [])}
        with self.shell() as shell, Flood(self) as flood:
            # Many short rounds: what else goes on in the machine then meets both sides alike.
            for _ in range(8 * self.options.rounds):
                for with_flood in (False, True):
                    flood.run() if with_flood else flood.pause()
                    times = self.echoes(shell, 200)
                    for name, part in (("p50", 0.5), ("p95", 0.95)):
                        rounds[name][with_flood].append(quantile(times, part) * 1e6)
        for name, (alone, beside) in rounds.items():
            self.compare(f"keystroke {name} beside a flood", beside, alone, "us", at_most(1.1))

    def shell(self):
        words = self.command(QUIET, "stty raw -echo; printf @@; exec cat", options=["-tt"])
        shell = Terminal(words)
        shell.read_until(b"@@")
        return shell

    def echoes(self, shell, count):
        return [shell.echo(number) for number in range(count)]

    def calls(self):
        """A page of assets, while another tenant calls ten times as often as it may."""
        rounds = {"p50": ([], []), "p95": ([], [])}
        line = RawLine(self.installation, QUIET, self.tokens[QUIET])
        self.latencies(line, 60)
        refused = 0
        for number in range(2 * self.options.rounds):
            with_hammer = number % 2 == 1
            with Hammer(self, 10 * REQUESTS) if with_hammer else Silence() as hammer:
                times = self.latencies(line, 160)
            if with_hammer:
                refused += hammer.refused
                if hammer.sent < 5 * REQUESTS * 160 / 40:
                    raise Trouble(f"only {hammer.sent} calls were made: that is no ten times its quota")
            for name, part in (("p50", 0.5), ("p95", 0.95)):
                rounds[name][with_hammer].append(quantile(times, part) * 1e3)
        line.close()
        for name, (alone, beside) in rounds.items():
            self.compare(f"API {name} beside a hammer", beside, alone, "ms", at_most(1.1))
        if not refused:
            raise Trouble("nothing of the loud tenant was refused")

    def latencies(self, line, count):
        """Forty calls a second: within what the quiet tenant may."""
        times = []
        for _ in range(count):
            start = time.perf_counter()
            status = line("GET", "/assets?limit=50").status
            times.append(time.perf_counter() - start)
            if status != 200:
                raise Trouble(f"the quiet tenant was answered {status}")
            time.sleep(max(0, 0.025 - times[-1]))
        return times

    def throughput(self):
        """What one download of the quiet tenant gets of what its plan gives, beside ten of the loud one."""
        rates = []
        with Flood(self):
            for _ in range(self.options.rounds):
                rates.append(self.rate(6 * BYTES))
        share = BYTES / MIB
        self.report.add(
            "throughput of one's share", statistics.median(rates), share, "MiB/s", at_least(0.9),
            f"beside {SESSIONS} downloads of another tenant")

    def rate(self, size):
        """Beyond what may be ahead after a rest, in MiB a second."""
        client = subprocess.Popen(
            self.command(QUIET, f"head -c {size} /dev/zero"), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        received, start, before = 0, None, 0
        while data := client.stdout.read1(MIB):
            received += len(data)
            if start is None and received > 2 * BYTES:
                start, before = time.monotonic(), received
        duration = time.monotonic() - start
        client.stdout.close()
        if client.wait() or received != size:
            raise Trouble(f"{received} of {size} bytes arrived")
        return (received - before) / MIB / duration

    def compare(self, name, mine, theirs, unit, bar):
        ratio = statistics.median(our / peer for our, peer in zip(mine, theirs))
        ours = statistics.median(mine)
        self.report.add(name, ours, ours / ratio, unit, bar)


def elsewhere(pid):
    """Lets a process, and those that it will start, have only the time that nobody else wants."""
    os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0))


def quantile(times, part):
    return sorted(times)[min(len(times) - 1, int(len(times) * part))]


class Silence:
    """Nothing happens beside."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


class Flood:
    """Downloads of the loud tenant without end."""

    def __init__(self, suite):
        self.clients = [
            subprocess.Popen(
                suite.command(LOUD, "cat /dev/zero"), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL)
            for _ in range(SESSIONS)]
        for client in self.clients:
            elsewhere(client.pid)

    def __enter__(self):
        time.sleep(4)  # until all are there, and have used up what they may be ahead
        gone = [client for client in self.clients if client.poll() is not None]
        if gone:
            self.__exit__()
            raise Trouble(f"{len(gone)} downloads ended at once")
        return self

    def pause(self):
        """Nobody reads any more, and what was under way has come to rest."""
        self.signal(signal.SIGSTOP)
        time.sleep(0.3)

    def run(self):
        """Everybody reads again, and what they may be ahead after the rest is used up."""
        before = self.received()
        self.signal(signal.SIGCONT)
        time.sleep(1)
        if self.received() - before < BYTES / 2:
            raise Trouble("the loud tenant does not get what it may have: that is no flood")

    def received(self):
        """What the clients have written to nowhere, in bytes."""
        files = (pathlib.Path(f"/proc/{client.pid}/io").read_text() for client in self.clients)
        return sum(int(re.search(r"^wchar: (\d+)$", text, re.M)[1]) for text in files)

    def signal(self, number):
        for client in self.clients:
            client.send_signal(number)

    def __exit__(self, *_):
        for client in self.clients:
            client.kill()
        for client in self.clients:
            client.wait()
        time.sleep(1)


class Hammer:
    """Calls of the loud tenant at a steady rate, whatever the answers are."""

    def __init__(self, suite, rate):
        self.rate, self.sent, self.refused = rate, 0, 0
        self.over = threading.Event()
        self.line = RawLine(suite.installation, LOUD, suite.tokens[LOUD])
        self.thread = threading.Thread(target=self.work, daemon=True)

    def work(self):
        begin = time.monotonic()
        while not self.over.is_set():
            due = int((time.monotonic() - begin) * self.rate)
            if self.sent >= due:
                time.sleep(0.002)
                continue
            self.refused += self.line("GET", "/assets?limit=50").status == 429
            self.sent += 1

    def __enter__(self):
        self.thread.start()
        time.sleep(1)
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        self.line.close()
