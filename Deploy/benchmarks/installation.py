"""A private installation in a temporary folder, with its own ports: PostgreSQL, Redis, server and, for SSH, a worker."""

import json
import os
import pathlib
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request

import processes
from tenants import OperatorAPI


class Trouble(Exception):
    """Why nothing could be measured, in words for the person who asked."""


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def tool(name, package):
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin:/sbin")
    if not found:
        raise Trouble(f"{name} is missing: apt-get install {package}")
    return found


def postgres_tool(name):
    folders = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name)
    for folder in reversed(folders):
        if (folder / name).exists():
            return str(folder / name)
    return tool(name, "postgresql")


class Installation:
    def __init__(self, root, binaries, keep=False):
        self.root, self.binaries, self.keep = root, binaries, keep
        self.started = []
        self.server = self.worker = None

    def __enter__(self):
        self.program("gatehouse-server")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="gatehouse-bench-"))
        self.folder.chmod(0o755)
        try:
            self._start_postgres()
            self._start_redis()
            self._start_server()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in reversed(self.started):
            stop(process)
        if (self.folder / "pg" / "postmaster.pid").exists():
            self.pg_ctl("stop", "-m", "immediate")
        if not self.keep:
            shutil.rmtree(self.folder, ignore_errors=True)

    def program(self, name):
        path = self.binaries / name
        if not path.exists():
            raise Trouble(f"{path} is missing: swift build -c release --product {name}")
        return path

    def spawn(self, words, log, **options):
        process = subprocess.Popen(
            [str(word) for word in words], stdin=subprocess.DEVNULL, stdout=open(self.folder / log, "ab"),
            stderr=subprocess.STDOUT, start_new_session=True, **options)
        self.started.append(process)
        return process

    # PostgreSQL refuses to run as root, so root lends it its own user.

    def as_postgres(self, words):
        words = [str(word) for word in words]
        return ["runuser", "-u", "postgres", "--", *words] if os.geteuid() == 0 else words

    def pg_ctl(self, *words):
        log = self.folder / "pg" / "log.txt"
        command = [postgres_tool("pg_ctl"), "-D", self.folder / "pg", "-l", log, "-w", *words]
        subprocess.run(self.as_postgres(command), check=True, stdout=subprocess.DEVNULL, cwd="/")

    def _start_postgres(self):
        sockets = self.folder / "sockets"
        data = self.folder / "pg"
        for folder in (sockets, data):
            folder.mkdir(mode=0o700)
            if os.geteuid() == 0:
                owner = pwd.getpwnam("postgres")
                os.chown(folder, owner.pw_uid, owner.pw_gid)
        self.sockets = sockets
        self.superuser = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        subprocess.run(
            self.as_postgres([postgres_tool("initdb"), "-D", data, "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust"]),
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
        with open(data / "postgresql.conf", "a") as file:
            file.write(f"listen_addresses = ''\nunix_socket_directories = '{sockets}'\nmax_connections = 200\n")
        self.pg_ctl("start")
        self.psql("create database gatehouse", database="postgres")
        for migration in sorted((self.root / "Migrations").glob("2*.sql")):
            self.psql(migration.read_text(), whole=True)

    def psql(self, text, database="gatehouse", whole=False, user=None):
        """Runs SQL as the superuser, who sees every tenant."""
        words = [postgres_tool("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", self.sockets,
                 "-U", user or self.superuser, "-d", database, *(["-1"] if whole else []), "-f", "-"]
        done = subprocess.run([str(word) for word in words], input=text, text=True, capture_output=True)
        if done.returncode:
            raise Trouble(f"psql: {done.stderr.strip()}")
        return done.stdout.strip()

    def database_cpu(self):
        """Seconds of CPU that PostgreSQL has used so far, its ended processes included."""
        postmaster = int((self.folder / "pg" / "postmaster.pid").read_text().split()[0])
        used = 0
        for pid in processes.descendants(postmaster, "postgres"):
            try:
                used += processes.cpu_seconds(pid)
            except OSError:
                # It has ended meanwhile, and is among the postmaster's.
                pass
        return processes.cpu_seconds(postmaster, with_children=True) + used

    def _start_redis(self):
        self.redis_socket = self.folder / "redis.sock"
        self.redis = self.spawn(
            [tool("redis-server", "redis-server"), "--port", "0", "--unixsocket", self.redis_socket, "--unixsocketperm",
             "700", "--save", "", "--appendonly", "no", "--dir", self.folder], "redis.log")
        wait_until("Redis", lambda: self.redis_socket.exists())

    def _start_server(self):
        self.port = free_port()
        state = self.folder / "server"
        (state / "objects").mkdir(parents=True)
        self.operator_token = secrets.token_urlsafe(32)
        write_private(state / "provider-token", self.operator_token)
        self.server_file = state / "server.json"
        write_private(self.server_file, json.dumps({
            "http": {"host": "127.0.0.1", "port": self.port},
            "baseDomain": "localhost", "publicPort": self.port,
            "database": {"host": str(self.sockets), "name": "gatehouse"},
            "redis": {"socket": str(self.redis_socket)},
            "masterKeyFile": str(state / "master.key"), "objects": str(state / "objects"),
            "providerTokenFile": str(state / "provider-token"),
        }))
        self.server = self.spawn([self.program("gatehouse-server"), "--config", self.server_file], "server.log")
        self.operator = OperatorAPI(self.port, self.operator_token)
        wait_until("the server", self.operator.is_ready, self.server)

    def metrics(self):
        """The server's figures that have no label, by name."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=10) as answer:
            lines = answer.read().decode().splitlines()
        return {name: float(value) for name, _, value in (line.partition(" ") for line in lines) if name.startswith("gatehouse_") and "{" not in name}

    def start_worker(self):
        """Enrols a worker and starts it."""
        self.ssh_port = free_port()
        state = self.folder / "worker"
        state.mkdir(mode=0o700)
        file = state / "worker.json"
        write_private(file, json.dumps({
            "controlPlane": f"http://workers.localhost:{self.port}", "name": "bench", "state": str(state / "state"),
            "ssh": {"port": self.ssh_port}, "sshEndpoint": f"127.0.0.1:{self.ssh_port}",
        }))
        (state / "state").mkdir(mode=0o700)
        token = self.operator.worker_token()
        program = self.program("gatehouse-worker")
        subprocess.run(
            [str(program), "enrol", "--config", str(file), "--token-file", "-"], input=token + "\n", text=True,
            check=True, stdout=subprocess.DEVNULL)
        self.worker = self.spawn([program, "run", "--config", file], "worker.log")
        wait_until("the worker", lambda: listens(self.ssh_port), self.worker)
        return self.worker.pid


def write_private(path, text):
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)


def listens(port):
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def wait_until(what, holds, process=None, within=30):
    end = time.monotonic() + within
    while not holds():
        if process is not None and process.poll() is not None:
            raise Trouble(f"{what} ended at once with status {process.returncode}")
        if time.monotonic() > end:
            raise Trouble(f"{what} did not start within {within} s")
        time.sleep(0.05)


def stop(process):
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
