"""Part of the sign-in suite: how long the first and an unchanged sync of a large directory take beside reading it with ldapsearch.

Then its groups are taken in, with four memberships for each person. A run with groups has everybody side by side in the database, changed or not,
since who is in which group follows from all of them together: so the bar of an unchanged run is not the one of people alone.

Whoever else is at work on the machine makes everything slower, and what goes by way of more processes most of all. So the CPU
that both take is told, too: of the server, the database, the directory and the programs beside them.
"""

import io
import os
import resource
import statistics
import subprocess
import time
import uuid

import processes
from installation import Trouble, free_port, listens, stop, tool, wait_until
from report import at_most

BASE = "dc=example,dc=org"
# How many are in each group of those that are measured.
MEMBERS = 400
SEARCH, PASSWORD = f"cn=search,{BASE}", "a password of the directory"


def run(suite):
    installation, report, rounds = suite.installation, suite.report, suite.options.rounds
    people = suite.options.people
    with Directory(installation, people, groups=people // 100) as directory:
        portal = Portal(suite, directory)
        meter = Meter(installation, directory)
        reading, read = meter.of(directory.read, rounds)
        copying, copied = meter.of(lambda: copy(installation, people), rounds)
        portal.run("preview")
        before = processes.resident_mib(installation.server.pid)
        with processes.Peak(installation.server.pid) as peak:
            first, spent = meter.of(lambda: portal.run("run"), 1)
        report.add("memory of the first sync", peak.most - before, unit="MiB", bar=at_most(40))
        report.add("first sync", first, reading + copying, "s", at_most(3), "the peer is ldapsearch and COPY")
        report.add("first sync", spent, read + copied, "CPU s", note="the same")
        # What a run adds to what the one before it left.
        before = processes.resident_mib(installation.server.pid)
        with processes.Peak(installation.server.pid) as peak:
            unchanged, spent = meter.of(lambda: portal.run("run"), rounds)
        report.add("unchanged sync", unchanged, reading, "s", at_most(1.5), "the peer is ldapsearch alone")
        report.add("unchanged sync", spent, read, "CPU s", note="the same")
        report.add("memory of unchanged syncs", peak.most - before, unit="MiB", bar=at_most(20))
        with_groups(suite, directory, portal, meter)


def with_groups(suite, directory, portal, meter):
    """The peer of the first run is reading people and groups with ldapsearch, and COPY of as many memberships."""
    installation, report, rounds = suite.installation, suite.report, suite.options.rounds
    reading, read = meter.of(lambda: directory.read() + directory.read_groups(), rounds)
    copying, copied = meter.of(lambda: copy_members(installation, directory), rounds)
    portal.take_groups_in()
    portal.run("preview")
    before = processes.resident_mib(installation.server.pid)
    with processes.Peak(installation.server.pid) as peak:
        first, first_spent = meter.of(lambda: portal.run("run"), 1)
        if portal.memberships() != directory.groups * MEMBERS:
            raise Trouble(f"{portal.memberships()} memberships were taken in, and not {directory.groups * MEMBERS}")
        unchanged, spent = meter.of(lambda: portal.run("run"), rounds)
    report.add("first sync of groups", first, reading + copying, "s", at_most(3), "the peer is ldapsearch and COPY")
    report.add("first sync of groups", first_spent, read + copied, "CPU s", note="the same")
    report.add("unchanged sync with groups", unchanged, reading, "s", at_most(4), "the peer is ldapsearch alone")
    report.add("unchanged sync with groups", spent, read, "CPU s", note="the same")
    report.add("memory of syncs with groups", peak.most - before, unit="MiB", bar=at_most(40))


class Meter:
    """Seconds that something takes, and those of CPU that all who have to do with it spend meanwhile."""

    def __init__(self, installation, directory):
        self.installation, self.directory = installation, directory

    def of(self, body, rounds):
        times, spent = [], []
        for _ in range(rounds):
            before = self.spent()
            times.append(body())
            spent.append(self.spent() - before)
        return statistics.median(times), statistics.median(spent)

    def spent(self):
        programs = resource.getrusage(resource.RUSAGE_CHILDREN)
        return (processes.cpu_seconds(self.installation.server.pid) + self.installation.database_cpu()
                + processes.cpu_seconds(self.directory.process.pid) + programs.ru_utime + programs.ru_stime)


def copy(installation, people):
    """Seconds for a COPY of as many people with a key and a unique login."""
    rows = "".join(f"member{number}\tMember {number}\tmember{number}@example.org\n" for number in range(people))
    path = os.path.join(installation.folder, "directory", "people.tsv")
    with open(path, "w") as file:
        file.write(rows)
    os.chmod(path, 0o644)
    installation.psql("""
        create table if not exists bench_people (id uuid primary key default gen_random_uuid(), login text unique,
          name text, email text)""")
    installation.psql("truncate bench_people")
    start = time.perf_counter()
    installation.psql(f"copy bench_people (login, name, email) from '{path}'")
    return time.perf_counter() - start


def copy_members(installation, directory):
    """Seconds for a COPY of as many pairs of a group and somebody in it."""
    path = os.path.join(directory.root, "members.tsv")
    with open(path, "w") as file:
        for group in range(directory.groups):
            file.writelines(f"{uuid.UUID(int=group)}\t{uuid.UUID(int=one)}\n" for one in directory.members(group))
    os.chmod(path, 0o644)
    installation.psql("create table if not exists bench_members (id uuid, member uuid, primary key (id, member))")
    installation.psql("truncate bench_members")
    start = time.perf_counter()
    installation.psql(f"copy bench_members from '{path}'")
    return time.perf_counter() - start


class Directory:
    """A slapd over TLS with people in it, and groups of them."""

    def __init__(self, installation, people, groups=0):
        self.people, self.groups = people, groups
        self.root = os.path.join(installation.folder, "directory")
        self.port = free_port()

    def __enter__(self):
        os.makedirs(os.path.join(self.root, "data"))
        os.chmod(self.root, 0o755)
        self.certify()
        self.write("slapd.conf", f"""
            include /etc/ldap/schema/core.schema
            include /etc/ldap/schema/cosine.schema
            include /etc/ldap/schema/inetorgperson.schema
            modulepath /usr/lib/ldap
            moduleload back_mdb
            TLSCACertificateFile {self.root}/ca.pem
            TLSCertificateFile {self.root}/server.pem
            TLSCertificateKeyFile {self.root}/server.key
            sizelimit unlimited
            database mdb
            maxsize 1073741824
            suffix "{BASE}"
            rootdn "{SEARCH}"
            rootpw "{PASSWORD}"
            directory {self.root}/data
            index objectClass,uid eq""")
        self.write("people.ldif", self.entries())
        self.write("password", PASSWORD)
        os.chmod(os.path.join(self.root, "password"), 0o600)
        config = os.path.join(self.root, "slapd.conf")
        subprocess.run([tool("slapadd", "slapd"), "-q", "-f", config, "-l", f"{self.root}/people.ldif"], check=True)
        self.process = subprocess.Popen(
            [tool("slapd", "slapd"), "-f", config, "-d", "0", "-h", f"ldaps://127.0.0.1:{self.port}"],
            stderr=subprocess.DEVNULL)
        wait_until("slapd listens", lambda: listens(self.port), self.process)
        return self

    def __exit__(self, *_):
        stop(self.process)

    def certify(self):
        def openssl(*words):
            subprocess.run(["openssl", *words], cwd=self.root, check=True, stderr=subprocess.DEVNULL)

        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-days", "2",
                "-subj", "/CN=Bench authority")
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=s")
        self.write("server.ext", "subjectAltName=IP:127.0.0.1")
        openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out",
                "server.pem", "-days", "2", "-extfile", "server.ext")
        with open(os.path.join(self.root, "ca.pem")) as file:
            self.authority = file.read()

    def entries(self):
        text = io.StringIO()
        text.write(f"dn: {BASE}\nobjectClass: dcObject\nobjectClass: organization\no: Example\ndc: example\n\n")
        text.write(f"dn: ou=people,{BASE}\nobjectClass: organizationalUnit\nou: people\n\n")
        for number in range(self.people):
            text.write(
                f"dn: uid=member{number},ou=people,{BASE}\nobjectClass: inetOrgPerson\nuid: member{number}\n"
                f"cn: Member {number}\nsn: Member\nmail: member{number}@example.org\n\n")
        for group in range(self.groups):
            text.write(f"dn: cn=group{group},{BASE}\nobjectClass: groupOfNames\ncn: group{group}\n")
            text.writelines(f"member: uid=member{one},ou=people,{BASE}\n" for one in self.members(group))
            text.write("\n")
        return text.getvalue()

    def members(self, group):
        """Whoever is in a group: neighbours of one another, and in four groups each."""
        return sorted((group * MEMBERS // 4 + one) % self.people for one in range(MEMBERS))

    def write(self, name, text):
        with open(os.path.join(self.root, name), "w") as file:
            file.write("\n".join(line.strip() for line in text.splitlines()) + "\n" if name == "slapd.conf" else text)

    def read(self):
        """Seconds for everything that a sync reads, in the same pages."""
        took, output = self.search(500, "(&(objectClass=person)(uid=*))", "entryUUID", "uid", "cn", "mail")
        if output.count(b"\nentryUUID: ") != self.people:
            raise Trouble("ldapsearch did not find everybody")
        return took

    def read_groups(self):
        """The same for groups: which there are, and who is in them."""
        took, _ = self.search(500, "(objectClass=groupOfNames)", "cn", "entryUUID")
        more, output = self.search(50, "(objectClass=groupOfNames)", "cn", "member", "uniqueMember")
        if output.count(b"\nmember: ") != self.groups * MEMBERS:
            raise Trouble("ldapsearch did not find everybody in groups")
        return took + more

    def search(self, size, sought, *attributes):
        words = [
            tool("ldapsearch", "ldap-utils"), "-x", "-LLL", "-H", f"ldaps://127.0.0.1:{self.port}", "-D", SEARCH, "-y",
            f"{self.root}/password", "-E", f"pr={size}/noprompt", "-b", BASE, sought, *attributes,
        ]
        start = time.perf_counter()
        output = subprocess.run(
            words, check=True, stdout=subprocess.PIPE, env={**os.environ, "LDAPTLS_CACERT": f"{self.root}/ca.pem"}).stdout
        return time.perf_counter() - start, output


class Portal:
    """The sync as an administrator starts it."""

    def __init__(self, suite, directory):
        self.installation, self.people = suite.installation, suite.options.people
        # The first administrator's sign-in is fresh: adding a provider and starting runs take that.
        self.api = suite.installation.operator.tenant("sync")
        self.api("PUT", "/egress-allowances", {"items": [{"host": "127.0.0.1", "port": directory.port}]})
        provider = self.api("POST", "/identity-providers", {
            "name": "Directory", "secret": PASSWORD,
            "settings": {
                "kind": "ldap", "servers": [{"host": "127.0.0.1", "port": directory.port}], "security": "tls",
                "authorities": directory.authority, "bindDn": SEARCH, "baseDn": BASE,
            },
        })
        self.provider = f"/identity-providers/{provider['id']}"
        self.path = f"{self.provider}/sync-runs"

    def take_groups_in(self):
        self.api.headers["If-Match"] = f'"{self.api("GET", f"{self.provider}/sync")["version"]}"'
        self.api("PATCH", f"{self.provider}/sync", {"importsGroups": True})
        del self.api.headers["If-Match"]

    def memberships(self):
        return int(self.installation.psql("select count(*) from group_members"))

    def run(self, kind):
        """Seconds from its start to its end, as the server's clock has it; what waits in the queue is nobody's work."""
        run = self.api("POST", self.path, {"kind": kind})
        end = time.monotonic() + 600
        while run["state"] in ("waiting", "running") and time.monotonic() < end:
            time.sleep(0.5)
            run = self.api("GET", f"{self.path}/{run['id']}")
        if run["state"] != "done" or run["entries"] != self.people:
            raise Trouble(f"the sync came to {run['state']} after {run['entries']} entries: {run['error']}")
        return float(self.installation.psql(f"""
            select extract(epoch from finished_at - started_at) from identity_sync_runs
            order by created_at desc limit 1"""))
