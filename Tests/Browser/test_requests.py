"""The way from a request over two levels to a shell, its end and its replay."""

import os
import re

import pytest
from playwright.sync_api import expect


@pytest.fixture
def flow(portal, people):
    """Level 1 is the approver, level 2 the administrator."""
    administrator = portal("administrator")
    ids = {name: administrator.find(f'/users?filter=login eq "{person.login}"', person.login, "login")["id"] for name, person in people.items()}
    wanted = [("Platform lead", ids["approver"]), ("Security", ids["administrator"])]
    body = {"isDefault": True, "levels": [{"name": name, "approvers": [{"user": user}]} for name, user in wanted]}
    default = next((one for one in administrator.api("GET", "/flows")["items"] if one["isDefault"]), None)
    if not default:
        administrator.api("POST", "/flows", {"name": "Two levels", **body})
    elif [(level["name"], level["approvers"][0].get("user")) for level in default["levels"]] != wanted:
        administrator.api("PUT", "/flows/" + default["id"], {"name": default["name"], **body}, default["version"])
    return ids


def fill_request(user, asset, account, reason, minutes="10"):
    user.open("/requests?new=1")
    user.pick("Assets", asset)
    user.field("Accounts").fill(account)
    user.field("Accounts").press("Enter")
    user.page.locator("label.choice").filter(has_text="Minutes").click()
    user.field("How many minutes").fill(minutes)
    user.field("Reason").fill(reason)
    user.page.keyboard.press("Control+Enter")


def ask(user, asset, account, reason, minutes="10"):
    fill_request(user, asset, account, reason, minutes)
    expect(user.page).to_have_url(re.compile("/requests/tkt_"))
    return user.page.url.rsplit("/", 1)[1]


def test_a_request_without_a_reason_is_refused_at_its_field(portal, flow):
    user = portal("user", "/requests?new=1")
    user.page.keyboard.press("Control+Enter")
    expect(user.page.locator(".field.invalid").filter(has_text="Reason")).to_be_visible()
    expect(user.page.get_by_role("dialog")).to_be_visible()


def test_two_levels_decide_and_the_page_follows_live(portal, flow, unique):
    administrator, approver, user = portal("administrator"), portal("approver"), portal("user")
    asset = administrator.api("POST", "/assets", {"name": unique("asset"), "platform": "linux", "address": "192.0.2.20", "port": 22})
    ticket = ask(user, asset["name"], "deploy", "to see whether it works")
    expect(user.page.locator(".level.now")).to_contain_text("Platform lead")
    user.field("Comment", exact=True).fill("it is urgent")
    user.page.keyboard.press("Control+Enter")
    expect(user.page.locator("blockquote", has_text="it is urgent")).to_be_visible()

    approver.open("/inbox")
    approver.row("to see whether it works").first.click()
    expect(approver.page.locator("blockquote", has_text="it is urgent")).to_be_visible()
    approver.page.get_by_role("slider").press("ArrowLeft")
    expect(approver.page.get_by_text("Allow for 5 minutes")).to_be_visible()
    approver.button("Approve").click()
    expect(user.page.locator(".level.now")).to_contain_text("Security", timeout=15_000)

    administrator.open("/inbox/" + ticket)
    administrator.field("Comment on your decision").fill("fine")
    administrator.button("Approve").click()
    expect(administrator.page.locator("h1 + .tag")).to_have_text("Approved")
    expect(user.page.locator("h1 + .tag")).to_have_text("Approved", timeout=15_000)
    expect(user.page.get_by_text("5 minutes").first).to_be_visible()


