"""Signing in at an identity provider, with the browser: the provider is a fixture on this machine."""

import fcntl
import json
import os
import pathlib
import pty
import re
import select
import subprocess
import sys
import termios
import time
import urllib.request

import pytest
from playwright.sync_api import expect

from authenticator import Authenticator
from conftest import Person

FIXTURE = pathlib.Path(__file__).parents[1] / "Support/lying_provider.py"
PYTHON = os.environ.get("GATEHOUSE_TEST_PYTHON", sys.executable)


class Provider:
    def __init__(self):
        self.process = subprocess.Popen([PYTHON, FIXTURE], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line:
            pytest.skip("the provider needs the package cryptography: " + self.process.stderr.read()[-200:])
        self.port = int(line)
        self.issuer = f"http://127.0.0.1:{self.port}"

    def behave(self, **how):
        request = urllib.request.Request(self.issuer + "/control", json.dumps(how).encode(), method="POST")
        urllib.request.urlopen(request).close()

    def asked(self):
        with urllib.request.urlopen(self.issuer + "/control") as answer:
            return json.load(answer)


@pytest.fixture
def provider():
    provider = Provider()
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
def offered(portal, provider, unique):
    """The provider as an administrator added it by the API, with the administrator's page."""
    administrator = portal("administrator", "/identity-providers")
    allowed = administrator.api("GET", "/egress-allowances")["items"]
    opened = [*[{"host": one["host"], "port": one["port"]} for one in allowed], {"host": "127.0.0.1", "port": provider.port}]
    call(administrator, "PUT", "/egress-allowances", {"items": opened})
    name = unique("sign-on")
    made = call(administrator, "POST", "/identity-providers", {
        "name": name, "createsUsers": True, "domains": [f"{name}.example"], "secret": "a secret/with+signs",
        "settings": {"kind": "oidc", "issuer": provider.issuer, "clientId": "gatehouse"},
    })
    yield administrator, name, made["id"]
    call(administrator, "DELETE", f"/identity-providers/{made['id']}")
    call(administrator, "PUT", "/egress-allowances", {"items": opened[:-1]})


def test_somebody_comes_in_by_the_company_s_own_provider(offered, provider, stranger, unique):
    _, name, _ = offered
    login = unique("ann")
    provider.behave(claims={"preferred_username": login, "sub": login})
    page = stranger.page
    page.goto(stranger.url + "/profile?tab=tokens")
    stranger.button(f"Continue with {name}").click()
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    # Nothing of what the provider wrote stays in an address.
    assert "code=" not in page.url and "state=" not in page.url
    secret = page.locator(".enrol-secret code").inner_text()
    stranger.person = Person(login, "", secret)
    page.get_by_label("Code that the app shows").fill(stranger.person.authenticator.code())
    stranger.button("Confirm").click()
    page.get_by_label("I have put them").check()
    stranger.button("Go to the portal").click()
    expect(page).to_have_url(re.compile(r"/profile\?tab=tokens$"))


def test_whoever_signs_out_tells_the_provider_by_a_form_that_leaves_from_one_page(offered, provider, stranger, unique):
    administrator, name, id = offered
    settings = {"kind": "oidc", "issuer": provider.issuer, "clientId": "gatehouse", "signsOutBy": "form"}
    version = administrator.api("GET", f"/identity-providers/{id}")["version"]
    call(administrator, "PATCH", f"/identity-providers/{id}", {"settings": settings}, version)
    login = unique("ann")
    provider.behave(claims={"preferred_username": login, "sub": login})
    page, seen = stranger.page, []
    page.on("request", lambda request: seen.append(request.url))
    page.goto(stranger.url + "/sign-in")
    stranger.button(f"Continue with {name}").click()
    secret = page.locator(".enrol-secret code").inner_text()
    page.get_by_label("Code that the app shows").fill(Authenticator(secret).code())
    stranger.button("Confirm").click()
    page.get_by_label("I have put them").check()
    stranger.button("Go to the portal").click()
    stranger.button(re.compile("profile and sign-out")).click()
    page.get_by_role("menuitem", name="Sign out").click()
    stranger.button(f"Sign out at {name} too").click()
    expect(page).to_have_url(re.compile("/sign-in$"))
    expect(stranger.button(f"Continue with {name}")).to_be_visible()
    said = provider.asked()["bye"]
    assert said["client_id"] == "gatehouse" and said["id_token_hint"].count(".") == 2
    assert said["post_logout_redirect_uri"] == stranger.url + "/sign-in"
    # The token stood in no address, and is left nowhere.
    assert not any(said["id_token_hint"] in url for url in seen)
    assert page.evaluate("sessionStorage.length") == 0
    page.goto(stranger.url + "/sign-in/leave")
    expect(page).to_have_url(re.compile("/sign-in$"))
    # From any other page no form leaves.
    page.evaluate("""url => { const form = document.createElement('form'); form.method = 'post'; form.action = url;
      document.body.append(form); form.submit(); }""", provider.issuer + "/bye?forged")
    page.wait_for_timeout(300)
    assert page.url.startswith(stranger.url)


def test_a_login_s_mail_domain_leads_to_its_provider(offered, provider, stranger, unique):
    _, name, _ = offered
    login = unique("bea")
    provider.behave(claims={"preferred_username": login, "sub": login})
    stranger.page.goto(stranger.url + "/sign-in")
    expect(stranger.button(f"Continue with {name}")).to_be_visible()
    stranger.field("Login").fill(f"bea@{name}.example")
    expect(stranger.field("Password")).to_have_count(0)
    stranger.button(f"Continue with {name}").click()
    expect(stranger.page.get_by_role("img", name="QR code")).to_be_visible()


def test_a_refusal_says_whose_word_did_not_count(offered, provider, stranger):
    _, name, _ = offered
    page = stranger.page
    for lie in ({"sign": "none"}, {"claims": {"aud": "somebody-else"}}, {"back": {"code": None, "error": "access_denied"}}):
        provider.behave(**lie)
        page.goto(stranger.url + "/sign-in")
        stranger.button(f"Continue with {name}").click()
        expect(page.get_by_role("alert")).to_contain_text("does not let you in here")
        expect(stranger.field("Password")).to_be_visible()
    # What somebody else began is over here.
    page.goto(stranger.url + f"/sign-in/callback/{offered[2]}?state=AAAA&code=x")
    expect(page.get_by_role("alert")).to_be_visible()
    assert "code=" not in page.url


def test_an_administrator_adds_a_provider_and_tries_it(portal, provider, offered, unique):
    administrator, _, _ = offered
    page = administrator.page
    name = unique("console")
    administrator.open("/identity-providers")
    administrator.add("New provider", "New single sign-on")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").first.fill(name)
    dialog.get_by_label("Issuer").fill("no address")
    dialog.get_by_label("Client", exact=True).fill("gatehouse")
    dialog.get_by_label("Secret of the client").fill("a secret/with+signs")
    dialog.get_by_role("button", name="Create").click()
    administrator.step_up_if_asked()
    expect(dialog.get_by_text("must be an https address")).to_be_visible()
    dialog.get_by_label("Issuer").fill(provider.issuer)
    dialog.get_by_role("button", name="Create").click()
    administrator.toast(f"{name} is saved")
    page.get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    expect(page.get_by_text(re.compile(r"/sign-in/callback/idp_")).first).to_be_visible()
    administrator.button("Test", exact=True).click()
    expect(page.get_by_text("The provider is ready for a sign-in.")).to_be_visible()
    administrator.button("Try it in this browser").click()
    # Out to the provider and back, and still the same person.
    expect(page.get_by_text("Nobody comes in.")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Account here")).to_contain_text("Nobody here has this login, and new people are not taken in")
    assert "a secret" not in page.content()
    provider.behave(sign="hs256")
    administrator.button("Try it in this browser").click()
    expect(page.get_by_role("row").filter(has_text="ID token")).to_contain_text("is not allowed")
    made = administrator.find("/identity-providers", name)
    call(administrator, "DELETE", f"/identity-providers/{made['id']}")


class Terminal:
    """The system's ssh at a terminal of its own, without keys."""

    def __init__(self, gateway, name):
        self.master, end = pty.openpty()
        self.process = subprocess.Popen(
            ["ssh", "-tt", "-p", str(gateway["sshPort"]), "-o", "PreferredAuthentications=keyboard-interactive", "-o", "StrictHostKeyChecking=no",
             "-o", "UserKnownHostsFile=/dev/null", "-o", "IdentitiesOnly=yes", "-F", "none", "-l", name, "127.0.0.1"],
            stdin=end, stdout=end, stderr=end, start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(end)
        self.shown = ""

    def until(self, pattern):
        """What it shows, once this is in what came since it was last asked."""
        end = time.monotonic() + 20
        while not (found := re.search(pattern, self.shown)):
            assert time.monotonic() < end and self.process.poll() is None, f"no {pattern} in {self.shown!r}"
            if select.select([self.master], [], [], 0.5)[0]:
                self.shown += os.read(self.master, 65_536).decode(errors="replace")
        self.shown = self.shown[found.end():]
        return found

    def enter(self, text=""):
        os.write(self.master, text.encode() + b"\n")

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.master)


def test_a_terminal_is_let_in_by_the_browser_of_whoever_compares_the_code(offered, portal, people, target):
    user = portal("user")
    page = user.page
    asset = next(one for one in offered[0].api("GET", "/assets?limit=100")["items"] if one["name"] == target["asset"])
    gateway = user.api("GET", f"/my/gateway?asset={asset['id']}")
    company = re.match(r"https?://([^.]+)\.", user.url).group(1)
    terminal = Terminal(gateway, f"{company}+{people['user'].login}")
    try:
        # Two empty answers ask for a link.
        terminal.until(r"assword[^:]*: ?")
        terminal.enter()
        terminal.until(r": ?")
        terminal.enter()
        link = terminal.until(r"(https?://\S+/device#\S+)").group(1)
        said = terminal.until(r"(?s)(.*?[Ee]nter)").group(1)
        page.goto(link)
        expect(page.get_by_role("heading", name="Sign in at a terminal")).to_be_visible()
        code = page.locator(".device-code code").inner_text()
        assert code in said, f"{code!r} is not in {said!r}"
        expect(page.get_by_text(people["user"].login, exact=True)).to_be_visible()
        user.button("It is me: let the terminal in").click()
        user.step_up_if_asked()
        expect(page.get_by_text("The terminal is let in")).to_be_visible()
        terminal.enter()
        terminal.until("Gatehouse · ")
        # The link was good for one terminal.
        user.open("/profile")
        page.goto(link)
        expect(page.get_by_text("This link is over")).to_be_visible()
        terminal.enter("q")
    finally:
        terminal.close()


def test_a_link_that_leads_nowhere_says_so(portal):
    administrator = portal("administrator", "/device#" + "x" * 43)
    expect(administrator.page.get_by_role("heading", name="This link is over")).to_be_visible()
    assert "#" not in administrator.page.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_sign_in_page_with_providers_fits_and_passes_axe(offered, browser, scheme, axe):
    from conftest import URL, new_page

    for language in ("en", "zh"):
        page = new_page(browser, color_scheme=scheme, viewport={"width": 320, "height": 640})
        page.add_init_script(f"localStorage.setItem('gatehouse.language', '{language}')")
        page.goto(URL + "/sign-in")
        expect(page.get_by_role("button").filter(has_text=offered[1])).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        answer = axe.run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}).response
        assert [violation["id"] for violation in answer["violations"]] == []
        if folder := os.environ.get("GATEHOUSE_SCREENSHOTS"):
            page.screenshot(path=f"{folder}/sign-in-providers-{scheme}-{language}.png")
        page.context.close()
