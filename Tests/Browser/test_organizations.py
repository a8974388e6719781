"""The parts of the company: the tree, who administers a part, and looking at one of them."""

import os
import pathlib
import re

import pytest
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
    administrator.step_up_if_asked()
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
    administrator.step_up_if_asked()
    expect(administrator.row(login)).to_have_count(0)


def save(one):
    one.button("Save", exact=True).click()
    one.step_up_if_asked()
    one.toast("Settings are saved")


def test_settings_of_an_organization_say_where_they_come_from_and_go_back_to_what_holds_above(portal, unique):
    one = portal("administrator", "/organizations")
    page = one.page
    north, town = unique("north"), unique("town")
    above = make(one, north)
    below = one.api("POST", "/organizations", {"name": town, "parent": above})["id"]
    version = next(item for item in one.api("GET", "/organizations")["items"] if item["id"] == above)["version"]
    look_at(one, north)
    one.open("/settings/security")
    idle = page.locator(".setting").filter(has_text="Sign out when idle")
    control = page.locator("[id='session.idle']")
    expect(idle.locator(".tag")).to_have_text("Default")
    expect(idle).to_contain_text("No more than above")
    control.fill("61")
    one.button("Save", exact=True).click()
    one.step_up_if_asked()
    expect(page.locator(".field-error")).to_contain_text("at most 60, which holds above")
    control.fill("45")
    save(one)
    expect(idle.locator(".tag")).to_have_text("Set here")
    expect(idle).to_contain_text("Above: 60")
    assert one.api("GET", f"/organizations/{above}/settings")["version"] == version + 1

    look_at(one, town)
    expect(idle.locator(".tag")).to_have_text(f"From {north}")
    expect(control).to_have_value("45")
    control.fill("30")
    save(one)
    expect(idle.locator(".tag")).to_have_text("Set here")
    idle.get_by_role("button", name="Use what holds above").click()
    expect(control).to_have_value("45")
    save(one)
    expect(idle.locator(".tag")).to_have_text(f"From {north}")
    shown = one.api("GET", f"/organizations/{below}/settings")["items"]
    assert next(item for item in shown if item["key"] == "session.idle")["own"] is None

    # What no organization sets is not there, and the company's own page is as ever.
    one.open("/settings/branding")
    expect(page.get_by_text("Organizations set nothing here")).to_be_visible()
    look_at(one, "All organizations")
    one.open("/settings/security")
    expect(idle.locator(".tag")).to_have_text("Default")


def test_folders_move_with_what_is_below_them(portal, unique):
    one = portal("administrator", "/organizations")
    page = one.page
    name, folder, inner = unique("east"), unique("folder"), unique("inner")
    made = make(one, name)
    node = one.api("POST", "/nodes", {"name": folder})["id"]
    one.api("POST", "/nodes", {"name": inner, "parent": node})
    tree = page.get_by_role("navigation", name="Organizations", exact=True)
    tree.get_by_role("button", name=f"Actions for {name}").click()
    page.get_by_role("menuitem", name="Move here").click()
    one.pick("Folders", folder)
    page.keyboard.press("Escape")
    page.get_by_role("dialog").get_by_role("button", name="Move here").click()
    one.toast(f"Moved to {name}")
    there = page.evaluate(
        """async (organization) => (await (await fetch('/api/v1/nodes', { headers: { 'gatehouse-organization': organization } })).json()).items""",
        made,
    )
    assert {item["name"] for item in there} == {folder, inner}


def test_what_holds_from_above_is_shown_and_not_changed_there(portal, unique):
    one = portal("administrator", "/organizations")
    page = one.page
    name, login = unique("west"), unique("walt")
    made = make(one, name)
    user = one.api("POST", "/users", {"login": login, "name": login, "roles": ["user"]})["id"]
    assets = [one.api("POST", "/assets", {"name": unique("asset"), "platform": "linux", "address": "192.0.2.41", "port": 22})["id"] for _ in range(2)]
    one.api("POST", f"/organizations/{made}/members", {"assets": assets[:1]})
    grant = {"users": [user], "accounts": [{"kind": "all"}], "protocols": ["ssh"], "actions": ["connect"]}
    own, above, denial = unique("own"), unique("above"), unique("denial")
    one.api("POST", "/grants", {**grant, "name": own, "assets": assets[:1]})
    one.api("POST", "/grants", {**grant, "name": above, "assets": assets})
    one.api("POST", "/grants", {**grant, "name": denial, "assets": assets[:1], "effect": "deny"})
    company = one.api("GET", "/organizations")["items"][0]["name"]
    look_at(one, name)
    one.open("/grants")
    expect(one.row(own)).to_be_visible()
    expect(one.row(above)).to_have_count(0)
    page.get_by_role("tab", name="From other organizations").click()
    for held in (above, denial):
        expect(one.row(held)).to_contain_text(company)
        expect(one.row(held).get_by_role("button", name="Actions")).to_have_count(0)
    expect(one.row(own)).to_have_count(0)
    expect(one.row(denial)).to_contain_text("Deny")
    look_at(one, "All organizations")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_about_an_organization_pass_axe_and_fit_320_pixels(portal, unique, scheme, language, axe):
    maker = portal("administrator", "/organizations")
    name = unique("north")
    made = make(maker, name)
    maker.api("POST", "/organizations", {"name": unique("town"), "parent": made})
    one = portal("administrator", color_scheme=scheme)
    page = one.page
    page.evaluate(
        "([language, organization]) => { localStorage.setItem('gatehouse.language', language); localStorage.setItem('gatehouse.organization', JSON.stringify(organization)); }",
        [language, made],
    )
    for path, shown in [("settings/security", "[id='session.idle']"), ("grants?tab=inherited", ".tabs"), (f"organizations?organization={made}", ".tree")]:
        one.open("/" + path)
        expect(page.locator(shown)).to_be_visible()
        expect(page.locator(".skeleton")).to_have_count(0)
        answer = axe.run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}).response
        assert [(one["id"], [node["html"][:120] for node in one["nodes"]][:3]) for one in answer["violations"]] == []
        picture(page, f"organization-{re.split('[?/]', path)[0]}-{scheme}-{language}")
        page.set_viewport_size({"width": 320, "height": 700})
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
        page.set_viewport_size({"width": 1360, "height": 860})
    page.locator(".organization-menu button").first.click()
    expect(page.get_by_role("menuitemcheckbox", name=name, exact=True)).to_be_visible()
    picture(page, f"organization-switcher-{scheme}-{language}")
    page.keyboard.press("Escape")
    page.set_viewport_size({"width": 320, "height": 700})
    one.open("/organizations")
    page.locator(".organization-menu button").first.click()
    item = page.get_by_role("menuitemcheckbox", name=name, exact=True)
    expect(item).to_be_visible()
    box = item.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 320, box
    picture(page, f"organization-switcher-narrow-{scheme}-{language}")


def picture(page, name):
    if folder := os.environ.get("GATEHOUSE_SCREENSHOTS"):
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{folder}/{name}.png")
