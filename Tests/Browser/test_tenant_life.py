"""The provider's work with tenants in the console: who may sign up, who comes in, and how a tenant ends."""

import json
import os
import pathlib
import re
import subprocess
import time

import pytest
from playwright.sync_api import expect

from conftest import new_page
from test_sign_up import MAILS, fill, host, mailed_link

COMMAND = os.environ.get("GATEHOUSE_COMMAND")


def picture(one, name, **how):
    """The page in both themes and languages, for whoever wants to look."""
    if folder := os.environ.get("GATEHOUSE_SCREENSHOTS"):
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        one.page.screenshot(path=f"{folder}/{name}.png", **how)


def wait_for_mail(address, words):
    end = time.monotonic() + 20
    while time.monotonic() < end:
        mails = [json.loads(line) for line in pathlib.Path(MAILS).read_text().splitlines()[1:] if line.endswith("}")]
        if any(words in mail["text"] for mail in mails if mail["to"] == [address]):
            return
        time.sleep(0.1)
    raise AssertionError(f"no mail for {address} has {words!r}")


def set_mode(one, mode):
    one.open("/sign-ups")
    one.button("Who may sign up").click()
    one.page.get_by_role("radio", name=mode).check(force=True)
    one.field("Contact").fill("sales@example.com")
    one.button("Save").click()
    one.toast("Settings are saved")
    expect(one.page.get_by_test_id("sign-up-mode")).to_have_text(mode)


def asks(browser, company, slug):
    page = new_page(browser)
    page.goto(host("signup"))
    fill(page, company, slug, f"{slug}@example.com")
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_text("Look into your mailbox")).to_be_visible()
    page.goto(mailed_link(f"{slug}@example.com"))
    page.get_by_role("button", name="Confirm and go on").click()
    expect(page.get_by_text(f"{company} waits for the provider")).to_be_visible()
    page.context.close()


@pytest.mark.skipif(not MAILS, reason="GATEHOUSE_MAILS names no mail server")
def test_signing_up_is_switched_companies_that_wait_are_approved_and_declined(console, browser, unique):
    one = console("/sign-ups")
    page = one.page
    wanted, unwanted = unique("bay"), unique("spam")
    set_mode(one, "With approval")
    try:
        asks(browser, "Bay & Sons", wanted)
        asks(browser, "Spam Inc.", unwanted)

        one.open("/sign-ups")
        one.act(wanted, "Approve")
        page.get_by_role("dialog").get_by_role("button", name="Approve").click()
        one.toast("Bay & Sons is a tenant now")
        expect(one.row(wanted).locator(".tag")).to_have_text("Approved")
        assert f"//{wanted}." in mailed_link(f"{wanted}@example.com", "/invitation#token=")

        one.act(unwanted, "Decline")
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_role("button", name="Decline")).to_be_disabled()
        dialog.get_by_label("Reason").fill("We know no such company")
        picture(one, "console-sign-up-decline")
        dialog.get_by_role("button", name="Decline").click()
        expect(one.row(unwanted).locator(".tag")).to_have_text("Rejected")
        expect(one.row(unwanted)).to_contain_text("Olga Operator")
        expect(one.row(unwanted)).to_contain_text("We know no such company")
        wait_for_mail(f"{unwanted}@example.com", "We know no such company")

        one.row(wanted).get_by_role("link", name="Bay & Sons").click()
        expect(page.get_by_test_id("tenant-standing")).to_contain_text("The trial ends")
    finally:
        set_mode(one, "Off")


def end(one, item, done):
    """Takes a transition of the tenant that is shown, which asks for no more than a yes."""
    one.button("Actions").click()
    one.page.get_by_role("menuitem", name=item).click()
    one.page.get_by_role("dialog").get_by_role("button", name=item).click()
    one.toast(done)


def close(one, name, days):
    one.button("Actions").click()
    one.page.get_by_role("menuitem", name="Close for good").click()
    dialog = one.page.get_by_role("dialog")
    dialog.get_by_label("Grace period, in days").fill(str(days))
    expect(dialog.get_by_role("button", name="Close for good")).to_be_disabled()
    dialog.get_by_label(f"Type {name} to confirm").fill(name)
    picture(one, "console-tenant-close")
    dialog.get_by_role("button", name="Close for good").click()
    one.toast(f"{name} is closed")


