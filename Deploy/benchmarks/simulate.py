#!/usr/bin/env python3
"""Simulates an installation of a given size from what one session, request and tenant costs.

    Deploy/benchmarks/simulate.py                     # 10,000 tenants, 1 M assets, 10,000 sessions, with costs.json
    Deploy/benchmarks/simulate.py --sessions 40000 --server-cores 8
    Deploy/bench scale                                # measures the costs here, then simulates

Workers renew leases, people open sessions and use the portal, at random times. Each piece of work queues for a core of
the server and a core of the database, as often as its transactions go there and back. What is looked at is how busy
each part is and how long a lease call takes: a worker holds its sessions when it has heard nothing for 30 seconds.
"""

import argparse
import heapq
import json
import pathlib
import random

PLAN = {
    "tenants": 10_000, "assets": 1_000_000, "sessions": 10_000, "minutes per session": 30, "workers": 20,
    "people at the portal": 10_000, "seconds between their requests": 20, "sign-ins per second": 5,
    "server cores": 8, "database cores": 8, "worker cores": 2, "days of records": 1095,
    "KiB relayed per session and second": 4,
}
LEASE_PERIOD, LEASE_LIMIT = 10.0, 30.0
# One argon2id hash with OWASP's parameters, and one round trip to the database in a rack.
HASH_SECONDS, TRIP_SECONDS = 0.025, 0.0003
TRIPS = {"lease": 5, "open": 40, "request": 2, "sign-in": 8}
# The cipher and the record of a GiB that is relayed.
RELAY_SECONDS_PER_GIB = 4.0
SIZES = (0.25, 0.5, 1, 2, 4, 8, 16)


class Cores:
    """A part with some cores and one line in front of them."""

    def __init__(self, count):
        self.free = [0.0] * count
        heapq.heapify(self.free)
        self.busy = 0.0

    def serve(self, now, seconds):
        """When work that arrives now is done."""
        start = max(now, heapq.heappop(self.free))
        heapq.heappush(self.free, start + seconds)
        self.busy += seconds
        return start + seconds


