"""A company signs itself up, works, and is shut out: the pages that people see who are nobody's yet, or not any more."""

import json
import os
import pathlib
import re
import time
import urllib.request

import pytest
from playwright.sync_api import expect

from authenticator import Authenticator
from conftest import URL, new_page

MAILS, PROVIDER = os.environ.get("GATEHOUSE_MAILS"), os.environ.get("GATEHOUSE_PROVIDER")
pytestmark = pytest.mark.skipif(not (MAILS and PROVIDER), reason="GATEHOUSE_MAILS and GATEHOUSE_PROVIDER name no mail server")


def host(name):
    return re.sub(r"//[^.]+\.", f"//{name}.", URL)


def provider(method, path, body=None):
    console = json.loads(PROVIDER)
    headers = {"Host": console["host"], "Authorization": "Bearer " + console["token"], "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(console["url"] + "/provider/v1" + path, data, headers, method=method)) as answer:
        return json.loads(answer.read() or b"null")


def mailed_link(address, part="/confirm#token="):
    """The link that was mailed to somebody, as soon as it is there."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        mails = [json.loads(line) for line in pathlib.Path(MAILS).read_text().splitlines()[1:] if line.endswith("}")]
        links = [re.search(r"http\S+", mail["text"]).group() for mail in mails if mail["to"] == [address]]
        if found := [link for link in links if part in link]:
            return found[-1]
        time.sleep(0.1)
    raise AssertionError(f"no mail for {address}")


@pytest.fixture
def visitor(browser):
    opened = []

    def open_page(**how):
        opened.append(new_page(browser, **how))
        return opened[-1]

    yield open_page
    for page in opened:
        page.context.close()


def picture(page, name):
    if folder := os.environ.get("GATEHOUSE_SCREENSHOTS"):
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def fill(page, company, slug, email):
    page.get_by_label("Company").fill(company)
    page.get_by_label("Short name").fill(slug)
    page.get_by_label("Your name").fill("Nora North")
    page.get_by_label("Your mail address").fill(email)


def test_nobody_signs_up_while_the_provider_does_not_want_it(visitor):
    provider("PUT", "/settings/sign-up", {"mode": "off", "contact": "sales@example.com"})
    page = visitor()
    page.goto(host("signup"))
    expect(page.get_by_text("Nobody can sign up here")).to_be_visible()
    expect(page.get_by_text("sales@example.com")).to_be_visible()


def test_a_company_signs_itself_up_and_its_first_administrator_comes_in(visitor, unique):
    provider("PUT", "/settings/sign-up", {"mode": "open", "trialDays": 14, "contact": "sales@example.com"})
    slug, page = unique("north"), visitor()
    page.goto(host("signup"))
    page.get_by_label("Company").fill("North & Söhne GmbH")
    expect(page.get_by_label("Short name")).to_have_value("north-sohne-gmbh")
    fill(page, "North Ltd.", re.search(r"//([^.]+)", URL).group(1), f"{slug}@example.com")
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_text("This name is taken").first).to_be_visible()
    page.get_by_label("Short name").fill(slug)
    picture(page, "sign-up-light-en")
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_text("Look into your mailbox")).to_be_visible()

    link = mailed_link(f"{slug}@example.com")
    page.goto(link)
    expect(page).to_have_url(re.compile("/confirm$"))  # the token stays in no history
    page.get_by_role("button", name="Confirm and go on").click()
    expect(page).to_have_url(re.compile(rf"//{slug}\..*/invitation$"))
    page.get_by_label("New password", exact=True).fill("a long sentence for the first time")
    page.get_by_label("New password again").fill("a long sentence for the first time")
    page.get_by_role("button", name="Continue").click()
    secret = page.locator(".enrol-secret code").inner_text()
    page.get_by_label("Code that the app shows").fill(Authenticator(secret).code())
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("I have put them").check()
    page.get_by_role("button", name="Go to the portal").click()
    expect(page.get_by_role("link", name="Users")).to_be_visible()

    again = visitor()
    again.goto(link)
    again.get_by_role("button", name="Confirm and go on").click()
    expect(again.get_by_text("This link is over")).to_be_visible()

    # The provider suspends it: whoever is in is shown why, in both languages and themes.
    tenant = next(item for item in provider("GET", f"/tenants?filter=slug%20eq%20%22{slug}%22")["items"])
    assert tenant["state"] == "trial"
    provider("POST", f"/tenants/{tenant['id']}/suspend")
    # The open page may have heard of it by itself already: then there is nothing left to click.
    page.reload()
    expect(page.get_by_role("heading", name="North Ltd. is suspended")).to_be_visible()
    expect(page.get_by_text("sales@example.com")).to_be_visible()
    expect(page.get_by_label("Login")).to_have_count(0)
    picture(page, "closed-light-en")
    dark = visitor(color_scheme="dark")
    dark.add_init_script("localStorage.setItem('gatehouse.language', 'zh')")
    provider("POST", f"/tenants/{tenant['id']}/close", {})
    dark.goto(host(slug))
    expect(dark.get_by_role("heading", name="North Ltd. 正在关闭")).to_be_visible()
    picture(dark, "closed-dark-zh")
    provider("POST", f"/tenants/{tenant['id']}/cancel-closing")
    provider("POST", f"/tenants/{tenant['id']}/resume")
    dark.goto(host(slug))
    expect(dark.locator("input[name=login]")).to_be_visible()


def test_with_approval_a_company_waits(visitor, unique):
    provider("PUT", "/settings/sign-up", {"mode": "approval", "trialDays": 14})
    slug, page = unique("bolt"), visitor(color_scheme="dark")
    page.add_init_script("localStorage.setItem('gatehouse.language', 'zh')")
    page.goto(host("signup"))
    for label, text in (("企业名称", "Bolt"), ("短名称", slug), ("您的姓名", "Bob"), ("您的邮箱", f"{slug}@example.com")):
        page.get_by_label(label).fill(text)
    picture(page, "sign-up-dark-zh")
    page.get_by_role("button", name="注册").click()
    expect(page.get_by_text("请查收邮件")).to_be_visible()
    page.goto(mailed_link(f"{slug}@example.com"))
    page.get_by_role("button", name="确认并继续").click()
    expect(page.get_by_text("Bolt 等待服务商审核")).to_be_visible()
    waiting = [item for item in provider("GET", "/sign-ups?filter=state%20eq%20%22waiting%22")["items"] if item["slug"] == slug]
    provider("POST", f"/sign-ups/{waiting[0]['id']}/approve")
    assert f"//{slug}." in mailed_link(f"{slug}@example.com", "/invitation#token=")
    provider("PUT", "/settings/sign-up", {"mode": "off"})