def test_a_rejected_request_says_why_and_a_request_can_be_withdrawn(portal, flow, unique):
    administrator, approver, user = portal("administrator"), portal("approver"), portal("user")
    asset = administrator.api("POST", "/assets", {"name": unique("asset"), "platform": "linux", "address": "192.0.2.21", "port": 22})
    ticket = ask(user, asset["name"], "deploy", "this will be refused")
    approver.open("/inbox/" + ticket)
    approver.field("Comment on your decision").fill("not today")
    approver.button("Reject").click()
    expect(user.page.locator("blockquote", has_text="not today")).to_be_visible(timeout=15_000)

    ask(user, asset["name"], "deploy", "this will be withdrawn")
    user.button("Withdraw").click()
    user.page.get_by_role("dialog").get_by_role("button", name="Withdraw").click()
    expect(user.page.locator("h1 + .tag")).to_have_text("Withdrawn")


def test_a_request_that_only_the_asker_could_decide_is_refused(portal, flow, unique):
    administrator = portal("administrator")
    asset = administrator.api("POST", "/assets", {"name": unique("asset"), "platform": "linux", "address": "192.0.2.22", "port": 22})
    fill_request(administrator, asset["name"], "deploy", "my own")
    expect(administrator.page.get_by_role("alert")).to_contain_text("Nobody could decide")
    expect(administrator.field("Reason")).to_have_value("my own")


def grant(administrator, ids, target, name):
    asset = administrator.find("/assets?limit=100", target["asset"])
    return administrator.api("POST", "/grants", {
        "name": name, "users": [ids["user"]], "assets": [asset["id"]], "accounts": [{"kind": "name", "name": target["account"]}], "protocols": ["ssh"], "actions": ["connect"],
    })


def picture(page, name):
    if folder := os.environ.get("GATEHOUSE_SCREENSHOTS"):
        os.makedirs(folder, exist_ok=True)
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def screen(page):
    return page.locator(".xterm-rows")


def test_one_click_opens_a_shell_that_is_recorded_and_replayed(portal, flow, target, unique):
    administrator, user = portal("administrator"), portal("user")
    made = grant(administrator, flow, target, unique("grant"))
    user.open("/my/assets?q=" + target["asset"])
    user.row(target["asset"]).get_by_role("button", name="Connect").first.click()
    page = user.page
    expect(page.locator(".dot.open")).to_be_visible(timeout=20_000)
    # As a person would: what is typed before the first prompt stands among the words of the sign-in, and is no sure command.
    expect(screen(page)).to_contain_text(re.compile(r"[$#] "))
    page.keyboard.type("echo seen-$((40 + 2)); stty size\n")
    expect(screen(page)).to_contain_text("seen-42")
    page.set_viewport_size({"width": 900, "height": 500})
    # The prompt of the next row follows without a blank.
    shrunk = re.compile(r"\b(1\d|2\d) \d{2}(?!\d)")
    for patience in (2_000, 5_000, 10_000):
        # The new size takes a moment to get to the target, and on a busy machine a longer one.
        page.wait_for_timeout(500)
        page.keyboard.type("clear; stty size\n")
        try:
            expect(screen(page)).to_contain_text(shrunk, timeout=patience)
            break
        except AssertionError:
            continue
    expect(screen(page)).to_contain_text(shrunk)
    page.set_viewport_size({"width": 1360, "height": 860})
    page.get_by_role("link", name="My assets", exact=True).click()
    page.get_by_role("link", name="Workspace").click()
    page.locator(".terminal-screen").click()
    page.keyboard.type("exit\n")
    expect(user.button("Connect again")).to_be_visible()

    session = administrator.api("GET", "/sessions?limit=10&sort=-createdAt")["items"][0]["id"]
    administrator.open("/sessions/" + session)
    expect(administrator.button("Play (space)")).to_be_visible(timeout=20_000)
    administrator.field("Search the output").fill("seen-42")
    expect(administrator.page.get_by_text(re.compile(r"^[1-9]\d* hits?$"))).to_be_visible()
    administrator.button("Next hit").click()
    expect(screen(administrator.page)).to_contain_text("seen-42")
    administrator.page.get_by_role("tab", name="Commands").click()
    expect(administrator.page.get_by_text("echo seen-$((40 + 2))").first).to_be_visible()
    administrator.api("POST", f"/grants/{made['id']}/revoke", {"reason": "the test is over"})


