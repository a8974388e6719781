"""Runs Tests/Browser against an installation of its own. Everything after -- goes to pytest.

usage: browser_tests.py [--bin FOLDER] [--share I/N] [-- PYTEST-ARGUMENTS]
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

from installation import ROOT, Installation


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", help="the folder of the programs")
    parser.add_argument("--share", help="which share of the tests, such as 1/2: each share takes whole files", default="1/1")
    parser.add_argument("rest", nargs="*")
    options = parser.parse_args()
    mails = tempfile.NamedTemporaryFile(prefix="gatehouse-mails-", suffix=".jsonl")
    relay = subprocess.Popen([sys.executable, ROOT / "Tests/Support/mail_server.py"], stdout=mails)
    try:
        while not (port := pathlib.Path(mails.name).read_text().split("\n")[0]):
            if relay.poll() is not None:
                raise SystemExit("The mail server of the tests did not start.")
            time.sleep(0.1)
        return run(options, mails.name, port)
    finally:
        relay.kill()
        relay.wait()


def run(options, mails, port):
    with Installation(programs=options.bin, options=["--mail", f"127.0.0.1:{port}"]) as at:
        people = {person["login"]: person for person in at.facts["people"]}
        logins = {name: {"login": login, "password": people[login]["password"], "totp": people[login]["secret"]}
                  for name, login in (("administrator", "ada"), ("approver", "lena"), ("user", "dana"))}
        olga = at.facts["operator"]
        operator = {"login": olga["login"], "password": olga["password"], "totp": olga["secret"]}
        environment = {
            "GATEHOUSE_SCREENSHOTS": str(ROOT / "var/screenshots"), **os.environ, "GATEHOUSE_URL": at.facts["portal"], "GATEHOUSE_LOGINS": json.dumps(logins),
            "GATEHOUSE_CONSOLE": at.facts["provider"], "GATEHOUSE_OPERATOR": json.dumps(operator),
            "GATEHOUSE_TARGET": json.dumps({"asset": at.facts["asset"], "account": at.facts["account"]}),
            "GATEHOUSE_SHARE": options.share, "GATEHOUSE_COMMAND": str(at.programs / "gatehouse"), "GATEHOUSE_MAILS": mails, "GATEHOUSE_PROVIDER": json.dumps({"url": f"http://127.0.0.1:{at.http}", "host": f"provider.localhost:{at.http}", "token": at.provider_token()})}
        # The codes of this half minute were spent by the enrolments.
        time.sleep(30 - time.time() % 30 + 0.5)
        command = [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", "Tests/Browser", *options.rest]
        status = subprocess.run(command, cwd=ROOT, env=environment).returncode
        if status:
            for log in sorted((at.folder / "var/log").glob("gatehouse-*.log")):
                worst = [line for line in log.read_text(errors="replace").splitlines() if '"level":"error"' in line or '"status":5' in line]
                print("\n".join([f"{log.name}:"] + [f"  {line[:300]}" for line in worst[-5:]]))
        return status


sys.exit(main())
