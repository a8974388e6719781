"""What every page has in common: navigation, languages, themes, small screens, no foreign host."""

import os
import pathlib
import time

import pytest
from playwright.sync_api import expect

PAGES = [
    "/", "/my/assets", "/workspace", "/requests", "/inbox", "/my/sessions", "/assets", "/accounts", "/users", "/groups", "/organizations", "/grants", "/tickets", "/flows",
    "/sessions", "/commands", "/audit", "/settings/general", "/settings/branding", "/settings/security", "/settings/recording", "/settings/mail", "/settings/keys", "/webhooks", "/egress", "/gateway-rules", "/usage", "/support-access", "/online", "/roles", "/sign-in-rules", "/sign-in-locks", "/sms-gateways", "/face-component", "/sign-in-links", "/profile", "/profile?tab=second-factors", "/profile?tab=ssh-keys", "/profile?tab=tokens", "/profile?tab=access-keys", "/profile?tab=sessions",
    "/my/access", "/my/secrets", "/notices", "/check-outs", "/duties", "/identity-providers", "/factor-rules", "/tickets/report", "/break-glass", "/break-glass?tab=rules", "/request-templates", "/settings/notices", "/announcements", "/messengers", "/profile?tab=accounts", "/profile?tab=delegations", "/profile?tab=notices",
]


def settle(portal):
    expect(portal.page.locator(".skeleton")).to_have_count(0)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_shows_its_content_and_fits_320_pixels(portal, path):
    administrator = portal("administrator", path)
    settle(administrator)
    expect(administrator.page.get_by_role("heading", level=1).first).to_be_attached()
    expect(administrator.page.locator(".empty.error")).to_have_count(0)
    assert administrator.hosts <= {administrator.url}, "no other host is asked for anything"
    administrator.page.set_viewport_size({"width": 320, "height": 640})
    assert administrator.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_passes_axe(portal, scheme, axe):
    administrator = portal("administrator", color_scheme=scheme)
    found = {}
    for path in PAGES:
        administrator.open(path)
        settle(administrator)
        for violation in administrator.violations(axe):
            found[f"{path} {violation['id']}"] = violation["nodes"][0]["html"]
    assert found == {}


def choose_language(page, menu, name):
    """It is kept on the server as well: the next page, and the next test, must not overtake that."""
    page.get_by_role("button", name=menu).click()
    with page.expect_response(lambda answer: answer.request.method == "PATCH" and answer.url.endswith("/me")) as kept:
        page.get_by_role("menuitemcheckbox", name=name).click()
    assert kept.value.ok


def test_language_and_theme_are_remembered(portal):
    administrator = portal("administrator")
    page = administrator.page
    choose_language(page, "Language", "中文")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.get_by_role("link", name="首页", exact=True)).to_be_visible()
    page.get_by_role("button", name="主题").click()
    page.get_by_role("menuitemcheckbox", name="深色").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    choose_language(page, "语言", "English")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_the_palette_goes_anywhere_by_keys(portal):
    administrator = portal("administrator")
    page = administrator.page
    page.keyboard.press("Control+k")
    page.keyboard.type("audit ev")
    expect(page.get_by_role("option", name="Audit events")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Audit events")).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_what_one_may_not_see_is_not_in_the_navigation_and_says_why(portal):
    user = portal("user")
    expect(user.page.get_by_role("link", name="My assets", exact=True).first).to_be_visible()
    expect(user.page.get_by_role("link", name="Users", exact=True)).to_have_count(0)
    user.open("/users")
    expect(user.page.get_by_text("See people and their roles")).to_be_visible()


def test_an_unknown_address_leads_back(portal):
    administrator = portal("administrator", "/nowhere")
    expect(administrator.page.get_by_text("There is no such page")).to_be_visible()
    administrator.page.locator("main").get_by_role("link", name="Home").click()
    expect(administrator.page.get_by_role("heading", level=1)).to_contain_text("Hello")


def test_what_happens_is_heard_of_again_after_a_proxy_has_answered_instead(portal):
    one = portal("user")
    asked = []

    def answer(route):
        asked.append(route.request.url)
        route.fulfill(status=503, body="") if len(asked) == 1 else route.continue_()

    one.page.route("**/events/stream", answer)
    one.open("/requests")
    end = time.monotonic() + 20
    while len(asked) < 2 and time.monotonic() < end:
        one.page.wait_for_timeout(200)
    assert len(asked) >= 2


def test_where_one_is_stands_in_sight_in_the_navigation(portal):
    administrator = portal("administrator", "/webhooks", viewport={"width": 1280, "height": 600})
    current = administrator.page.locator(".side-nav [aria-current=page]")
    expect(current).to_have_text("Webhooks")
    expect(current).to_be_in_viewport()


@pytest.mark.skipif("GATEHOUSE_SCREENSHOTS" not in os.environ, reason="nobody wants pictures")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_take_pictures(portal, scheme, language):
    folder = pathlib.Path(os.environ["GATEHOUSE_SCREENSHOTS"])
    folder.mkdir(parents=True, exist_ok=True)
    administrator = portal("administrator", color_scheme=scheme)
    version = administrator.api("GET", "/me")["user"]["version"]
    administrator.api("PATCH", "/me", {"language": language}, version)
    for path in PAGES:
        administrator.open(path)
        settle(administrator)
        name = path.strip("/").replace("/", "-").replace("?tab=", "-") or "home"
        administrator.page.screenshot(path=folder / f"{name}-{scheme}-{language}.png")
    version = administrator.api("GET", "/me")["user"]["version"]
    administrator.api("PATCH", "/me", {"language": "en"}, version)
