"""Signing in at a provider of SAML, with the browser: the provider is pysaml2, on this machine."""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.request

import pytest
from playwright.sync_api import expect

from conftest import Person

FIXTURE = pathlib.Path(__file__).parents[1] / "Support/pysaml2_provider.py"
PYTHON = os.environ.get("GATEHOUSE_TEST_PYTHON", sys.executable)


class Provider:
    def __init__(self, folder):
        self.process = subprocess.Popen([PYTHON, "-W", "ignore", FIXTURE, folder, "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line:
            pytest.skip("the provider needs pysaml2 and xmlsec1: " + self.process.stderr.read()[-200:])
        self.port = int(line)
        self.address = f"http://127.0.0.1:{self.port}"

    def behave(self, **how):
        request = urllib.request.Request(self.address + "/control", json.dumps(how).encode(), method="POST")
        urllib.request.urlopen(request).close()

    def read(self, place):
        with urllib.request.urlopen(place) as answer:
            return answer.read().decode()


@pytest.fixture
def provider():
    with tempfile.TemporaryDirectory() as folder:
        provider = Provider(folder)
        yield provider
        provider.process.kill()
        provider.process.wait()


def call(person, *request):
    """A call that may ask for a fresh second factor."""
    try:
        return person.api(*request)
    except AssertionError as refusal:
        if "step-up-required" not in str(refusal):
            raise
    person.api("POST", "/me/step-up", {"code": person.person.authenticator.code()})
    return person.api(*request)


@pytest.fixture
def opened(portal, provider):
    """The administrator's page, with the provider's port opened for the company."""
    administrator = portal("administrator", "/identity-providers")
    allowed = administrator.api("GET", "/egress-allowances")["items"]
    before = [{"host": one["host"], "port": one["port"]} for one in allowed]
    call(administrator, "PUT", "/egress-allowances", {"items": [*before, {"host": "127.0.0.1", "port": provider.port}]})
    yield administrator
    call(administrator, "PUT", "/egress-allowances", {"items": before})


def ours(administrator, made):
    """The portal's metadata for the provider, as it would fetch them."""
    return administrator.page.evaluate(
        "async (place) => (await fetch(place)).text()", f"/api/v1/auth/identity-providers/{made['id']}/saml/metadata")


def test_an_administrator_adds_a_provider_by_its_metadata_and_tries_it(opened, provider, unique):
    administrator, page, name = opened, opened.page, unique("saml")
    administrator.add("New provider", "New SAML provider")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").first.fill(name)
    dialog.get_by_label("Metadata of the provider").fill("<nothing/>")
    dialog.get_by_role("button", name="Fill in from metadata").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    dialog.get_by_label("Metadata of the provider").fill(provider.address + "/metadata")
    dialog.get_by_role("button", name="Fill in from metadata").click()
    expect(dialog.get_by_label("Entity ID")).to_have_value(provider.address + "/metadata")
    expect(dialog.get_by_label("Where to sign in")).to_have_value(provider.address + "/sso")
    expect(dialog.get_by_label("Certificates for signing")).to_have_value(re.compile("BEGIN CERTIFICATE"))
    dialog.get_by_label("Login", exact=True).fill("uid")
    if folder := os.environ.get("GATEHOUSE_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/saml-editor.png")
    dialog.get_by_role("button", name="Create").click()
    administrator.step_up_if_asked()
    administrator.toast(f"{name} is saved")
    made = administrator.find("/identity-providers", name)
    provider.behave(metadata=ours(administrator, made), login=unique("bob"))
    page.get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    expect(page.get_by_text(re.compile(r"/saml/metadata$")).first).to_be_visible()
    administrator.button("Test", exact=True).click()
    expect(page.get_by_text("The provider is ready for a sign-in.")).to_be_visible()
    administrator.button("Try it in this browser").click()
    # Out to the provider, back by its form, and still the same person.
    expect(page.get_by_text("Nobody comes in.")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Response")).to_contain_text("signed")
    expect(page.get_by_role("row").filter(has_text="Account here")).to_contain_text("Nobody here has this login, and new people are not taken in")
    if folder := os.environ.get("GATEHOUSE_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/saml-provider.png", full_page=True)
    call(administrator, "DELETE", f"/identity-providers/{made['id']}")


def test_somebody_comes_in_by_a_form_that_the_provider_s_page_posts(opened, provider, stranger, unique):
    administrator, name, login = opened, unique("sign-on"), unique("ann")
    settings = call(administrator, "POST", "/identity-providers/metadata", {"url": provider.address + "/metadata"})
    made = call(administrator, "POST", "/identity-providers", {
        "name": name, "createsUsers": True,
        "settings": {**settings, "kind": "saml", "attributes": {"subject": "NameID", "login": "uid", "name": "cn", "email": "mail", "groups": "groups"}},
    })
    provider.behave(metadata=ours(administrator, made), login=login)
    page = stranger.page
    page.goto(stranger.url + "/profile?tab=tokens")
    stranger.button(f"Continue with {name}").click()
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    # Nothing of what the provider sent stays in an address.
    assert "state=" not in page.url
    secret = page.locator(".enrol-secret code").inner_text()
    stranger.person = Person(login, "", secret)
    page.get_by_label("Code that the app shows").fill(stranger.person.authenticator.code())
    stranger.button("Confirm").click()
    page.get_by_label("I have put them").check()
    stranger.button("Go to the portal").click()
    expect(page).to_have_url(re.compile(r"/profile\?tab=tokens$"))
    # The provider says that the person has left, with this browser; the portal lets it in no more.
    page.goto(provider.address + "/leave")
    expect(page.get_by_text("signed out everywhere")).to_be_visible()
    page.goto(stranger.url + "/profile")
    expect(stranger.button(f"Continue with {name}")).to_be_visible()
    call(administrator, "DELETE", f"/identity-providers/{made['id']}")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_form_and_page_of_a_provider_fit_and_pass_axe(opened, provider, unique, language, scheme, axe):
    administrator, page, name = opened, opened.page, unique("fits")
    settings = call(administrator, "POST", "/identity-providers/metadata", {"url": provider.address + "/metadata"})
    made = call(administrator, "POST", "/identity-providers", {"name": name, "settings": {**settings, "kind": "saml"}})
    page.emulate_media(color_scheme=scheme)
    page.evaluate("language => localStorage.setItem('gatehouse.language', language)", language)
    page.goto(administrator.url + f"/identity-providers/{made['id']}")
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    for part in ("page", "form"):
        if part == "form":
            page.get_by_role("button", name={"en": "Edit", "zh": "编辑"}[language], exact=True).click()
            expect(page.locator("textarea[name=certificates]")).to_have_value(re.compile("BEGIN CERTIFICATE"))
            page.locator("input[name=unsolicited]").scroll_into_view_if_needed()
        answer = axe.run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}).response
        assert [(one["id"], [node["html"][:120] for node in one["nodes"]][:3]) for one in answer["violations"]] == []
        if folder := os.environ.get("GATEHOUSE_SCREENSHOTS"):
            page.screenshot(path=f"{folder}/saml-{part}-{scheme}-{language}.png")
        page.set_viewport_size({"width": 320, "height": 700})
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, part
        page.set_viewport_size({"width": 1360, "height": 860})
    call(administrator, "DELETE", f"/identity-providers/{made['id']}")
