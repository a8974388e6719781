"""Administrators are divided: the page shows who would keep what, and a second person is asked for."""

import os
import pathlib

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect


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
