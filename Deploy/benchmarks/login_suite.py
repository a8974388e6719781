"""Sign-ins: how many there can be, what a flood of them leaves to everybody else, and what it takes to keep up with a directory."""

import collections
import itertools
import multiprocessing
import os
import select
import statistics
import threading
import time

from argon2 import Argon2, Sodium
from installation import Trouble
from rawline import RawLine
from report import at_least, at_most
import processes
import proofs
import sync

PEOPLE = 400
FLOOD = 10
PARTS = ["passwords", "flood", "proofs", "sync"]


def run(installation, options, report):
    suite = Suite(installation, options, report)
    for name in PARTS:
        if not options.only or any(name.startswith(only) for only in options.only):
            getattr(suite, name)()


class Suite:
    def __init__(self, installation, options, report):
        self.installation, self.options, self.report = installation, options, report
        self.api, self.password = installation.operator.tenant_with_password("acme")
        self.token = self.api("POST", "/me/tokens", {"name": "bench"})["token"]
        self.sources = (f"127.{a}.{b}.{c}" for a in range(1, 200) for b in range(1, 250) for c in range(1, 250))
        # Many people with one password: nobody's sign-in waits for the row of somebody else's.
        installation.psql(f"""
            insert into users (tenant_id, user_id, login, name, password_hash, password_changed_at, created_at)
            select tenant_id, gen_random_uuid(), 'person' || i, 'Person', password_hash, now(), now()
            from users, generate_series(1, {PEOPLE}) i where login = 'ada'""")
        self.people = itertools.cycle(range(1, PEOPLE + 1))
        self.lock = threading.Lock()
        stored = installation.psql("select password_hash from users where login = 'ada'")
        self.argon2, self.sodium = Argon2(stored), Sodium(stored)

    # Parts, in the order in which they run.

    def passwords(self):
        """Right passwords, as many as are answered, against the hash function alone on the same cores.

        The bar is about argon2id as the reference's library does it, which is what most use. The server's own library is faster: the
        lines without a bar say what is left of that.

        Whoever else is at work on the machine takes more of it from three processes than from one: what an answer costs in
        CPU, of server and database together, says what there would be without them.
        """
        ours, peers, bare = [], [], []
        self.rate(1)
        for _ in range(self.options.rounds):
            peers.append(self.argon2.rate(self.options.seconds))
            bare.append(self.sodium.rate(self.options.seconds))
            before = self.spent()
            rate, count = self.rate(self.options.seconds)
            ours.append((rate, count / (self.spent() - before)))
        for they, bar, note in ((peers, at_least(0.85), "libargon2 alone"), (bare, None, "libsodium alone, which we use")):
            for index, unit in enumerate(("a second", "a CPU s")):
                ratio = statistics.median(a[index] / b[index] for a, b in zip(ours, they))
                mine = statistics.median(one[index] for one in ours)
                self.report.add("password sign-ins", mine, mine / ratio, unit, bar, f"the peer is {note}")

    def spent(self):
        """Seconds of CPU of server and database."""
        return processes.cpu_seconds(self.installation.server.pid) + self.installation.database_cpu()

    def flood(self):
        """A page of assets while ten times as many sign-ins come in as can be done."""
        offered = FLOOD * self.argon2.rate(1)[0]
        times = ([], [])
        with RawLine(self.installation, "acme", self.token) as line:
            self.latencies(line, 100)
            for number in range(2 * self.options.rounds):
                if number % 2:
                    with Flood(self, offered) as flood:
                        times[1].append(percentile(self.latencies(line, 200), 0.99) * 1e3)
                    flood.check()
                else:
                    times[0].append(percentile(self.latencies(line, 200), 0.99) * 1e3)
        ratio = statistics.median(a / b for a, b in zip(times[1], times[0]))
        mine = statistics.median(times[1])
        self.report.add("API p99 beside a flood of sign-ins", mine, mine / ratio, "ms", at_most(2), "the peer is idle")

    def proofs(self):
        """What it takes to believe a signature."""
        proofs.run(self)

    def sync(self):
        """A large directory, kept up with."""
        sync.run(self)

    def latencies(self, line, count):
        """Forty calls a second."""
        times = []
        for _ in range(count):
            start = time.perf_counter()
            answer = line("GET", "/assets?limit=50")
            times.append(time.perf_counter() - start)
            if answer.status != 200:
                raise Trouble(f"a call beside sign-ins was answered {answer.status}")
            time.sleep(max(0, 0.025 - times[-1]))
        return times

    def rate(self, seconds, callers=8):
        """Sign-ins answered in a second, by callers that each wait for their answer; and how many they were."""
        end, counts, failures = time.monotonic() + seconds, [], []

        def work():
            count = 0
            try:
                while time.monotonic() < end:
                    with self.caller() as line:
                        for _ in range(30):
                            answer = line("POST", "/auth/sign-in", self.credentials())
                            if answer.status != 200:
                                raise Trouble(f"a sign-in was answered {answer.status}: {answer.body[:200]}")
                            count += 1
                            if time.monotonic() > end:
                                break
            except Exception as error:
                failures.append(error)
            counts.append(count)

        threads = [threading.Thread(target=work) for _ in range(callers)]
        start = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]
        return sum(counts) / (time.monotonic() - start), sum(counts)

    def caller(self):
        """A connection from an address of its own, since each may try only so often."""
        with self.lock:
            source = next(self.sources)
        return RawLine(self.installation, "acme", source=source)

    def credentials(self):
        with self.lock:
            return {"login": f"person{next(self.people)}", "password": self.password}


