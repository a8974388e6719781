"""A company's own mail server: set, tested, and used for its letters."""

import json
import os
import pathlib
import subprocess
import sys
import time

import pytest
from playwright.sync_api import expect

SERVER = pathlib.Path(__file__).resolve().parents[1] / "Support/mail_server.py"


class Relay:
    """A mail server of the company's, and what it took."""

    def __init__(self, file):
        self.file = file
        self.process = subprocess.Popen([sys.executable, SERVER], stdout=file.open("w"))
        self.port = int(self.until(lambda: self.lines[0] if self.lines else None))

    @property
    def lines(self):
        return [line for line in self.file.read_text().splitlines(keepends=True) if line.endswith("\n")]

    def mail(self, address):
        return self.until(lambda: next((mail for mail in map(json.loads, self.lines[1:]) if mail["to"] == [address]), None))

    def until(self, look):
        end = time.monotonic() + 20
        while time.monotonic() < end and self.process.poll() is None:
            if found := look():
                return found
            time.sleep(0.1)
        raise AssertionError(f"not within 20 s: {self.file.read_text()}")


@pytest.fixture
def relay(tmp_path):
    relay = Relay(tmp_path / "mails")
    yield relay
    relay.process.kill()
    relay.process.wait()


@pytest.fixture
def administrator(portal):
    """Somebody at the page of the mail server; what was set and opened is put back."""
    one = portal("administrator", "/settings/mail")
    before = one.api("GET", "/egress-allowances")["items"]
    yield one
    one.api("PUT", "/egress-allowances", {"items": before})
    settings = one.api("GET", "/settings")
    if any(item["key"] == "mail.server" and item["value"] is not None for item in settings["items"]):
        one.api("PATCH", "/settings", {"mail.server": None}, settings["version"])


def control(page, member):
    return page.locator(f"[id='mail.server.{member}']")


def save(one):
    one.button("Save", exact=True).click()
    one.step_up_if_asked()


def send(one, address):
    one.field("Send a letter to").fill(address)
    one.button("Send a test").click()


def picture(page, name):
    if folder := os.environ.get("GATEHOUSE_SCREENSHOTS"):
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_a_server_is_set_tested_and_used_for_invitations(administrator, portal, relay, unique):
    one, page = administrator, administrator.page
    outcome = page.get_by_test_id("mail-test-outcome")
    expect(one.button("Send a test")).to_have_count(0)
    page.get_by_role("checkbox", name="Mail server of your own").check()
    control(page, "host").fill("127.0.0.1")
    control(page, "port").fill(str(relay.port))
    control(page, "security").select_option("none")
    control(page, "user").fill("acme")
    control(page, "password").fill("s3cret")
    control(page, "from").fill("access@company.example")
    save(one)
    # Without encryption no login: said at its field.
    expect(page.locator(".field.invalid").filter(has_text="User")).to_contain_text("without encryption")
    control(page, "user").fill("")
    control(page, "password").fill("")
    save(one)
    one.toast("Settings are saved")

    # Nobody has opened that address yet.
    send(one, "ada@example.com")
    expect(outcome).to_contain_text("did not take the letter")
    expect(outcome).to_contain_text("without encryption only if")
    one.api("PUT", "/egress-allowances", {"items": [{"host": "127.0.0.1", "port": relay.port}]})
    send(one, "ada@example.com")
    expect(outcome).to_contain_text(f"127.0.0.1:{relay.port} took the letter")
    mail = relay.mail("ada@example.com")
    assert mail["from"] == "access@company.example" and "works" in mail["text"]
    picture(page, "settings-mail-light-en")
    send(one, "refused@example.com")
    expect(outcome).to_contain_text("550")
    control(page, "from").fill("other@company.example")
    expect(one.button("Send a test")).to_be_disabled()
    expect(page.get_by_text("Save first")).to_be_visible()
    control(page, "from").fill("access@company.example")

    login = unique("nina")
    created = one.api("POST", "/users", {"login": login, "name": "Nina", "email": f"{login}@example.com", "roles": ["user"]})
    assert created["invitationUrl"] is None
    invitation = relay.mail(f"{login}@example.com")
    assert invitation["from"] == "access@company.example" and "/invitation#token=" in invitation["text"]

    dark = portal("administrator", color_scheme="dark")
    dark.page.evaluate("localStorage.setItem('gatehouse.language', 'zh')")
    dark.open("/settings/mail")
    expect(dark.page.get_by_role("heading", level=1, name="邮件")).to_be_visible()
    expect(dark.page.locator(".skeleton")).to_have_count(0)
    picture(dark.page, "settings-mail-dark-zh")
    dark.page.set_viewport_size({"width": 320, "height": 700})
    assert dark.page.evaluate("document.documentElement.scrollWidth") <= 320

    page.get_by_role("checkbox", name="Mail server of your own").uncheck()
    save(one)
    expect(one.button("Send a test")).to_have_count(0)
    settings = one.api("GET", "/settings")["items"]
    assert next(item for item in settings if item["key"] == "mail.server")["value"] is None
