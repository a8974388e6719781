"""The peer of the API: pgbench with the statements that the server itself sends."""

import pathlib
import re
import subprocess

from estate import TENANT_ID
from installation import Trouble, postgres_tool


class Statement:
    """A statement as the server sent it, with its binds."""

    def __init__(self, text, binds):
        self.text, self.binds = text, binds

    @property
    def is_scope(self):
        return "set_config('gatehouse.tenant'" in self.text

    def for_pgbench(self, estate, number):
        """The same text with what pgbench computes in place of the binds of tenant `number`."""

        def expression(match):
            value = self.binds[int(match[1])]
            if value == f"{TENANT_ID}{number}":
                text = f"('{TENANT_ID}' || :t)"
                return text if self.is_scope else f"{text}::uuid"
            if value == f"\\x{estate.token_hash(number)}":
                return "sha256(('ght_benchmark-token-of-tenant-' || :t)::bytea)"
            if re.fullmatch(r"\d+", value):
                return value
            if re.match(r"\d{4}-\d\d-\d\d ", value):
                return "now()"
            raise Trouble(f"the server sends a bind that this benchmark does not know: {value} in {self.text}")

        return re.sub(r"\$(\d+)", expression, self.text)


def statements_of(installation, estate, number, send):
    """What the server sends to PostgreSQL in the scope of a tenant while `send` runs, from PostgreSQL's own log."""
    log = pathlib.Path(installation.folder / "pg" / "log.txt")
    installation.psql("alter system set log_statement = 'all'; alter system set log_line_prefix = '%p|'")
    installation.psql("select pg_reload_conf(); select pg_sleep(0.3)")
    start = log.stat().st_size
    send()
    installation.psql("alter system reset log_statement; alter system reset log_line_prefix; select pg_reload_conf()")
    with open(log, errors="replace") as file:
        file.seek(start)
        entries = re.split(r"^(?=\d+\|)", file.read(), flags=re.M)
    found, inside, last = [], {}, {}
    for entry in entries:
        head = re.match(r"(\d+)\|(LOG:  execute \w+: |DETAIL:  )(.*)", entry, re.S)
        if not head:
            continue
        process, kind, text = head[1], head[2], head[3].replace("\n\t", "\n").strip()
        if kind.startswith("LOG"):
            last[process] = text
            continue
        binds = {int(n): value for n, value in re.findall(r"\$(\d+) = '((?:[^']|'')*)'", text)}
        statement = Statement(last.pop(process, ""), binds)
        if "set_config(" in statement.text:
            inside[process] = statement.is_scope and binds.get(1) == f"{TENANT_ID}{number}"
        if inside.get(process):
            found.append(statement)
    return found


class PGBench:
    def __init__(self, installation, estate, clients=32, threads=2):
        self.installation, self.estate, self.clients, self.threads = installation, estate, clients, threads

    def script(self, name, statements):
        """Writes a transaction of one trip: everything in one pipeline."""
        path = self.installation.folder / f"{name}.sql"
        numbers = self.estate.numbers
        lines = [f"\\set t random({numbers[0]}, {numbers[-1]})", "\\startpipeline"]
        path.write_text("\n".join(lines + [f"{text};" for text in statements] + ["\\endpipeline", ""]))
        return path

    def run(self, script, seconds, user="gatehouse_app", clients=None):
        """Transactions per second, and the latencies of all of them in milliseconds, sorted."""
        clients = clients or self.clients
        folder = self.installation.folder
        words = [postgres_tool("pgbench"), "-n", "-M", "prepared", "-c", clients, "-j", min(self.threads, clients),
                 "-T", max(1, round(seconds)), "-f", script, "-h", self.installation.sockets, "-U", user,
                 "-l", "--log-prefix", folder / "latency", "gatehouse"]
        done = subprocess.run([str(word) for word in words], capture_output=True, text=True)
        rate = re.search(r"tps = ([\d.]+) \(without", done.stdout)
        if done.returncode or not rate:
            raise Trouble(f"pgbench: {done.stderr.strip()}")
        latencies = []
        for log in folder.glob("latency.*"):
            latencies += [int(line.split()[2]) / 1000 for line in log.read_text().splitlines()]
            log.unlink()
        return float(rate[1]), sorted(latencies)


def percentile(values, part):
    return values[min(len(values) - 1, int(len(values) * part))]
