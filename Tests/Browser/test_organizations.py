"""The parts of the company: the tree, who administers a part, and looking at one of them."""

import re

from playwright.sync_api import expect


def look_at(portal, name):
    """Chooses an organization in the top bar; the page starts anew."""
    portal.button("Organization", exact=True).click()
    portal.page.get_by_role("menuitemcheckbox", name=name, exact=True).click()
    expect(portal.button("Organization", exact=True)).to_contain_text(name)


def make(portal, name):
    portal.open("/organizations")
    portal.button("New organization").click()
    portal.field("Name").fill(name)
    portal.page.keyboard.press("Control+Enter")
    portal.toast(f"{name} is saved")
    tree = portal.page.get_by_role("navigation", name="Organizations", exact=True)
    tree.get_by_role("button", name=name, exact=True).click()
    expect(portal.page).to_have_url(re.compile("organization=org_"))
    return re.search("org_[0-9a-z]{26}", portal.page.url)[0]


def test_an_organization_is_made_renamed_merged_and_its_things_go_along(portal, unique):
    administrator = portal("administrator", "/organizations")
    page = administrator.page
    north, south = unique("north"), unique("south")
    made = make(administrator, north)
    make(administrator, south)
    asset = administrator.api("POST", "/assets", {"name": unique("asset"), "platform": "linux", "address": "192.0.2.40", "port": 22})

    tree = page.get_by_role("navigation", name="Organizations", exact=True)
    tree.get_by_role("button", name=f"Actions for {north}").click()
    page.get_by_role("menuitem", name="Move here").click()
    administrator.pick("Assets", asset["name"])
    page.keyboard.press("Escape")
    page.get_by_role("dialog").get_by_role("button", name="Move here").click()
    administrator.toast(f"Moved to {north}")

    look_at(administrator, north)
    administrator.open("/assets")
    expect(administrator.row(asset["name"])).to_be_visible()
    expect(page.get_by_role("table").get_by_role("row")).to_have_count(2)
    look_at(administrator, south)
    expect(administrator.row(asset["name"])).to_have_count(0)
    look_at(administrator, "All organizations")

    administrator.open(f"/organizations?organization={made}")
    tree.get_by_role("button", name=f"Actions for {north}").click()
    page.get_by_role("menuitem", name="Merge").click()
    into = administrator.field("Into")
    into.select_option(label=next(text for text in into.locator("option").all_inner_texts() if text.endswith(south)))
    page.get_by_role("dialog", name=f"Merge {north}").get_by_role("button", name="Merge").click()
    administrator.step_up_if_asked()
    administrator.toast(f"{north} is merged")
    expect(tree.get_by_role("button", name=north, exact=True)).to_have_count(0)
    look_at(administrator, south)
    administrator.open("/assets")
    expect(administrator.row(asset["name"])).to_be_visible()


def test_a_role_is_given_at_an_organization_and_taken_again(portal, unique):
    administrator = portal("administrator", "/organizations")
    page = administrator.page
    name, login = unique("east"), unique("eve")
    administrator.api("POST", "/users", {"login": login, "name": f"Eve {login}", "roles": ["user"]})
    made = make(administrator, name)
    section = page.get_by_role("region", name=name)
    expect(section.get_by_text("Nobody has a role here")).to_be_visible()
    administrator.field("Role", exact=True).select_option(label="Administrator")
    administrator.pick("People", login)
    page.keyboard.press("Escape")
    section.get_by_role("button", name="Add", exact=True).click()
    expect(administrator.row(login)).to_contain_text("Administrator")

    # Whoever looks at a part makes things there.
    look_at(administrator, name)
    user = page.evaluate(
        """async ([organization, login]) => (await fetch('/api/v1/users', {
            method: 'POST', headers: { 'content-type': 'application/json', 'gatehouse-organization': organization },
            body: JSON.stringify({ login: login, name: login }),
        })).status""",
        [made, unique("within")],
    )
    assert user == 201
    administrator.open("/users")
    expect(page.get_by_role("table").get_by_role("row")).to_have_count(2)
    look_at(administrator, "All organizations")

    administrator.open(f"/organizations?organization={made}")
    administrator.act(login, "Remove")
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(administrator.row(login)).to_have_count(0)
