"""Passkeys, with the authenticator that Chromium itself plays."""

import os
import re

import pytest
from playwright.sync_api import expect

from conftest import Person, new_page
from portal import Portal

NAMES = {"en": "Sign in with a passkey", "zh": "使用通行密钥登录"}


class Device:
    """An authenticator of a page, and what its person does with it."""

    def __init__(self, page):
        self.cdp = page.context.new_cdp_session(page)
        self.cdp.send("WebAuthn.enable")
        self.id = self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": True, "automaticPresenceSimulation": True}})["authenticatorId"]

    def verifies(self, person):
        self.cdp.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": person})

    def credentials(self):
        return self.cdp.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"]

    def forget(self):
        self.cdp.send("WebAuthn.clearCredentials", {"authenticatorId": self.id})

    def count_from(self, count):
        """The same passkey on an authenticator that counts from somewhere else: a copy."""
        credential = {**self.credentials()[0], "signCount": count}
        self.forget()
        self.cdp.send("WebAuthn.addCredential", {"authenticatorId": self.id, "credential": credential})


@pytest.fixture
def guest(portal, browser, unique):
    """Somebody who came in by an invitation, with a passkey as the only second factor; and their authenticator."""
    login, password = unique("guest"), "a long sentence for the first time"
    administrator = portal("administrator")
    made = administrator.api("POST", "/users", {"login": login, "name": "Guest Person", "roles": ["user"]})
    page = new_page(browser)
    device = Device(page)
    page.goto(made["invitationUrl"])
    page.get_by_label("New password", exact=True).fill(password)
    page.get_by_label("New password again").fill(password)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Set up a passkey instead").click()
    expect(page.locator(".codes code")).to_have_count(10)
    page.get_by_label("I have put them").check()
    page.get_by_role("button", name="Go to the portal").click()
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()
    person = Portal(page, administrator.url, Person(login, password, "GEZDGNBVGY3TQOJQ"))
    yield person, device, made["id"]
    page.context.close()


def sign_out(portal):
    portal.button(re.compile("profile and sign-out")).click()
    portal.page.get_by_role("menuitem", name="Sign out").click()
    expect(portal.button("Sign in with a passkey")).to_be_visible()


def is_in(portal):
    expect(portal.page.get_by_role("navigation", name="Main")).to_be_visible()


def test_a_passkey_signs_in_alone_and_after_the_password(guest):
    person, device, _ = guest
    page = person.page
    assert len(device.credentials()) == 1 and device.credentials()[0]["isResidentCredential"]
    sign_out(person)
    person.button("Sign in with a passkey").click()
    is_in(person)

    sign_out(person)
    person.give(person.person.login, person.person.password)
    expect(page.get_by_text("Confirm with your passkey")).to_be_visible()
    expect(page.get_by_label("Code from the app")).to_have_count(0)
    person.button("Use a passkey").click()
    is_in(person)


