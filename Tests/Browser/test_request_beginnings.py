"""How requests begin and what is taken along: a basket, templates, what others have, roles; timelines and reports as files."""

import json
import re

import pytest
from playwright.sync_api import expect


@pytest.fixture
def estate(portal, people, unique):
    """The administrator, two assets, and everybody's ids. Where no flow is for everything yet, one is made and stays: the approver decides, then the administrator."""
    administrator = portal("administrator")
    ids = {name: administrator.find(f'/users?filter=login eq "{person.login}"', person.login, "login")["id"] for name, person in people.items()}
    names = [unique("one"), unique("two")]
    assets = [administrator.api("POST", "/assets", {"name": name, "platform": "linux", "address": f"192.0.2.{60 + index}", "port": 22}) for index, name in enumerate(names)]
    default = next((one for one in administrator.api("GET", "/flows")["items"] if one["isDefault"]), None)
    if not default:
        administrator.api("POST", "/flows", {"name": "Everything", "isDefault": True, "levels": [{"name": "Lead", "approvers": [{"user": ids["approver"]}]}, {"name": "Security", "approvers": [{"user": ids["administrator"]}]}]})
    return administrator, assets, ids


def basket(one):
    return one.page.get_by_role("link", name=re.compile(r"^Request \d+ assets? that you put aside"))


def put_aside(one, asset):
    one.page.keyboard.press("Control+k")
    one.page.get_by_role("combobox").fill(asset["name"])
    one.page.get_by_role("option").filter(has_text=f"Add {asset['name']} to your request").click()
    expect(basket(one)).to_contain_text("1")


def fill(one, account, reason):
    one.field("Accounts").fill(account)
    one.field("Accounts").press("Enter")
    one.field("Reason").fill(reason)
    expect(one.page.get_by_text("Who decides")).to_be_visible()
    one.page.keyboard.press("Control+Enter")
    expect(one.page).to_have_url(re.compile("/requests/tkt_"))


def test_assets_from_anywhere_become_one_request(portal, estate, unique, axe):
    administrator, (first, second), _ = estate
    one = administrator.open("/assets?q=" + first["name"])
    one.act(first["name"], "Add to request")
    expect(basket(one)).to_contain_text("1")
    one.open("/assets/" + second["id"])
    one.button("Add to request").click()
    expect(one.button("In your request")).to_be_disabled()
    # It is there after a reload; what is disabled meanwhile says so, and why, before it is sent.
    one.page.reload()
    expect(basket(one)).to_contain_text("2")
    one.api("PATCH", "/assets/" + second["id"], {"state": "disabled"}, second["version"])
    basket(one).click()
    expect(one.page.get_by_text(f"Cannot be asked for: {second['name']}")).to_be_visible()
    one.fits(axe)
    one.button("Leave out").click()
    expect(one.page.locator(".chip", has_text=second["name"])).to_have_count(0)
    expect(basket(one)).to_contain_text("1")
    one.page.keyboard.press("Escape")
    # By words alone, from anywhere, for somebody who sees no assets.
    user = portal("user")
    put_aside(user, first)
    basket(user).click()
    fill(user, "deploy", "out of the basket")
    expect(basket(user)).to_have_count(0)
    expect(user.page.locator(".facts")).to_contain_text(first["name"])


def test_a_basket_is_one_persons_and_goes_with_them(stranger, people, estate):
    _, (first, _), _ = estate
    # A session of its own: signing out ends it.
    stranger.person = people["user"]
    one = stranger.sign_in()
    put_aside(one, first)
    baskets = "Object.keys(localStorage).filter((key) => key.startsWith('gatehouse.basket.'))"
    kept = one.page.evaluate(baskets)
    assert len(kept) == 1
    # Somebody else at this browser finds nothing of it.
    one.page.evaluate("([key]) => { localStorage.setItem('gatehouse.basket.somebody-else', localStorage.getItem(key)); localStorage.removeItem(key); }", kept)
    one.page.reload()
    expect(one.page.get_by_role("navigation", name="Main")).to_be_visible()
    expect(basket(one)).to_have_count(0)
    one.page.evaluate("localStorage.removeItem('gatehouse.basket.somebody-else')")
    # Whoever signs out leaves nothing of it.
    put_aside(one, first)
    assert one.page.evaluate(baskets) == kept
    one.button(re.compile("profile and sign-out")).click()
    one.page.get_by_role("menuitem", name="Sign out").click()
    expect(one.field("Login")).to_be_visible()
    one.page.wait_for_function(baskets + ".length === 0")


