"""Coming in: refusals that tell nothing, invitations, second factors, recovery codes."""

import re

from playwright.sync_api import expect

from authenticator import Authenticator
from conftest import Person


def test_wrong_password_and_unknown_person_get_the_same_answer(stranger, people):
    texts = []
    for login in (people["user"].login, "nobody-has-this-login"):
        stranger.page.goto(stranger.url + "/sign-in")
        stranger.give(login, "not the password at all")
        alert = stranger.page.get_by_role("alert")
        expect(alert).to_be_visible()
        texts.append(alert.inner_text())
        expect(stranger.field("Password")).to_have_value("")
        expect(stranger.field("Password")).to_be_focused()
    assert texts[0] == texts[1]


def test_a_page_asked_for_without_a_session_is_shown_after_sign_in(stranger, people):
    stranger.person = people["approver"]
    stranger.page.goto(stranger.url + "/profile?tab=tokens")
    expect(stranger.page).to_have_url(re.compile(r"/sign-in\?return="))
    stranger.give(stranger.person.login, stranger.person.password)
    # Every question has the keyboard as it comes.
    expect(stranger.field("Code from the app")).to_be_focused()
    stranger.field("Code from the app").fill(stranger.person.authenticator.code())
    expect(stranger.page).to_have_url(re.compile(r"/profile\?tab=tokens$"))


def test_an_invited_person_sets_everything_up_and_comes_back_with_a_recovery_code(portal, stranger, unique):
    login, password = unique("guest"), "a long sentence for the first time"
    administrator = portal("administrator", "/users")
    administrator.button("New user").click()
    administrator.field("Name").fill("Guest Person")
    administrator.field("Login").fill(login)
    administrator.page.keyboard.press("Control+Enter")
    link = administrator.page.get_by_test_id("secret-once").inner_text()
    assert "/invitation#" in link

    page = stranger.page
    page.goto(link)
    expect(page).to_have_url(re.compile("/invitation$"))  # the token stays in no history
    page.get_by_label("New password", exact=True).fill(password)
    page.get_by_label("New password again").fill(password)
    stranger.button("Continue").click()
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    secret = page.locator(".enrol-secret code").inner_text()
    stranger.person = Person(login, password, secret)
    page.get_by_label("Code that the app shows").fill(stranger.person.authenticator.code())
    stranger.button("Confirm").click()
    codes = page.locator(".codes code")
    expect(codes).to_have_count(10)
    recovery = codes.first.inner_text()
    expect(stranger.button("Go to the portal")).to_be_disabled()
    page.get_by_label("I have put them").check()
    stranger.button("Go to the portal").click()
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()
    expect(page.get_by_role("link", name="Users")).to_have_count(0)

    stranger.button(re.compile("profile and sign-out")).click()
    page.get_by_role("menuitem", name="Sign out").click()
    stranger.give(login, password)
    stranger.button("Use a recovery code").click()
    stranger.field("Recovery code").fill(recovery)
    stranger.button("Sign in").click()
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()


def test_an_invitation_that_is_over_says_what_to_do(stranger):
    stranger.page.goto(stranger.url + "/invitation#token=" + "x" * 43)
    stranger.field("New password", exact=True).fill("a long sentence for nothing")
    stranger.field("New password again").fill("a long sentence for nothing")
    stranger.button("Continue").click()
    expect(stranger.page.get_by_text("This invitation is over")).to_be_visible()
    stranger.page.get_by_role("link", name="Sign in").click()
    expect(stranger.field("Login")).to_be_visible()


def test_an_address_that_lost_its_end_asks_for_nothing_and_leads_on(stranger):
    page = stranger.page
    for path, words in (("/invitation", "This invitation is over"), ("/face", "Nothing was brought back")):
        page.goto(stranger.url + path)
        expect(page.get_by_text(words)).to_be_visible()
        expect(page.get_by_role("textbox")).to_have_count(0)
        page.get_by_role("link", name="Sign in").click()
        expect(stranger.field("Login")).to_be_visible()
    page.goto(stranger.url + "/support")
    expect(page.get_by_text("This address is not whole")).to_be_visible()
    expect(stranger.button("Go in")).to_have_count(0)


def test_a_person_is_disabled_and_enabled(portal, unique):
    login = unique("leaver")
    administrator = portal("administrator")
    created = administrator.api("POST", "/users", {"login": login, "name": "Leaver", "roles": ["user"]})
    administrator.open("/users?q=" + login)
    administrator.act(login, "Disable")
    administrator.page.get_by_role("dialog").get_by_role("button", name="Disable").click()
    administrator.toast("Leaver is disabled")
    assert administrator.api("GET", "/users/" + created["id"])["state"] == "disabled"
    administrator.act(login, "Enable")
    administrator.toast("Leaver is enabled")


def test_the_authenticator_of_these_tests_knows_the_vectors_of_the_standard():
    authenticator = Authenticator("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    assert [authenticator.at(seconds // 30) for seconds in (59, 1111111109, 2000000000)] == ["287082", "081804", "279037"]


def test_a_link_that_was_cut_short_says_so_and_leads_on(stranger):
    stranger.page.goto(stranger.url + "/sign-in/link")
    stranger.button("Sign in").click()
    expect(stranger.page.get_by_role("alert")).to_contain_text("This link is over")
    expect(stranger.page.get_by_role("alert")).not_to_contain_text("/token")
    stranger.button("Start again").click()
    expect(stranger.field("Login")).to_be_focused()


def test_a_link_of_another_system_leads_to_the_second_factor_once(portal, stranger, people):
    administrator = portal("administrator", "/sign-in-links")
    login = people["user"].login
    issued = administrator.api("POST", "/sign-in-links", {"login": login, "landing": "/my/assets"})
    stranger.person = people["user"]
    page = stranger.page
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(issued["url"])
    expect(page).to_have_url(re.compile("/sign-in$"))  # the token stays in no history
    stranger.button("Sign in").click()
    expect(page.get_by_role("heading", name="Second factor")).to_be_visible()
    stranger.field("Code from the app").fill(stranger.person.authenticator.code())
    expect(page).to_have_url(re.compile("/my/assets$"))
    secret = issued["url"].split("=")[-1]
    assert asked and not [url for url in asked[1:] if secret in url]
    page.context.clear_cookies()
    page.goto("about:blank")
    page.goto(issued["url"])
    stranger.button("Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("This link is over")
    expect(stranger.field("Password")).to_be_visible()

    administrator.page.reload()
    row = administrator.page.get_by_role("row").filter(has_text=login).first
    expect(row).to_contain_text("Came in")
    other = administrator.api("POST", "/sign-in-links", {"login": login})
    administrator.page.reload()
    expect(administrator.page.get_by_role("row").filter(has_text="Open").first).to_be_visible()
    administrator.act(login, "Take back")
    administrator.toast("is taken back")
    page.goto("about:blank")
    page.goto(other["url"])
    stranger.button("Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("This link is over")