def test_a_revoked_grant_ends_the_terminal_and_says_why(portal, flow, target, unique):
    administrator, user = portal("administrator"), portal("user")
    name = unique("grant")
    grant(administrator, flow, target, name)
    user.open("/my/assets?q=" + target["asset"])
    user.row(target["asset"]).get_by_role("button", name="Connect").first.click()
    expect(user.page.locator(".dot.open")).to_be_visible(timeout=20_000)
    administrator.open("/grants?q=" + name)
    administrator.act(name, "Revoke")
    administrator.field("Reason").fill("incident is over")
    administrator.page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(user.page.locator(".terminal-note.ended")).to_contain_text("incident is over", timeout=4_000)


def test_an_operator_ends_a_live_session(portal, flow, target, unique):
    administrator, user = portal("administrator"), portal("user")
    made = grant(administrator, flow, target, unique("grant"))
    user.open("/my/assets?q=" + target["asset"])
    user.row(target["asset"]).get_by_role("button", name="Connect").first.click()
    expect(user.page.locator(".dot.open")).to_be_visible(timeout=20_000)
    administrator.open("/sessions?state=live")
    administrator.act(target["asset"], "End session")
    administrator.field("Reason").fill("please sign off")
    administrator.page.get_by_role("dialog").get_by_role("button", name="End session").click()
    expect(user.page.locator(".terminal-note.ended")).to_contain_text("please sign off", timeout=4_000)
    administrator.api("POST", f"/grants/{made['id']}/revoke", {"reason": "the test is over"})


def test_access_is_explained(portal, people, unique):
    administrator = portal("administrator")
    asset = administrator.api("POST", "/assets", {"name": unique("asset"), "platform": "linux", "address": "192.0.2.23", "port": 22})
    login = people["user"].login
    administrator.open("/grants")
    administrator.button("Explain access").click()
    box = administrator.page.get_by_role("combobox", name="User")
    box.fill(login)
    administrator.page.get_by_role("option").filter(has_text=login).first.click()
    administrator.pick("Asset", asset["name"])
    administrator.field("Account", exact=True).fill("deploy")
    administrator.button("Decide").click()
    note = administrator.page.locator(".note").filter(has_text="Denied")
    expect(note).to_be_visible()
    # What somebody else has asked for is one click away, and so is asking for oneself.
    expect(note.get_by_role("link", name="has asked for")).to_have_attribute("href", re.compile(r"/tickets\?q="))
    own = people["administrator"].login
    administrator.button(re.compile("^Remove ")).first.click()
    administrator.pick("User", own)
    administrator.button("Decide").click()
    note.get_by_role("link", name="Ask for it").click()
    expect(administrator.page.get_by_role("dialog")).to_contain_text(asset["name"])
    expect(administrator.page.get_by_role("dialog")).to_contain_text("deploy")


@pytest.fixture
def emergency(portal, flow, unique):
    """A rule by which the user may take emergency access; what there was before is put back. The administrator's code has to be a fresh one."""
    administrator = portal("administrator")
    group = administrator.api("POST", "/groups", {"name": unique("on-call")})["id"]
    administrator.api("PUT", f"/groups/{group}/members/{flow['user']}")
    before = administrator.api("GET", "/break-glass-rules")
    name = unique("On call")
    administrator.api("PUT", "/break-glass-rules", {"rules": [*before["rules"], {"name": name, "groups": [group], "actions": ["connect", "download"], "maxSeconds": 1800}]}, before["version"])
    yield administrator, name
    now = administrator.api("GET", "/break-glass-rules")
    administrator.api("PUT", "/break-glass-rules", {"rules": [one for one in now["rules"] if one["name"] != name]}, now["version"])


