"""A secret that somebody asks for: asked on the account's page, agreed to, shown to one person for a while, given back and taken back."""

import re

import pytest
from playwright.sync_api import expect

SECRET = "S3cret that was lent!"


@pytest.fixture
def safe(portal, people, unique):
    """An account with a secret, and a flow for secrets alone: the approver decides. The flow goes afterwards."""
    administrator = portal("administrator")
    approver = administrator.find(f'/users?filter=login eq "{people["approver"].login}"', people["approver"].login, "login")["id"]
    asset = administrator.api("POST", "/assets", {"name": unique("vault"), "platform": "linux", "address": "192.0.2.91", "port": 22})
    administrator.api("POST", "/accounts", {"asset": asset["id"], "name": "console", "kind": "password", "secret": SECRET})
    flow = administrator.api("POST", "/flows", {
        "name": unique("Secrets"), "isDefault": False, "priority": 1, "conditions": {"kinds": ["secret"]},
        "levels": [{"name": "Keeper", "approvers": [{"user": approver}]}]})
    yield administrator, asset
    administrator.api("DELETE", "/flows/" + flow["id"], None, flow["version"])


def ask(user, asset, reason):
    """By words alone, as somebody who sees no assets does."""
    user.open("/requests?new=1&ask=secret")
    expect(user.page.get_by_text("You ask to see the secret itself")).to_be_visible()
    user.pick("Asset", asset["name"])
    user.field("Account", exact=True).fill("console")
    user.field("Account", exact=True).press("Enter")
    user.field("Reason").fill(reason)
    expect(user.page.get_by_text("Who decides")).to_be_visible()
    user.page.keyboard.press("Control+Enter")
    expect(user.page).to_have_url(re.compile("/requests/tkt_"))
    return user.page.url.rsplit("/", 1)[1]


def test_a_secret_is_asked_for_shown_and_given_back(portal, people, safe, axe):
    administrator, asset = safe
    login = people["user"].login
    holder = administrator.find(f'/users?filter=login eq "{login}"', login, "login")["name"]
    user, approver = portal("user"), portal("approver")
    ticket = ask(user, asset, "the console asks for it")
    approver.open("/inbox/" + ticket)
    facts = approver.page.locator(".facts")
    for words in ("Secret of an account", asset["name"], "console", "Password", "1 hour"):
        expect(facts).to_contain_text(words)
    approver.button("Approve").click()
    expect(user.page.locator("h1 + .tag")).to_have_text("Approved", timeout=15_000)

    user.page.get_by_role("link", name="My secrets").last.click()
    row = user.row(asset["name"])
    expect(row).to_contain_text("Checked out")
    user.fits(axe)
    user.button(f"Show the secret of console@{asset['name']}").click()
    expect(user.field("Reason")).to_have_count(0)
    user.button("Show for 30 s").click()
    user.step_up_if_asked()
    expect(user.page.get_by_test_id("secret")).to_have_text(SECRET)
    user.button("Hide").click()
    expect(user.page.get_by_text(SECRET)).to_have_count(0)

    user.act(asset["name"], "Check in")
    user.page.get_by_role("dialog").get_by_role("button", name="Check in").click()
    user.toast("Checked in")
    expect(user.button(f"Show the secret of console@{asset['name']}")).to_have_count(0)
    administrator.open("/audit")
    expect(administrator.row("Checked-out secret shown").first).to_be_visible()
    expect(administrator.page.get_by_text(SECRET)).to_have_count(0)

    # What was seen is known: the account says so until it has another secret.
    administrator.open("/accounts?isKnown=true")
    row = administrator.row(asset["name"])
    expect(row).to_contain_text("Should be changed")
    expect(row).to_contain_text("Shown to " + holder)
    administrator.fits(axe)
    administrator.act(asset["name"], "Set secret")
    administrator.page.get_by_role("dialog").get_by_label("Password").fill("an0ther one of them!")
    administrator.page.get_by_role("dialog").get_by_role("button", name="Save").click()
    administrator.step_up_if_asked()
    administrator.toast("The secret is stored")
    expect(administrator.row(asset["name"])).to_have_count(0)
    administrator.open("/accounts?q=console&isKnown=false")
    expect(administrator.row(asset["name"])).to_contain_text("version 2")
    expect(administrator.row(asset["name"])).not_to_contain_text("Should be changed")


def test_a_secret_is_asked_for_where_the_account_is(portal, people, safe, unique, axe):
    administrator, asset = safe
    login = people["user"].login
    administrator.api("POST", "/accounts", {"asset": asset["id"], "name": "bare", "kind": "password"})
    administrator.api("POST", "/grants", {
        "name": unique("Console"), "users": [administrator.find(f'/users?filter=login eq "{login}"', login, "login")["id"]],
        "assets": [asset["id"]], "accounts": [{"kind": "all"}], "protocols": ["ssh"], "actions": ["connect"]})
    user = portal("user")
    user.open("/my/assets?q=" + asset["name"])
    expect(user.row(asset["name"])).to_contain_text("bare")
    # Where no secret is kept, none can be asked for.
    expect(user.button(f"Ask for the secret of bare@{asset['name']}")).to_have_count(0)
    user.fits(axe)
    user.button(f"Ask for the secret of console@{asset['name']}").click()
    expect(user.page.get_by_text("You ask to see the secret itself")).to_be_visible()
    expect(user.page.locator(".chip", has_text="console")).to_be_visible()
    expect(user.page.locator(".chip", has_text=asset["name"])).to_be_visible()
    expect(user.page.get_by_text("Who decides")).to_be_visible()
    # One account at a time: those of a request for access are too many, and that is told before anybody is asked.
    user.page.get_by_role("radio", name="Access", exact=True).check()
    user.field("Accounts").fill("bare")
    user.field("Accounts").press("Enter")
    user.page.get_by_role("radio", name="Secret of an account").check()
    expect(user.page.get_by_text("one account of one asset at a time")).to_be_visible()
    user.fits(axe)


def test_a_secret_is_taken_back_by_whoever_may(portal, safe, axe):
    administrator, asset = safe
    user, approver = portal("user"), portal("approver")
    ticket = ask(user, asset, "and never gives it back")
    approver.open("/inbox/" + ticket)
    approver.button("Approve").click()
    expect(approver.page.locator("h1 + .tag")).to_have_text("Approved")
    user.open("/my/secrets")
    expect(user.row(asset["name"])).to_contain_text("Checked out")

    administrator.open("/check-outs")
    expect(administrator.row(asset["name"])).to_contain_text("Checked out")
    administrator.fits(axe)
    administrator.act(asset["name"], "Revoke")
    administrator.page.get_by_role("dialog").get_by_label("Reason").fill("the night is over")
    administrator.page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    administrator.toast("Taken back")
    expect(administrator.row(asset["name"])).to_contain_text("Taken back")
    # The page of whoever had it follows.
    expect(user.row(asset["name"])).to_contain_text("Taken back", timeout=15_000)
    expect(user.button(f"Show the secret of console@{asset['name']}")).to_have_count(0)


def test_an_account_says_that_it_is_out_with_one_person_at_a_time(portal, safe):
    administrator, asset = safe
    administrator.open(f"/assets/{asset['id']}?tab=accounts")
    administrator.act("console", "Edit")
    administrator.field("Out with one person at a time").check()
    administrator.page.keyboard.press("Control+Enter")
    expect(administrator.row("console")).to_contain_text("one at a time")
    administrator.act("console", "Ask for a secret")
    expect(administrator.page.get_by_text("You ask to see the secret itself")).to_be_visible()
    expect(administrator.page.locator(".chip", has_text="console")).to_be_visible()
