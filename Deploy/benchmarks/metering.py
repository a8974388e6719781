"""What it costs to keep the count of sessions: the whole of the reports of which metering is a part."""

import statistics
import time

import processes
from installation import Trouble
from report import at_most
from ssh_suite import MIB, Suite as SSHSuite


class Reports:
    """What a worker and its server spend on the reports of sessions in which nothing else happens."""

    def __init__(self, installation, suite):
        self.installation, self.suite = installation, suite

    def measure(self, sessions, seconds, logins=(), quiet=None):
        """CPU seconds of worker, server and database, and transactions, of one session in one second."""
        quiet = quiet or self.spent(seconds)
        shells = self.suite.shells("gateway", sessions, logins)
        try:
            # Opening them is not what is measured.
            time.sleep(12)
            busy = self.spent(seconds)
        finally:
            self.suite.leave(shells)
        return {name: max(0.0, busy[name] - quiet[name]) / sessions for name in busy}

    def spent(self, seconds):
        before, start = self.counters(), time.monotonic()
        time.sleep(seconds)
        after, took = self.counters(), time.monotonic() - start
        return {name: (after[name] - before[name]) / took for name in before}

    def counters(self):
        postmaster = int((self.installation.folder / "pg" / "postmaster.pid").read_text().split()[0])
        database = sum(processes.cpu_seconds(pid) for pid in processes.descendants(postmaster, "postgres"))
        commits = int(self.installation.psql(
            "select xact_commit from pg_stat_database where datname = 'gatehouse'"))
        return {
            "worker": processes.cpu_seconds(self.suite.worker),
            "server": processes.cpu_seconds(self.suite.server),
            "database": database,
            "transactions": commits,
        }


class Metering:
    def __init__(self, installation, options, report):
        self.installation, self.options, self.report = installation, options, report
        self.suite = SSHSuite(installation, options, report)

    def run(self):
        """The relay's own work is measured at full speed, the reports' with sessions that only report."""
        size = 256 * MIB
        shares = []
        for _ in range(self.options.rounds):
            before, start = processes.cpu_seconds(self.suite.worker), time.monotonic()
            self.suite.download("gateway", "aes128-gcm", size)
            shares.append((processes.cpu_seconds(self.suite.worker) - before) / (time.monotonic() - start))
        relay = statistics.median(shares)
        if not relay:
            raise Trouble("the relay took no time")
        costs = Reports(self.installation, self.suite).measure(sessions=100, seconds=40)
        ours = costs["worker"]
        # A session that relays at full speed reports as often as an idle one.
        self.report.add(
            "metering's part of the relay", ours / relay * 100, unit="%", bar=at_most(1),
            note=f"reports take {ours * 1e6:.0f} us of a core a second, the relay {relay:.2f} cores")
        self.report.add("server CPU per session", costs["server"] * 1e3, unit="ms/s")
