"""Sign-in rules: they are made, ordered and tried out; somebody waits in the browser until somebody else agrees."""

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


def wait_for_a_word(rules, browser, people):
    """Somebody who has proven who they are, and waits in a browser; and the request that this is."""
    user, me = rules.find("/users", people["user"].login, "login"), rules.api("GET", "/me")["user"]["id"]
    version = rules.api("GET", "/sign-in-rules")["version"]
    rule = {"name": "Four eyes", "who": [{"user": user["id"]}], "action": "review", "asked": [{"user": me}]}
    rules.api("PUT", "/sign-in-rules", {"rules": [rule]}, version)

    page = new_page(browser)
    person = Portal(page, rules.url, people["user"])
    page.goto(rules.url + "/sign-in")
    person.give(person.person.login, person.person.password)
    expect(page.get_by_role("heading", name="Second factor")).to_be_visible()
    person.field("Code from the app").fill(person.person.authenticator.code())
    expect(page.get_by_role("heading", name="Somebody has to agree")).to_be_visible()
    waiting = [one for one in rules.api("GET", "/inbox")["items"] if one["kind"] == "sign-in"]
    assert len(waiting) == 1
    return person, waiting[0]["id"]


@pytest.mark.parametrize("outcome", ["agrees", "refuses"])
def test_somebody_waits_until_somebody_else_decides(rules, browser, people, outcome):
    person, request = wait_for_a_word(rules, browser, people)
    rules.open("/inbox/" + request)
    page = rules.page
    for fact in [people["user"].login, "127.0.0.1", "Browser", "Four eyes"]:
        expect(page.get_by_role("main").get_by_text(fact, exact=True).first).to_be_visible()
    rules.button("Approve" if outcome == "agrees" else "Reject").click()
    # At once, without being asked again.
    if outcome == "agrees":
        expect(person.page.get_by_role("navigation", name="Main")).to_be_visible()
    else:
        expect(person.page.get_by_text("Nobody agreed to this sign-in")).to_be_visible()
    expect(page.locator("h1 + .tag")).to_have_text("Approved" if outcome == "agrees" else "Rejected")
    assert person.errors == []
    person.page.context.close()


@pytest.mark.parametrize("how", ["gives up", "closes the page"])
def test_somebody_waits_no_longer(rules, browser, people, how):
    person, request = wait_for_a_word(rules, browser, people)
    rules.open("/inbox/" + request)
    if how == "gives up":
        person.button("Give up").click()
        expect(person.field("Login")).to_be_visible()
    else:
        person.page.close(run_before_unload=True)
    expect(rules.page.locator("h1 + .tag")).to_have_text("Withdrawn", timeout=15_000)
    assert request not in [one["id"] for one in rules.api("GET", "/inbox?limit=200")["items"]]
    person.page.context.close()
