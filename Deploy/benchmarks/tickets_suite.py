"""Requests at a rate against one at a time, thousands who wait for a word, sessions that are cut at once, and webhooks among dead and slow ones."""

import json
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import processes
from crowd import text_id
from endpoints import Endpoints
from fairness import elsewhere
from gateway import KEY, GatewayCrowd
from installation import Installation, Trouble
from keepalive import Line
from openssh import CIPHERS, OpenSSH
from rawline import RawLine
from report import at_most
from sockets import Connections
from ssh_suite import Terminal
from waiting import Crowd

RATE = 50
#: So many ask, and each has a manager who decides: nobody may decide more than twice a second for long.
PEOPLE = 40
SESSIONS = 500
TENANTS, HOOKS = 20, 50
#: So many are decided one after the other while all the others wait on.
DECIDED = 100
#: So many wait where only few do.
FEW = 30


def run(installation, options, report):
    for part in (Requests, Waiting, WaitingAtGateway, Cut, Webhooks):
        name = part.__name__.lower()
        if options.only and not any(name.startswith(only) for only in options.only):
            continue
        with Installation(installation.root, installation.binaries, keep=options.keep) as own:
            part(own, options, report).run()


class Caller(Line):
    """A connection that was idle for so long that the server has closed it is opened again."""

    def __call__(self, method, path, body=None):
        try:
            return super().__call__(method, path, body)
        except ConnectionError:
            self.connection.close()
            return super().__call__(method, path, body)


