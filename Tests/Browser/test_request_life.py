"""What is asked for and what comes of it: actions that an approver takes away, more time while one works, handing back, a mail's link."""

import os
import re
import time

import pytest
from playwright.sync_api import expect

from test_notices import MAILS, letters
from test_requests import ask, flow, screen  # noqa: F401: a fixture


def picture(page, name):
    if folder := os.environ.get("GATEHOUSE_SCREENSHOTS"):
        os.makedirs(folder, exist_ok=True)
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def approve(one, ticket, comment="go ahead"):
    shown = one.api("GET", f"/tickets/{ticket}")
    return one.api("POST", f"/tickets/{ticket}/decision", {"outcome": "approved", "comment": comment, "digest": shown["digest"]})


def test_actions_are_asked_for_and_an_approver_takes_one_away(portal, flow, unique, axe):
    administrator, approver, user = portal("administrator"), portal("approver"), portal("user")
    asset = administrator.api("POST", "/assets", {"name": unique("asset"), "platform": "linux", "address": "192.0.2.24", "port": 22})
    user.open("/requests?new=1")
    page = user.page
    user.pick("Assets", asset["name"])
    user.field("Accounts").fill("deploy")
    user.field("Accounts").press("Enter")
    actions = page.get_by_role("group", name="Actions")
    # Connecting is what everything else needs: it is there, and cannot be left out.
    expect(actions.get_by_role("checkbox", name="connect", exact=True)).to_be_checked()
    expect(actions.get_by_role("checkbox", name="connect", exact=True)).to_be_disabled()
    expect(actions.get_by_role("checkbox", checked=True)).to_have_count(1)
    # By keys alone.
    actions.get_by_role("checkbox", name="upload").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(actions.get_by_role("checkbox", name="download")).to_be_checked()
    user.field("Reason").fill("release 4.2")
    expect(page.get_by_text("Platform lead").first).to_be_visible()
    user.fits(axe)
    picture(page, "request-actions-light-en")
    page.keyboard.press("Control+Enter")
    expect(page).to_have_url(re.compile("/requests/tkt_"))
    ticket = page.url.rsplit("/", 1)[1]
    asked = user.api("GET", f"/tickets/{ticket}")
    assert asked["actions"] == ["connect", "upload", "download"], asked["actions"]

    # One is taken away: another text, which the next level sees as a difference.
    approver.open("/inbox/" + ticket)
    expect(approver.page.locator(".fact").filter(has_text="Actions")).to_contain_text("connect, upload, download")
    kept = approver.page.get_by_role("group", name="Actions")
    expect(kept.get_by_role("checkbox", name="connect", exact=True)).to_be_disabled()
    kept.get_by_role("checkbox", name="download").uncheck()
    approver.fits(axe)
    approver.button("Approve", exact=True).click()
    expect(kept).to_have_count(0)
    narrowed = administrator.api("GET", f"/tickets/{ticket}")
    assert narrowed["actions"] == ["connect", "upload"] and narrowed["digest"] != asked["digest"]
    assert [one["label"] for one in narrowed["decisions"][0]["changes"]] == ["actions"]
    administrator.open("/inbox/" + ticket)
    change = administrator.page.locator("small.change")
    expect(change.locator("del")).to_have_text("connect, upload, download")
    expect(change.locator("ins")).to_have_text("connect, upload")
    administrator.button("Approve", exact=True).click()
    expect(administrator.page.locator("h1 + .tag")).to_have_text("Approved")
    given = next(one for one in user.api("GET", "/my/grants?limit=100")["items"] if one["ticket"] == ticket)
    assert sorted(given["actions"]) == ["connect", "upload"], given


