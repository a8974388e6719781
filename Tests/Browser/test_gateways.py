"""Where sessions go: rules in their order, what a company is bound to, and where a worker stands."""

import os
import pathlib

import pytest
from playwright.sync_api import expect


def picture(one, name):
    if folder := os.environ.get("GATEHOUSE_SCREENSHOTS"):
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        one.page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def pictures(opened, path, name, ready):
    """A page in both themes and languages, once it shows what it is about."""
    for scheme, language in (("light", "en"), ("dark", "zh")):
        one = opened(color_scheme=scheme)
        one.page.evaluate(f"localStorage.setItem('gatehouse.language', '{language}')")
        one.open(path)
        expect(one.page.get_by_text(ready).first).to_be_visible()
        picture(one, f"{name}-{scheme}-{language}")


def token(one, label, *words):
    for word in words:
        one.field(label, exact=True).fill(word)
        one.field(label, exact=True).press("Enter")


def rules(one):
    return [rule["name"] for rule in one.api("GET", "/endpoint-rules")["rules"]]


def add(one, name, **how):
    one.button("New rule").first.click()
    one.field("Name", exact=True).fill(name)
    for label, words in how.get("tokens", {}).items():
        token(one, label, *words)
    if "region" in how:
        one.field("Region").fill(how["region"])
    one.button("Save").click()
    one.toast(f"{name} is saved")
    expect(one.page.get_by_role("list", name="Gateway rules").get_by_text(name, exact=True)).to_be_visible()


@pytest.fixture
def no_rules(console, portal):
    """Nobody is led anywhere before and after."""
    def clear():
        for one in (console("/gateway-rules"), portal("administrator", "/gateway-rules")):
            one.api("PUT", "/endpoint-rules", {"rules": []})
    clear()
    yield
    clear()


def test_the_provider_puts_rules_in_their_order(console, no_rules):
    one = console("/gateway-rules")
    page = one.page
    expect(page.get_by_text("No rules yet")).to_be_visible()
    one.button("New rule").first.click()
    one.field("Name", exact=True).fill("Bad")
    token(one, "People come from", "10.0.0.0/99")
    token(one, "Pools of gateways", "eu")
    one.button("Save").click()
    expect(page.locator(".field.invalid").filter(has_text="People come from")).to_contain_text("such as 10.0.0.0/8")
    page.get_by_role("button", name="Remove 10.0.0.0/99").click()
    page.get_by_role("button", name="Remove eu", exact=True).click()
    one.button("Save").click()
    expect(page.locator(".field.invalid").filter(has_text="Pools of gateways")).to_contain_text("pools or a region")
    one.button("Cancel").click()
    one.button("Leave").click()

    add(one, "Europe", tokens={"People come from": ["10.1.0.0/16", "2001:db8::/32"]}, region="eu-central")
    add(one, "Everybody", tokens={"Pools of gateways": ["default", "spare"]})
    # A company's folders and labels are none of the provider's business.
    one.button("New rule").first.click()
    expect(one.field("Assets carry the label")).to_have_count(0)
    one.button("Cancel").click()
    assert rules(one) == ["Europe", "Everybody"]
    expect(one.button("Move Europe up")).to_be_disabled()
    one.button("Move Everybody up").click()
    expect(page.get_by_role("list", name="Gateway rules").locator("b").first).to_have_text("Everybody")
    assert rules(one) == ["Everybody", "Europe"]
    pictures(console, "/gateway-rules", "console-rules", "Everybody")

    # Somebody else was quicker: nothing of theirs is lost.
    one.api("PUT", "/endpoint-rules", {"rules": [{"name": "Theirs", "region": "us"}]})
    one.button("Move Everybody down").click()
    expect(page.get_by_text("Somebody else changed it").first).to_be_visible()
    expect(page.get_by_role("list", name="Gateway rules").locator("b")).to_have_text(["Theirs"])
    one.button("Actions for Theirs").click()
    page.get_by_role("menuitem", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("No rules yet")).to_be_visible()
    assert rules(one) == []


def test_a_company_has_rules_of_its_own(portal, no_rules, unique):
    folder = unique("site")
    one = portal("administrator", "/gateway-rules")
    page = one.page
    one.api("POST", "/nodes", {"name": folder, "parent": None})
    page.reload()
    one.button("New rule").first.click()
    one.field("Name", exact=True).fill("North")
    one.field("Assets lie in the folder").select_option(label=folder)
    one.field("Assets carry the label").fill("site=north")
    token(one, "Assets lie in", "192.168.0.0/16")
    token(one, "Pools of gateways", "default")
    one.button("Save").click()
    one.toast("North is saved")
    for words in ("Assets in 192.168.0.0/16", f"Assets in {folder}", "Assets with site=north", "Pool default"):
        expect(page.get_by_text(words, exact=True)).to_be_visible()
    pictures(lambda **how: portal("administrator", **how), "/gateway-rules", "rules", "North")
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    user = portal("user", "/gateway-rules")
    expect(user.page.get_by_role("heading", name="This page is not for your roles")).to_be_visible()


def test_a_company_is_bound_to_a_pool_and_freed_and_a_worker_is_put_there(console, unique):
    pool = unique("pool")
    one = console("/tenants")
    page = one.page
    body = {"slug": unique("bound"), "name": "Bound Ltd.", "administrator": {"login": "bea", "name": "Bea"}}
    tenant = one.api("POST", "/tenants", body)["tenant"]["id"]
    worker = next(item for item in one.api("GET", "/workers")["items"] if item["state"] == "active")
    one.open(f"/tenants/{tenant}?tab=gateways")
    pinned = page.get_by_test_id("pinning")
    expect(page.get_by_text("Bound Ltd. is bound to nothing")).to_be_visible()
    expect(pinned).to_have_text("Pool default")
    expect(page.get_by_text(worker["name"], exact=True)).to_be_visible()

    one.button("Bind it").click()
    one.button("Remove default").click()
    token(one, "Pools of gateways", pool)
    token(one, "Labels", "zone=north")
    one.button("Save").click()
    one.toast("Bound Ltd. is saved")
    expect(pinned).to_contain_text(f"Pool {pool}")
    expect(page.get_by_role("alert")).to_contain_text("No worker may serve Bound Ltd.")
    picture(one, "console-pinning-nobody")

    # A worker comes into that pool, and leaves it again before anybody misses it.
    one.open("/workers")
    try:
        one.act(worker["name"], "Put elsewhere")
        one.field("Pool").fill(pool)
        one.field("Region").fill("eu-north")
        token(one, "Labels", "zone=north")
        one.button("Save").click()
        expect(one.row(worker["name"])).to_contain_text(f"{pool} · eu-north")
        expect(one.row(worker["name"])).to_contain_text("zone=north")
        one.open(f"/tenants/{tenant}?tab=gateways")
        expect(page.get_by_text(worker["name"], exact=True)).to_be_visible()
        pictures(console, f"/tenants/{tenant}?tab=gateways", "console-pinning", f"{pool} · eu-north")
    finally:
        place = {"pool": worker["pool"], "region": worker["region"], "labels": worker["labels"]}
        one.api("PUT", f"/workers/{worker['id']}/place", place)
    one.button("Free it").click()
    page.get_by_role("dialog").get_by_role("button", name="Free it").click()
    one.toast("Bound Ltd. is bound to nothing")
    expect(pinned).to_have_text("Pool default")
    assert one.api("GET", f"/tenants/{tenant}/pinning") == {"pools": ["default"], "labels": []}