def test_a_template_is_made_offered_and_taken(portal, estate, unique, axe):
    administrator, (first, _), ids = estate
    group = administrator.api("POST", "/groups", {"name": unique("crew")})
    administrator.api("PUT", f"/groups/{group['id']}/members/{ids['user']}")
    name = unique("Template")
    one = administrator.open("/request-templates")
    one.button("New template").first.click()
    dialog = one.page.get_by_role("dialog")
    one.page.keyboard.press("Control+Enter")
    expect(dialog.locator(".field.invalid").filter(has_text="Name")).to_be_visible()
    dialog.get_by_label("Name", exact=True).fill(name)
    one.pick("Assets", first["name"])
    dialog.get_by_label("Accounts").fill("deploy")
    dialog.get_by_label("Accounts").press("Enter")
    dialog.get_by_label("Beginning of the reason").fill("Change no. ")
    one.pick("Groups", group["name"])
    one.fits(axe)
    one.page.keyboard.press("Control+Enter")
    expect(one.page.get_by_role("listitem").filter(has_text=name)).to_contain_text(f"For: {group['name']}")
    one.fits(axe)
    # Whom it is not for is not offered it.
    assert name not in json.dumps(portal("approver").api("GET", "/my/request-templates"))
    user = portal("user", "/requests?new=1")
    user.page.get_by_text("Begin with a template").click()
    template = user.page.get_by_role("listitem").filter(has_text=name)
    template.get_by_role("button", name="Use").click()
    expect(user.field("Reason")).to_have_value("Change no. ")
    expect(user.page.locator(".chip", has_text=first["name"])).to_be_visible()
    own = unique("Mine")
    user.field("Keep as a template of mine").fill(own)
    user.field("Reason").fill("Change no. 42")
    user.page.keyboard.press("Control+Enter")
    expect(user.page).to_have_url(re.compile("/requests/tkt_"))
    user.open("/requests?new=1")
    user.page.get_by_text("Begin with a template").click()
    user.button(f"Remove my template {own}").click()
    expect(user.page.get_by_role("listitem").filter(has_text=own)).to_have_count(0)
    one.page.get_by_role("listitem").filter(has_text=name).get_by_role("button", name="Actions").click()
    one.page.get_by_role("menuitem", name="Delete").click()
    one.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(one.page.get_by_role("listitem").filter(has_text=name)).to_have_count(0)


def test_what_others_have_is_asked_for_with_one_click(portal, estate, unique):
    administrator, (_, second), ids = estate
    group = administrator.api("POST", "/groups", {"name": unique("peers")})
    for person in ("user", "approver", "administrator"):
        administrator.api("PUT", f"/groups/{group['id']}/members/{ids[person]}")
    made = administrator.api("POST", "/grants", {
        "name": unique("grant"), "users": [ids["approver"]], "assets": [second["id"]], "accounts": [{"kind": "name", "name": "backup"}], "protocols": ["ssh"], "actions": ["connect"],
    })
    user = portal("user", "/requests?new=1")
    user.page.get_by_text("What others in my groups have").click()
    line = user.page.get_by_role("listitem").filter(has_text=second["name"])
    expect(line).to_contain_text("backup")
    line.get_by_role("button").click()
    expect(user.page.locator(".chip", has_text=second["name"])).to_be_visible()
    expect(user.page.locator(".chip", has_text="backup")).to_be_visible()
    answer = json.dumps(user.api("GET", "/my/peer-access"))
    assert ids["approver"] not in answer and group["id"] not in answer
    administrator.api("POST", f"/grants/{made['id']}/revoke", {"reason": "the test is over"})


