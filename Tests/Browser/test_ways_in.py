"""Browsers in which no second factor is asked again, and companies in which a new sign-in ends the one before."""

import os
import re
import time

import pytest
from playwright.sync_api import expect

from authenticator import STEP
from conftest import URL, new_page
from portal import Portal
from test_online import come_in


def picture(page, name):
    if folder := os.environ.get("GATEHOUSE_SCREENSHOTS"):
        os.makedirs(folder, exist_ok=True)
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.fixture
def setting(portal):
    """Sets a setting of the company; afterwards it is as it was."""
    administrator = portal("administrator", "/settings/security")

    def put(key, value):
        administrator.api("PATCH", "/settings", {key: value}, administrator.api("GET", "/settings")["version"])
        changed.add(key)

    changed = set()
    put.administrator = administrator
    yield put
    for key in changed:
        put(key, None)


def spend(somebody):
    """The code by which somebody came in is good for nothing more."""
    somebody.person.authenticator.last = int(time.time() // STEP)


def begin(somebody):
    somebody.page.goto(somebody.url + "/sign-in")
    somebody.give(somebody.person.login, somebody.person.password)


def sign_out(somebody):
    somebody.button(re.compile("profile and sign-out")).click()
    somebody.page.get_by_role("menuitem", name="Sign out").click()
    expect(somebody.field("Login")).to_be_visible()


def test_a_remembered_browser_is_not_asked_until_it_is_forgotten(setting, stranger, unique):
    setting("second-factor.remember-days", 7)
    come_in(stranger, setting.administrator, unique("kept"))
    spend(stranger)
    page, menu = stranger.page, stranger.page.get_by_role("navigation", name="Main")
    sign_out(stranger)
    begin(stranger)
    stranger.field("Do not ask in this browser for 7 days").check()
    stranger.field("Code from the app").fill(stranger.person.authenticator.code())
    expect(menu).to_be_visible()
    sign_out(stranger)
    begin(stranger)
    expect(menu).to_be_visible()
    stranger.open("/profile")
    remembered = page.get_by_role("list", name="Browsers in which nothing more is asked")
    if not remembered.count():
        page.get_by_role("tab", name=re.compile("Sign-in|Security|Factors", re.IGNORECASE)).first.click()
    expect(remembered.get_by_role("listitem")).to_have_count(1)
    picture(page, "remembered-light-en")
    stranger.button("Ask everywhere again").click()
    page.get_by_role("dialog").get_by_role("button", name="Ask everywhere again").click()
    # What came in without a factor is signed out with it, and is asked.
    expect(page.get_by_text("It is asked everywhere again").or_(stranger.field("Login")).first).to_be_visible()
    begin(stranger)
    expect(page.get_by_role("heading", name="Second factor")).to_be_visible()


def test_a_new_sign_in_ends_the_one_before_and_says_so_there(setting, stranger, browser, unique):
    come_in(stranger, setting.administrator, unique("single"))
    spend(stranger)
    other = Portal(new_page(browser), URL, stranger.person)
    try:
        setting("session.single", "browsers")
        other.sign_in()
        stranger.page.goto(stranger.url + "/profile")
        expect(stranger.page.get_by_text("You were signed out here because you signed in somewhere else.")).to_be_visible()
        other.open("/profile")
        expect(other.page.get_by_role("navigation", name="Main")).to_be_visible()
    finally:
        other.page.context.close()