class Flood:
    """Sign-ins at a steady rate, each from the next of many addresses, whatever the answers are.

    They would come from other machines. So a process makes them, in a session of its own where the kernel shares cores
    between sessions, and one thread of it does for all callers, which costs next to nothing beside the answers.
    """

    CALLERS = 256

    def __init__(self, suite, rate):
        self.suite, self.rate = suite, rate
        self.sources = [next(suite.sources) for _ in range(self.CALLERS)]
        fork = multiprocessing.get_context("fork")
        self.over, (self.results, self.told) = fork.Event(), fork.Pipe(duplex=False)
        self.process = fork.Process(target=self.work, daemon=True)

    def __enter__(self):
        self.process.start()
        time.sleep(2)
        return self

    def __exit__(self, *_):
        self.over.set()
        self.answers, self.failures, self.took = self.results.recv() if self.results.poll(60) else ({}, ["no end"], 0)
        self.process.kill()
        self.process.join()

    def check(self):
        """Whether it was a flood, and whether everybody got an answer."""
        if self.failures:
            raise Trouble(f"the flood failed: {self.failures[0]}")
        if set(self.answers) - {200, 429}:
            raise Trouble(f"sign-ins were lost: {self.answers}")
        if sum(self.answers.values()) < self.rate * self.took / 2:
            raise Trouble(f"only {sum(self.answers.values())} sign-ins in {self.took:.0f} s: that is no flood")

    # What follows happens in the other process.

    def work(self):
        os.setsid()
        begin, answers, failures = time.monotonic(), collections.Counter(), []
        try:
            self.call(answers)
        except Exception as error:
            failures.append(str(error))
        self.told.send((dict(answers), failures, time.monotonic() - begin))

    def call(self, answers):
        lines = [RawLine(self.suite.installation, "acme", source=source) for source in self.sources]
        due = collections.deque((time.monotonic() + index / self.rate, line) for index, line in enumerate(lines))
        sent, poll = {}, select.epoll()
        for line in lines:
            poll.register(line.socket, select.EPOLLIN)
        while not self.over.is_set():
            now = time.monotonic()
            while due and due[0][0] <= now:
                moment, line = due.popleft()
                line.send("POST", "/auth/sign-in", self.suite.credentials())
                sent[line.socket.fileno()] = moment, line
            for number, _ in poll.poll(0.01):
                moment, line = sent.pop(number)
                answer = line.receive()
                lacks = answer.status == 429 and b"retry-after:" not in answer.head.lower()
                answers["429 without Retry-After" if lacks else answer.status] += 1
                due.append((moment + self.CALLERS / self.rate, line))


def percentile(times, part):
    return sorted(times)[min(len(times) - 1, int(len(times) * part))]
