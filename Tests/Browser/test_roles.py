"""Roles of the company's own: made from the tree of permissions, copied, held, and kept while somebody holds them."""

import re

import pytest
from playwright.sync_api import expect


@pytest.fixture
def dialog(portal):
    administrator = portal("administrator", "/roles")
    return administrator, administrator.page.get_by_role("dialog")


def test_a_role_is_made_by_keyboard_changed_and_deleted(dialog, unique, axe):
    administrator, form = dialog
    page, name = administrator.page, unique("Desk")
    administrator.button("New role").click()
    page.keyboard.type(name)
    expect(administrator.field("Name", exact=True)).to_have_value(name)
    search = form.get_by_label("Find a permission")
    search.fill("take somebody in")
    expect(form.get_by_role("region")).to_have_count(1)
    permission = form.get_by_role("checkbox", name=re.compile("^Add, change, disable and invite people"))
    permission.focus()
    page.keyboard.press("Space")
    expect(permission).to_be_checked()
    search.fill("users")
    area = form.get_by_role("checkbox", name="Users", exact=True)
    expect(area).to_have_js_property("indeterminate", True)
    assert administrator.violations(axe) == []
    page.keyboard.press("Control+Enter")
    administrator.step_up_if_asked()
    administrator.toast(f"{name} is saved")

    administrator.row(name).get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    expect(page.get_by_text("users.manage", exact=True)).to_be_visible()
    expect(page.get_by_text("users.read", exact=True)).to_have_count(0)
    assert administrator.violations(axe) == []

    administrator.button("Edit", exact=True).click()
    form.get_by_label("Find a permission").fill("see people")
    form.get_by_role("checkbox", name=re.compile("^See people and their roles")).check()
    form.get_by_role("button", name="Save").click()
    administrator.step_up_if_asked()
    administrator.toast(f"{name} is saved")
    expect(page.get_by_text("users.read", exact=True)).to_be_visible()

    administrator.button("Delete").click()
    form.get_by_role("button", name="Delete").click()
    administrator.step_up_if_asked()
    administrator.toast(f"{name} is deleted")
    expect(page).to_have_url(re.compile("/roles$"))
    expect(administrator.row(name)).to_have_count(0)


def test_built_in_roles_are_copied_and_not_changed(dialog, unique):
    administrator, form = dialog
    page, name = administrator.page, unique("Reader")
    administrator.row("Auditor").first.get_by_role("button", name="Actions").click()
    expect(page.get_by_role("menuitem", name="Edit")).to_have_count(0)
    page.get_by_role("menuitem", name="Copy").click()
    administrator.field("Name", exact=True).fill(name)
    whole = form.get_by_role("checkbox", name=re.compile("^Read the audit trail"))
    expect(whole).to_be_checked()
    # What is of the company as a whole is not to be had at organizations.
    form.get_by_text("Organizations", exact=True).first.click()
    webhooks = form.get_by_role("checkbox", name=re.compile("^See webhooks and deliveries"))
    expect(webhooks).to_be_disabled()
    expect(webhooks).not_to_be_checked()
    expect(whole).to_be_checked()
    form.get_by_role("button", name="Create").click()
    administrator.step_up_if_asked()
    administrator.toast(f"{name} is saved")
    made = administrator.find("/roles?limit=200", name)
    assert made["scope"] == "organization" and "audit.read" in made["permissions"] and "webhooks.read" not in made["permissions"]
    administrator.api("DELETE", f"/roles/{made['id']}")


def test_a_role_that_somebody_holds_stays_and_shows_who(portal, people, unique):
    administrator = portal("administrator", "/roles")
    page, name, login = administrator.page, unique("Held"), people["user"].login
    role = administrator.api("POST", "/roles", {"name": name, "permissions": ["groups.read"]})["id"]
    user = administrator.find("/users", login, key="login")
    before = [one["id"] for one in user["roles"]]
    administrator.api("PATCH", f"/users/{user['id']}", {"roles": before + [role]}, user["version"])
    try:
        holder = portal("user", "/groups")
        expect(holder.page.get_by_role("heading", name="Groups", exact=True)).to_be_visible()
        administrator.open(f"/roles/{role}?tab=holders")
        expect(administrator.row(login)).to_be_visible()
        administrator.button("Delete").click()
        confirmation = page.get_by_role("dialog")
        confirmation.get_by_role("button", name="Delete").click()
        expect(confirmation.get_by_text(f"It is held by {login}.")).to_be_visible()
        confirmation.get_by_role("button", name="Cancel").click()
        # The page of who holds it loses what the role loses, without being asked to.
        administrator.api("PATCH", f"/roles/{role}", {"permissions": []}, 1)
        expect(holder.page.get_by_role("navigation", name="Main").get_by_role("link", name="Groups")).to_have_count(0, timeout=15_000)
    finally:
        version = administrator.api("GET", f"/users/{user['id']}")["version"]
        administrator.api("PATCH", f"/users/{user['id']}", {"roles": before}, version)
        administrator.api("DELETE", f"/roles/{role}")
