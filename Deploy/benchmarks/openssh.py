"""OpenSSH in a folder of its own: targets, a host to jump through, and a client configuration that knows every way."""

import os
import pathlib
import pwd
import subprocess

from installation import free_port, listens, tool, wait_until, write_private

CIPHERS = {"aes128-gcm": "aes128-gcm@openssh.com", "chacha20": "chacha20-poly1305@openssh.com"}


class OpenSSH:
    """For each cipher a target and a host to jump through that speak nothing else, so that both legs of every way do."""

    def __init__(self, installation):
        self.installation = installation
        self.folder = installation.folder / "openssh"
        self.folder.mkdir(mode=0o755)
        self.user = pwd.getpwuid(os.geteuid()).pw_name
        self.ssh = tool("ssh", "openssh-client")
        self.key = self.make_key("user")
        self.hosts, self.daemons = {}, {}
        if os.geteuid() == 0:
            pathlib.Path("/run/sshd").mkdir(exist_ok=True)
        for cipher in CIPHERS:
            for role in ("target", "hop"):
                self.start(f"{role}-{cipher}", cipher)

    def make_key(self, name):
        path = self.folder / f"{name}_key"
        keygen = tool("ssh-keygen", "openssh-client")
        subprocess.run([keygen, "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(path)], check=True)
        return path

    def start(self, name, cipher):
        port = free_port()
        file = self.folder / f"{name}.conf"
        file.write_text("\n".join([
            f"ListenAddress 127.0.0.1:{port}", f"HostKey {self.make_key(name)}", "PidFile none",
            f"AuthorizedKeysFile {self.key}.pub", "StrictModes no", "UsePAM no", "PermitRootLogin prohibit-password",
            f"Ciphers {CIPHERS[cipher]}", "MaxStartups 1000:30:2000", "MaxSessions 1000", "UseDNS no", "PrintMotd no",
            "PrintLastLog no", "LogLevel ERROR", ""]))
        daemon = self.installation.spawn([tool("sshd", "openssh-server"), "-D", "-e", "-f", file], f"{name}.log")
        wait_until(name, lambda: listens(port), daemon)
        self.hosts[name], self.daemons[name] = port, daemon

    def configure(self, gateway_port, login):
        """Writes the client's configuration: direct-, jump- and gateway- of each cipher, and hop- for two hops.

        `login` makes the gateway's user name of a target's name.
        """
        common = ["Host *", f"IdentityFile {self.key}", "IdentitiesOnly yes", "IdentityAgent none", "BatchMode yes",
                  "StrictHostKeyChecking accept-new", f"UserKnownHostsFile {self.folder}/known_hosts", "LogLevel ERROR",
                  "ControlMaster no", "ControlPath none", "HostName 127.0.0.1", "ServerAliveInterval 0"]
        blocks = []
        for cipher, name in CIPHERS.items():
            target, hop = self.hosts[f"target-{cipher}"], self.hosts[f"hop-{cipher}"]
            ways = {
                f"direct-{cipher}": [f"Port {target}", f"User {self.user}"],
                f"hop-{cipher}": [f"Port {hop}", f"User {self.user}"],
                f"jump-{cipher}": [f"Port {target}", f"User {self.user}", f"ProxyJump hop-{cipher}"],
                f"gateway-{cipher}": [f"Port {gateway_port}", f"User {login(f'target-{cipher}')}"],
            }
            for alias, lines in ways.items():
                blocks += [f"Host {alias}", *lines, f"Ciphers {name}", ""]
        self.config = self.folder / "ssh_config"
        write_private(self.config, "\n".join([*blocks, *common, ""]))

    def command(self, way, cipher, *words, options=()):
        """The words of a client. Two hops are a client that runs a client."""
        if way == "two-hop":
            return [self.ssh, "-F", str(self.config), *options, f"hop-{cipher}",
                    self.ssh, "-F", str(self.config), *options, f"direct-{cipher}", *words]
        return [self.ssh, "-F", str(self.config), *options, f"{way}-{cipher}", *words]
