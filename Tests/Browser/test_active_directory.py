"""A directory as Active Directory has it, set up with the preset and tried out against a domain controller of Samba's."""

import os
import pathlib
import random
import socket
import subprocess
import time

import pytest
from playwright.sync_api import expect

MAKER = pathlib.Path(__file__).resolve().parents[1] / "Support/active_directory.py"
BASE, REALM = "DC=ad,DC=example,DC=test", "ad.example.test"


def listens(address):
    with socket.socket() as one:
        return one.connect_ex((address, 389)) == 0


@pytest.fixture(scope="module")
def controller(tmp_path_factory):
    """Where it listens, and its authority. Its ports are those of every directory, so it has an address of its own."""
    folder = tmp_path_factory.mktemp("ad")
    address = f"127.{random.randrange(64, 250)}.{random.randrange(250)}.{random.randrange(1, 250)}"
    assert not listens(address)

    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True, stderr=subprocess.DEVNULL)

    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=Authority")
    openssl("req", *key, "-keyout", "server.key", "-out", "server.csr", "-subj", f"/CN=dc1.{REALM}")
    (folder / "server.ext").write_text(f"subjectAltName=IP:{address}")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "server.pem",
            "-days", "2", "-extfile", "server.ext")
    os.chmod(folder / "server.key", 0o600)
    # Debian's own Python has Samba's modules.
    subprocess.run(["/usr/bin/python3", MAKER, folder, address, "0"], check=True)
    server = subprocess.Popen(
        ["/usr/sbin/samba", "-F", "-M", "single", "--no-process-group", "-s", folder / "smb.conf"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    end = time.monotonic() + 60
    while not listens(address):
        assert server.poll() is None and time.monotonic() < end
        time.sleep(0.1)
    yield address, (folder / "ca.pem").read_text()
    server.kill()
    server.wait()


def test_the_preset_and_the_test_of_it_work_with_a_domain_controller(portal, controller, unique):
    address, authority = controller
    name = unique("ad")
    one = portal("administrator", "/identity-providers")
    page = one.page
    before = one.api("GET", "/egress-allowances")["items"]
    one.api("PUT", "/egress-allowances", {"items": [*before, {"host": address, "port": 389}]})
    one.add("New provider", "New directory")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").first.fill(name)
    dialog.get_by_label("Servers").fill(address)
    dialog.get_by_label("Certificates that count").fill(authority)
    dialog.get_by_label("Account for looking people up").fill(f"search.upn@{REALM}")
    dialog.get_by_label("Password of this account").fill("secret of search")
    dialog.get_by_label("Where people are").fill(BASE)
    dialog.get_by_role("button", name="As in Active Directory").click()
    dialog.get_by_role("button", name="Create").click()
    one.step_up_if_asked()
    one.toast(f"{name} is saved")
    page.get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()

    def row(title):
        return page.get_by_role("table", name="Test").get_by_role("row").filter(
            has=page.get_by_role("rowheader", name=title, exact=True))

    def ask(login, password):
        page.get_by_label("Login").fill(login)
        page.get_by_label("Password", exact=False).last.fill(password)
        one.button("Test", exact=True).click()
        one.step_up_if_asked()

    ask(f"ann.upn@{REALM}", "secret of ann")
    expect(row("Find the entry")).to_contain_text(f"CN=Ann Person,OU=Leads,OU=Staff,{BASE}")
    for title in ["Connect", "Look-up account", "Find the entry", "Password", "Account there", "Groups"]:
        expect(row(title)).to_contain_text("passed")
    expect(row("Groups")).to_contain_text("matching rule in chain")
    for group in ["ops", "team", "everybody", "Domain Users"]:
        expect(page.locator(".chips").get_by_text(group, exact=True)).to_be_visible()
    take_picture(one, "right")
    # What the directory says is for administrators.
    for login, words in [("dora", "the account is disabled"), ("flo", "the password must be changed")]:
        ask(login, f"secret of {login}")
        expect(row("Password")).to_contain_text(words)
    ask("ed", "")
    expect(row("Account there")).to_contain_text("the account has expired")
    expect(page.get_by_text("Nobody comes in.")).to_be_visible()
    take_picture(one, "expired")
    provider = one.find("/identity-providers", name)
    one.api("DELETE", f"/identity-providers/{provider['id']}")
    one.api("PUT", "/egress-allowances", {"items": before})


def take_picture(one, what):
    folder = os.environ.get("GATEHOUSE_SCREENSHOTS")
    if folder:
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        one.page.screenshot(path=f"{folder}/active-directory-{what}.png", full_page=True)
