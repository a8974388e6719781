"""Sign-in rules: they are made, ordered and tried out; somebody waits in the browser until somebody else agrees."""

import re

import pytest
from playwright.sync_api import expect

from conftest import new_page
from portal import Portal


@pytest.fixture
def rules(portal):
    """The administrator at the rules; afterwards there are none, so that everybody can come in again."""
    administrator = portal("administrator", "/sign-in-rules")
    yield administrator
    seen = administrator.api("GET", "/sign-in-rules")
    if seen["rules"]:
        administrator.api("PUT", "/sign-in-rules", {"rules": []}, seen["version"])


def new_rule(portal, name):
    portal.button("New rule").first.click()
    dialog = portal.page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill(name)
    return dialog


def save(portal, dialog, name):
    dialog.get_by_role("button", name="Save").click()
    portal.step_up_if_asked()
    portal.toast(f"{name} is saved")


def test_rules_are_made_ordered_tried_and_removed(rules, people):
    page = rules.page
    dialog = new_rule(rules, "No guests")
    dialog.get_by_label("Addresses").fill("10.0.0.1/8")
    dialog.get_by_label("Addresses").press("Enter")
    dialog.get_by_role("button", name="Save").click()
    rules.step_up_if_asked()
    # What is wrong stands at its field.
    expect(dialog.get_by_text("must be an address, a network such as 10.0.0.0/8")).to_be_visible()
    dialog.get_by_role("button", name="Remove 10.0.0.1/8").click()
    dialog.get_by_label("Addresses").fill("10.0.0.0/8")
    dialog.get_by_label("Addresses").press("Enter")
    save(rules, dialog, "No guests")

    dialog = new_rule(rules, "Night shift")
    dialog.get_by_label("Everyone").uncheck()
    rules.pick("Users", people["user"].login)
    dialog.get_by_role("button", name="Add hours").click()
    dialog.get_by_label("From", exact=True).fill("22:00")
    dialog.get_by_label("To", exact=True).fill("06:00")
    dialog.get_by_label("Let in", exact=True).check()
    save(rules, dialog, "Night shift")
    names = page.get_by_role("list", name="Sign-in rules").locator("b")
    expect(names).to_have_text(["No guests", "Night shift"])
    expect(page.get_by_text("22:00–06:00")).to_be_visible()
    rules.button("Move Night shift up").click()
    expect(names).to_have_text(["Night shift", "No guests"])

    rules.pick("Person", people["approver"].login)
    page.get_by_label("Address", exact=True).fill("10.1.2.3")
    rules.button("Tell", exact=True).click()
    expect(page.get_by_text("Keep out, by the rule No guests.")).to_be_visible()

    rules.button("Actions for No guests").click()
    page.get_by_role("menuitem", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    rules.step_up_if_asked()
    expect(names).to_have_text(["Night shift"])


def test_nobody_shuts_themselves_out(rules):
    dialog = new_rule(rules, "Nobody at all")
    dialog.get_by_role("button", name="Save").click()
    rules.step_up_if_asked()
    expect(dialog.get_by_text("These rules would keep you out yourself")).to_be_visible()
    assert rules.api("GET", "/sign-in-rules")["rules"] == []


@pytest.mark.parametrize("outcome", ["agrees", "refuses"])
def test_somebody_waits_until_somebody_else_decides(rules, portal, browser, people, outcome):
    user, me = rules.find("/users", people["user"].login, "login"), rules.api("GET", "/me")["user"]["id"]
    version = rules.api("GET", "/sign-in-rules")["version"]
    rule = {"name": "Four eyes", "who": [{"user": user["id"]}], "action": "review", "asked": [{"user": me}]}
    rules.api("PUT", "/sign-in-rules", {"rules": [rule]}, version)

    page = new_page(browser)
    person = Portal(page, rules.url, people["user"])
    page.goto(rules.url + "/sign-in")
    person.field("Login").fill(person.person.login)
    person.field("Password").fill(person.person.password)
    person.button("Continue").click()
    expect(page.get_by_role("heading", name="Second factor")).to_be_visible()
    person.field("Code from the app").fill(person.person.authenticator.code())
    expect(page.get_by_role("heading", name="Somebody has to agree")).to_be_visible()

    rules.open("/sign-in-reviews")
    row = rules.row(people["user"].login).filter(has=rules.page.get_by_role("button", name="Agree"))
    expect(row).to_have_count(1)
    row.get_by_role("button", name="Agree" if outcome == "agrees" else "Refuse").click()
    confirm = rules.page.get_by_role("dialog")
    confirm.get_by_role("button", name="Agree" if outcome == "agrees" else "Refuse").click()
    rules.step_up_if_asked()
    if outcome == "agrees":
        expect(page.get_by_role("navigation", name="Main")).to_be_visible()
        expect(rules.page.get_by_role("row").filter(has_text=re.compile("Approved|Came in")).first).to_be_visible()
    else:
        expect(page.get_by_text("Nobody agreed to this sign-in")).to_be_visible()
    assert person.errors == []
    page.context.close()
