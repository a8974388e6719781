"""What one tenant, asset, session and request costs here, and by simulation what many of them need."""

import json
import statistics
import time

import processes
from crowd import Crowd
from keepalive import Line
from metering import Reports
from simulate import PLAN, Simulation
from ssh_suite import Suite as SSHSuite

SESSIONS, TENANTS, SECONDS = 96, 12, 20


def run(installation, options, report):
    costs = Costs(installation, options, report).measure()
    report.remark("costs: " + json.dumps(costs))
    for line in Simulation(costs, PLAN).account():
        report.remark(line)


class Costs:
    def __init__(self, installation, options, report):
        self.installation, self.report, self.rounds = installation, report, options.rounds
        self.suite = SSHSuite(installation, options, report)
        self.reports = Reports(installation, self.suite)

    def measure(self):
        costs = {}
        for part in (self.leases, self.opening, self.pages, self.rows):
            costs |= part()
        for name, (value, unit) in costs.items():
            self.report.add(name, value, unit=unit)
        return {name: value for name, (value, _) in costs.items()}

    def leases(self):
        """A lease call of a worker is a transaction for each tenant that has sessions there, and work for each session."""
        logins = [self.suite.prepare(self.installation, f"fleet-{n}")("target-aes128-gcm") for n in range(TENANTS)]
        before = processes.settled(lambda: processes.anonymous_kib(self.suite.worker))
        # The first round warms everything up, and does not count.
        self.reports.measure(SESSIONS, 5, logins)
        quiet = self.reports.spent(SECONDS)
        rounds = {1: [], TENANTS: []}
        for _ in range(self.rounds):
            for count in rounds:
                rounds[count].append(self.reports.measure(SESSIONS, SECONDS, logins[:count], quiet))
        one, many = (
            {name: statistics.median(costs[name] for costs in measured) for name in measured[0]}
            for measured in rounds.values())
        shells = self.suite.shells("gateway", SESSIONS, logins)
        memory = (self.suite.settle() - before) / SESSIONS
        self.suite.leave(shells)
        costs = {"worker memory per session": (memory, "KiB"), "worker CPU per renewal": (one["worker"] * 10 * 1e6, "us")}
        for name in ("server", "database"):
            # Ten seconds lie between two renewals of a session.
            tenant = max(0.0, many[name] - one[name]) * SESSIONS * 10 / (TENANTS - 1)
            session = max(0.0, one[name] * 10 - tenant / SESSIONS)
            costs[f"{name} CPU per tenant in a lease call"] = (tenant * 1e6, "us")
            costs[f"{name} CPU per session in a lease call"] = (session * 1e6, "us")
        return costs

    def opening(self):
        before = self.reports.counters()
        size, count = self.size(), 60
        self.suite.sign_in_rate("gateway", count)
        time.sleep(5)
        after = self.reports.counters()
        costs = {
            f"{name} CPU per session opened": ((after[name] - before[name]) / count * 1e6, "us")
            for name in ("worker", "server", "database")
        }
        costs["transactions per session opened"] = ((after["transactions"] - before["transactions"]) / count, "")
        costs["database bytes per session"] = ((self.size() - size) / count, "B")
        return costs

    def rows(self):
        before = self.size()
        crowd = Crowd(self.installation, 400, assets=1, first=2)
        crowd.seed()
        few = self.size()
        crowd.furnish("bench", 40_000)
        many = self.size()
        return {
            "database bytes per tenant": ((few - before) / 400, "B"),
            "database bytes per asset": ((many - few) / 40_000, "B"),
        }

    def size(self):
        return int(self.installation.psql(
            "select sum(pg_total_relation_size(oid)) from pg_class"
            " where relnamespace = 'public'::regnamespace and relkind = 'r'"))

    def pages(self):
        count = 2000
        crowd = Crowd(self.installation, 1)
        crowd.seed()
        with Line(self.installation, crowd.slug(1), crowd.token(1)) as line:
            line("GET", "/assets?limit=50")
            before = self.reports.counters()
            for _ in range(count):
                line("GET", "/assets?limit=50")
            after = self.reports.counters()
        return {
            f"{name} CPU per request": ((after[name] - before[name]) / count * 1e6, "us") for name in ("server", "database")
        }
