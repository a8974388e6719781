"""Assets, folders and accounts with their secrets."""

import re

from playwright.sync_api import expect


def test_an_asset_is_made_found_changed_and_deleted(portal, unique):
    name = unique("asset")
    administrator = portal("administrator", "/assets")
    page = administrator.page
    administrator.button("New asset").click()
    administrator.field("Name").fill(name)
    administrator.field("Address").fill("192.0.2.10")
    administrator.field("Port").fill("70000")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".field.invalid").filter(has_text="Port")).to_be_visible()
    administrator.field("Port").fill("2200")
    administrator.field("Labels").fill("env=test")
    administrator.field("Labels").press("Enter")
    page.keyboard.press("Control+Enter")
    administrator.toast(f"{name} is saved")

    administrator.field("Search", exact=True).fill(name)
    expect(page).to_have_url(re.compile(f"q={name}"))
    expect(page.get_by_role("row")).to_have_count(2)
    page.reload()
    expect(administrator.row(name)).to_contain_text("192.0.2.10:2200")
    administrator.row(name).get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    expect(page.get_by_text("No host key is known")).to_be_visible()

    administrator.button("Edit").click()
    administrator.field("Description").fill("only for a test")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("only for a test")).to_be_visible()

    administrator.button("Delete").click()
    confirm = page.get_by_role("dialog")
    expect(confirm.get_by_role("button", name="Delete")).to_be_disabled()
    confirm.get_by_label(f"Type {name}").fill(name)
    confirm.get_by_role("button", name="Delete").click()
    expect(page).to_have_url(re.compile("/assets$"))


def test_a_change_that_somebody_else_overtook_says_so(portal, unique):
    administrator = portal("administrator")
    asset = administrator.api("POST", "/assets", {"name": unique("asset"), "platform": "linux", "address": "192.0.2.11", "port": 22})
    administrator.open("/assets/" + asset["id"])
    administrator.button("Edit").click()
    administrator.field("Description").fill("mine")
    administrator.api("PATCH", "/assets/" + asset["id"], {"description": "theirs"}, asset["version"])
    administrator.page.keyboard.press("Control+Enter")
    expect(administrator.page.get_by_role("alert")).to_contain_text("in the meantime")
    expect(administrator.field("Description")).to_have_value("mine")


def test_leaving_a_form_with_changes_asks(portal):
    administrator = portal("administrator", "/assets")
    administrator.button("New asset").click()
    administrator.field("Name").fill("unsaved")
    administrator.page.keyboard.press("Escape")
    question = administrator.page.get_by_role("dialog", name="Leave without saving?")
    question.get_by_role("button", name="Cancel").click()
    expect(administrator.field("Name")).to_have_value("unsaved")
    administrator.page.keyboard.press("Escape")
    question.get_by_role("button", name="Leave").click()
    expect(administrator.page.get_by_role("dialog")).to_have_count(0)


def test_a_folder_narrows_the_list(portal, unique):
    administrator = portal("administrator")
    folder = administrator.api("POST", "/nodes", {"name": unique("folder")})
    below = administrator.api("POST", "/nodes", {"name": unique("below"), "parent": folder["id"]})
    inside = administrator.api("POST", "/assets", {"name": unique("asset"), "platform": "linux", "address": "192.0.2.12", "port": 22, "nodes": [below["id"]]})
    administrator.open("/assets")
    administrator.page.get_by_role("navigation", name="Folders").get_by_role("button", name=folder["name"]).first.click()
    expect(administrator.page).to_have_url(re.compile("node="))
    expect(administrator.page.get_by_role("table").get_by_role("row")).to_have_count(2)
    expect(administrator.row(inside["name"])).to_be_visible()


def test_a_secret_is_shown_for_a_reason_and_a_code_and_goes_away(portal, unique):
    administrator = portal("administrator")
    page = administrator.page
    asset = administrator.api("POST", "/assets", {"name": unique("asset"), "platform": "linux", "address": "192.0.2.13", "port": 22})
    administrator.open(f"/assets/{asset['id']}?tab=accounts")
    administrator.button("New account").first.click()
    administrator.field("Login name").fill("deploy")
    administrator.field("Password", exact=True).last.fill("S3cret of the test!")
    page.keyboard.press("Control+Enter")
    administrator.toast("deploy is saved")
    administrator.act("deploy", "Reveal secret")
    administrator.field("Reason").fill("the test wants to see it")
    administrator.button("Show for 30 s").click()
    administrator.step_up_if_asked()
    expect(page.get_by_test_id("secret")).to_have_text("S3cret of the test!")
    administrator.button("Hide").click()
    expect(page.get_by_text("S3cret of the test!")).to_have_count(0)
    administrator.open("/audit")
    expect(administrator.row("Secret revealed").first).to_be_visible()


def test_a_webhook_shows_its_secret_once_and_private_addresses_are_refused_until_opened(portal, unique):
    administrator = portal("administrator", "/webhooks")
    page = administrator.page
    name = unique("hook")
    administrator.button("New webhook").first.click()
    administrator.field("Name").fill(name)
    administrator.field("URL").fill("https://hooks.example.com/gatehouse")
    page.keyboard.press("Control+Enter")
    administrator.step_up_if_asked()
    expect(page.get_by_test_id("secret-once")).to_contain_text("whsec_")
    administrator.button("Done").click()
    administrator.row(name).get_by_role("link", name=name).click()
    expect(page.get_by_text("Nothing was sent yet")).to_be_visible()

    host = f"{unique('bridge')}.internal"
    administrator.open("/egress")
    administrator.button("Open an address").first.click()
    administrator.field("Host").fill(host)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text(f"{host}:443", exact=True)).to_be_visible()
    page.get_by_role("listitem").filter(has_text=host).get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_text(f"{host}:443", exact=True)).to_have_count(0)
