"""What a benchmark prints: ours, the peer, their ratio, the bar, and whether it holds."""

import json
import os
import sys


class Bar:
    """A limit on the ratio to a peer, or on our own figure when there is no peer."""

    def __init__(self, comparison, limit, is_of_ours=False):
        self.comparison, self.limit, self.is_of_ours = comparison, limit, is_of_ours

    def of_ours(self):
        """The same limit on our own figure, although there is a peer to look at."""
        return Bar(self.comparison, self.limit, is_of_ours=True)

    def holds(self, value):
        return value >= self.limit if self.comparison == ">=" else value <= self.limit

    def __str__(self):
        return f"{self.comparison} {self.limit:g}"


def at_least(limit):
    return Bar(">=", limit)


def at_most(limit):
    return Bar("<=", limit)


class Report:
    def __init__(self, as_json):
        self.as_json = as_json
        self.missed = []
        self.suite = ""

    def begin(self, suite):
        self.suite = suite
        if not self.as_json:
            print(f"\n{suite}: {load()}")
            print(f"{'':34} {'ours':>11} {'peer':>11} {'':8} {'ratio':>7}  {'bar':9} ok")

    def add(self, name, ours, peer=None, unit="", bar=None, note=""):
        """A bar speaks of the ratio if there is a peer, else of our figure."""
        ratio = ours / peer if peer else None
        ok = bar is None or bar.holds(ours if ratio is None or bar.is_of_ours else ratio)
        if not ok:
            self.missed.append(f"{self.suite} {name}")
        if self.as_json:
            line = {
                "suite": self.suite, "name": name, "ours": rounded(ours), "peer": rounded(peer), "unit": unit,
                "ratio": rounded(ratio), "bar": str(bar) if bar else None, "ok": ok,
            }
            print(json.dumps(line), flush=True)
        else:
            text = f"{name:34} {shown(ours):>11} {shown(peer):>11} {unit:8} {shown(ratio):>7}  "
            verdict = ("yes" if ok else "NO") if bar else ""
            print(f"{text}{str(bar) if bar else '':9} {verdict:3} {note}".rstrip(), flush=True)

    def remark(self, text):
        print(text if not self.as_json else f"# {text}", file=sys.stderr if self.as_json else sys.stdout, flush=True)

    def finish(self):
        if not self.as_json:
            print(f"\n{load()}")
            print("every bar holds" if not self.missed else "missed: " + ", ".join(self.missed))
        return 1 if self.missed else 0


def rounded(value):
    return None if value is None else float(f"{value:.4g}")


def shown(value):
    if value is None:
        return "-"
    if value == int(value) and abs(value) < 10_000_000:
        return f"{int(value):,}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def load():
    one, five, _ = os.getloadavg()
    return f"load {one:.1f} (1 min), {five:.1f} (5 min) on {os.cpu_count()} cores"