class Requests:
    """From a request to its card at an approver's, and from the decision to a grant that a connection stands on.

    The card is the message of the flow's webhook, which goes the way that cards of messengers go.
    """

    def __init__(self, installation, options, report):
        self.installation, self.options, self.report = installation, options, report
        self.endpoints = Endpoints()
        self.api = installation.operator.tenant("acme")
        self.ssh = OpenSSH(installation)
        installation.start_worker()
        target = f"target-{next(iter(CIPHERS))}"
        self.asset = furnish(self.api, self.ssh, target)["id"]
        self.ssh.configure(installation.ssh_port, lambda _: f"acme+person{PEOPLE}+{self.ssh.user}+target")
        self.tokens = self.people()
        self.api("PUT", "/egress-allowances", {"items": [{"host": "127.0.0.1", "port": self.endpoints.port}]})
        hook = self.api("POST", "/webhooks", {
            "name": "cards", "url": f"http://127.0.0.1:{self.endpoints.port}/0", "eventTypes": ["asset.deleted"]})
        # Each has a manager of their own to ask, as in a company: one person decides only so often.
        self.api("POST", "/flows", {"name": "bench", "isDefault": True, "levels": [
            {"name": "First", "webhook": hook["webhook"]["id"], "approvers": [{"relation": "manager"}]}]})

    def people(self):
        """Those who decide, those who ask, each with a token, and one whose key connects; written by SQL."""
        self.installation.psql(f"""
            create temp table p as select n, gen_random_uuid() as id, (select tenant_id from tenants where slug = 'acme') as tenant
              from generate_series(0, {2 * PEOPLE - 1}) n;
            insert into users (tenant_id, user_id, login, name) select tenant, id, 'person' || n, 'Person ' || n from p;
            update users u set manager_id = b.id from p, p b
              where u.tenant_id = p.tenant and u.user_id = p.id and p.n >= {PEOPLE} and b.n = p.n - {PEOPLE};
            insert into role_bindings (tenant_id, role_id, user_id)
              select p.tenant, r.role_id, p.id from p join roles r on r.tenant_id = p.tenant and r.built_in = 'administrator';
            insert into api_tokens (tenant_id, api_token_id, user_id, name, token_hash)
              select tenant, gen_random_uuid(), id, 'bench', sha256(convert_to('ght_bench-token-of-person-' || n, 'UTF8')) from p;
            update ssh_keys k set user_id = p.id from p, users u where p.n = {PEOPLE} and u.tenant_id = k.tenant_id
              and u.user_id = k.user_id and u.login = 'ada';
            """)
        return [f"ght_bench-token-of-person-{number}" for number in range(2 * PEOPLE)]

    def run(self):
        try:
            self.one_by_one(PEOPLE)
            # What every database has that has been at work for a minute.
            self.installation.psql("vacuum analyze")
            self.one_by_one(PEOPLE)
            alone = self.one_by_one(60)
            before = self.spent()
            crowd = self.at_rate(20)
            spent = {name: after - before[name] for name, after in self.spent().items()}
        finally:
            self.endpoints.close()
        for number, name in enumerate(("open to card", "decision to usable grant")):
            mine, single = percentile([times[number] for times in crowd], 0.95), percentile([times[number] for times in alone], 0.5)
            self.report.add(f"{name}, p95 at {RATE}/s", mine * 1e3, single * 1e3, "ms", at_most(5), "the peer is the p50 of one at a time")
        for name, seconds in spent.items():
            self.report.add(f"CPU of a request: {name}", seconds / len(crowd) * 1e3, unit="ms", note="from its opening to the usable grant")

    def spent(self):
        """Seconds of CPU of each side so far; the callers and the receiver of cards would be on other machines."""
        return {
            "server": processes.cpu_seconds(self.installation.server.pid), "database": self.installation.database_cpu(),
            "callers": time.process_time() + processes.cpu_seconds(self.endpoints.process.pid)}

    def one_by_one(self, count):
        times = []
        for number in range(count):
            boss = number % PEOPLE
            with self.line(boss + PEOPLE) as asks, self.line(boss) as decides:
                times.append(self.round(asks, decides))
            time.sleep(0.05)
        return times

    def line(self, person):
        return Caller(self.installation, "acme", self.tokens[person])

    def round(self, asks, decides):
        """One request, its card, its decision, and a connection that stands on it."""
        begin = time.monotonic()
        ticket = self.open(asks)
        arrival = self.endpoints.hear(1, 10)
        if not arrival or arrival[0][1] != ticket["id"]:
            raise Trouble(f"the card of {ticket['id']} did not come")
        return arrival[0][2] - begin, self.decide(decides, asks, ticket)

    def open(self, asks):
        status, body, _, _ = asks("POST", "/tickets", {
            "reason": "a benchmark", "assets": [self.asset], "accounts": [self.ssh.user], "durationSeconds": 3600})
        return read(status, body, 201)

    def decide(self, decides, asks, ticket):
        """Seconds until the person who asked is told that the asset may be used as of now."""
        begin = time.monotonic()
        status, body, _, _ = decides("POST", f"/tickets/{ticket['id']}/decision", {
            "outcome": "approved", "digest": ticket["digest"]})
        grant = read(status, body, 200)["grant"]
        if not grant:
            raise Trouble("an approved request has no grant")
        status, body, _, _ = asks("GET", "/my/assets?limit=1")
        if not read(status, body, 200)["items"]:
            raise Trouble("a granted asset cannot be used")
        return time.monotonic() - begin

    def at_rate(self, seconds):
        """Requests that begin at a steady pace, whatever happened to those before; each by the next of many people."""
        opened, times, failures, lock = {}, [], [], threading.Lock()
        start = time.monotonic() + 0.5
        count = RATE * seconds

        def ask(worker, workers):
            try:
                lines = {}
                for number in range(worker, count, workers):
                    person = PEOPLE + number % PEOPLE
                    line = lines.get(person) or lines.setdefault(person, self.line(person))
                    due = start + number / RATE
                    time.sleep(max(0, due - time.monotonic()))
                    ticket = self.open(line)
                    with lock:
                        opened[ticket["id"]] = (due, ticket, person)
            except Exception as error:
                failures.append(error)

        def decide():
            try:
                while True:
                    with lock:
                        task = cards.pop() if cards else None
                    if task is None:
                        if over.is_set():
                            return
                        time.sleep(0.002)
                        continue
                    subject, arrival = task
                    while subject not in opened:
                        if failures:
                            return
                        time.sleep(0.001)
                    due, ticket, person = opened[subject]
                    # One address may have only so many connections.
                    with self.line(person) as line, self.line(person - PEOPLE) as boss:
                        took = self.decide(boss, line, ticket)
                    with lock:
                        times.append((arrival - due, took))
            except Exception as error:
                failures.append(error)

        cards, over = [], threading.Event()
        threads = [threading.Thread(target=ask, args=(n, 10)) for n in range(10)] + [
            threading.Thread(target=decide) for _ in range(10)]
        for thread in threads:
            thread.start()
        heard, end = 0, start + seconds + 60
        while heard < count and not failures and time.monotonic() < end:
            for _, subject, arrival in self.endpoints.hear(1, 1):
                heard += 1
                with lock:
                    cards.insert(0, (subject, arrival))
        over.set()
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]
        if heard < count:
            raise Trouble(f"only {heard} of {count} cards came")
        return times


