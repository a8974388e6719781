"""A provider's program that says who its people are: turned on, given a token, seen at work, and stopped."""

import json
import re
import urllib.error
import urllib.parse
import urllib.request

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"


@pytest.fixture
def administrator(portal, unique):
    """Somebody at the page of a provider that nobody can reach; it is gone afterwards."""
    one = portal("administrator", "/identity-providers")
    made = one.api("POST", "/identity-providers", {
        "name": unique("provisioned"), "secret": "shared with nobody",
        "settings": {"kind": "radius", "servers": [{"host": "127.0.0.1", "port": 9}]}})
    one.provider = f"/identity-providers/{made['id']}"
    one.open(one.provider)
    yield one
    if any(one.provider.endswith(item["id"]) for item in one.api("GET", "/identity-providers")["items"]):
        one.api("DELETE", one.provider)


def ask(address, token, method, path, body=None):
    """What the server answers to the program: the status and the document."""
    # The browser finds the name by itself; here nobody does.
    place = urllib.parse.urlsplit(address)
    request = urllib.request.Request(
        f"{place.scheme}://127.0.0.1:{place.port}{place.path}{path}", method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Host": place.netloc, "Authorization": f"Bearer {token}", "Content-Type": "application/scim+json"})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"null")


def test_a_provider_is_provisioned_from_the_first_token_to_the_last_call(administrator, unique):
    one, page = administrator, administrator.page
    section = page.locator("section", has=page.get_by_role("heading", name="Provisioning (SCIM)", exact=True)).last
    address = section.locator(".copy-line code").inner_text()
    assert address.endswith("/scim/v2")

    one.button("Provisioning settings").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Let the provider say who its people are").check()
    dialog.get_by_role("button", name="Save").click()
    one.step_up_if_asked()
    one.toast("Provisioning (SCIM) is saved")
    one.button("New provisioning token").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Entra")
    page.get_by_role("dialog").get_by_role("button", name="Create").click()
    one.step_up_if_asked()
    token = page.get_by_test_id("secret-once").inner_text()
    assert re.fullmatch(r"ghp_[A-Za-z0-9_-]{43}", token)
    one.button("Done").click()

    login = unique("ann").lower()
    status, ann = ask(address, token, "POST", "/Users", {"schemas": [USER], "userName": login, "displayName": "Ann Archer"})
    assert status == 201, ann
    one.api("POST", f"/users/{ann['id']}/disable")
    status, same = ask(address, token, "PATCH", f"/Users/{ann['id']}", {
        "schemas": [PATCH], "Operations": [{"op": "replace", "path": "active", "value": True}]})
    assert (status, same["active"]) == (200, False)
    assert ask(address, token, "POST", "/Users", {"schemas": [USER], "userName": login})[0] == 409

    page.reload()
    calls = section.get_by_role("table", name="Latest calls")
    expect(calls.get_by_role("row", name=re.compile("Take a person in.*201"))).to_be_visible()
    expect(calls.get_by_role("row", name=re.compile("Change a person.*an administrator has disabled"))).to_be_visible()
    expect(calls.get_by_role("row", name=re.compile("Take a person in.*409"))).to_be_visible()

    tokens = section.get_by_role("table", name="Tokens")
    tokens.get_by_role("row", name=re.compile("Entra")).get_by_role("button", name="Actions").click()
    page.get_by_role("menuitem", name="Replace").click()
    page.get_by_role("dialog").get_by_label("Hours for which the old one is good, too").fill("0")
    page.get_by_role("dialog").get_by_role("button", name="Replace").click()
    one.step_up_if_asked()
    fresh = page.get_by_test_id("secret-once").inner_text()
    one.button("Done").click()
    assert ask(address, token, "GET", "/Users")[0] == 401
    assert ask(address, fresh, "GET", "/Users")[0] == 200
    tokens.get_by_role("row", name=re.compile("Entra")).get_by_role("button", name="Actions").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    one.step_up_if_asked()
    expect(section.get_by_text("No tokens")).to_be_visible()
    assert ask(address, fresh, "GET", "/Users")[0] == 401


def test_who_deletes_a_provider_reads_before_what_people_lose_by_it(administrator, unique):
    one, page = administrator, administrator.page
    name = one.api("GET", one.provider)["name"]
    one.api("PATCH", one.provider, {"rules": [{"directoryGroup": "Auditors", "role": "auditor", "group": None}]}, one.api("GET", one.provider)["version"])
    one.api("PATCH", f"{one.provider}/provisioning", {"enabled": True}, one.api("GET", f"{one.provider}/provisioning")["version"])
    token = one.api("POST", f"{one.provider}/provisioning-clients", {"name": "program"})["token"]
    address = page.locator(".copy-line code").filter(has_text="/scim/v2").inner_text()
    status, ann = ask(address, token, "POST", "/Users", {"schemas": [USER], "userName": unique("ann").lower()})
    assert status == 201, ann
    status, group = ask(address, token, "POST", "/Groups", {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Auditors", "members": [{"value": ann["id"]}]})
    assert status == 201, group
    roles = lambda: sorted(role["builtIn"] for role in one.api("GET", f"/users/{ann['id']}")["roles"])
    assert roles() == ["auditor", "user"]

    page.reload()
    one.button("Delete", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("listitem")).to_have_text(["1 person loses the role Auditor"])
    expect(dialog).to_contain_text("1 person loses what only its rules gave")
    expect(dialog).to_contain_text("If you disable it instead, nobody comes in through it, and everybody keeps what its rules gave.")
    assert one.violations(Axe()) == []
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    # To disable it takes nothing.
    dialog.get_by_role("button", name="Cancel").click()
    one.button("Disable").first.click()
    one.step_up_if_asked()
    one.toast("what its rules gave stays")
    assert roles() == ["auditor", "user"]
    one.button("Delete", exact=True).click()
    dialog.get_by_role("textbox").fill(name)
    dialog.get_by_role("button", name="Delete").click()
    one.step_up_if_asked()
    one.toast(f"{name} is deleted")
    assert roles() == ["user"]
