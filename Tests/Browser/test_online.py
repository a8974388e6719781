"""Who is signed in: administrators see it and end it, and the browser that was signed out says why."""

import base64
import os
import pathlib

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from authenticator import Authenticator
from conftest import Person


def come_in(stranger, administrator, login):
    """Somebody new, signed in within a browser of their own."""
    password = "a long sentence for the first time"
    url = administrator.api("POST", "/users", {"login": login, "name": "Guest Person"})["invitationUrl"]
    stranger.page.goto(stranger.url + "/sign-in")
    token = stranger.api("POST", "/auth/invitation", {"token": url.split("=")[-1], "password": password})["token"]
    secret = stranger.api("POST", "/auth/enrolment", {"token": token})["secret"]
    stranger.person = Person(login, password, secret)
    stranger.api("POST", "/auth/enrolment/confirm", {"token": token, "code": Authenticator(secret).code()})
    stranger.page.goto(stranger.url + "/profile")
    expect(stranger.page.get_by_role("navigation", name="Main")).to_be_visible()


def test_somebody_is_signed_out_everywhere_and_told_why(portal, stranger, unique):
    login = unique("online")
    administrator = portal("administrator", "/users")
    come_in(stranger, administrator, login)
    administrator.open("/online")
    expect(administrator.row(login)).to_contain_text("Chrome")
    administrator.act(login, "Sign out everywhere")
    administrator.page.get_by_role("dialog").get_by_role("button", name="Sign out everywhere").click()
    administrator.toast("Guest Person is signed out everywhere")
    expect(administrator.row(login)).to_have_count(0)
    stranger.page.goto(stranger.url + "/profile")
    expect(stranger.page.get_by_text("An administrator signed you out.")).to_be_visible()


def test_an_administrator_ends_the_token_and_the_ssh_key_of_somebody_else(portal, stranger, unique):
    login = unique("programs")
    administrator = portal("administrator", "/users")
    come_in(stranger, administrator, login)
    stranger.api("POST", "/me/tokens", {"name": "left behind"})
    blob = base64.b64encode(b"\0\0\0\x0bssh-ed25519\0\0\0 " + os.urandom(32)).decode()
    stranger.api("POST", "/me/ssh-keys", {"name": "old laptop", "publicKey": f"ssh-ed25519 {blob}"})
    user = administrator.find("/users", login, key="login")["id"]
    administrator.open(f"/users/{user}?tab=programs")
    programs = administrator.page.get_by_test_id("program-access")
    expect(programs).to_contain_text("No access keys")
    assert administrator.violations(Axe()) == []
    line = programs.get_by_role("listitem").filter(has_text="left behind")
    line.get_by_role("button", name="End").click()
    administrator.page.get_by_role("dialog").get_by_role("button", name="End").click()
    administrator.toast("left behind is ended")
    expect(line).to_have_count(0)
    assert stranger.api("GET", "/me/tokens")["items"] == []
    line = programs.get_by_role("listitem").filter(has_text="old laptop")
    expect(line).to_contain_text("SHA256:")
    line.get_by_role("button", name="End").click()
    dialog = administrator.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Nobody signs in with it any more.")
    dialog.get_by_role("button", name="End").click()
    administrator.toast("old laptop is ended")
    expect(line).to_have_count(0)
    assert stranger.api("GET", "/me/ssh-keys")["items"] == []