class Waiting:
    """People whose sign-in waits for somebody's word: what each of them costs, how soon they hear, and what they leave to others.

    They have shown everything else, which is written by SQL; the first call of each opens the request, and the next ones wait.

    Nobody who waits has a thread. Yet a few more may be there than before: the pools of the runtime start theirs with the work
    that first needs one, which may be that of this crowd. So the bar is two threads more, however many wait.
    """

    where = ""

    def __init__(self, installation, options, report):
        self.installation, self.options, self.report = installation, options, report
        self.count = self.most(options)
        self.api = installation.operator.tenant("acme")
        self.token = self.api("POST", "/me/tokens", {"name": "bench"})["token"]
        me = self.api("GET", "/me")["user"]["id"]
        self.seed(f"""
            create temp table p as select n, gen_random_uuid() as id, t.tenant_id as tenant
              from generate_series(0, {self.count + FEW - 1}) n, tenants t where t.slug = 'acme';
            insert into users (tenant_id, user_id, login, name) select tenant, id, 'waiter' || n, 'Waiter ' || n from p;
            insert into role_bindings (tenant_id, role_id, user_id)
              select p.tenant, r.role_id, p.id from p join roles r on r.tenant_id = p.tenant and r.built_in = 'user';
            """)
        group = self.api("POST", "/groups", {"name": "waiters"})["id"]
        installation.psql("""
            insert into group_members (tenant_id, group_id, user_id)
              select g.tenant_id, g.group_id, u.user_id from groups g join users u on u.tenant_id = g.tenant_id
              where g.name = 'waiters' and u.login like 'waiter%'; vacuum analyze""")
        self.put("/factor-rules", {"level": "off", "rules": []})
        self.rule({"name": "four eyes", "who": [{"group": group}], "action": "review", "asked": [{"user": me}]})

    def most(self, options):
        return options.waiting

    def add(self, name, *figures, **more):
        self.report.add(self.where + name, *figures, **more)

    def seed(self, people):
        """Those who wait, and what they have shown."""
        self.installation.psql(people + """
            insert into sign_ins (tenant_id, sign_in_id, token_hash, user_id, stage, expires_at)
              select tenant, gen_random_uuid(), sha256(convert_to('bench-token-of-waiter-' || n, 'UTF8')), id, 'review', now() + interval '1 hour'
              from p;
            """)

    def rule(self, *rules):
        self.put("/sign-in-rules", {"rules": list(rules)})

    def put(self, path, body):
        version = self.api("GET", path)["version"]
        self.api.headers["If-Match"] = f'"{version}"'
        self.api("PUT", path, body)
        del self.api.headers["If-Match"]

    def crowd(self, first, count):
        return Crowd(self.installation.port, "acme", [f"bench-token-of-waiter-{number}" for number in range(first, first + count)])

    def run(self):
        idle = self.latencies(1000)
        few = self.crowd(self.count, FEW)
        try:
            self.sit(few, FEW)
            alone = self.decide(few, FEW)
        finally:
            few.close()
        before = self.levels()
        crowd = self.crowd(0, self.count)
        try:
            begin = time.monotonic()
            self.sit(crowd, self.count)
            self.add("until the last one waits", time.monotonic() - begin, unit="s", note="each opens a request")
            time.sleep(2)
            now = self.levels()
            busy = self.latencies(1000)
            self.told(before, now)
            self.add(
                "API call while they wait, p99", percentile(busy, 0.99) * 1e3, percentile(idle, 0.99) * 1e3, "ms",
                at_most(2), "the peer is the same call when nobody waits")
            heard = self.decide(crowd, DECIDED)
            self.add(
                f"decision to heard, p99 of {DECIDED}", percentile(heard, 0.99) * 1e3, percentile(alone, 0.99) * 1e3, "ms", at_most(3),
                f"the peer is {FEW} who wait")
            with RawLine(self.installation, "acme", self.token) as line:
                self.let_in(crowd, self.count - DECIDED, line)
        finally:
            crowd.close()

    def latencies(self, count):
        """On a line of its own: a server keeps none that is idle for as long as thousands take to sit down."""
        with RawLine(self.installation, "acme", self.token) as line:
            latencies(line, 200)
            return latencies(line, count)

    def told(self, before, now):
        self.add("threads for all who wait", now["threads"] - before["threads"], bar=at_most(2), note=f"{now['threads']} in all")
        self.add("connections of the database", now["database"], before["database"], bar=at_most(1), note="the peer is nobody waiting")
        self.add("places of requests at work", now["working"], unit="", bar=at_most(64), note="of 512, which others need")
        self.add("memory of one who waits", (now["memory"] - before["memory"]) / self.count, unit="KiB", bar=at_most(100),
            note="as much as an idle shell at a worker may have")

    def levels(self):
        metrics = self.installation.metrics()
        return {
            "threads": processes.threads(self.installation.server.pid),
            "database": int(self.installation.psql("select count(*) from pg_stat_activity where usename <> current_user and datname = 'gatehouse'")),
            "memory": processes.anonymous_kib(self.installation.server.pid),
            "working": metrics["gatehouse_http_requests_in_flight"], "waiting": metrics["gatehouse_http_requests_waiting"]}

    def sit(self, crowd, count):
        """Until so many wait, each with a request."""
        end = time.monotonic() + 120 + count / 5
        while time.monotonic() < end:
            opened = int(self.installation.psql("select count(*) from tickets where kind = 'sign-in' and state = 'open'"))
            if opened >= count and self.levels()["waiting"] >= count:
                return
            time.sleep(0.2)
        raise Trouble(f"{count} were to wait, and {opened} requests are open; {self.levels()}")

    def decide(self, crowd, count):
        """Says yes to so many of those who wait; seconds from the answer to the decision until the person has heard."""
        rows = self.installation.psql(f"""
            select t.ticket_id, right(u.login, -6) from tickets t join users u on u.tenant_id = t.tenant_id and u.user_id = t.requester_id
            where t.kind = 'sign-in' and t.state = 'open' order by t.ticket_id limit {count}""")
        times = []
        for row in rows.split("\n"):
            ticket, number = row.split("|")
            ticket = text_id("tkt", ticket)
            digest = self.api("GET", f"/tickets/{ticket}")["digest"]
            # Nobody may decide more than two a second for long.
            time.sleep(0.55)
            begin = time.monotonic()
            self.api("POST", f"/tickets/{ticket}/decision", {"outcome": "approved", "digest": digest})
            heard = crowd.hear(1, 30)
            if [one[:2] for one in heard] != [self.let(number)]:
                raise Trouble(f"{number} was let in, and who has heard is {heard}")
            times.append(heard[0][2] - begin)
        return times

    def let(self, number):
        """What is heard of somebody who was let in."""
        return f"bench-token-of-waiter-{number}", "done"

    def let_in(self, crowd, count, line):
        """No word is needed any more: all ask at once, and are let in."""
        begin = time.monotonic()
        self.rule()
        latest, heard = [], []
        while len(heard) < count and time.monotonic() < begin + 600:
            heard += crowd.hear(count, 0)
            latest += latencies(line, 50)
        wrong = [one for one in heard if one[1] != self.let(0)[1]]
        if wrong or len(heard) < count:
            raise Trouble(f"{len(heard)} of {count} have heard, and {len(wrong)} what is wrong: {wrong[:3]}")
        last = max(one[2] for one in heard) - begin
        self.add(f"all {count} let in at once", last, unit="s", note=f"each a sign-in with its session: {last / count * 1e3:.1f} ms")
        self.add("API call meanwhile, p99", percentile(latest, 0.99) * 1e3, unit="ms", bar=at_most(1000))