def test_emergency_access_is_there_at_once_loud_taken_back_and_reviewed(portal, emergency, target, unique):
    administrator, rule = emergency
    approver, user = portal("approver"), portal("user")
    reason = unique("nobody can log in")
    administrator.api("POST", "/my/notices/read")
    administrator.open("/")
    administrator.page.evaluate("window.untouched = true")

    # Taken: nobody was asked, and it says what follows.
    user.open("/requests")
    user.button("Break glass").click()
    dialog = user.page.get_by_role("dialog", name="Break glass")
    expect(dialog).to_contain_text("You get access at once")
    user.pick("Assets", target["asset"])
    user.field("Accounts").fill(target["account"])
    user.field("Accounts").press("Enter")
    # What the rule gives, and no more, can be taken along.
    actions = dialog.get_by_role("group", name="Actions")
    expect(actions.get_by_role("checkbox")).to_have_count(2)
    expect(actions.get_by_role("checkbox", name="connect", exact=True)).to_be_disabled()
    actions.get_by_role("checkbox", name="download").check()
    user.field("How many minutes").fill("10")
    user.field("Reason").fill(reason)
    user.button("Take access now").click()
    user.step_up_if_asked()
    expect(user.page).to_have_url(re.compile("/requests/tkt_"))
    ticket = user.page.url.rsplit("/", 1)[1]
    expect(user.page.locator(".fact").filter(has_text="Actions")).to_contain_text("connect, download")

    # Loud: who administers hears of it where they are, and who may review it.
    expect(administrator.page.get_by_test_id("unread-notices")).to_be_visible(timeout=15_000)
    assert administrator.page.evaluate("window.untouched") is True
    for one in (administrator, approver):
        one.open("/notices")
        expect(one.page.get_by_text(f"Reason: {reason}").first).to_be_visible(timeout=15_000)

    # Used, and recorded.
    user.open("/my/assets?q=" + target["asset"])
    user.row(target["asset"]).get_by_role("button", name="Connect").first.click()
    expect(user.page.locator(".dot.open")).to_be_visible(timeout=20_000)
    expect(screen(user.page)).to_contain_text(re.compile(r"[$#] "))
    user.page.keyboard.type("echo mended-$((40 + 2))\n")
    expect(screen(user.page)).to_contain_text("mended-42")

    # Taken back: the session ends, and the review stays open.
    approver.open("/inbox/" + ticket)
    expect(approver.page.get_by_text(reason).first).to_be_visible()
    approver.button("Revoke now").click()
    dialog = approver.page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill("that is enough")
    dialog.get_by_role("button", name="Revoke now").click()
    approver.step_up_if_asked()
    expect(user.page.locator(".terminal-note.ended")).to_be_visible(timeout=15_000)
    approver.open("/inbox/" + ticket)
    expect(approver.page.locator("h1 + .tag")).to_have_text("Open")

    # Reviewed: until then there is no more of it for the same person.
    user.open("/requests")
    user.button("Break glass").click()
    expect(user.page.get_by_role("dialog").get_by_text("has not been reviewed")).to_be_visible()
    approver.field("Comment on your decision").fill("it was needed")
    approver.button("Approve", exact=True).click()
    expect(approver.page.locator("h1 + .tag")).to_have_text("Approved")
    administrator.open("/break-glass")
    expect(administrator.row(reason)).to_contain_text("Accepted")
    use = next(one for one in administrator.api("GET", "/break-glass?limit=50")["items"] if one["id"] == ticket)
    assert use["sessions"] == 1 and use["outcome"] == "accepted" and use["rule"] == rule and not use["isOpen"], use
    session = administrator.api("GET", "/sessions?limit=1&sort=-createdAt")["items"][0]
    administrator.open("/sessions/" + session["id"])
    expect(administrator.button("Play (space)")).to_be_visible(timeout=20_000)