def test_an_ssh_key_that_opens_nothing_says_why_on_both_pages(portal, stranger, unique, axe):
    login = unique("held")
    administrator = portal("administrator", "/users")
    come_in(stranger, administrator, login)
    blob = base64.b64encode(b"\0\0\0\x0bssh-ed25519\0\0\0 " + os.urandom(32)).decode()
    stranger.api("POST", "/me/ssh-keys", {"name": "old laptop", "publicKey": f"ssh-ed25519 {blob}"})
    user = administrator.find("/users", login, key="login")["id"]
    assert [key["hold"] for key in stranger.api("GET", "/me/ssh-keys")["items"]] == [None]

    def hold(one, kind, path):
        body = one.api("GET", "/me/ssh-keys" if one is stranger else f"/users/{user}/ssh-keys")
        for key in body["items"]:
            key["hold"] = kind
        one.page.unroute("**/ssh-keys**")
        one.page.route("**/ssh-keys**", lambda route: route.fulfill(json=body))
        one.open(path)
        line = one.page.get_by_role("listitem").filter(has_text="old laptop")
        expect(line).to_contain_text("Opens nothing")
        return line

    mine, theirs = "/profile?tab=ssh-keys", f"/users/{user}?tab=programs"
    expect(hold(stranger, "sign-in", mine)).to_contain_text("Sign in again, by your identity provider or by your password here")
    expect(hold(stranger, "provider-off", mine)).to_contain_text("has disabled the identity provider by which you came")
    stranger.fits(axe)
    expect(hold(administrator, "sign-in", theirs)).to_contain_text("until the person has signed in again")
    expect(hold(administrator, "provider-off", theirs)).to_contain_text("the identity providers that know the person are disabled")
    administrator.fits(axe)


SHANGHAI = {
    "country": "CN", "countryName": {"en": "China", "zh": "中国"}, "region": {"en": "Shanghai", "zh": "上海"},
    "city": {"en": "Shanghai", "zh": "上海"}, "cityId": 1796236,
}


def test_places_of_sign_ins_are_shown_where_they_are_listed(portal, axe):
    """Everybody here comes from this machine, which has no place: the answers get one on their way."""
    administrator = portal("administrator", "/users")
    page = administrator.page
    online, browsers, events = (administrator.api("GET", path) for path in ("/online-sessions", "/me/sessions", "/audit-events"))
    for item in online["items"] + browsers["items"]:
        item["place"] = SHANGHAI
    events["items"][0].update(action="user.signed-in", details={"place": SHANGHAI})
    page.route("**/api/v1/online-sessions*", lambda route: route.fulfill(json=online))
    page.route("**/api/v1/me/sessions*", lambda route: route.fulfill(json=browsers))
    page.route("**/api/v1/audit-events*", lambda route: route.fulfill(json=events))
    for language, place in (("en", "Shanghai, China"), ("zh", "中国 上海")):
        page.evaluate(f"localStorage.setItem('gatehouse.language', '{language}')")
        for name, path in (("online", "/online"), ("browsers", "/profile?tab=sessions")):
            administrator.open(path)
            expect(page.get_by_text(place).first).to_be_visible()
            picture(page, f"place-{name}-{language}")
            administrator.fits(axe)
        administrator.open("/audit")
        page.locator("tbody tr").first.get_by_role("button").first.click()
        expect(page.get_by_role("dialog")).to_contain_text(place)
        picture(page, f"place-audit-{language}")


def test_the_settings_say_whether_cities_are_known(portal, axe):
    administrator = portal("administrator", "/users")
    page = administrator.page
    there = {"database": "GeoLite2-City", "builtAt": "2026-11-24T10:00:00Z"}
    for language, none, known in (("en", "Cities are not known here", "Cities are known by GeoLite2-City"), ("zh", "此处无法识别城市", "城市识别依据：GeoLite2-City")):
        page.evaluate(f"localStorage.setItem('gatehouse.language', '{language}')")
        administrator.open("/settings/security")
        note = page.get_by_test_id("geolocation")
        expect(note).to_contain_text(none)
        expect(note).to_contain_text("geolocationDatabase")
        note.scroll_into_view_if_needed()
        picture(page, f"geolocation-none-{language}")
        administrator.fits(axe)
        page.route("**/api/v1/settings/geolocation", lambda route: route.fulfill(json=there))
        administrator.open("/settings/security")
        expect(note).to_contain_text(known)
        note.scroll_into_view_if_needed()
        picture(page, f"geolocation-known-{language}")
        page.unroute("**/api/v1/settings/geolocation")


def picture(page, name):
    folder = os.environ.get("GATEHOUSE_SCREENSHOTS")
    if folder:
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
