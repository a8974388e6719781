"""The provider's console: its own host, its own people."""

import os
import pathlib
import re

import pytest
from playwright.sync_api import expect

from conftest import CONSOLE, Person

PAGES = ["/tenants", "/sign-ups", "/support", "/workers", "/gateway-rules", "/service-levels", "/operators", "/plans", "/usage", "/invoices", "/audit", "/profile"]


def settle(console):
    expect(console.page.locator(".skeleton")).to_have_count(0)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_shows_its_content_and_fits_320_pixels(console, path):
    one = console(path)
    settle(one)
    expect(one.page.get_by_role("heading", level=1).first).to_be_attached()
    one.page.set_viewport_size({"width": 320, "height": 700})
    width = one.page.evaluate("document.documentElement.scrollWidth")
    assert width <= 320, f"{path} is {width} pixels wide"
    assert one.hosts == {CONSOLE}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_passes_axe(console, scheme, axe):
    one = console(color_scheme=scheme)
    found = {}
    for path in PAGES:
        one.open(path)
        settle(one)
        if violations := one.violations(axe):
            found[path] = [(violation["id"], [node["html"][:120] for node in violation["nodes"]][:3]) for violation in violations]
    assert found == {}


def test_a_stranger_is_asked_who_they_are_and_a_wrong_password_tells_nothing(newcomer):
    one = newcomer()
    one.open("/tenants")
    expect(one.page).to_have_url(re.compile("/sign-in"))
    expect(one.page.get_by_text("Provider console")).to_be_visible()
    one.give("olga", "certainly wrong")
    expect(one.page.get_by_role("alert")).to_contain_text("did not match")


def test_a_tenant_is_created_with_an_invitation_suspended_and_resumed(console, unique):
    slug = unique("t")
    one = console("/")
    page = one.page
    expect(page).to_have_url(re.compile("/tenants$"))
    one.button("New tenant").first.click()
    one.field("Company").fill("Northwind & Söhne")
    one.field("Short name").fill("Not A Slug")
    page.get_by_role("dialog").get_by_label("Name", exact=True).fill("Nora North")
    one.field("Login").fill("nora")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".field.invalid").filter(has_text="Short name")).to_be_visible()
    one.field("Short name").fill(slug)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_test_id("secret-once")).to_contain_text(f"://{slug}.")
    expect(page.get_by_test_id("secret-once")).to_contain_text("/invitation#token=")
    one.button("Done").click()
    one.field("Search", exact=True).fill(slug)
    one.row(slug).get_by_role("link", name="Northwind").click()
    expect(page.get_by_role("heading", level=1, name="Northwind & Söhne")).to_be_visible()

    one.button("Actions").click()
    page.get_by_role("menuitem", name="Suspend").click()
    page.get_by_role("dialog").get_by_role("button", name="Suspend").click()
    one.toast("is suspended")
    expect(page.locator(".page-head .tag")).to_have_text("Suspended")
    one.button("Actions").click()
    page.get_by_role("menuitem", name="Resume").click()
    page.get_by_role("dialog").get_by_role("button", name="Resume").click()
    expect(page.locator(".page-head .tag")).to_have_text("Active")
    page.get_by_role("tab", name="Audit events").click()
    expect(one.row("Olga Operator").first).to_be_visible()


def test_a_colleague_is_invited_comes_in_sees_what_the_role_has_and_is_shut_out(console, newcomer, unique):
    login = unique("sven")
    one = console("/operators")
    page = one.page
    one.button("New operator").click()
    one.field("Name").fill("Sven Support")
    one.field("Login").fill(login)
    page.get_by_role("checkbox", name="Operator").uncheck()
    page.get_by_role("checkbox", name="Support").check()
    page.keyboard.press("Control+Enter")
    one.step_up_if_asked()
    link = page.get_by_test_id("secret-once").inner_text()
    one.button("Done").click()

    sven = newcomer()
    sven.page.goto(link)
    sven.field("New password", exact=True).fill("pelicans near the harbour")
    sven.field("New password again").fill("pelicans near the harbour")
    sven.button("Continue").click()
    expect(sven.page.get_by_role("img", name="QR code for the authenticator app")).to_be_visible()
    secret = sven.page.locator(".enrol-secret code").inner_text()
    sven.person = Person(login, "pelicans near the harbour", secret)
    sven.field("Code that the app shows").fill(sven.person.authenticator.code())
    sven.button("Confirm").click()
    navigation = sven.page.get_by_role("navigation", name="Main")
    expect(navigation.get_by_role("link", name="Tenants")).to_be_visible()
    expect(navigation.get_by_role("link", name="Operators")).to_have_count(0)
    sven.open("/operators")
    expect(sven.page.get_by_text("provider.operators")).to_be_visible()
    sven.open("/tenants")
    expect(sven.button("New tenant")).to_have_count(0)

    page.reload()
    one.act(login, "Disable")
    page.get_by_role("dialog").get_by_role("button", name="Disable").click()
    one.step_up_if_asked()
    expect(one.row(login)).to_contain_text("Disabled")
    sven.open("/tenants")
    expect(sven.page).to_have_url(re.compile("/sign-in"))


def test_a_worker_is_drained_and_resumed_and_a_token_is_made(console):
    one = console("/workers")
    page = one.page
    # The rows before the first answer have cells too, without a text.
    expect(page.get_by_role("meter").first).to_be_visible()
    name = page.get_by_role("row").nth(1).get_by_role("cell").first.inner_text()
    one.act(name, "Drain")
    page.get_by_role("dialog").get_by_role("button", name="Drain").click()
    try:
        expect(one.row(name)).to_contain_text("Draining")
    finally:
        # The tests that come after this one need a gateway that takes sessions.
        one.act(name, "Let it work again")
        page.get_by_role("dialog").get_by_role("button", name="Let it work again").click()
    expect(one.row(name)).to_contain_text("Active")
    one.button("New worker").first.click()
    page.keyboard.press("Control+Enter")
    assert len(page.get_by_test_id("secret-once").inner_text()) > 30
    one.button("Done").click()


def test_the_portal_and_the_console_are_apart(console, stranger):
    one = console("/tenants")
    assert one.page.evaluate("document.documentElement.dataset.surface") == "console"
    stranger.open("/sign-in")
    assert stranger.page.evaluate("document.documentElement.dataset.surface") == "portal"
    assert stranger.page.evaluate("fetch('/provider/v1/tenants').then((answer) => answer.status)") == 404


@pytest.mark.skipif("GATEHOUSE_SCREENSHOTS" not in os.environ, reason="nobody wants pictures")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_take_pictures(console, scheme, language):
    folder = pathlib.Path(os.environ["GATEHOUSE_SCREENSHOTS"])
    folder.mkdir(parents=True, exist_ok=True)
    one = console(color_scheme=scheme)
    one.page.evaluate(f"localStorage.setItem('gatehouse.language', '{language}')")
    for path in PAGES:
        one.open(path)
        settle(one)
        one.page.screenshot(path=folder / f"console-{path.strip('/')}-{scheme}-{language}.png")