def test_several_requests_are_decided_at_once_and_one_that_has_changed_is_left(portal, flow, unique):
    approver, user = portal("approver"), portal("user")
    word = unique("many")
    asset = portal("administrator").api("POST", "/assets", {"name": word, "platform": "linux", "address": "192.0.2.23", "port": 22})
    body = {"assets": [asset["id"]], "accounts": ["deploy"], "protocols": ["ssh"], "actions": ["connect"], "durationSeconds": 600}
    tickets = [user.api("POST", "/tickets", {**body, "reason": f"{word} {number}"}) for number in (1, 2, 3)]
    approver.open(f"/inbox?q={word}")
    expect(approver.row(word)).to_have_count(3)
    # What lapses first is first, and is found by who asked and by its risk as well.
    deadlines = [one["deadline"] for one in approver.api("GET", "/inbox?limit=200")["items"]]
    assert deadlines == sorted(deadlines)
    found = approver.api("GET", f'/inbox?filter=requesterName co "{tickets[0]["requester"]["name"]}" and asset eq "{asset["id"]}"')["items"]
    assert {one["id"] for one in found} == {one["id"] for one in tickets}

    approver.field("Choose all rows of this page").check()
    user.api("POST", f"/tickets/{tickets[1]['id']}/withdraw")
    approver.button("Decide", exact=True).click()
    dialog = approver.page.get_by_role("dialog")
    expect(dialog.get_by_text(word)).not_to_have_count(0)
    dialog.get_by_role("button", name="Approve all").click()
    expect(dialog.locator(".bad-text")).to_have_count(1)
    levels = [user.api("GET", f"/tickets/{one['id']}") for one in tickets]
    assert [(one["state"], one["level"]) for one in levels] == [("open", 2), ("withdrawn", 1), ("open", 2)]


def test_a_level_that_asks_why_is_answered_with_a_comment_and_many_of_them_with_one(portal, flow, unique, axe):
    administrator, approver, user = portal("administrator"), portal("approver"), portal("user")
    word = unique("why")
    label = unique("tier")
    asset = administrator.api("POST", "/assets", {"name": word, "platform": "linux", "address": "192.0.2.33", "port": 22, "labels": [{"key": "tier", "value": label}]})
    level = {"name": "Reasons", "approvers": [{"user": flow["approver"]}], "needsComment": "always"}
    body = {"name": word, "isDefault": False, "conditions": {"labels": [{"key": "tier", "value": label}]}, "levels": [level]}
    made = administrator.api("POST", "/flows", body)
    try:
        asked = {"assets": [asset["id"]], "accounts": ["deploy"], "protocols": ["ssh"], "actions": ["connect"], "durationSeconds": 600}
        tickets = [user.api("POST", "/tickets", {**asked, "reason": f"{word} {number}"})["id"] for number in (1, 2, 3)]
        approver.open("/inbox/" + tickets[0])
        page = approver.page
        expect(page.locator(".path")).to_contain_text("approved and rejected with a comment only")
        for button, why in (("Approve", "why you approve it"), ("Reject", "why you reject it")):
            approver.button(button, exact=True).click()
            expect(page.locator(".field.invalid").filter(has_text=why)).to_be_visible()
            expect(page.locator("#comment")).to_be_focused()
        assert user.api("GET", f"/tickets/{tickets[0]}")["state"] == "open"
        approver.fits(axe)
        picture(page, "decide-comment-light-en")
        page.locator("#comment").fill("release night")
        approver.button("Approve", exact=True).click()
        expect(page.locator("h1 + .tag")).to_have_text("Approved")

        # Many are asked for it once.
        approver.open(f"/inbox?q={word}")
        expect(approver.row(word)).to_have_count(2)
        approver.field("Choose all rows of this page").check()
        approver.button("Decide", exact=True).click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("button", name="Reject all").click()
        expect(dialog.locator(".field.invalid").filter(has_text="why you reject them")).to_be_visible()
        dialog.get_by_label("Comment on your decision").fill("not on a Friday")
        dialog.get_by_role("button", name="Reject all").click()
        expect(dialog).to_have_count(0)
        for one in tickets[1:]:
            shown = user.api("GET", f"/tickets/{one}")
            assert (shown["state"], shown["decisions"][0]["comment"]) == ("rejected", "not on a Friday"), shown
    finally:
        kept = {key: value for key, value in made.items() if key not in ("id", "version", "organizationName")}
        administrator.api("PUT", "/flows/" + made["id"], {**kept, "enabled": False}, made["version"])
