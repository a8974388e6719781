"""Notices: a badge that needs no reload, wishes that are kept, words of the company, announcements."""

import json
import os
import pathlib
import re
import time

import pytest
from playwright.sync_api import expect

MAILS = os.environ.get("GATEHOUSE_MAILS")


def picture(page, name):
    if folder := os.environ.get("GATEHOUSE_SCREENSHOTS"):
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def letters(address):
    lines = [line for line in pathlib.Path(MAILS).read_text().splitlines()[1:] if line.endswith("}")]
    return [mail for mail in map(json.loads, lines) if mail["to"] == [address]]


class Requests:
    """Requests of the user that the approver decides alone."""

    def __init__(self, portal, people, unique):
        self.administrator, self.user = portal("administrator"), portal("user")
        login = people["approver"].login
        self.approver = self.administrator.find(f'/users?filter=login eq "{login}"', login, "login")
        self.asset = self.administrator.api("POST", "/assets", {"name": unique("asset"), "platform": "linux", "address": "192.0.2.20", "port": 22})
        body = {"isDefault": True, "levels": [{"name": "Lead", "approvers": [{"user": self.approver["id"]}]}]}
        default = next((one for one in self.administrator.api("GET", "/flows")["items"] if one["isDefault"]), None)
        if default:
            self.administrator.api("PUT", "/flows/" + default["id"], {"name": default["name"], **body}, default["version"])
        else:
            self.administrator.api("POST", "/flows", {"name": "One level", **body})

    def ask(self, reason):
        body = {"reason": reason, "assets": [self.asset["id"]], "accounts": ["deploy"], "protocols": ["ssh"], "actions": ["connect"], "durationSeconds": 600}
        return self.user.api("POST", "/tickets", body)

    def give_address(self, address):
        one = self.administrator.api("GET", "/users/" + self.approver["id"])
        self.administrator.api("PATCH", "/users/" + self.approver["id"], {"email": address}, one["version"])


@pytest.fixture
def requests(portal, people, unique):
    return Requests(portal, people, unique)


@pytest.fixture
def approver(portal, requests):
    one = portal("approver")
    for person in (one, requests.user):
        person.api("POST", "/my/notices/read")
    requests.user.open("/")
    one.open("/")
    yield one
    one.api("PATCH", "/me", {"language": None}, one.api("GET", "/me")["user"]["version"])
    one.api("PUT", "/my/notice-subscriptions", {"wishes": [], "digest": "off"})


def test_the_badge_appears_without_a_reload_and_leads_to_the_request(requests, approver, axe):
    page = approver.page
    badge = page.get_by_test_id("unread-notices")
    expect(approver.button("Notices")).to_be_visible()
    expect(badge).to_have_count(0)
    page.evaluate("window.untouched = true")
    ticket = requests.ask("to see the badge")
    expect(badge).to_have_text("1")
    # Who asked is told nothing.
    expect(requests.user.page.get_by_test_id("unread-notices")).to_have_count(0)
    assert page.evaluate("window.untouched") is True
    approver.button("1 unread notice").click()
    picture(page, "notices-bell")
    assert approver.violations(axe) == []
    page.get_by_role("menuitem", name=f"Request #{ticket['number']} of").click()
    expect(page).to_have_url(re.compile(f"/inbox/{ticket['id']}"))
    expect(badge).to_have_count(0)

    # In the other language, and on a small screen.
    approver.button("Language").click()
    page.get_by_role("menuitemcheckbox", name="中文").click()
    second = requests.ask("in Chinese")
    expect(badge).to_have_text("1")
    approver.open("/notices")
    expect(page.get_by_role("heading", level=1, name="通知")).to_be_visible()
    expect(page.get_by_role("heading", name=f"的申请 #{second['number']} 等待您审批")).to_be_visible()
    picture(page, "notices-zh")
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert approver.violations(axe) == []
    page.get_by_role("button", name="全部标为已读").click()
    expect(badge).to_have_count(0)