def test_a_role_is_asked_for(portal, estate, unique, axe):
    administrator, _, _ = estate
    role = administrator.api("POST", "/roles", {"name": unique("role"), "permissions": ["assets.read"], "scope": "organization"})
    user = portal("user", "/requests?new=1&ask=role")
    user.field("Role", exact=True).last.select_option(label=role["name"])
    user.field("For how many hours").fill("2")
    user.field("Reason").fill("to look after a colleague's assets")
    expect(user.page.get_by_text("Who decides")).to_be_visible()
    user.fits(axe)
    user.page.keyboard.press("Control+Enter")
    expect(user.page).to_have_url(re.compile("/requests/tkt_"))
    expect(user.page.locator(".facts")).to_contain_text(role["name"])
    expect(user.page.locator(".facts")).to_contain_text("2 hours")
    user.api("POST", f"/tickets/{user.page.url.rsplit('/', 1)[1]}/withdraw")


def test_whose_turn_it_is_the_server_says_and_the_timeline_is_taken_along(portal, estate, unique, axe):
    administrator, (first, _), ids = estate
    user, approver = portal("user"), portal("approver")
    ticket = user.api("POST", "/tickets", {"reason": "=1+1", "assets": [first["id"]], "accounts": ["deploy"], "protocols": ["ssh"], "durationSeconds": 3600})
    turn = {person: portal(person).api("GET", "/tickets/" + ticket["id"])["mayDecide"] for person in ("user", "administrator", "approver")}
    whose = [person for person, may in turn.items() if may]
    assert "user" not in whose and len(whose) == 1, turn
    decider = {"approver": approver, "administrator": administrator}[whose[0]]
    decider.open("/inbox/" + ticket["id"])
    expect(decider.button("Approve")).to_be_visible()
    other = administrator if decider is approver else approver
    other.open("/inbox/" + ticket["id"])
    expect(other.page.locator(".level").first).to_be_visible()
    expect(other.button("Approve")).to_have_count(0)
    decider.button("Approve").click()
    expect(decider.page.locator(".timeline").get_by_text("approved").first).to_be_visible()
    expect(decider.page.locator(".timeline")).to_contain_text("was asked")
    decider.fits(axe)
    user.open("/requests/" + ticket["id"])
    user.button("Actions").first.click()
    with user.page.expect_download() as waiting:
        user.page.get_by_role("menuitem", name="Timeline as CSV").click()
    text = open(waiting.value.path(), encoding="utf-8-sig").read()
    assert "level-opened" in text and ",'=1+1," in text, text
    trail = administrator.api("GET", '/audit-events?limit=20&filter=action eq "ticket.exported"')["items"]
    assert f"#{ticket['number']}" in json.dumps(trail)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_access_fit_and_pass_axe(portal, estate, scheme, axe, unique):
    administrator, (first, _), ids = estate
    user = portal("user")
    grant = administrator.api("POST", "/grants", {
        "name": unique("a long name that somebody gave to what somebody else may do for a while"), "users": [ids["user"]], "assets": [first["id"]],
        "accounts": [{"kind": "name", "name": "deploy"}], "protocols": ["ssh"], "actions": ["connect"],
    })
    mine = portal("user", "/my/access", color_scheme=scheme)
    expect(mine.row(first["name"]).first).to_be_visible()
    mine.fits(axe)
    one = portal("administrator", "/break-glass", color_scheme=scheme)
    one.fits(axe)
    one.open("/break-glass?tab=rules")
    one.fits(axe)
    user.api("POST", "/tickets", {"reason": "for the report", "assets": [first["id"]], "accounts": ["deploy"], "protocols": ["ssh"]})
    one.open("/tickets/report")
    expect(one.page.locator(".meters")).to_be_visible()
    one.fits(axe)
    with one.page.expect_download() as waiting:
        one.button("Export as CSV").click()
    assert "part,id,name" in open(waiting.value.path(), encoding="utf-8-sig").read()
    administrator.api("POST", f"/grants/{grant['id']}/revoke", {"reason": "the test is over"})
