"""Passwords that somebody else has a say in, that are good once, and accounts that end."""

import re

import pytest
from playwright.sync_api import expect

from conftest import Person


@pytest.fixture
def guest(portal, stranger, unique):
    """Somebody who has come in by an invitation, and signed out again."""
    login, password = unique("guest"), "a long sentence for the first time"
    administrator = portal("administrator", "/users")
    made = administrator.api("POST", "/users", {"login": login, "name": "Guest " + login, "roles": ["user"]})
    page = stranger.page
    page.goto(made["invitationUrl"])
    page.get_by_label("New password", exact=True).fill(password)
    page.get_by_label("New password again").fill(password)
    stranger.button("Continue").click()
    secret = page.locator(".enrol-secret code").inner_text()
    stranger.person = Person(login, password, secret)
    page.get_by_label("Code that the app shows").fill(stranger.person.authenticator.code())
    stranger.button("Confirm").click()
    page.get_by_label("I have put them").check()
    stranger.button("Go to the portal").click()
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()
    return administrator, stranger, made["id"]


def sign_out(somebody):
    somebody.button(re.compile("profile and sign-out")).click()
    somebody.page.get_by_role("menuitem", name="Sign out").click()
    expect(somebody.field("Login")).to_be_visible()


def give(somebody, password):
    """Login, password and code, up to whatever follows."""
    somebody.page.goto(somebody.url + "/sign-in")
    somebody.give(somebody.person.login, password)
    expect(somebody.page.get_by_role("heading", name="Second factor")).to_be_visible()
    somebody.field("Code from the app").fill(somebody.person.authenticator.code())


def choose(somebody, password):
    expect(somebody.page.get_by_role("heading", name="Choose a new password")).to_be_visible()
    somebody.page.get_by_label("New password", exact=True).fill(password)
    somebody.page.get_by_label("New password again").fill(password)
    somebody.button("Continue").click()


def test_whose_password_must_be_changed_gets_nowhere_before_it_is(guest):
    administrator, somebody, user = guest
    sign_out(somebody)
    administrator.open("/users/" + user)
    administrator.button("Actions").click()
    administrator.page.get_by_role("menuitem", name="Require a new password").click()
    administrator.page.get_by_role("dialog").get_by_role("button", name="Require a new password").click()
    administrator.toast("has to choose a new password")
    expect(administrator.page.get_by_text("has to be changed")).to_be_visible()

    give(somebody, somebody.person.password)
    expect(somebody.page.get_by_role("heading", name="Choose a new password")).to_be_visible()
    # Leaving the page leads to the start, not around it.
    somebody.page.goto(somebody.url + "/")
    expect(somebody.field("Login")).to_be_visible()
    give(somebody, somebody.person.password)
    choose(somebody, "liverpool2024!")
    expect(somebody.page.get_by_text("passwords that leaked")).to_be_visible()
    choose(somebody, somebody.person.password)
    expect(somebody.page.get_by_text("must be a new one")).to_be_visible()
    choose(somebody, "nine herons on the roof")
    expect(somebody.page.get_by_role("navigation", name="Main")).to_be_visible()


def test_a_temporary_password_is_shown_once_and_good_once(guest):
    _, somebody, _ = guest
    somebody.open("/profile")
    somebody.button("Make a temporary password").click()
    somebody.step_up_if_asked()
    password = somebody.page.get_by_test_id("secret-once").inner_text()
    assert re.fullmatch(r"([a-z2-7]{4}-){3}[a-z2-7]{4}", password)
    somebody.button("Done").click()
    expect(somebody.page.get_by_text(password)).to_have_count(0)
    sign_out(somebody)
    give(somebody, password)
    expect(somebody.page.get_by_role("navigation", name="Main")).to_be_visible()
    sign_out(somebody)
    somebody.give(somebody.person.login, password)
    expect(somebody.page.get_by_role("alert")).to_be_visible()


def test_an_administrators_temporary_password_leads_to_a_new_one(guest):
    administrator, somebody, user = guest
    sign_out(somebody)
    administrator.open("/users/" + user)
    administrator.button("Actions").click()
    administrator.page.get_by_role("menuitem", name="Temporary password").click()
    administrator.page.get_by_role("dialog").get_by_role("button", name="Create").click()
    administrator.step_up_if_asked()
    password = administrator.page.get_by_test_id("secret-once").inner_text()
    administrator.button("Done").click()
    give(somebody, password)
    choose(somebody, "nine herons on the roof")
    expect(somebody.page.get_by_role("navigation", name="Main")).to_be_visible()


def test_an_account_is_good_until_a_day(guest):
    administrator, somebody, user = guest
    administrator.open("/users/" + user)
    administrator.button("Edit").click()
    administrator.field("Good until").fill("2001-02-03T04:05")
    administrator.button("Save").click()
    expect(administrator.page.get_by_text("must be in the future")).to_be_visible()
    administrator.field("Good until").fill("2101-02-03T04:05")
    administrator.button("Save").click()
    administrator.toast("is saved")
    assert administrator.api("GET", "/users/" + user)["expiresAt"].startswith("2101-02-0")
    assert somebody.api("GET", "/me")["user"]["id"] == user
