"""Channels to messengers: one is added as its steps say, tried out, changed and taken away; and the page that mails lead to."""

import json
import pathlib
import subprocess
import sys
import urllib.request

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

VENDORS = pathlib.Path(__file__).resolve().parents[1] / "Support/stand_in_card_vendors.py"


class Vendors:
    def __init__(self):
        self.process = subprocess.Popen([sys.executable, VENDORS], stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().split()[0])
        self.url = f"http://127.0.0.1:{self.port}/browser"

    def messages(self):
        with urllib.request.urlopen(f"{self.url}/control") as answer:
            return json.load(answer)["messages"]


@pytest.fixture
def vendors():
    found = Vendors()
    yield found
    found.process.kill()
    found.process.wait()


@pytest.fixture
def administrator(portal, vendors):
    """Somebody at the page of channels, by which the stand-in can be reached; what was added is taken away."""
    one = portal("administrator", "/messengers")
    before = [{"host": item["host"], "port": item["port"]} for item in one.api("GET", "/egress-allowances")["items"]]
    one.api("PUT", "/egress-allowances", {"items": [*before, {"host": "127.0.0.1", "port": vendors.port}]})
    yield one
    one.api("PUT", "/egress-allowances", {"items": before})
    for channel in one.api("GET", "/messenger-channels")["items"]:
        one.api("DELETE", f"/messenger-channels/{channel['id']}")


def add(one, vendor, fields):
    one.add("New channel", vendor)
    for label, value in fields.items():
        one.field(label, exact=True).fill(value)


def test_a_room_is_added_as_its_steps_say_tried_out_and_taken_away(administrator, vendors, unique):
    one, name = administrator, unique("Approvals")
    page = one.page
    add(one, "Microsoft Teams", {"Name": name, "Address of the workflow": f"{vendors.url}/workflow?sig=the-signature"})
    expect(page.get_by_text("Post to a channel when a webhook request is received")).to_be_visible()
    expect(one.field("How people are known there")).to_have_count(0)
    one.button("Create").click()
    one.step_up_if_asked()
    one.toast(f"{name} is saved")
    assert "the-signature" not in page.content()
    line = page.get_by_role("listitem").filter(has_text=name)
    line.get_by_role("button", name="Send me a test").click()
    expect(page.get_by_test_id("channel-test")).to_contain_text("a test is on its way to you")
    assert len(vendors.messages()) == 1
    # A wrong address says what the vendor has said, and not what it is.
    line.get_by_role("button", name="Edit").click()
    one.field("Address of the workflow").fill(f"{vendors.url}/workflow?sig=wrong-signature")
    one.button("Save").click()
    one.step_up_if_asked()
    one.toast(f"{name} is saved")
    line.get_by_role("button", name="Send me a test").click()
    expect(page.get_by_test_id("channel-test")).to_contain_text("it was not sent")
    assert "wrong-signature" not in page.content()
    assert not one.violations(Axe())
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    line.get_by_role("button", name="Delete").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill(name)
    dialog.get_by_role("button", name="Delete").click()
    one.toast(f"{name} is deleted")


def test_an_app_is_added_and_says_where_its_vendor_calls(administrator, unique):
    one, name = administrator, unique("WeCom")
    page = one.page
    add(one, "WeCom", {
        "Name": name, "CorpId": "wx5823bf96d3bd56c7", "AgentId": "218", "Secret of the app": "s", "Token": "QDG6eK",
        "EncodingAESKey": "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
    })
    assert not one.violations(Axe())
    one.field("How people are known there").select_option("email")
    one.button("Create").click()
    one.step_up_if_asked()
    one.toast(f"{name} is saved")
    page.get_by_role("listitem").filter(has_text=name).get_by_role("button", name="Callback address").click()
    one.step_up_if_asked()
    expect(page.get_by_test_id("secret-once")).to_contain_text("/api/v1/messenger-callbacks/")
    page.get_by_role("dialog").get_by_role("button", name="Done").click()


def test_a_channel_with_a_connection_asks_for_what_that_needs_and_says_how_it_stands(administrator, vendors, unique):
    one, name = administrator, unique("Slack")
    page = one.page
    add(one, "Slack", {"Name": name, "App ID": "A1", "Workspace ID": "T1"})
    one.field("Address of the vendor's API").fill(vendors.url)
    expect(one.field("Signing secret", exact=True)).to_be_visible()
    one.field("How clicks are told").select_option("stream")
    expect(one.field("Signing secret", exact=True)).to_have_count(0)
    expect(page.get_by_text("Under Socket Mode switch it on")).to_be_visible()
    one.field("Bot token (xoxb-…)").fill("xoxb-1")
    one.field("App-level token (xapp-…)").fill("xapp-the-token")
    one.field("How people are known there").select_option("email")
    assert not one.violations(Axe())
    one.button("Create").click()
    one.step_up_if_asked()
    one.toast(f"{name} is saved")
    line = page.get_by_role("listitem").filter(has_text=name)
    # The stand-in is no Slack: what went wrong is said, with what to do about it, and nobody has to ask again.
    expect(line).to_contain_text("The vendor cannot be reached, or has closed the connection. It is tried again by itself.", timeout=20_000)
    expect(line.get_by_test_id("channel-connection")).to_contain_text("Not connected. Next try")
    expect(line.get_by_role("button", name="Callback address")).to_have_count(0)
    assert "xapp-the-token" not in page.content()
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert not one.violations(Axe())


def test_feishu_needs_no_keys_of_callbacks_over_its_connection(administrator, vendors, unique):
    one, name = administrator, unique("Feishu")
    page = one.page
    add(one, "Feishu", {"Name": name, "App ID": "cli_app", "Tenant key": "corp"})
    one.field("Address of the vendor's API").fill(vendors.url)
    for secret in ("Verification token", "Encrypt key"):
        expect(one.field(secret, exact=True)).to_be_visible()
    one.field("How clicks are told").select_option("stream")
    for secret in ("Verification token", "Encrypt key"):
        expect(one.field(secret, exact=True)).to_have_count(0)
    expect(page.get_by_text("Then choose the persistent connection for callbacks")).to_be_visible()
    one.field("App secret").fill("the app's secret")
    one.field("How people are known there").select_option("email")
    assert not one.violations(Axe())
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    one.button("Create").click()
    one.step_up_if_asked()
    one.toast(f"{name} is saved")
    line = page.get_by_role("listitem").filter(has_text=name)
    expect(line.get_by_test_id("channel-connection")).to_be_visible()
    expect(line.get_by_role("button", name="Callback address")).to_have_count(0)


def test_a_link_from_a_mail_that_leads_nowhere_says_so(portal):
    one = portal("administrator", "/decide#" + "A" * 43)
    expect(one.page.get_by_text("This link leads nowhere any more")).to_be_visible()
    assert "A" * 43 not in one.page.url
    assert not one.violations(Axe())
    one.page.get_by_role("link", name="Inbox").click()
    expect(one.page.get_by_role("heading", name="Inbox")).to_be_visible()
