"""Runs Tests/Browser against an installation of its own. Everything after -- goes to pytest.

usage: browser_tests.py [--bin FOLDER] [-- PYTEST-ARGUMENTS]
"""

import argparse
import json
import os
import subprocess
import sys
import time

from installation import ROOT, Installation


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", help="the folder of the programs")
    parser.add_argument("rest", nargs="*")
    options = parser.parse_args()
    with Installation(programs=options.bin) as at:
        people = {person["login"]: person for person in at.facts["people"]}
        logins = {name: {"login": login, "password": people[login]["password"], "totp": people[login]["secret"]}
                  for name, login in (("administrator", "ada"), ("approver", "lena"), ("user", "dana"))}
        olga = at.facts["operator"]
        operator = {"login": olga["login"], "password": olga["password"], "totp": olga["secret"]}
        environment = {
            "GATEHOUSE_SCREENSHOTS": str(ROOT / "var/screenshots"), **os.environ, "GATEHOUSE_URL": at.facts["portal"], "GATEHOUSE_LOGINS": json.dumps(logins),
            "GATEHOUSE_CONSOLE": at.facts["provider"], "GATEHOUSE_OPERATOR": json.dumps(operator),
            "GATEHOUSE_TARGET": json.dumps({"asset": at.facts["asset"], "account": at.facts["account"]})}
        # The codes of this half minute were spent by the enrolments.
        time.sleep(30 - time.time() % 30 + 0.5)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "Tests/Browser", *options.rest]
        status = subprocess.run(command, cwd=ROOT, env=environment).returncode
        if status:
            for log in sorted((at.folder / "var/log").glob("gatehouse-*.log")):
                worst = [line for line in log.read_text(errors="replace").splitlines() if '"level":"error"' in line or '"status":5' in line]
                print("\n".join([f"{log.name}:"] + [f"  {line[:300]}" for line in worst[-5:]]))
        return status


sys.exit(main())