def test_without_verification_or_with_a_fallen_counter_nobody_comes_in(guest):
    person, device, _ = guest
    page = person.page
    sign_out(person)
    device.verifies(False)
    person.button("Sign in with a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("The browser gave no passkey")
    device.verifies(True)
    person.button("Sign in with a passkey").click()
    is_in(person)

    sign_out(person)
    device.count_from(0)
    person.button("Sign in with a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("The passkey was not accepted")
    device.count_from(100)
    person.button("Sign in with a passkey").click()
    is_in(person)
    page.goto(person.url + "/profile?tab=second-factors")
    expect(page.get_by_text("its counter fell")).to_be_visible()


def test_second_factors_are_added_and_removed_but_never_the_last(guest):
    person, device, _ = guest
    page = person.page
    page.goto(person.url + "/profile?tab=second-factors")
    first = page.get_by_role("listitem").filter(has_text="Chrome")
    expect(first).to_be_visible()
    first.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("only second factor")
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()

    # The device that has one makes no second one.
    person.button("Add a passkey").click()
    person.field("Name").fill("Again")
    person.button("Continue").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("has a passkey of yours already")
    device.forget()
    person.button("Continue").click()
    second = page.get_by_role("listitem").filter(has_text="Again")
    expect(second).to_be_visible()
    first.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(first).to_have_count(0)

    person.button("Add an app").click()
    dialog = page.get_by_role("dialog", name="Add an app")
    expect(dialog.get_by_role("img", name="QR code")).to_be_visible()
    from authenticator import Authenticator
    app = Authenticator(dialog.locator(".enrol-secret code").inner_text())
    dialog.get_by_label("Code that the app shows").fill(app.code())
    dialog.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("An app is set up")).to_be_visible()
    person.api("POST", "/me/sign-out")
    page.goto(person.url + "/sign-in")
    person.give(person.person.login, person.person.password)
    expect(page.get_by_label("Code from the app")).to_be_visible()
    expect(person.button("Use a passkey")).to_be_visible()


@pytest.fixture
def tapped(guest, portal, unique):
    """A request of the user's that the guest decides, with a tap; the flow is turned off afterwards."""
    person, device, approver = guest
    administrator, user = portal("administrator"), portal("user")
    label = unique("tap")
    asset = administrator.api("POST", "/assets", {"name": unique("asset"), "platform": "linux", "address": "192.0.2.33", "port": 22, "labels": [{"key": "tap", "value": label}]})
    flow = administrator.api("POST", "/flows", {
        "name": unique("Trial tap"), "isDefault": False, "priority": 3, "conditions": {"labels": [{"key": "tap", "value": label}]},
        "levels": [{"name": "Lead", "approvers": [{"user": approver}], "needsPasskey": True}],
    })

    def ask(reason):
        return user.api("POST", "/tickets", {"reason": reason, "assets": [asset["id"]], "accounts": ["deploy"], "protocols": ["ssh"], "actions": ["connect"], "durationSeconds": 600})["id"]

    yield person, device, ask
    now = next(one for one in administrator.api("GET", "/flows")["items"] if one["id"] == flow["id"])
    kept = {key: value for key, value in now.items() if key not in ("id", "version", "organizationName")}
    administrator.api("PUT", "/flows/" + flow["id"], {**kept, "enabled": False}, now["version"])


def test_a_decision_takes_a_tap_of_its_person_over_what_is_decided(tapped, portal):
    person, device, ask = tapped
    page = person.page
    ticket = ask("to see the tap")
    administrator = portal("administrator")
    count = device.credentials()[0]["signCount"]
    person.open("/inbox/" + ticket)
    # Whoever only holds the device, and is not known to it, approves nothing.
    device.verifies(False)
    person.button("Approve with a passkey").click()
    expect(page.locator(".decide-form").get_by_role("alert")).to_be_visible()
    assert administrator.api("GET", "/tickets/" + ticket)["state"] == "open"
    # What is decided without the tap is refused, whoever sends it.
    refused = page.evaluate(
        """async ([path, body]) => (await fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })).json()""",
        [f"/api/v1/tickets/{ticket}/decision", {"outcome": "approved", "digest": person.api("GET", "/tickets/" + ticket)["digest"]}])
    assert "ticket-needs-passkey" in str(refused), refused
    device.verifies(True)
    page.get_by_role("slider").press("ArrowLeft")
    person.button("Approve with a passkey").click()
    expect(page.locator("h1 + .tag")).to_have_text("Approved")
    assert device.credentials()[0]["signCount"] > count
    decided = administrator.api("GET", "/tickets/" + ticket)
    assert [one["hasProof"] for one in decided["decisions"]] == [True], decided
    assert decided["decisions"][0]["changes"], "it was narrowed, and the tap was over that"

    # A refusal takes none: nobody is kept from saying no.
    second = ask("to see it refused")
    person.open("/inbox/" + second)
    count = device.credentials()[0]["signCount"]
    person.button("Reject").click()
    expect(page.locator("h1 + .tag")).to_have_text("Rejected")
    assert device.credentials()[0]["signCount"] == count


def test_an_administrator_takes_a_lost_passkey_away(guest, portal):
    person, device, user = guest
    administrator = portal("administrator", f"/users/{user}")
    administrator.button("Actions").click()
    administrator.page.get_by_role("menuitem", name="Reset second factor").click()
    administrator.page.get_by_role("dialog").get_by_role("button", name="Reset second factor").click()
    administrator.step_up_if_asked()
    expect(administrator.page.get_by_text("is reset").first).to_be_visible()
    person.page.goto(person.url + "/sign-in")
    person.button("Sign in with a passkey").click()
    expect(person.page.get_by_role("alert")).to_contain_text("The passkey was not accepted")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_fit_and_pass_axe(guest, browser, language, scheme, axe):
    person, device, _ = guest
    page = person.page
    page.emulate_media(color_scheme=scheme)
    page.evaluate("language => localStorage.setItem('gatehouse.language', language)", language)
    folder = os.environ.get("GATEHOUSE_SCREENSHOTS")

    def look(name):
        answer = axe.run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}).response
        assert [one["id"] for one in answer["violations"]] == [], name
        if folder:
            page.screenshot(path=f"{folder}/passkeys-{name}-{language}-{scheme}.png")
        page.set_viewport_size({"width": 320, "height": 700})
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, name
        page.set_viewport_size({"width": 1360, "height": 860})

    page.goto(person.url + "/profile?tab=second-factors")
    expect(page.get_by_role("listitem").filter(has_text="Chrome")).to_be_visible()
    look("profile")
    person.api("POST", "/me/sign-out")
    page.goto(person.url + "/sign-in")
    expect(page.get_by_role("button", name=NAMES[language])).to_be_visible()
    look("sign-in")
    page.locator("[name=login]").fill(person.person.login)
    page.locator("[name=password]").fill(person.person.password)
    page.locator("form button[type=submit]").click()
    expect(page.get_by_role("button", name={"en": "Use a passkey", "zh": "使用通行密钥"}[language])).to_be_visible()
    look("second-factor")
