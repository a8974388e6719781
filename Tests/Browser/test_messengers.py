"""Signing in by a messenger and by OAuth 2, and binding an account to one's own, with the browser: the services are fixtures on this machine."""

import json
import os
import pathlib
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from playwright.sync_api import expect

from conftest import Person
from test_single_sign_on import call

SUPPORT = pathlib.Path(__file__).parents[1] / "Support"
PYTHON = os.environ.get("GATEHOUSE_TEST_PYTHON", sys.executable)
SECRET = "an app's secret/with+signs"


class Messengers:
    def __init__(self):
        self.process = subprocess.Popen([PYTHON, SUPPORT / "stand_in_messengers.py"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line:
            pytest.skip("the messengers need the package cryptography: " + self.process.stderr.read()[-200:])
        self.port = int(line)

    def behave(self, **how):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/all/control", json.dumps(how).encode(), method="POST")
        urllib.request.urlopen(request).close()

    def settings(self, vendor):
        place = f"http://127.0.0.1:{self.port}/all/{vendor}"
        return {"kind": "messenger", "vendor": vendor, "organization": "company-1", "clientId": "app-1000002", "signInUrl": place, "apiUrl": place}


@pytest.fixture
def messengers():
    found = Messengers()
    yield found
    found.process.kill()
    found.process.wait()


@pytest.fixture
def administrator(portal):
    return portal("administrator", "/identity-providers")


@pytest.fixture
def opened(administrator):
    """Opens a port of this machine for the company, for as long as a test lasts."""
    before = [{"host": one["host"], "port": one["port"]} for one in administrator.api("GET", "/egress-allowances")["items"]]
    yield lambda port: call(administrator, "PUT", "/egress-allowances", {"items": [*before, {"host": "127.0.0.1", "port": port}]})
    call(administrator, "PUT", "/egress-allowances", {"items": before})


@pytest.fixture
def bindable(administrator, messengers, opened, unique):
    opened(messengers.port)
    name = unique("messenger")
    made = call(administrator, "POST", "/identity-providers", {"name": name, "createsUsers": True, "bindsUsers": True, "secret": SECRET, "settings": messengers.settings("feishu")})
    yield name, made["id"]
    call(administrator, "DELETE", f"/identity-providers/{made['id']}")


def test_somebody_scans_with_their_messenger_and_comes_in(bindable, messengers, stranger, unique):
    name, _ = bindable
    login = unique("mia")
    messengers.behave(page=True, person={"union_id": login, "user_id": login})
    page = stranger.page
    page.goto(stranger.url + "/sign-in")
    stranger.button(f"Continue with {name}").click()
    expect(page.get_by_role("heading", name="Scan with feishu")).to_be_visible()
    page.get_by_role("link", name="Scanned").click()
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    # Nothing of what the messenger wrote stays in an address.
    assert "code=" not in page.url and "state=" not in page.url
    stranger.person = Person(login, "", page.locator(".enrol-secret code").inner_text())
    page.get_by_label("Code that the app shows").fill(stranger.person.authenticator.code())
    stranger.button("Confirm").click()
    page.get_by_label("I have put them").check()
    stranger.button("Go to the portal").click()
    expect(page.get_by_role("navigation").first).to_be_visible()


def test_a_person_binds_an_account_sees_whose_it_is_and_undoes_it(bindable, messengers, portal, unique):
    name, _ = bindable
    login = unique("own")
    messengers.behave(page=True, person={"union_id": login, "user_id": login, "name": "Own Account"})
    person = portal("administrator", "/profile?tab=accounts")
    page = person.page
    person.button(f"Bind {name}").click()
    page.get_by_role("link", name="Scanned").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"Own Account ({login}) at {name}")
    assert "code=" not in page.url and "state=" not in page.url
    # Nothing is bound before the person says yes.
    assert all(one["name"] != name for one in person.api("GET", "/me/identities")["items"])
    dialog.get_by_role("button", name="Bind", exact=True).click()
    person.step_up_if_asked()
    person.toast(f"{name} is bound to your account")
    row = page.get_by_role("listitem").filter(has_text=name)
    expect(row).to_contain_text(f"Own Account ({login})")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    row.get_by_role("button", name="Undo").click()
    page.get_by_role("dialog").get_by_role("button", name="Undo").click()
    person.step_up_if_asked()
    person.toast(f"{name} is bound no more")
    expect(person.button(f"Bind {name}")).to_be_visible()


def test_what_was_not_begun_here_binds_nothing(bindable, portal):
    person = portal("administrator", "/profile?tab=accounts")
    page = person.page
    page.evaluate("sessionStorage.setItem('gatehouse.binding', 'AAAA')")
    answer = page.goto(person.url + f"/sign-in/callback/{bindable[1]}?state=AAAA&code=x")
    assert answer.headers["referrer-policy"] == "no-referrer"
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert "code=" not in page.url


def test_an_administrator_sets_a_messenger_up_and_tries_it(administrator, messengers, opened, unique):
    opened(messengers.port)
    page = administrator.page
    name = unique("wecom")
    administrator.open("/identity-providers")
    administrator.add("New provider", "New messenger")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").first.fill(name)
    dialog.get_by_label("Messenger", exact=True).select_option("wecom")
    dialog.get_by_label("CorpID").fill("company 1")
    dialog.get_by_label("AgentId of the app").fill("app-1000002")
    dialog.get_by_label("Secret of the client").fill(SECRET)
    for label in ("Address of the sign-in page", "Address of the API"):
        dialog.get_by_label(label).fill(f"http://127.0.0.1:{messengers.port}/all/wecom")
    dialog.get_by_role("button", name="Create").click()
    administrator.step_up_if_asked()
    expect(dialog.get_by_text("must be one word")).to_be_visible()
    dialog.get_by_label("CorpID").fill("company-1")
    dialog.get_by_role("button", name="Create").click()
    administrator.toast(f"{name} is saved")
    page.get_by_role("link", name=name).click()
    administrator.button("Test", exact=True).click()
    expect(page.get_by_text("The provider is ready for a sign-in.")).to_be_visible()
    administrator.button("Try it in this browser").click()
    expect(page.get_by_text("Nobody comes in.")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Account here")).to_contain_text("Nobody here has this login, and new people are not taken in")
    assert SECRET not in page.content()
    made = administrator.find("/identity-providers", name)
    call(administrator, "DELETE", f"/identity-providers/{made['id']}")


def test_rules_of_a_messenger_go_by_departments_and_a_trial_says_which_hold(administrator, messengers, opened, unique, axe):
    opened(messengers.port)
    page = administrator.page
    name, plant = unique("dingtalk"), unique("plant")
    place = call(administrator, "POST", "/organizations", {"name": plant})
    login = unique("own")
    messengers.behave(person={"userid": login, "unionId": login})
    made = call(administrator, "POST", "/identity-providers", {"name": name, "createsUsers": True, "secret": SECRET, "settings": messengers.settings("dingtalk")})
    administrator.open(f"/identity-providers/{made['id']}")
    administrator.button("Edit").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("qyapi_get_department_list")).to_be_visible()
    dialog.get_by_role("button", name="Add a rule").click()
    dialog.get_by_label("Members of").fill("technology")
    dialog.get_by_role("button", name="Add a condition").click()
    dialog.get_by_label("Condition 2", exact=True).last.select_option("attribute")
    dialog.get_by_label("Name of the attribute").fill("title")
    dialog.get_by_label("Value", exact=True).fill("Lead Engineer")
    dialog.get_by_label("get", exact=True).select_option("place")
    dialog.get_by_label("a place in an organization").select_option(label=plant)
    administrator.fits(axe)
    dialog.get_by_role("button", name="Save").click()
    administrator.step_up_if_asked()
    administrator.toast(f"{name} is saved")
    rule = administrator.find("/identity-providers", name)["rules"][0]
    assert rule["organization"] == place["id"] and rule["role"] is None and rule["group"] is None and rule["directoryGroup"] == "technology"
    administrator.button("Try it in this browser").click()
    expect(page.get_by_role("row").filter(has_text="Attributes for rules")).to_be_visible()
    expect(page.get_by_text(f"Belongs to {plant}")).to_be_visible()
    expect(page.get_by_text("department/31", exact=True)).to_be_visible()
    messengers.behave(person={"userid": login, "unionId": login}, deny=["department"])
    administrator.button("Try it in this browser").click()
    expect(page.get_by_role("row").filter(has_text="Groups").first).to_contain_text("subcode=60011")
    expect(page.get_by_text(f"Belongs to {plant}")).to_have_count(0)
    call(administrator, "DELETE", f"/identity-providers/{made['id']}")


def test_an_administrator_sets_oauth_up_and_somebody_comes_in(administrator, opened, portal, stranger, unique, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    opened(port)
    page = administrator.page
    name = unique("oauth")
    administrator.open("/identity-providers")
    administrator.add("New provider", "New OAuth 2")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").first.fill(name)
    for label, place in (("Where people sign in", "authorize"), ("Where codes are exchanged", "token"), ("What says who somebody is", "userinfo")):
        dialog.get_by_label(label).fill(f"http://127.0.0.1:{port}/{place}")
    dialog.get_by_label("Client", exact=True).fill("gatehouse")
    dialog.get_by_label("Secret of the client").fill("a secret/with+signs")
    scopes = dialog.get_by_label("Scopes")
    scopes.fill("profile")
    scopes.press("Enter")
    dialog.get_by_label("What never changes").fill("id")
    dialog.locator("[name=claim-login]").fill("login")
    dialog.get_by_label("Take in whoever is unknown here").check()
    dialog.get_by_role("button", name="Create").click()
    administrator.step_up_if_asked()
    administrator.toast(f"{name} is saved")
    made = administrator.find("/identity-providers", name)
    server = subprocess.Popen([PYTHON, SUPPORT / "authlib_provider.py", tmp_path, str(port), "gatehouse", "a secret/with+signs", f"{stranger.url}/sign-in/callback/{made['id']}"], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/ready").close()
                break
            except OSError:
                time.sleep(0.1)
        else:
            pytest.skip("the provider needs the package Authlib")
        page = stranger.page
        page.goto(stranger.url + "/sign-in")
        stranger.button(f"Continue with {name}").click()
        page.locator("[name=username]").fill("alice")
        page.locator("[name=password]").fill("alice's password")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("img", name="QR code")).to_be_visible()
        assert "code=" not in page.url and "state=" not in page.url
    finally:
        server.kill()
        server.wait()
        call(administrator, "DELETE", f"/identity-providers/{made['id']}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_accounts_page_fits_and_passes_axe(bindable, portal, scheme, axe):
    person = portal("administrator", "/profile?tab=accounts")
    page = person.page
    page.emulate_media(color_scheme=scheme)
    expect(person.button(f"Bind {bindable[0]}")).to_be_visible()
    answer = axe.run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}).response
    assert [violation["id"] for violation in answer["violations"]] == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
