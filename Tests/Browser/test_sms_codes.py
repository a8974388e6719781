"""Codes as text messages: a gateway is added, tried and put first, and a person sets codes up, comes in by one and takes them back."""

import json
import pathlib
import re
import subprocess
import sys
import urllib.request

import pytest
from playwright.sync_api import expect

from conftest import Person, new_page
from portal import Portal

VENDORS = pathlib.Path(__file__).resolve().parents[1] / "Support/sms_vendors.py"
SECRET, PASSWORD, NUMBER = "vendor secret", "a long sentence for the first time", "+8613800000000"


class Vendors:
    def __init__(self):
        self.process = subprocess.Popen([sys.executable, VENDORS], stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())
        self.endpoint = f"http://127.0.0.1:{self.port}"

    def control(self, **how):
        request = urllib.request.Request(f"{self.endpoint}/control", json.dumps(how).encode(), method="POST")
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def code(self):
        return self.control()["taken"][-1]["code"]


@pytest.fixture
def vendors():
    found = Vendors()
    yield found
    found.process.kill()
    found.process.wait()


@pytest.fixture
def administrator(portal, vendors):
    """Somebody in a company where codes as text messages count; what was opened and added is put back."""
    def settle(counts, prefixes):
        one.api("PATCH", "/settings", {"second-factor.sms": counts, "sms.prefixes": prefixes}, one.api("GET", "/settings")["version"])

    one = portal("administrator", "/sms-gateways")
    before = [{"host": item["host"], "port": item["port"]} for item in one.api("GET", "/egress-allowances")["items"]]
    one.api("PUT", "/egress-allowances", {"items": [*before, {"host": "127.0.0.1", "port": vendors.port}]})
    settle(True, "+86")
    yield one
    one.api("PUT", "/egress-allowances", {"items": before})
    settle(False, None)
    for gateway in one.api("GET", "/sms-gateways")["items"]:
        one.api("DELETE", f"/sms-gateways/{gateway['id']}")


def add(one, kind, name, fields):
    one.add("New gateway", kind)
    dialog = one.page.get_by_role("dialog")
    dialog.get_by_label("Name").first.fill(name)
    for field, value in fields.items():
        dialog.locator(f"#sms-{field}").fill(value)
    dialog.get_by_role("button", name="Create").click()
    one.step_up_if_asked()
    one.toast(f"{name} is saved")


def test_codes_by_text_message_from_the_gateway_to_the_person(administrator, vendors, browser, unique):
    one, page = administrator, administrator.page
    expect(page.get_by_text("No gateway")).to_be_visible()
    first, second, login = unique("tencent"), unique("own"), unique("sam")
    add(one, "Tencent Cloud", first, {
        "secretId": "AKID", "appId": "1400000000", "signName": "Test", "templateId": "1234", "endpoint": vendors.endpoint, "secret": SECRET,
    })
    add(one, "Own HTTP gateway", second, {
        "url": f"{vendors.endpoint}/send", "headers": "X-Key: {{secret}}", "body": '{"to": "{{number}}", "code": "{{code}}"}', "success": "result=0", "secret": SECRET,
    })
    assert SECRET not in page.content()
    one.button(f"Ask {second} sooner").click()
    one.step_up_if_asked()
    one.toast("The order is changed")
    expect(page.get_by_role("main").get_by_role("listitem").first).to_contain_text(second)

    size = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.set_viewport_size(size)

    page.get_by_role("main").get_by_role("listitem").filter(has_text=second).get_by_role("button", name="Test", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Telephone number").fill("+1 900 555 0100")
    dialog.get_by_role("button", name="Send", exact=True).click()
    expect(dialog.get_by_text("begins in a way that no messages are sent to")).to_be_visible()
    vendors.control(refuse="no more to")
    dialog.get_by_label("Telephone number").fill("+86 139 0000 0001")
    dialog.get_by_role("button", name="Send", exact=True).click()
    expect(dialog.get_by_test_id("sms-test-outcome")).to_contain_text("no more to")
    expect(dialog.get_by_test_id("sms-test-outcome")).not_to_contain_text("13900000001")
    vendors.control(refuse=None)
    dialog.get_by_label("Telephone number").fill("+86 139 0000 0002")
    dialog.get_by_role("button", name="Send", exact=True).click()
    expect(dialog.get_by_text("It should arrive in a moment.")).to_be_visible()
    dialog.get_by_role("button", name="Close").last.click()

    made = one.api("POST", "/users", {"login": login, "name": "Sam Short", "roles": ["user"]})
    fresh = new_page(browser)
    fresh.goto(made["invitationUrl"])
    fresh.get_by_label("New password", exact=True).fill(PASSWORD)
    fresh.get_by_label("New password again").fill(PASSWORD)
    fresh.get_by_role("button", name="Continue").click()
    fresh.get_by_role("button", name="Use codes as text messages instead").click()
    fresh.get_by_label("Telephone number").fill("+86 138 0000 0000")
    fresh.get_by_role("button", name="Send a code as a text message").click()
    expect(fresh.get_by_text("A code is on its way to +86****00")).to_be_visible()
    fresh.get_by_label("Code from the text message").fill(vendors.code())
    fresh.get_by_role("button", name="Confirm").click()
    fresh.get_by_label("I have put them").check()
    fresh.get_by_role("button", name="Go to the portal").click()
    expect(fresh.get_by_role("navigation", name="Main")).to_be_visible()

    person = Portal(fresh, one.url, Person(login, PASSWORD, "GEZDGNBVGY3TQOJQ"))
    fresh.goto(person.url + "/profile?tab=second-factors")
    expect(fresh.get_by_text("Codes go to +86****00")).to_be_visible()
    person.button(re.compile("profile and sign-out")).click()
    fresh.get_by_role("menuitem", name="Sign out").click()
    person.give(login, PASSWORD)
    # Within the minute no other one goes out: the person is told so, and waits.
    expect(fresh.get_by_text("Enter the code that was sent to your telephone.")).to_be_visible()
    expect(fresh.get_by_role("alert")).to_contain_text("less than a minute ago")
    assert person.errors == []
    fresh.context.close()