@pytest.mark.skipif(not MAILS, reason="GATEHOUSE_MAILS names no mail server")
def test_who_switches_mail_off_gets_none_and_is_told_in_the_portal(requests, approver, unique, axe):
    page = approver.page
    address = f"{unique('abe')}@example.com"
    requests.give_address(address)
    approver.open("/profile?tab=notices")
    mail = page.get_by_role("group", name="A request waits for me").get_by_role("checkbox", name="Mail")
    expect(mail).to_be_checked()
    picture(page, "notices-wishes")
    assert approver.violations(axe) == []
    mail.uncheck()
    approver.button("Save").click()
    approver.toast("Notices are saved")
    silent = requests.ask("without mail")
    expect(page.get_by_test_id("unread-notices")).to_have_text("1")

    approver.open("/profile?tab=notices")
    expect(mail).not_to_be_checked()
    mail.check()
    approver.button("Save").click()
    approver.toast("Notices are saved")
    loud = requests.ask("with mail")
    end = time.monotonic() + 20
    while not letters(address) and time.monotonic() < end:
        time.sleep(0.2)
    texts = [letter["headers"]["Subject"] + letter["text"] for letter in letters(address)]
    assert [f"#{loud['number']}" in text for text in texts] == [True], texts
    assert not any(f"#{silent['number']} " in text for text in texts)
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_words_of_the_company_are_checked_shown_and_used(portal, requests, approver, axe):
    one = portal("administrator", "/settings/notices")
    page = one.page
    one.field("Notice", exact=True).select_option("ticket.decision-needed")
    title = one.field("Title")
    expect(title).to_have_value(re.compile("waits for you"))
    title.fill("Look at {{nonsense}}")
    one.button("Save").click()
    expect(page.locator(".field.invalid")).to_contain_text("{{requester}}")
    title.fill("Look at {{number}}, {{person}}")
    one.button("Preview").click()
    expect(page.get_by_test_id("notice-preview")).to_contain_text("Look at 1024, Ada Adams")
    picture(page, "notices-template")
    assert one.violations(axe) == []
    one.button("Save").click()
    one.toast("Notices are saved")
    expect(page.get_by_text("Your own words")).to_be_visible()
    try:
        ticket = requests.ask("in our words")
        expect(approver.page.get_by_test_id("unread-notices")).to_have_text("1")
        approver.button("1 unread notice").click()
        expect(approver.page.get_by_role("menuitem", name=f"Look at {ticket['number']}, {requests.approver['name']}")).to_be_visible()
    finally:
        one.button("Reset to the standard").click()
        one.toast("The standard words are back")
    expect(title).to_have_value(re.compile("waits for you"))
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_an_announcement_is_seen_by_everybody_until_it_is_taken_back(portal, approver, unique, axe):
    one = portal("administrator", "/announcements")
    page = one.page
    name = unique("Maintenance")
    one.button("New announcement").first.click()
    one.field("Title").fill(name)
    one.field("Text").fill("On Saturday.\nAll day.")
    page.keyboard.press("Control+Enter")
    one.toast(f"{name} is saved")
    expect(one.row(name)).to_contain_text("everybody")
    expect(one.row(name)).to_contain_text("running")
    picture(page, "announcements")
    assert one.violations(axe) == []
    expect(approver.page.get_by_test_id("unread-notices")).to_have_text("1")
    approver.open("/notices")
    expect(approver.page.get_by_role("heading", name=name)).to_be_visible()
    one.act(name, "Delete")
    one.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(approver.page.get_by_role("heading", name=name)).to_have_count(0)
    expect(approver.page.get_by_test_id("unread-notices")).to_have_count(0)
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_provider_announces_to_a_tenant_which_cannot_change_it(console, portal, approver, unique, axe):
    name = unique("Maintenance")
    operator = console("/announcements")
    page = operator.page
    operator.button("New announcement").first.click()
    operator.field("Title").fill(name)
    operator.field("Text").fill("On Saturday.")
    operator.field("Tenants").fill("Acme")
    page.get_by_role("option", name=re.compile("Acme Corporation")).click()
    picture(page, "provider-announcement")
    assert operator.violations(axe) == []
    operator.field("Title").focus()
    page.keyboard.press("Control+Enter")
    operator.toast(f"{name} is saved")
    expect(operator.row(name)).to_contain_text("Acme Corporation")
    picture(page, "provider-announcements")
    assert operator.violations(axe) == []
    approver.open("/notices")
    expect(approver.page.get_by_role("heading", name=name)).to_be_visible()
    one = portal("administrator", "/announcements")
    expect(one.row(name)).to_contain_text("hosting provider")
    expect(one.row(name).get_by_role("button")).to_have_count(0)
    assert one.violations(axe) == []
    operator.act(name, "Delete")
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(approver.page.get_by_role("heading", name=name)).to_have_count(0)
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
