"""Codes by e-mail: set up on the way in, shown at the next sign-in, and for what takes a fresh one."""

import json
import os
import pathlib
import re
import time

import pytest
from playwright.sync_api import expect

from conftest import Person, new_page
from portal import Portal

MAILS = os.environ.get("GATEHOUSE_MAILS")
pytestmark = pytest.mark.skipif(not MAILS, reason="GATEHOUSE_MAILS names no mail server")
PASSWORD = "a long sentence for the first time"


def letters(address):
    lines = [line for line in pathlib.Path(MAILS).read_text().splitlines()[1:] if line.endswith("}")]
    return [mail["text"] for mail in map(json.loads, lines) if mail["to"] == [address]]


def mailed(address, pattern, after=0):
    """What the letter behind the first ones says, as soon as it is there."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if found := [match.group() for text in letters(address)[after:] if (match := re.search(pattern, text, re.M))]:
            return found[-1]
        time.sleep(0.1)
    raise AssertionError(f"no mail for {address}")


def code(address, after):
    return mailed(address, r"^\d{6}$", after)


def picture(page, name):
    if folder := os.environ.get("GATEHOUSE_SCREENSHOTS"):
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.fixture
def administrator(portal):
    """Somebody in a company where codes by e-mail count; afterwards they do not."""
    def count(value):
        one.api("PATCH", "/settings", {"second-factor.email": value}, one.api("GET", "/settings")["version"])

    one = portal("administrator")
    count(True)
    yield one
    count(False)


def test_codes_by_mail_are_set_up_shown_and_taken_back(administrator, browser, unique):
    login = unique("mailed")
    address = f"{login}@example.com"
    administrator.api("POST", "/users", {"login": login, "name": "Mia Mailed", "email": address, "roles": ["user"]})
    page = new_page(browser)
    page.goto(mailed(address, r"http\S+#token=\S+"))
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("New password again").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    sent = len(letters(address))
    page.get_by_role("button", name="Use codes by e-mail instead").click()
    expect(page.get_by_text(f"A code is on its way to {address[0]}***@example.com")).to_be_visible()
    picture(page, "email-code-enrol")
    page.get_by_label("Code from the mailbox").fill(code(address, sent))
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator(".codes code")).to_have_count(10)
    page.get_by_label("I have put them").check()
    page.get_by_role("button", name="Go to the portal").click()
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()

    person = Portal(page, administrator.url, Person(login, PASSWORD, "GEZDGNBVGY3TQOJQ"))
    page.goto(person.url + "/profile?tab=second-factors")
    expect(page.get_by_text(f"Codes go to {address}")).to_be_visible()
    page.get_by_role("listitem").filter(has_text=address).get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("only second factor")
    picture(page, "email-code-profile")
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()

    # Out and in again: the code goes out by itself, where nothing else is asked.
    person.button(re.compile("profile and sign-out")).click()
    page.get_by_role("menuitem", name="Sign out").click()
    sent = len(letters(address))
    person.give(login, PASSWORD)
    expect(page.get_by_text("Enter the code that was sent to your mailbox.")).to_be_visible()
    expect(page.get_by_text(f"A code is on its way to {address[0]}***@example.com")).to_be_visible()
    expect(page.get_by_role("button", name="Send another code in")).to_be_disabled()
    picture(page, "email-code-sign-in")
    right = code(address, sent)
    person.field("Code from the mailbox").fill("111111" if right != "111111" else "222222")
    expect(page.get_by_role("alert")).to_contain_text("The code is not right")
    person.field("Code from the mailbox").fill(right)
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()
    assert person.errors == []
    page.context.close()
