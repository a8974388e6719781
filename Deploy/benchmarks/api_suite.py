"""The HTTP API: pages of 50 rows through row-level security, against pgbench with the same statements."""

import json
import statistics
import subprocess
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor

import processes
from estate import Estate
from installation import Trouble, tool
from pgbench import PGBench, percentile, statements_of
from report import at_least, at_most
from tenants import API

PAGE = "/api/v1/assets?limit=50"


def run(installation, options, report):
    estate = Estate(installation)
    estate.seed()
    suite = Suite(installation, estate, options, report)
    for part in (suite.idle, suite.pages, suite.policy, suite.deep, suite.mixed, suite.restart, suite.killed):
        if not options.only or any(part.__name__.startswith(name) for name in options.only):
            part()


def median_ratio(ours, peers):
    """The median of the rounds' ratios: each was measured within the same seconds."""
    return statistics.median(our / peer for our, peer in zip(ours, peers))


class Suite:
    def __init__(self, installation, estate, options, report):
        self.installation, self.estate, self.options, self.report = installation, estate, options, report
        self.pgbench = PGBench(installation, estate)
        self.server = installation.server.pid

    def api(self, number):
        return API(self.estate.slug(number), self.installation.port, "/api/v1",
                   {"Authorization": f"Bearer {self.estate.token(number)}"})

    def wrk(self, script, requests, seconds, connections=32, threads=2):
        """Runs wrk with a file of requests, one a line."""
        file = self.installation.folder / "requests.txt"
        file.write_text("\n".join(requests) + "\n")
        words = [tool("wrk", "wrk"), f"-t{threads}", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "10s",
                 "-s", self.installation.root / "Deploy" / "benchmarks" / "lua" / script,
                 f"http://127.0.0.1:{self.installation.port}/", "--", file]
        done = subprocess.run([str(word) for word in words], capture_output=True, text=True)
        if done.returncode:
            raise Trouble(f"wrk: {done.stderr.strip() or done.stdout.strip()}")
        return json.loads(done.stdout.strip().splitlines()[-1])

    def lines(self, path):
        return [f"{self.estate.host(n)} {self.estate.token(n)} {path}" for n in self.estate.numbers]

    # Parts, in the order in which they run.

    def idle(self):
        time.sleep(3)
        self.report.add("resident idle", processes.resident_mib(self.server), unit="MiB", bar=at_most(60))

    def page_statements(self):
        number = self.estate.numbers[7]
        api = self.api(number)
        for _ in range(8):
            api("GET", PAGE.removeprefix("/api/v1"))
        statements = statements_of(
            self.installation, self.estate, number, lambda: api("GET", PAGE.removeprefix("/api/v1")))
        texts = [s.for_pgbench(self.estate, number) for s in statements]
        if not any("assets" in text for text in texts):
            raise Trouble("the statements of a page were not found in PostgreSQL's log")
        # The peer names its tenant once, although the server makes two trips.
        scope = next(text for text, s in zip(texts, statements) if s.is_scope)
        return [scope] + [text for text, s in zip(texts, statements) if not s.is_scope]

    def pages(self):
        script = self.pgbench.script("page", self.page_statements())
        lines = self.lines(PAGE)
        self.wrk("list.lua", lines, 2)
        self.pgbench.run(script, 1)
        ours, peers, cpu = [], [], []
        with processes.Peak(self.server) as peak:
            for _ in range(self.options.rounds):
                before = processes.cpu_seconds(self.server)
                result = self.wrk("list.lua", lines, self.options.seconds)
                cpu.append((processes.cpu_seconds(self.server) - before) / result["requests"] * 1e6)
                if result["errors"] or result["statuses"]:
                    raise Trouble(f"the server failed under load: {result}")
                ours.append((result["requests"] / result["seconds"], result["p50"] / 1000, result["p99"] / 1000))
                rate, latencies = self.pgbench.run(script, self.options.seconds)
                peers.append((rate, percentile(latencies, 0.5), percentile(latencies, 0.99)))
        names = (("requests per second", "1/s", at_least(0.4)), ("latency p50", "ms", at_most(3.5)),
                 ("latency p99", "ms", at_most(4)))
        for index, (name, unit, bar) in enumerate(names):
            mine, theirs = [o[index] for o in ours], [p[index] for p in peers]
            spread = f"rounds {min(mine):.4g} … {max(mine):.4g} against {min(theirs):.4g} … {max(theirs):.4g}"
            self.compare(name, mine, theirs, unit, bar, spread)
        self.report.add("server CPU per request", statistics.median(cpu), unit="us")
        self.report.add("resident under load", peak.most, unit="MiB", bar=at_most(90))

    def compare(self, name, mine, theirs, unit, bar, note=""):
        ratio = median_ratio(mine, theirs)
        ours = statistics.median(mine)
        self.report.add(name, ours, ours / ratio, unit, bar, note)

    def policy(self):
        """The page under its policy, against the same statement by a role that no policy binds."""
        self.installation.psql("create role bench_bypass login bypassrls; grant gatehouse_app to bench_bypass")
        scope, *_, page = self.page_statements()
        script = self.pgbench.script("policy", [scope, page])
        ours, peers = [], []
        for _ in range(self.options.rounds):
            ours.append(1e6 / self.pgbench.run(script, self.options.seconds, clients=2)[0])
            peers.append(1e6 / self.pgbench.run(script, self.options.seconds, user="bench_bypass", clients=2)[0])
        self.compare("page under the policy", ours, peers, "us", at_most(1.1))

    def deep(self):
        """A page near the end of the list, against the first one."""
        deep = []
        for number in self.estate.numbers[::5]:
            api, path = self.api(number), "/assets?limit=200"
            for _ in range(self.estate.assets // 200 - 1):
                path = "/assets?limit=200&cursor=" + urllib.parse.quote(api("GET", path)["next"])
            # The cursor of a list is good for every page size.
            path = path.replace("limit=200", "limit=50")
            if len(api("GET", path)["items"]) != 50:
                raise Trouble("the deep page is not full")
            deep.append(f"{self.estate.host(number)} {self.estate.token(number)} /api/v1{path}")
        first = [line for index, line in enumerate(self.lines(PAGE)) if index % 5 == 0]
        ours, peers = [], []
        for _ in range(self.options.rounds):
            for lines, rates in ((deep, ours), (first, peers)):
                result = self.wrk("list.lua", lines, self.options.seconds)
                if result["statuses"]:
                    raise Trouble(f"a page of the list failed: {result}")
                rates.append(result["requests"] / result["seconds"])
        self.compare("page deep in the list", ours, peers, "1/s", at_least(0.8), "the peer is the first page")

    def mixed(self):
        """Every answer of a mix of queries, transactions and errors is looked at."""
        lines = []
        for number in self.estate.numbers:
            asset = self.api(number)("GET", "/assets?limit=200")["items"][number]["id"]
            lines.append(f"{number} {self.estate.host(number)} {self.estate.token(number)} {asset}")
        total = {"checked": 0, "wrong": 0, "strange": 0, "rows": 0, "errors": 0}
        example = ""
        while total["checked"] < 100_000:
            result = self.wrk("mixed.lua", lines, 10, threads=32)
            example = example or result["example"]
            for name in total:
                total[name] += result[name]
            if not result["checked"]:
                raise Trouble(f"nothing was answered: {result}")
        note = f"{total['rows']:,} rows in {total['checked']:,} answers"
        self.report.add("rows of a wrong tenant", total["wrong"], unit="rows", bar=at_most(0), note=note)
        self.report.add("answers of a wrong kind", total["strange"] + total["errors"], unit="", bar=at_most(0), note=example)

    def restart(self):
        """How long after PostgreSQL's restart the next request is served."""
        api, slowest = self.api(self.estate.numbers[0]), 0
        for _ in range(3):
            self.installation.pg_ctl("restart", "-m", "fast")
            start = time.monotonic()
            while api.send("GET", "/assets?limit=50")[0] != 200 and time.monotonic() - start < 30:
                time.sleep(0.01)
            slowest = max(slowest, time.monotonic() - start)
        self.report.add("served after a restart within", slowest, unit="s", bar=at_most(2))

    def killed(self):
        """Connections that the server holds idle are killed; nobody may notice."""
        api = self.api(self.estate.numbers[0])
        failed, count = 0, 0
        with ThreadPoolExecutor(8) as pool:
            for _ in range(10):
                list(pool.map(lambda _: api.send("GET", "/assets?limit=50"), range(8)))
                killed = self.installation.psql(
                    "select count(pg_terminate_backend(pid)) from pg_stat_activity"
                    " where usename = 'gatehouse_app' and state = 'idle'")
                count += int(killed)
                answers = pool.map(lambda _: api.send("GET", "/assets?limit=50")[0], range(8))
                failed += sum(1 for status in answers if status != 200)
        self.report.add("errors after killed connections", failed, bar=at_most(0), note=f"{count} connections killed")