class Simulation:
    def __init__(self, costs, plan, seconds=60.0, seed=1):
        self.costs = {name: value / 1e6 if "CPU" in name else value for name, value in costs.items()}
        self.plan, self.seconds, self.random = plan, seconds, random.Random(seed)

    def run(self, scale=1.0):
        """How busy the parts are, and the slowest lease call, at `scale` times the plan."""
        plan = self.plan
        server, database = Cores(plan["server cores"]), Cores(plan["database cores"])
        sessions, workers = round(plan["sessions"] * scale), plan["workers"]
        tenants = round(plan["tenants"] * scale)
        queue, slowest = [], {"lease": 0.0, "open": 0.0, "request": 0.0, "sign-in": 0.0}
        number = 0

        def add(at, kind, *rest):
            nonlocal number
            number += 1
            heapq.heappush(queue, (at, number, kind, *rest))

        for worker in range(workers):
            homes = {}
            for _ in range(sessions // workers):
                home = self.random.randrange(tenants)
                homes[home] = homes.get(home, 0) + 1
            add(self.random.uniform(0, LEASE_PERIOD), "lease", list(homes.values()))
        rates = {
            "open": sessions / plan["minutes per session"] / 60,
            "request": plan["people at the portal"] * scale / plan["seconds between their requests"],
            "sign-in": plan["sign-ins per second"] * scale,
        }
        for kind in rates:
            add(self.random.expovariate(rates[kind]), kind)
        while queue and queue[0][0] < self.seconds:
            now, _, kind, *rest = heapq.heappop(queue)
            if kind == "step":
                self.step(now, rest, server, database, add, slowest)
                continue
            if kind == "lease":
                homes, = rest
                add(now + LEASE_PERIOD, "lease", homes)
                work = [self.lease(count) for count in homes]
            else:
                add(now + self.random.expovariate(rates[kind]), kind)
                work = [self.work(kind)]
            add(now, "step", kind, now, work, 0)
        relay = sessions * plan["KiB relayed per session and second"] / (1 << 20) * RELAY_SECONDS_PER_GIB
        carried = sessions * self.costs["worker CPU per renewal"] / LEASE_PERIOD
        opened = rates["open"] * self.costs["worker CPU per session opened"]
        return {
            "server": server.busy / self.seconds / plan["server cores"],
            "database": database.busy / self.seconds / plan["database cores"],
            "workers": (relay + carried + opened) / (workers * plan["worker cores"]),
            "lease call": slowest["lease"] / LEASE_LIMIT,
            "slowest": slowest,
        }

    def step(self, now, rest, server, database, add, slowest):
        """One transaction of a call; the next begins when it is done."""
        kind, start, work, index = rest
        in_server, in_database, trips = work[index]
        end = database.serve(server.serve(now, in_server), in_database) + trips * TRIP_SECONDS
        if index + 1 < len(work):
            add(end, "step", kind, start, work, index + 1)
        else:
            slowest[kind] = max(slowest[kind], end - start)

    def lease(self, sessions):
        """What the sessions of one tenant cost in a lease call."""
        cost = self.costs
        return tuple(
            cost[f"{part} CPU per tenant in a lease call"] + sessions * cost[f"{part} CPU per session in a lease call"]
            for part in ("server", "database")) + (TRIPS["lease"],)

    def work(self, kind):
        cost = self.costs
        if kind == "sign-in":
            return 4 * cost["server CPU per request"] + HASH_SECONDS, 4 * cost["database CPU per request"], TRIPS[kind]
        per = "per session opened" if kind == "open" else "per request"
        return cost[f"server CPU {per}"], cost[f"database CPU {per}"], TRIPS[kind]

    def breaks(self):
        """The first size of `SIZES` at which each part is more than 70 % busy, or a lease call takes its limit."""
        first = {}
        for size in SIZES:
            result = self.run(size)
            for part in ("server", "database", "workers", "lease call"):
                if result[part] > (1.0 if part == "lease call" else 0.7):
                    first.setdefault(part, size)
        return first

    def account(self):
        """The result in lines for people."""
        plan, cost = self.plan, self.costs
        result = self.run()
        yield f"{plan['tenants']:,} tenants, {plan['assets']:,} assets, {plan['sessions']:,} sessions at once"
        for part, count in (
            ("server", plan["server cores"]), ("database", plan["database cores"]),
            ("workers", plan["workers"] * plan["worker cores"]),
        ):
            yield f"  {part}: {result[part] * count:.1f} of {count} cores busy ({result[part]:.0%})"
        slowest = result["slowest"]
        yield "  slowest: " + ", ".join(f"{name} {seconds * 1000:.0f} ms" for name, seconds in slowest.items())
        gib = 1 << 30
        per_day = plan["sessions"] * 24 * 60 / plan["minutes per session"] * cost["database bytes per session"]
        yield (
            f"  database: tenants {plan['tenants'] * cost['database bytes per tenant'] / gib:.2f} GiB, "
            f"assets {plan['assets'] * cost['database bytes per asset'] / gib:.2f} GiB, "
            f"sessions {per_day / gib:.1f} GiB a day, {per_day * plan['days of records'] / gib / 1024:.1f} TiB in "
            f"{plan['days of records']} days if they never slept")
        yield f"  worker memory: {plan['sessions'] / plan['workers'] * cost['worker memory per session'] / 1024:.0f} MiB each"
        first = self.breaks()
        order = sorted(first, key=first.get)
        yield "  breaks first: " + (
            ", ".join(f"{part} at {first[part]:g} ×" for part in order) or f"nothing up to {SIZES[-1]} ×")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    here = pathlib.Path(__file__).resolve().parent
    parser.add_argument("--costs", type=pathlib.Path, default=here / "costs.json", help="what the parts cost")
    for name, value in PLAN.items():
        parser.add_argument("--" + name.replace(" ", "-"), type=type(value), default=value, metavar="N")
    options = vars(parser.parse_args())
    plan = {name: options[name.replace(" ", "_").replace("-", "_")] for name in PLAN}
    for line in Simulation(json.loads(options["costs"].read_text()), plan).account():
        print(line)


if __name__ == "__main__":
    main()
