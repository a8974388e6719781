"""What operators do about themselves, and about what a company may use."""

import re

from playwright.sync_api import expect

from conftest import Person

BEFORE, AFTER = "pelicans near the harbour", "herons above the harbour"


def come_in(one, link, login):
    """The first visit of a new operator, by an invitation."""
    one.page.goto(link)
    one.field("New password", exact=True).fill(BEFORE)
    one.field("New password again").fill(BEFORE)
    one.button("Continue").click()
    expect(one.page.get_by_role("img", name="QR code for the authenticator app")).to_be_visible()
    one.person = Person(login, BEFORE, one.page.locator(".enrol-secret code").inner_text())
    one.field("Code that the app shows").fill(one.person.authenticator.code())
    one.button("Confirm").click()
    expect(one.page.get_by_role("navigation", name="Main")).to_be_visible()


def test_an_operator_changes_the_own_password_and_every_other_browser_is_out(console, newcomer, unique):
    login = unique("petra")
    olga = console("/operators")
    olga.button("New operator").click()
    olga.field("Name").fill("Petra Provider")
    olga.field("Login").fill(login)
    olga.page.keyboard.press("Control+Enter")
    olga.step_up_if_asked()
    link = olga.page.get_by_test_id("secret-once").inner_text()

    petra = newcomer()
    come_in(petra, link, login)
    elsewhere = newcomer(petra.person).sign_in()
    petra.open("/profile")
    page = petra.page
    expect(page.locator(".list li")).to_have_count(2)
    petra.field("Current password").fill("not the one before")
    petra.field("New password", exact=True).fill(AFTER)
    petra.field("New password again").fill(AFTER)
    petra.button("Change password").click()
    expect(page.get_by_role("alert")).to_contain_text("The current password is not right")
    petra.field("Current password").fill(BEFORE)
    petra.button("Change password").click()
    petra.toast("Your password is changed")
    expect(page.locator(".list li")).to_have_count(1)
    elsewhere.open("/profile")
    expect(elsewhere.page).to_have_url(re.compile("/sign-in"))
    elsewhere.sign_in(AFTER)


def test_a_limit_of_a_company_is_lifted_and_put_back(console, unique):
    one = console("/tenants")
    page, name = one.page, unique("Lifted")
    one.api("POST", "/tenants", {"slug": name.lower(), "name": name, "administrator": {"login": "lia", "name": "Lia"}})
    one.open("/usage")
    one.pick("Company", name)

    def change(users, sessions=None):
        one.button("Change the plan").click()
        one.field("Users", exact=True).select_option(label=users)
        if sessions is not None:
            one.field("Sessions at the same time", exact=True).select_option(label="Its own")
            expect(one.button("Save")).to_be_disabled()
            one.field("Sessions at the same time: at most").fill(sessions)
        one.button("Save").click()
        one.toast(f"{name} is saved")

    change("No limit", "7")
    tenant = one.find("/tenants?limit=200", name)["id"]
    limits = {limit["kind"]: limit["amount"] for limit in one.api("GET", f"/tenants/{tenant}/plan")["overrides"]}
    assert limits == {"users": None, "sessions": 7}
    one.button("Change the plan").click()
    users = one.field("Users", exact=True)
    expect(users).to_have_value("none")
    expect(one.field("Sessions at the same time: at most")).to_have_value("7")
    one.button("Cancel").click()
    change("As in the plan")
    assert [limit["kind"] for limit in one.api("GET", f"/tenants/{tenant}/plan")["overrides"]] == ["sessions"]