class WaitingAtGateway(Waiting):
    """The same at ssh: a worker holds one connection for all who wait there, and asks when it is told."""

    where = "ssh: "

    def most(self, options):
        # So many of one company wait at one worker.
        return min(options.waiting, 2500)

    def seed(self, people):
        self.installation.psql(people + f"""
            with k as (select *, decode('{KEY.hex()}', 'hex') || sha256(convert_to('waiter' || n, 'UTF8')) as key from p)
            insert into ssh_keys (tenant_id, ssh_key_id, user_id, name, algorithm, fingerprint, public_key)
              select tenant, gen_random_uuid(), id, 'bench', 'ssh-ed25519', 'SHA256:' || rtrim(encode(sha256(key), 'base64'), '='), key from k;
            """)

    def crowd(self, first, count):
        self.lines = Connections(self.installation.port)
        return GatewayCrowd(
            self.installation.port, "acme", self.installation.operator.worker_token(), f"bench-{first}", range(first, first + count))

    def sit(self, crowd, count):
        heard = []
        while len(heard) < count:
            more = crowd.hear(1, 60)
            if not more:
                raise Trouble(f"{count} were to wait, and {len(heard)} do")
            heard += more
        wrong = [one for one in heard if one[1] != "waits"]
        if wrong:
            raise Trouble(f"{len(wrong)} do not wait: {wrong[:3]}")

    def told(self, before, now):
        super().told(before, now)
        self.add("calls held for those who wait", now["waiting"], unit="", bar=at_most(0))
        self.add("connections of all who wait", now["lines"], unit="", bar=at_most(16), note="one stream, and those that have just asked")

    def levels(self):
        return {**super().levels(), "lines": self.lines.count()}

    def let(self, number):
        return int(number), "admitted"


