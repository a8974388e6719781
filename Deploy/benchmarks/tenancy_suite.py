"""Many tenants on one installation: what one of them pays for the others, and what the provider pays for a new one."""

import re
import secrets
import statistics
import time

import fairness
import processes
from crowd import Crowd, text_id
from installation import Installation, Trouble
from keepalive import Line
from pgbench import PGBench, percentile
from report import at_most

TENANTS = 2000
ASSETS = 500
USAGE_EVENTS = 1_000_000
PARTS = ["cost", "memory", "creation", "timing", "roll_up", "metering"]


def run(installation, options, report):
    def wanted(name):
        return not options.only or any(name.startswith(only) for only in options.only)

    if any(wanted(name) for name in PARTS):
        with Installation(installation.root, installation.binaries, keep=options.keep) as alone:
            suite = Suite(installation, alone, options, report)
            for name in filter(wanted, PARTS):
                getattr(suite, name)()
    if wanted("fairness"):
        fairness.run(installation, options, report)


class Suite:
    """`many` holds the measured tenant among 2,000, `alone` holds it alone."""

    def __init__(self, many, alone, options, report):
        self.many, self.alone, self.options, self.report = many, alone, options, report
        self.crowd = Crowd(many, TENANTS - 1)
        self.lines = {}
        for installation in (many, alone):
            self.settle_in(installation)
        self.crowd.seed()

    def settle_in(self, installation):
        """The tenant that is measured, and one token of its administrator."""
        api, password = installation.operator.tenant_with_password("acme")
        token = api("POST", "/me/tokens", {"name": "bench"})["token"]
        Crowd(installation, 0).furnish("acme", ASSETS)
        self.lines[installation] = (token, password)

    def line(self, installation, source=None, signed_in=True):
        return Line(installation, "acme", self.lines[installation][0] if signed_in else None, source)

    # Parts, in the order in which they run.

    def cost(self):
        """The same calls with and without 1,999 neighbours, in turns."""
        self.compare("asset list with 2,000 tenants", lambda line, _: line("GET", "/assets?limit=50"), 400, True)
        self.compare("own profile with 2,000 tenants", lambda line, _: line("GET", "/me"), 400, True)
        self.compare(
            "sign-in with 2,000 tenants",
            lambda line, password: line("POST", "/auth/sign-in", {"login": "ada", "password": password}), 20, False)

    def compare(self, name, call, count, signed_in):
        times = {self.many: [], self.alone: []}
        for number in range(self.options.rounds):
            # Each round is another caller: this is not about how often one may sign in.
            lines = {i: self.line(i, None if signed_in else f"127.0.1.{number + 1}", signed_in) for i in times}
            rounds = {i: [] for i in times}
            for _ in range(count):
                for installation, line in lines.items():
                    status, body, seconds, _ = call(line, self.lines[installation][1])
                    if status != 200:
                        raise Trouble(f"{name}: {status} {body.decode(errors='replace')[:200]}")
                    rounds[installation].append(seconds * 1000)
            for installation, line in lines.items():
                line.close()
                times[installation].append(statistics.median(rounds[installation]))
        ratio = statistics.median(a / b for a, b in zip(times[self.many], times[self.alone]))
        ours = statistics.median(times[self.many])
        self.report.add(name, ours, ours / ratio, "ms", at_most(1.15))

    def memory(self):
        """Every tenant has called once; then nobody does."""
        for number in range(1, self.crowd.tenants + 1):
            for installation, slug, token in (
                (self.many, self.crowd.slug(number), self.crowd.token(number)),
                (self.alone, "acme", self.lines[self.alone][0]),
            ):
                with Line(installation, slug, token) as line:
                    status, body, _, _ = line("GET", "/assets?limit=10")
                    if status != 200:
                        raise Trouble(f"a tenant of the crowd is refused: {status} {body[:200]}")
        time.sleep(5)
        ours, peer = (
            processes.settled(lambda i=i: processes.resident_mib(i.server.pid)) for i in (self.many, self.alone))
        self.report.add("server memory, 2,000 idle tenants", ours, peer, "MiB", at_most(1.05))

    def creation(self):
        """A tenant by the provider's API, against one transaction that inserts as many rows into a bare table."""
        self.many.psql("""
            create table bench_ddl (tag text);
            grant insert on bench_ddl to public;
            create function bench_note() returns event_trigger language plpgsql as
              $$ begin insert into bench_ddl values (tg_tag); end $$;
            create event trigger bench_ddl_trigger on ddl_command_end execute function bench_note();
            create table bench_rows (id uuid primary key, kind text not null, content text not null);
            create index bench_rows_ix on bench_rows (kind, id);
            grant insert on bench_rows to gatehouse_app;
            """)
        noticed = int(self.many.psql("select count(*) from bench_ddl"))
        if noticed < 2:
            raise Trouble("statements that change the schema are not noticed")
        self.create(3)
        count, before = 10, self.rows()
        self.create(count)
        rows = round((self.rows() - before) / count)
        script = self.many.folder / "rows.sql"
        insert = "insert into bench_rows values (gen_random_uuid(), 'kind', repeat('x', 150));"
        script.write_text("\n".join(["begin;", *[insert] * rows, "commit;", ""]))
        pgbench = PGBench(self.many, None)
        ours, peers = [], []
        for _ in range(self.options.rounds):
            ours.append(self.create(count))
            _, latencies = pgbench.run(script, 2, clients=1)
            peers.append(percentile(latencies, 0.5))
        ratio = statistics.median(a / b for a, b in zip(ours, peers))
        mine = statistics.median(ours)
        self.report.add("creating a tenant", mine, mine / ratio, "ms", at_most(5), f"{rows} rows")
        changes = int(self.many.psql("select count(*) from bench_ddl")) - noticed
        self.report.add("schema changes by new tenants", changes, bar=at_most(0))
        self.many.psql("drop event trigger bench_ddl_trigger")

    def create(self, count):
        times = []
        for _ in range(count):
            slug = "new-" + secrets.token_hex(6)
            start = time.perf_counter()
            self.many.operator("POST", "/tenants", {
                "slug": slug, "name": slug, "administrator": {"login": "ada", "name": "Ada", "email": "ada@example.com"}})
            times.append((time.perf_counter() - start) * 1000)
        return statistics.median(times)

    def rows(self):
        """How many rows there are in all tables."""
        tables = self.many.psql(
            "select string_agg(format('(select count(*) from %I)', relname), ' + ') from pg_class"
            " where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition"
            " and relname not like 'bench%'")
        return int(self.many.psql(f"select {tables}"))

    def timing(self):
        """What the time of a refusal tells about a thing of somebody else's: nothing."""
        foreign = [text_id("ast", self.crowd.asset(1 + n % self.crowd.tenants, 1 + n % 50)) for n in range(4000)]
        missing = [text_id("ast", Crowd._id(f"nothing{n}")) for n in range(4000)]
        own = text_id("ast", Crowd._id("asset0/1"))
        slower, times = 0, ([], [])
        with self.line(self.many) as line:
            if line("GET", f"/assets/{own}")[0] != 200:
                raise Trouble("an asset of one's own is not found")
            for number, pair in enumerate(zip(foreign, missing)):
                measured = [0.0, 0.0]
                answers = [None, None]
                for kind in (0, 1) if number % 2 else (1, 0):
                    status, body, measured[kind], headers = line("GET", f"/assets/{pair[kind]}")
                    if status != 404:
                        raise Trouble(f"an asset of nobody's is answered with {status}")
                    answers[kind] = self.plain(body, headers)
                if answers[0] != answers[1]:
                    raise Trouble(f"a foreign and a missing thing are told apart: {answers}")
                slower += measured[0] > measured[1]
                for kind in (0, 1):
                    times[kind].append(measured[kind] * 1e6)
        ours, peer = (statistics.median(values) for values in times)
        self.report.add("refusal of a foreign id", ours, peer, "us", at_most(1.05), "the peer is an id of nothing")
        share = slower / len(foreign)
        # Of 4,000 fair coins the share is within 0.03 of a half, four standard deviations.
        self.report.add("distance of the slower share from ½", abs(share - 0.5), bar=at_most(0.032))

    @staticmethod
    def plain(body, headers):
        """An answer without what differs from one request to the next."""
        kept = sorted((name.lower(), value) for name, value in headers.items()
                      if name.lower() not in ("date", "traceparent", "x-request-id"))
        text = re.sub(r'"traceId":"[0-9a-f]+"', '"traceId":""', body.decode())
        return text, [(name, re.sub(r"[0-9a-f]{32}", "", value)) for name, value in kept]

    def roll_up(self):
        """The server's own roll-up of a million events, against a bare `group by` of the same rows."""
        self.many.psql(f"""
            insert into usage_events (tenant_id, at, source, id, meter, subject, quantity)
              select pg_tenant, date_trunc('hour', now()) - interval '1 hour' + i * interval '3 ms', 'sessions/' || i / 5,
                i::text, (array['session-seconds', 'bytes-in', 'bytes-out', 'recorded-bytes', 'commands'])[1 + i % 5],
                'bench', i % 1000
              from (select array_agg(tenant_id) as ids from tenants where slug like 'crowd-%') t,
                generate_series(1, {USAGE_EVENTS}) i, lateral (select ids[1 + i / 5 % {TENANTS - 1}] as pg_tenant) p;
            vacuum analyze usage_events""")
        self.many.psql(
            "alter system set log_min_duration_statement = 0; alter system set log_line_prefix = '%p|';"
            " select pg_reload_conf()")
        bare = """select tenant_id, date_trunc('hour', at, 'UTC'), meter, sum(quantity)::bigint, count(*) from usage_events
            where at >= date_trunc('hour', now()) - interval '1 hour' group by 1, 2, 3"""
        ours, peers = [], []
        for number in range(max(3, self.options.rounds)):
            # The first time nothing is rolled up yet, and the later ones find it done: both are to be cheap.
            self.many.psql("delete from usage_rollups")
            ours.append(self.rolled_up())
            peers.append(self.explained(bare))
        self.many.psql(
            "alter system reset log_min_duration_statement; alter system reset log_line_prefix; select pg_reload_conf()")
        events = int(self.many.psql("select coalesce(sum(events), 0) from usage_rollups"))
        if events < USAGE_EVENTS:
            raise Trouble(f"{events} of {USAGE_EVENTS} events were rolled up")
        ratio = statistics.median(a / b for a, b in zip(ours, peers))
        mine = statistics.median(ours)
        self.report.add("roll-up of 1,000,000 events", mine, mine / ratio, "ms", at_most(3), "the peer is a bare group by")

    def rolled_up(self):
        """Makes the roll-up due and adds up how long its statements took in PostgreSQL."""
        log = self.many.folder / "pg" / "log.txt"
        start = log.stat().st_size
        self.many.psql("update jobs set run_at = now() where kind = 'periodic.usage.roll-up'")
        end = time.monotonic() + 60
        while time.monotonic() < end:
            with open(log, errors="replace") as file:
                file.seek(start)
                entries = re.split(r"^(?=\d+\|)", file.read(), flags=re.M)
            worked = [e for e in entries if "usage_rollups" in e and "execute" in e and "duration:" in e]
            process = {e.split("|")[0] for e in worked if "insert into usage_rollups" in e}
            ended = [e for e in entries if e.split("|")[0] in process and re.search(r"execute <unnamed>: commit", e)]
            if process and ended:
                return sum(float(re.search(r"duration: ([\d.]+) ms", e)[1]) for e in worked if e.split("|")[0] in process)
            time.sleep(0.2)
        raise Trouble("the server does not roll usage up")

    def explained(self, text):
        plan = self.many.psql(f"explain (analyze, timing off) {text}")
        return float(re.search(r"Execution Time: ([\d.]+) ms", plan)[1])

    def metering(self):
        """What telling the counters costs a worker, beside the bytes that it carries."""
        from metering import Metering
        Metering(self.many, self.options, self.report).run()