def test_a_tenant_is_closed_reopened_closed_and_erased_and_the_proof_holds(console, unique, tmp_path):
    one = console("/tenants")
    page, slug, name = one.page, unique("gone"), "Gone & Partners"
    created = one.api("POST", "/tenants", {"slug": slug, "name": name, "administrator": {"login": "gina", "name": "Gina"}})
    tenant = created["tenant"]["id"]
    one.open(f"/tenants/{tenant}")
    state, standing = page.locator(".page-head .tag"), page.get_by_test_id("tenant-standing")
    expect(state).to_have_text("Active")
    expect(standing).to_have_count(0)

    one.button("Actions").click()
    page.get_by_role("menuitem", name="Give a trial").click()
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(state).to_have_text("Trial")
    expect(standing).to_contain_text("in 30 days")
    end(one, "Activate", "is a customer now")
    expect(state).to_have_text("Active")

    close(one, name, 14)
    expect(state).to_have_text("Closing")
    expect(standing).to_contain_text("Erased in 14 days")
    expect(standing).to_contain_text("what it was: Active")
    picture(one, "console-tenant-closing")
    end(one, "Cancel the closing", "stays")
    expect(state).to_have_text("Active")

    close(one, name, 1)
    one.button("Actions").click()
    page.get_by_role("menuitem", name="Erase now").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Erase now")).to_be_disabled()
    dialog.get_by_label(f"Type {name} to confirm").fill(name)
    dialog.get_by_role("button", name="Erase now").click()
    one.toast(f"{name} is being erased")
    expect(standing).to_contain_text("Being erased")
    expect(one.button("Actions")).to_have_count(0)
    page.get_by_role("tab", name="Erasure").click()

    # A quarter of a minute for everybody to hear of it, and the next look of the clock.
    expect(one.button("Download the proof")).to_be_visible(timeout=180_000)
    expect(state).to_have_text("Deleted")
    expect(page.get_by_role("list", name="Steps of the erasing").get_by_role("listitem")).to_have_count(5)
    expect(page.get_by_test_id("erasure-key")).to_contain_text("signs with now")
    picture(one, "console-tenant-erased", full_page=True)
    with page.expect_download() as download:
        one.button("Download the proof").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert file.name == f"{slug}-erasure-proof.json"
    proof = json.loads(file.read_text())
    assert proof["proof"]["tenant"] == {"id": tenant, "slug": slug, "name": name}
    assert proof["proof"]["erased"]["tenantKeys"]
    line = page.locator(".copy-line code").inner_text()
    key = re.fullmatch(rf"gatehouse verify-erasure {file.name} --key=(\S+)", line).group(1)
    assert key == one.api("GET", "/erasure-key")["publicKey"]
    if not COMMAND:
        return
    # Joined: a key may begin with a dash.
    check = [COMMAND, "verify-erasure", file, f"--key={key}"]
    assert subprocess.run(check, capture_output=True).returncode == 0
    proof["proof"]["erased"]["objects"] += 1
    file.write_text(json.dumps(proof))
    assert subprocess.run(check, capture_output=True).returncode == 1


@pytest.mark.skipif("GATEHOUSE_SCREENSHOTS" not in os.environ, reason="nobody wants pictures")
def test_take_pictures_of_the_ends_of_tenants(console, unique):
    one = console("/tenants")
    body = {"slug": unique("pic"), "name": "Picture Ltd.", "administrator": {"login": "pia", "name": "Pia"}}
    tenant = one.api("POST", "/tenants", body)["tenant"]["id"]
    one.api("POST", f"/tenants/{tenant}/close", {"graceDays": 30})
    gone = next((item["id"] for item in one.api("GET", "/tenants?filter=state%20eq%20%22deleted%22")["items"]), None)
    for scheme, language in (("light", "en"), ("dark", "zh")):
        one = console(color_scheme=scheme)
        one.page.evaluate(f"localStorage.setItem('gatehouse.language', '{language}')")
        for path, name in ((f"/tenants/{tenant}", "closing"), (f"/tenants/{gone}?tab=erasure", "erased"), ("/sign-ups", "sign-ups")):
            one.open(path)
            expect(one.page.locator(".skeleton")).to_have_count(0)
            picture(one, f"console-{name}-{scheme}-{language}", full_page=True)
