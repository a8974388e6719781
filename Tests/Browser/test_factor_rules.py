"""Of whom a second factor is asked: the level and rules are set and tried out, and hold at the door."""

import os
import pathlib

import pytest
from playwright.sync_api import expect

from conftest import new_page
from portal import Portal

NAMES = {"en": "Second factor rules", "zh": "二次验证规则"}


def picture(page, name):
    if folder := os.environ.get("GATEHOUSE_SCREENSHOTS"):
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.fixture
def rules(portal):
    """The administrator at the rules; afterwards everybody is asked again."""
    administrator = portal("administrator", "/factor-rules")
    yield administrator
    seen = administrator.api("GET", "/factor-rules")
    if seen["rules"] or seen["level"] != "all":
        administrator.api("PUT", "/factor-rules", {"level": "all", "rules": []}, seen["version"])


def new_rule(portal, name):
    portal.button("New rule").first.click()
    dialog = portal.page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill(name)
    return dialog


def save(portal, dialog, name):
    dialog.get_by_role("button", name="Save").click()
    portal.step_up_if_asked()
    portal.toast(f"{name} is saved")


def test_rules_are_made_ordered_and_tried_out(rules, people):
    page = rules.page
    dialog = new_rule(rules, "Keys for ssh")
    dialog.get_by_label("SSH", exact=True).check()
    dialog.get_by_label("Passkey", exact=True).check()
    picture(page, "factor-rule-form")
    save(rules, dialog, "Keys for ssh")

    dialog = new_rule(rules, "Not in the office")
    dialog.get_by_label("Everyone").uncheck()
    rules.pick("Users", people["user"].login)
    dialog.get_by_label("Addresses").fill("10.0.0.0/8")
    dialog.get_by_label("Addresses").press("Enter")
    dialog.get_by_label("Let in by the first step", exact=True).check()
    save(rules, dialog, "Not in the office")
    names = page.get_by_role("list", name="Second factor rules").locator("b")
    expect(names).to_have_text(["Keys for ssh", "Not in the office"])
    rules.button("Move Not in the office up").click()
    expect(names).to_have_text(["Not in the office", "Keys for ssh"])

    rules.pick("Person", people["user"].login)
    page.get_by_label("Address", exact=True).fill("10.1.2.3")
    rules.button("Tell", exact=True).click()
    expect(page.get_by_text("Nothing would be asked. By the rule Not in the office.")).to_be_visible()
    page.get_by_label("Address", exact=True).fill("192.0.2.1")
    page.get_by_label("SSH", exact=True).check()
    rules.button("Tell", exact=True).click()
    expect(page.get_by_text("By the rule Keys for ssh.")).to_be_visible()
    picture(page, "factor-rules")
    for language, name in NAMES.items():
        for scheme in ("light", "dark"):
            if os.environ.get("GATEHOUSE_SCREENSHOTS"):
                page.emulate_media(color_scheme=scheme)
                page.evaluate("language => localStorage.setItem('gatehouse.language', language)", language)
                page.reload()
                expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
                picture(page, f"factor-rules-{language}-{scheme}")
    page.evaluate("localStorage.setItem('gatehouse.language', 'en')")


def test_the_level_holds_at_the_door(rules, people, browser):
    page = rules.page
    rules.field("Of administrators").check()
    rules.step_up_if_asked()
    expect(page.get_by_text("Of whoever may do more than the role User")).to_be_visible()
    visitor = Portal(new_page(browser), rules.url, people["user"])
    visitor.page.goto(visitor.url + "/sign-in")
    visitor.give(people["user"].login, people["user"].password)
    expect(visitor.page.get_by_role("navigation", name="Main")).to_be_visible()
    # As soon as everybody is asked, that browser is out.
    rules.field("Of everybody").check()
    rules.step_up_if_asked()
    expect(page.get_by_text("Nobody whom no rule lets off comes in without one.")).to_be_visible()
    visitor.page.goto(visitor.url + "/profile")
    expect(visitor.field("Login")).to_be_visible()
    visitor.page.context.close()
