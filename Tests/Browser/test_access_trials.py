"""A change of access is tried before it is made: who would lose it, and what it opens."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect


def test_a_change_is_tried_shown_and_made(portal, people, unique):
    administrator = portal("administrator")
    user = administrator.find(f'/users?filter=login eq "{people["user"].login}"', people["user"].login, "login")
    asset = administrator.api("POST", "/assets", {"name": unique("asset"), "platform": "linux", "address": "192.0.2.44", "port": 22})
    administrator.api("POST", "/accounts", {"asset": asset["id"], "name": "deploy", "kind": "password", "secret": "of no use to anybody"})
    name = unique("Old")
    made = administrator.api("POST", "/grants", {
        "name": name, "users": [user["id"]], "assets": [asset["id"]], "accounts": [{"kind": "all"}], "protocols": ["ssh"], "actions": ["connect"],
    })
    page = administrator.page
    # The grant's page leads to the question who uses it: nobody does.
    administrator.open("/grants/" + made["id"])
    administrator.button("Who uses it?").click()
    expect(page.get_by_role("heading", level=1, name="Try a change")).to_be_visible()
    expect(page.get_by_text("Nobody who was there in these days would be refused.")).to_be_visible()
    expect(page.get_by_text("Nothing that was refused in these days would be let in.")).to_be_visible()
    assert administrator.api("GET", "/grants/" + made["id"])["state"] == "active"

    # In its place another one, for somebody else.
    new = unique("New")
    administrator.button("New grant").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill(new)
    for label, words in (("Users", people["approver"].login), ("Assets", asset["name"])):
        dialog.get_by_role("combobox", name=label).fill(words)
        dialog.get_by_role("option").filter(has_text=words).first.click()
    dialog.locator("#accounts").fill("deploy")
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Take it").click()
    expect(page.get_by_role("button", name=f"Leave {new} out")).to_be_visible()
    administrator.button("Try it").click()
    expect(page.get_by_text("1 way newly open")).to_be_visible()
    expect(page.get_by_role("link", name=asset["name"]).first).to_be_visible()

    found = administrator.violations(Axe())
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.set_viewport_size({"width": 1280, "height": 800})

    administrator.button("Make the change").click()
    confirm = page.get_by_role("dialog")
    confirm.get_by_role("textbox").fill("the test moves it")
    # What is refused half-way is tried again, and nothing is done twice.
    page.route("**/revoke", lambda route: route.fulfill(status=503, body=""), times=1)
    confirm.get_by_role("button", name="Make the change").click()
    expect(confirm.get_by_role("alert")).to_be_visible()
    assert administrator.api("GET", "/grants/" + made["id"])["state"] == "active"
    confirm.get_by_role("button", name="Make the change").click()
    administrator.toast("The change is made")
    assert administrator.api("GET", "/grants/" + made["id"])["state"] == "revoked"
    (given,) = administrator.api("GET", f'/grants?filter=name eq "{new}"')["items"]
    assert given["state"] == "active"
    administrator.api("POST", f"/grants/{given['id']}/revoke", {"reason": "the test is over"})
    administrator.open("/audit")
    expect(administrator.row("Change of access tried").first).to_be_visible()
