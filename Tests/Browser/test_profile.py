"""What belongs to a person: keys, tokens, browsers, the password."""

import base64
import os
import re
from datetime import datetime, timedelta

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect


def test_an_ssh_key_is_added_and_deleted(portal, unique):
    blob = base64.b64encode(b"\0\0\0\x0bssh-ed25519\0\0\0 " + os.urandom(32)).decode()
    name = unique("key")
    user = portal("user", "/profile?tab=ssh-keys")
    user.button("Add a key").first.click()
    user.field("Public key").fill("not a key")
    user.page.keyboard.press("Control+Enter")
    user.step_up_if_asked()
    expect(user.page.locator(".field.invalid").filter(has_text="Public key")).to_be_visible()
    user.field("Public key").fill(f"ssh-ed25519 {blob} test@example")
    user.field("Name").fill(name)
    user.page.keyboard.press("Control+Enter")
    line = user.page.get_by_role("listitem").filter(has_text=name)
    expect(line).to_contain_text("SHA256:")
    line.get_by_role("button", name="Switch off").click()
    user.toast(f"{name} is switched off")
    line.get_by_role("button", name="Switch on").click()
    user.toast(f"{name} is switched on")
    expect(line.get_by_role("button", name="Switch off")).to_be_visible()
    line.get_by_role("button", name="Delete").click()
    user.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(line).to_have_count(0)


def test_a_token_is_shown_once(portal, unique):
    name = unique("token")
    user = portal("user", "/profile?tab=tokens")
    user.button("New token").first.click()
    user.field("Name").fill(name)
    user.page.keyboard.press("Control+Enter")
    user.step_up_if_asked()
    token = user.page.get_by_test_id("secret-once").inner_text()
    assert len(token) > 20
    user.button("Done").click()
    expect(user.page.get_by_text(token)).to_have_count(0)
    line = user.page.get_by_role("listitem").filter(has_text=name)
    line.get_by_role("button", name="Delete").click()
    user.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(line).to_have_count(0)


def test_one_says_from_where_a_token_counts(portal, unique):
    name = unique("token")
    user = portal("user", "/profile?tab=tokens")
    user.button("New token").first.click()
    user.field("Name").fill(name)
    user.field("Only from these addresses").fill("10.0.0.0/8")
    user.page.keyboard.press("Enter")
    user.page.keyboard.press("Control+Enter")
    user.step_up_if_asked()
    user.button("Done").click()
    line = user.page.get_by_role("listitem").filter(has_text=name)
    expect(line).to_contain_text("From 10.0.0.0/8")
    line.get_by_role("button", name="Addresses").click()
    user.field("Only from these addresses").fill("not an address")
    user.page.keyboard.press("Enter")
    user.page.keyboard.press("Control+Enter")
    user.step_up_if_asked()
    dialog = user.page.get_by_role("dialog")
    expect(dialog.locator(".field.invalid").filter(has_text="Only from these addresses")).to_be_visible()
    user.page.get_by_role("button", name=re.compile("^Remove not an address")).click()
    user.field("Only from these addresses").fill("2001:db8::1-2001:db8::9")
    user.page.keyboard.press("Enter")
    user.page.keyboard.press("Control+Enter")
    user.step_up_if_asked()
    user.toast(f"{name} is saved")
    expect(line).to_contain_text("From 10.0.0.0/8, 2001:db8::1-2001:db8::9")
    user.fits(Axe())
    line.get_by_role("button", name="Delete").click()
    user.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(line).to_have_count(0)


def test_the_browsers_of_a_person_are_listed(portal):
    user = portal("user", "/profile?tab=sessions")
    expect(user.page.get_by_text("this one")).to_have_count(1)
    expect(user.page.get_by_text(re.compile("Chrome")).first).to_be_visible()


def test_a_wrong_current_password_is_refused(portal):
    user = portal("user", "/profile")
    user.field("Current password").fill("certainly not this one")
    user.field("New password", exact=True).fill("another long sentence")
    user.field("New password again").fill("another long sentence")
    user.button("Change password").click()
    expect(user.page.get_by_role("alert").first).to_be_visible()


def test_an_access_key_is_shown_once_and_switched_off_and_on(portal, unique):
    name = unique("access-key")
    user = portal("user", "/profile?tab=access-keys")
    user.button("New access key").first.click()
    user.field("Name").fill(name)
    sources = user.page.get_by_label("Only from these addresses")
    sources.fill("192.0.2.0/24")
    sources.press("Enter")
    user.page.keyboard.press("Control+Enter")
    user.step_up_if_asked()
    secret = user.page.get_by_test_id("secret-once").inner_text()
    assert secret.startswith("ghk_") and len(secret) > 40
    user.button("Done").click()
    expect(user.page.get_by_text(secret)).to_have_count(0)
    line = user.page.get_by_role("listitem").filter(has_text=name)
    expect(line).to_contain_text("From 192.0.2.0/24")
    line.get_by_role("button", name="Switch off").click()
    expect(line).to_contain_text("Off")
    line.get_by_role("button", name="Switch on").click()
    user.step_up_if_asked()
    expect(line.get_by_role("button", name="Switch off")).to_be_visible()
    line.get_by_role("button", name="Delete").click()
    user.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(line).to_have_count(0)


def test_somebody_answers_for_a_person_who_is_away(portal, people, unique):
    note = unique("away")
    user = portal("user", "/profile?tab=delegations")
    user.button("Name somebody").first.click()
    user.field("Their login").fill("nobody-at-all")
    user.field("Until").fill((datetime.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M"))
    user.field("Note").fill(note)
    user.page.keyboard.press("Control+Enter")
    user.step_up_if_asked()
    expect(user.page.locator(".field.invalid").filter(has_text="Their login")).to_be_visible()
    user.field("Their login").fill(people["approver"].login)
    user.page.keyboard.press("Control+Enter")
    line = user.page.get_by_role("listitem").filter(has_text=note)
    expect(line).to_contain_text("answers for you")
    assert not user.violations(Axe())
    user.page.set_viewport_size({"width": 320, "height": 700})
    assert user.page.evaluate("document.documentElement.scrollWidth") <= 320
    line.get_by_role("button", name="End").click()
    expect(line).to_contain_text("Ended")