def test_more_time_keeps_what_is_open_and_handing_back_ends_it(portal, flow, target, unique):
    administrator, approver, user = portal("administrator"), portal("approver"), portal("user")
    reason = unique("a long copy")
    ticket = ask(user, target["asset"], target["account"], reason)
    for one in (approver, administrator):
        approve(one, ticket)
    grant = user.api("GET", f"/tickets/{ticket}")["grant"]
    before = next(one for one in user.api("GET", "/my/grants?limit=100")["items"] if one["id"] == grant)

    user.open("/my/assets?q=" + target["asset"])
    user.row(target["asset"]).get_by_role("button", name="Connect").first.click()
    page = user.page
    expect(page.locator(".dot.open")).to_be_visible(timeout=20_000)
    expect(screen(page)).to_contain_text(re.compile(r"[$#] "))

    # More time is asked for in another tab; the shell does not notice.
    other = portal("user", "/my/access")
    other.act(before["name"], "Ask for more time")
    other.field("Reason").fill("still copying")
    other.page.get_by_role("dialog").get_by_role("button", name="Send").click()
    expect(other.page).to_have_url(re.compile("/requests/tkt_"))
    for one in (approver, administrator):
        approve(one, other.page.url.rsplit("/", 1)[1])
    after = next(one for one in user.api("GET", "/my/grants?limit=100")["items"] if one["id"] == grant)
    assert after["endsAt"] > before["endsAt"], (before["endsAt"], after["endsAt"])
    page.locator(".terminal-screen").click()
    page.keyboard.type("echo still-$((40 + 2))\n")
    expect(screen(page)).to_contain_text("still-42")

    # Renewed: asked for anew from what was given, it says what it goes on with, and the shell is the same.
    renewed = user.api("POST", "/tickets", {
        "reason": "one more hour", "content": {"renews": ticket}, "assets": [one["id"] for one in before["assets"]], "accounts": [target["account"]], "durationSeconds": 3600})
    for one in (approver, administrator):
        approve(one, renewed["id"])
    page.keyboard.type("echo again-$((40 + 2))\n")
    expect(screen(page)).to_contain_text("again-42")
    more = user.api("GET", f"/tickets/{renewed['id']}")["grant"]
    user.api("POST", f"/my/grants/{more}/hand-back")

    other.open("/my/access")
    other.act(before["name"], "Hand back")
    other.page.get_by_role("dialog").get_by_role("button", name="Hand back").click()
    ended = page.locator(".terminal-note.ended")
    expect(ended).to_be_visible(timeout=5_000)
    expect(ended).to_contain_text("You handed this access back.")
    expect(other.row(before["name"])).to_have_count(0)


@pytest.mark.skipif(not MAILS, reason="GATEHOUSE_MAILS names no mail server")
def test_a_mail_leads_through_the_sign_in_to_the_approval(portal, flow, stranger, people, unique):
    administrator, user = portal("administrator"), portal("user")
    address = f"{unique('lena')}@example.com"
    one = administrator.api("GET", "/users/" + flow["approver"])
    administrator.api("PATCH", "/users/" + flow["approver"], {"email": address}, one["version"])
    asset = administrator.api("POST", "/assets", {"name": unique("asset"), "platform": "linux", "address": "192.0.2.25", "port": 22})
    asked = user.api("POST", "/tickets", {"reason": unique("by mail"), "assets": [asset["id"]], "accounts": ["deploy"], "durationSeconds": 600})
    end = time.monotonic() + 20
    while not letters(address) and time.monotonic() < end:
        time.sleep(0.2)
    link = re.search(r"https?://\S+/decide#\S+", letters(address)[0]["text"]).group(0)

    # To another person, signed in, it leads nowhere.
    user.page.goto(link)
    expect(user.page.get_by_text("This link leads nowhere any more")).to_be_visible()

    stranger.person = people["approver"]
    page = stranger.page
    seen = []
    page.on("request", lambda request: seen.append(request.url))
    page.goto(link)
    expect(stranger.field("Login")).to_be_visible()
    assert "decide#" not in page.url
    stranger.give(stranger.person.login, stranger.person.password)
    expect(page.get_by_role("heading", name="Second factor")).to_be_visible()
    stranger.field("Code from the app").fill(stranger.person.authenticator.code())
    expect(page).to_have_url(re.compile("/inbox/" + asked["id"]))
    expect(page.get_by_text(asked["reason"]).first).to_be_visible()
    stranger.button("Approve", exact=True).click()
    expect(page.get_by_text("Approved").first).to_be_visible()
    assert user.api("GET", "/tickets/" + asked["id"])["level"] == 2
    secret = link.split("#")[1]
    assert not [url for url in seen if secret in url], "a token in an address of a request"
