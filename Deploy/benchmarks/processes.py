"""What a process has used, read from /proc; and work in a process of its own."""

import asyncio
import multiprocessing
import os
import threading
import time

TICK = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid, with_children=False):
    """User and system time of all threads so far; of children that have ended, too, for a server that forks."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return sum(int(field) for field in fields[11:15 if with_children else 13]) / TICK


def _status(pid, name):
    with open(f"/proc/{pid}/status") as file:
        for line in file:
            if line.startswith(name + ":"):
                return int(line.split()[1])
    raise ValueError(name)


def resident_mib(pid):
    return _status(pid, "VmRSS") / 1024


def anonymous_kib(pid):
    """Memory that is not a mapped file: what sessions cost."""
    return _status(pid, "RssAnon")


def threads(pid):
    return _status(pid, "Threads")


def descendants(pid, name):
    """Processes below this one whose program has the name."""
    parents, names = {}, {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat") as file:
                head, rest = file.read().rsplit(")", 1)
        except OSError:
            continue
        parents.setdefault(int(rest.split()[1]), []).append(int(entry))
        names[int(entry)] = head.split("(", 1)[1]
    found, queue = [], [pid]
    while queue:
        for child in parents.get(queue.pop(), []):
            queue.append(child)
            if names[child] == name:
                found.append(child)
    return found


class Peak:
    """The most memory that a process has while the block runs, looked at ten times a second."""

    def __init__(self, pid, read=resident_mib):
        self.pid, self.read, self.most = pid, read, 0

    def __enter__(self):
        self.most = self.read(self.pid)
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()
        return self

    def _watch(self):
        while not self.stop.wait(0.1):
            self.most = max(self.most, self.read(self.pid))

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join()


class Apart:
    """What happens in a process of its own, which tells what it hears in lists."""

    fork = multiprocessing.get_context("fork")

    def begin(self, work):
        self.arrivals, self.told = self.fork.Pipe(duplex=False)
        self.process = self.fork.Process(target=lambda: asyncio.run(work()), daemon=True)
        self.process.start()

    def close(self):
        self.process.kill()
        self.process.join()

    def hear(self, count, within):
        """At least so many arrivals, unless the time is over."""
        heard, end = [], time.monotonic() + within
        while len(heard) < count and self.arrivals.poll(max(0, end - time.monotonic())):
            heard += self.arrivals.recv()
        return heard


def settled(read, within=10.0, step=0.5):
    """A figure once it stops falling, such as memory that is given back a little later."""
    end = time.monotonic() + within
    last = read()
    while time.monotonic() < end:
        time.sleep(step)
        now = read()
        if now >= last:
            return now
        last = now
    return last
