"""Administrators are divided: the page shows who would keep what, and a second person is asked for."""

import os
import pathlib

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from authenticator import Authenticator
from conftest import Person, new_page
from portal import Portal


def picture(page, name):
    if folder := os.environ.get("GATEHOUSE_SCREENSHOTS"):
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_what_would_be_taken_is_shown_and_it_waits_for_somebody_else(portal, unique):
    administrator = portal("administrator", "/duties")
    page = administrator.page
    expect(page.get_by_role("heading", name="Separation of duties", level=1)).to_be_visible()
    people = page.get_by_role("list", name="Who administers")
    expect(people.get_by_text("Loses when it is switched on").first).to_be_visible()
    administrator.button("Switch on").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Ask for it").click()
    administrator.step_up_if_asked()
    # Nobody has the three roles yet.
    expect(dialog.get_by_text("The administrators cannot be divided yet")).to_be_visible()
    dialog.get_by_role("button", name="Cancel").click()
    picture(page, "duties")
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.evaluate("localStorage.setItem('gatehouse.language', 'zh')")
    page.reload()
    expect(page.get_by_role("heading", name="三员分立", level=1)).to_be_visible()
    page.evaluate("localStorage.setItem('gatehouse.language', 'en')")


def enrol(one, url, login):
    """Comes in by an invitation, up to the profile."""
    password = "a long sentence for the first time"
    one.page.goto(one.url + "/sign-in")
    token = one.api("POST", "/auth/invitation", {"token": url.split("=")[-1], "password": password})["token"]
    secret = one.api("POST", "/auth/enrolment", {"token": token})["secret"]
    one.person = Person(login, password, secret)
    one.api("POST", "/auth/enrolment/confirm", {"token": token, "code": Authenticator(secret).code()})
    one.open("/profile")
    return one


def test_three_people_divide_a_company_and_none_does_another_s_work(console, browser, unique):
    slug = unique("three")
    made = console("/tenants").api("POST", "/tenants", {"slug": slug, "name": "Three Ltd.", "administrator": {"login": "bea", "name": "Bea"}})
    pages = [new_page(browser) for _ in range(4)]
    url = made["invitationUrl"].split("/invitation")[0]
    try:
        bea = enrol(Portal(pages[0], url, None), made["invitationUrl"], "bea")
        people = {}
        for page, (login, role) in zip(pages[1:], {"sy": "system-administrator", "se": "security-administrator", "au": "audit-administrator"}.items()):
            guest = bea.api("POST", "/users", {"login": login, "name": login.upper(), "roles": [role]})
            people[login] = enrol(Portal(page, url, None), guest["invitationUrl"], login)
        system, security, audit = people.values()

        # One asks, another agrees; whoever asked cannot agree with themselves.
        bea.open("/duties")
        bea.button("Switch on").click()
        bea.page.get_by_role("dialog").get_by_role("button", name="Ask for it").click()
        bea.button("Agree").click()
        dialog = bea.page.get_by_role("dialog")
        dialog.get_by_role("button", name="Agree").click()
        expect(dialog.get_by_role("alert")).to_be_visible()
        security.open("/duties")
        security.button("Agree").click()
        security.page.get_by_role("dialog").get_by_role("button", name="Agree").click()
        expect(security.page.get_by_text("Enabled").first).to_be_visible()

        # Each has their own pages, and nobody another's.
        for one, own, others in (
            (system, "/assets", ["/grants", "/audit"]), (security, "/grants", ["/audit"]), (audit, "/audit", ["/users", "/grants"]),
            (bea, "/profile", ["/users", "/grants", "/audit"]),
        ):
            one.open(own)
            expect(one.page.get_by_role("heading", level=1)).to_be_visible()
            expect(one.page.get_by_role("heading", name="This page is not for your roles")).to_have_count(0)
            for path in others:
                one.open(path)
                expect(one.page.get_by_role("heading", name="This page is not for your roles")).to_be_visible()
        # The page shows it, and the server holds it.
        for one, method, path, body in ((system, "POST", "/groups", {"name": "mine"}), (security, "POST", "/users", {"login": "x", "name": "X"}), (audit, "POST", "/users", {"login": "x", "name": "X"})):
            with pytest.raises(AssertionError, match="forbidden"):
                one.api(method, path, body)

        # It ends by two of two duties.
        security.open("/duties")
        security.button("Switch off").click()
        security.page.get_by_role("dialog").get_by_role("button", name="Ask for it").click()
        system.open("/duties")
        system.button("Agree").click()
        system.page.get_by_role("dialog").get_by_role("button", name="Agree").click()
        expect(system.page.get_by_text("Disabled").first).to_be_visible()
        system.open("/grants")
        expect(system.page.get_by_role("heading", name="Grants", level=1)).to_be_visible()
    finally:
        for page in pages:
            page.context.close()


def test_a_cas_server_is_added(portal, unique):
    administrator = portal("administrator", "/identity-providers")
    page, name = administrator.page, unique("cas")
    administrator.add("New provider", "New CAS server")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").first.fill(name)
    dialog.get_by_label("Address of the server").fill("https://sso.example.com/cas")
    dialog.get_by_role("button", name="Create").click()
    administrator.step_up_if_asked()
    administrator.toast(f"{name} is saved")
    made = administrator.find("/identity-providers", name)
    try:
        page.get_by_role("link", name=name).click()
        expect(page.get_by_text("/cas/", exact=False).first).to_be_visible()
        expect(page.get_by_text("https://sso.example.com/cas").first).to_be_visible()
        picture(page, "cas")
    finally:
        # It would stand on everybody's page of sign-in.
        administrator.api("DELETE", f"/identity-providers/{made['id']}")