def latencies(line, count):
    """Seconds of so many calls, one after the other, with a moment between them."""
    times = []
    for _ in range(count):
        start = time.perf_counter()
        status = line("GET", "/assets?limit=50").status
        times.append(time.perf_counter() - start)
        if status != 200:
            raise Trouble(f"a call beside those who wait was answered {status}")
        time.sleep(0.002)
    return times


class Cut:
    """Shells on one grant, from its revocation until the gateway has no connection of theirs any more.

    Their clients and targets would be on machines of their own: they run only when nobody else wants to, and it is the
    gateway's ends of the connections that are looked at.
    """

    def __init__(self, installation, options, report):
        self.installation, self.report = installation, report
        self.ssh = OpenSSH(installation)
        installation.start_worker()
        self.api = installation.operator.tenant("acme")
        target = f"target-{next(iter(CIPHERS))}"
        asset = furnish(self.api, self.ssh, target)
        self.connections = [Connections(port) for port in (installation.ssh_port, self.ssh.hosts[target])]
        elsewhere(self.ssh.daemons[target].pid)
        self.grant = self.api("POST", "/grants", {
            "name": "bench", "users": [self.api("GET", "/me")["user"]["id"]], "assets": [asset["id"]],
            "accounts": [{"kind": "all"}], "protocols": ["ssh"], "actions": ["connect"]})["id"]
        self.ssh.configure(installation.ssh_port, lambda _: f"acme+ada+{self.ssh.user}+target")

    def run(self):
        with ThreadPoolExecutor(4) as pool:
            shells = list(pool.map(lambda _: self.shell(), range(SESSIONS)))
        try:
            before = self.counts()
            if min(before) < SESSIONS:
                raise Trouble(f"{SESSIONS} sessions have {before} connections")
            begin, now, took = time.monotonic(), before, {}
            self.api("POST", f"/grants/{self.grant}/revoke", {"reason": "a benchmark"})
            while any(now) and time.monotonic() < begin + 60:
                time.sleep(0.01)
                now = self.counts()
                passed = time.monotonic() - begin
                for name, holds in (("half", sum(now) <= SESSIONS), ("targets", not now[1]), ("all", not any(now))):
                    if holds:
                        took.setdefault(name, passed)
            if any(now):
                raise Trouble(f"{sum(now)} connections outlived their grant by a minute")
            self.report.add(
                f"revoke to cut, last of {SESSIONS}", took["all"], unit="s", bar=at_most(2),
                note=f"half of them in {took['half']:.2f} s, the last target in {took['targets']:.2f} s")
        finally:
            for shell in shells:
                shell.close()

    def counts(self):
        """How many connections people have to the gateway, and how many targets have from it."""
        return tuple(each.count() for each in self.connections)

    def shell(self):
        shell = Terminal(["chrt", "--idle", "0", *self.ssh.command("gateway", next(iter(CIPHERS)), options=["-tt"])])
        shell.send(b"printf 'rea'; echo dy\n")
        shell.read_until(b"ready", within=60)
        return shell


