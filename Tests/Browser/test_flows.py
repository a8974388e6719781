"""Approval flows: made with conditions and levels in the editor, listed in the order in which they are tried, and tried out."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect


@pytest.fixture
def flows(portal, people, unique):
    """The administrator, and what flows are about; what is made is turned off afterwards, so that no other test takes it."""
    administrator = portal("administrator")
    label = unique("tier")
    asset = administrator.api("POST", "/assets", {"name": unique("asset"), "platform": "linux", "address": "192.0.2.30", "port": 22, "labels": [{"key": "tier", "value": label}]})
    approver = administrator.find(f'/users?filter=login eq "{people["approver"].login}"', people["approver"].login, "login")
    yield administrator, asset, label, approver
    for flow in administrator.api("GET", "/flows")["items"]:
        if flow["name"].startswith("Trial") and flow["enabled"]:
            kept = {key: value for key, value in flow.items() if key not in ("id", "version", "organizationName")}
            administrator.api("PUT", "/flows/" + flow["id"], {**kept, "enabled": False}, flow["version"])


def test_a_flow_is_made_tried_and_shown_in_its_order(flows, people, unique):
    administrator, asset, label, approver = flows
    page = administrator.open("/flows").page
    name = unique("Trial")
    administrator.button("New flow").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).first.fill(name)
    default = dialog.get_by_label("Default")
    if default.is_checked():
        default.uncheck()
    dialog.get_by_label("Priority").fill("7")
    when = dialog.get_by_role("region", name="When")
    when.get_by_label("Labels", exact=True).fill(f"tier={label}")
    when.get_by_label("Labels", exact=True).press("Enter")
    when.get_by_label("Low risk").check()
    when.get_by_label("Medium risk").check()
    first = dialog.get_by_role("region", name="Level 1")
    first.get_by_label("Name", exact=True).fill("Lead")
    box = first.get_by_role("combobox", name="Users")
    box.fill(people["approver"].login)
    page.get_by_role("option").filter(has_text=people["approver"].login).first.click()
    dialog.get_by_role("button", name="Remove level 2").click()
    # More people than there are can never agree: the flow is not taken.
    first.get_by_label("How many have to agree").fill("2")
    page.keyboard.press("Control+Enter")
    expect(dialog.get_by_text("Too few people could ever decide a level")).to_be_visible()
    first.get_by_label("How many have to agree").fill("1")
    # What is wrong stands at its field.
    first.get_by_label("Reminder after hours").fill("100")
    page.keyboard.press("Control+Enter")
    expect(first.locator(".field.invalid").filter(has_text="Reminder")).to_be_visible()
    first.get_by_label("Reminder after hours").fill("24")
    first.get_by_label("Comments", exact=True).select_option(label="Rejecting takes a comment")
    page.keyboard.press("Control+Enter")
    administrator.toast(f"{name} is saved")
    line = page.get_by_role("listitem").filter(has_text=name)
    expect(line).to_contain_text(f"an asset has tier={label}")
    expect(line).to_contain_text("Lead")
    expect(line).to_contain_text("rejected with a comment only")

    # The path that somebody's request would take.
    administrator.pick("Who asks", people["user"].login)
    administrator.pick("Assets", asset["name"])
    # What is missing stands at its field.
    administrator.button("Show the path").click()
    expect(page.locator(".field.invalid").filter(has_text="Accounts")).to_be_visible()
    page.get_by_label("Accounts", exact=True).fill("deploy")
    page.get_by_label("Accounts", exact=True).press("Enter")
    administrator.button("Show the path").click()
    shown = page.locator(".path-shown")
    expect(shown).to_contain_text(f"label tier={label}")
    expect(shown).to_contain_text(approver["name"])
    expect(shown).to_contain_text("rejected with a comment only")
    # Nobody has a seat in their own request.
    asker = administrator.find(f'/users?filter=login eq "{people["user"].login}"', people["user"].login, "login")
    administrator.button(f"Remove {asker['name']}").click()
    administrator.pick("Who asks", people["approver"].login)
    administrator.button("Show the path").click()
    expect(page.get_by_text("Nobody could decide on a level").first).to_be_visible()


def test_the_editor_is_usable_by_everybody_and_fits_a_telephone(flows):
    administrator = flows[0]
    page = administrator.open("/flows").page
    administrator.button("New flow").first.click()
    dialog = page.get_by_role("dialog")
    if dialog.get_by_label("Default").is_checked():
        dialog.get_by_label("Default").uncheck()
    dialog.get_by_role("button", name="Add hours").click()
    dialog.get_by_label("Ask more people after hours").first.fill("4")
    found = administrator.violations(Axe())
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.evaluate("[...document.querySelectorAll('.dialog[open] *')].every((one) => one.getBoundingClientRect().right <= 321)")


def test_owners_and_managers_are_set_where_things_and_people_are(flows, people):
    administrator, asset, _, approver = flows
    page = administrator.open("/assets/" + asset["id"]).page
    administrator.button("Edit").first.click()
    administrator.pick("Owner", people["approver"].login)
    administrator.button("Save").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert administrator.api("GET", "/assets/" + asset["id"])["owner"]["id"] == approver["id"]
    user = administrator.find(f'/users?filter=login eq "{people["user"].login}"', people["user"].login, "login")
    administrator.open("/users/" + user["id"])
    administrator.button("Edit").first.click()
    administrator.pick("Manager", people["approver"].login)
    administrator.button("Save").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert administrator.api("GET", "/users/" + user["id"])["manager"]["id"] == approver["id"]
    administrator.api("PATCH", "/users/" + user["id"], {"manager": None}, administrator.api("GET", "/users/" + user["id"])["version"])


def test_the_company_says_what_no_flow_goes_below(flows, unique):
    administrator, asset, label, approver = flows
    name, rule = unique("Trial"), unique("Floor")
    level = {"name": "Lead", "approvers": [{"user": approver["id"]}]}
    flow = {"name": name, "isDefault": False, "priority": 9, "conditions": {"labels": [{"key": "tier", "value": label}]}, "levels": [level]}
    administrator.api("POST", "/flows", flow)
    page = administrator.open("/flows").page
    section = page.locator("section.section").filter(has=page.get_by_role("heading", name="For every flow of the company"))
    section.get_by_role("button", name="New rule").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill(rule)
    dialog.get_by_label("Levels at least").fill("9")
    page.keyboard.press("Control+Enter")
    expect(dialog.locator(".field.invalid").filter(has_text="Levels at least")).to_be_visible()
    dialog.get_by_label("Levels at least").fill("2")
    dialog.get_by_label("Labels", exact=True).fill(f"tier={label}")
    dialog.get_by_label("Labels", exact=True).press("Enter")
    found = administrator.violations(Axe())
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("[...document.querySelectorAll('.dialog[open] *')].every((one) => one.getBoundingClientRect().right <= 321)")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    line = section.get_by_role("listitem").filter(has_text=rule)
    expect(line).to_contain_text("at least 2 levels")
    expect(line).to_contain_text(name)
    # A flow that is deleted goes below nothing.
    page.get_by_role("button", name=f"Actions for {name}").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(line).not_to_contain_text(name)
    section.get_by_role("button", name=f"Actions for {rule}").click()
    page.get_by_role("menuitem", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(line).to_have_count(0)