class Webhooks:
    """A thousand endpoints: healthy ones alone, and the same ones while three in ten are dead or slow."""

    def __init__(self, installation, options, report):
        self.installation, self.report = installation, report
        numbers = range(TENANTS * HOOKS)
        self.slow = [number for number in numbers if number % 20 < 3]
        self.dead = [number for number in numbers if 3 <= number % 20 < 6]
        self.healthy = len(numbers) - len(self.slow) - len(self.dead)
        self.endpoints = Endpoints(self.slow, self.dead)
        self.tenants = []
        for tenant in range(TENANTS):
            api = installation.operator.tenant(f"acme-{tenant}")
            api("PUT", "/egress-allowances", {"items": [{"host": "127.0.0.1", "port": self.endpoints.port}]})
            for hook in range(HOOKS):
                api("POST", "/webhooks", {
                    "name": f"hook {hook}", "eventTypes": ["grant.created"],
                    "url": f"http://127.0.0.1:{self.endpoints.port}/{tenant * HOOKS + hook}"})
            asset = api("POST", "/assets", {"name": "target", "address": "127.0.0.1"})["id"]
            self.tenants.append((api, api("GET", "/me")["user"]["id"], asset))

    def run(self):
        server = self.installation.server.pid
        try:
            self.events("warm", 1)
            alone = self.events("alone", 6)
            self.endpoints.ill.set()
            self.events("falling ill", 2)
            before = processes.anonymous_kib(server)
            with processes.Peak(server, processes.anonymous_kib) as peak:
                beside = self.events("beside", 12)
        finally:
            self.endpoints.close()
        self.report.add(
            "healthy deliveries among ill, p99", percentile(beside, 0.99) * 1e3, percentile(alone, 0.99) * 1e3, "ms",
            at_most(2), f"p50 {percentile(beside, 0.5) * 1e3:.0f} and {percentile(alone, 0.5) * 1e3:.0f} ms")
        self.report.add("server memory meanwhile", peak.most / 1024, before / 1024, "MiB", at_most(1.1))

    def events(self, name, rounds):
        """One event of each tenant a round; the seconds from the call to each healthy endpoint."""
        times = []
        ill = set(self.slow) | set(self.dead)
        for number in range(rounds):
            made = {}
            for api, user, asset in self.tenants:
                begin = time.monotonic()
                grant = api("POST", "/grants", {
                    "name": f"{name} {number}", "users": [user], "assets": [asset], "accounts": [{"kind": "all"}],
                    "protocols": ["ssh"], "actions": ["connect"]})
                made[grant["id"]] = begin
            wanted, heard, end = self.healthy, 0, time.monotonic() + 60
            while heard < wanted and time.monotonic() < end:
                for endpoint, subject, arrival in self.endpoints.hear(1, 1):
                    if endpoint not in ill and subject in made:
                        heard += 1
                        times.append(arrival - made[subject])
            if heard < wanted:
                raise Trouble(f"only {heard} of {wanted} healthy endpoints heard of {name} {number}")
            time.sleep(1)
        return times


def furnish(api, ssh, target):
    """An asset that answers, with an account, and the client's key as one's own."""
    api("POST", "/me/ssh-keys", {"name": "bench", "publicKey": ssh.key.with_suffix(".pub").read_text().strip()})
    asset = api("POST", "/assets", {"name": "target", "address": "127.0.0.1", "port": ssh.hosts[target]})
    for key in api("POST", f"/assets/{asset['id']}/host-keys/scan")["hostKeys"]:
        api("POST", f"/host-keys/{key['id']}/pin")
    api("POST", "/accounts", {
        "asset": asset["id"], "name": ssh.user, "kind": "ssh-key", "secret": ssh.key.read_text()})
    return asset


def read(status, body, wanted):
    if status != wanted:
        raise Trouble(f"answered {status}: {re.sub(r'[^ -~]', '?', body.decode(errors='replace'))[:300]}")
    return json.loads(body)


def percentile(times, part):
    return sorted(times)[min(len(times) - 1, int(len(times) * part))]
