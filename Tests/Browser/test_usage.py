"""What a tenant sees of its plan, its use and its bills."""

import json

from playwright.sync_api import expect

QUOTAS = "**/api/v1/usage/quotas"


def item(kind, limit, used, state="ok"):
    return {"kind": kind, "limit": limit, "warnAt": limit, "used": used, "state": state}


def answer(page, *items):
    body = {"planCode": "team", "planName": "Team", "contact": "sales@host.example", "items": list(items)}
    page.route(QUOTAS, lambda route: route.fulfill(status=200, content_type="application/json", body=json.dumps(body)))


def test_an_administrator_sees_the_plan_and_what_is_used(portal):
    administrator = portal("administrator", "/usage")
    page = administrator.page
    expect(page.get_by_role("heading", level=1, name="Usage and quotas")).to_be_visible()
    expect(page.get_by_role("heading", name="Plan Standard")).to_be_visible()
    expect(page.get_by_text("Sessions at the same time")).to_be_visible()
    expect(page.get_by_role("heading", name="The last 31 days")).to_be_visible()
    expect(page.get_by_role("heading", name="Invoices", exact=True)).to_be_visible()


def test_a_limit_that_is_near_or_reached_is_told_on_every_page(portal):
    administrator = portal("administrator")
    page = administrator.page
    answer(page, item("users", 10, 8, "near"), item("assets", 5, 5, "full"), item("sessions", None, 2))
    administrator.open("/assets")
    expect(page.get_by_text("Assets: your plan is used up (5 of 5).")).to_be_visible()
    page.get_by_role("status").get_by_role("link", name="Usage and quotas").click()
    expect(page.get_by_text("For more, ask sales@host.example.")).to_be_visible()
    expect(page.get_by_role("meter", name="Users")).to_have_attribute("aria-valuenow", "8")
    expect(page.get_by_text("2, no limit")).to_be_visible()
    page.unroute(QUOTAS)
    answer(page, item("users", 10, 8, "near"))
    page.reload()
    expect(page.get_by_text("Users: 8 of 10 in use.")).to_be_visible()


def test_somebody_who_may_not_see_the_plan_is_told_nothing(portal):
    user = portal("user")
    asked = []
    user.page.on("request", lambda request: asked.append(request.url))
    user.open("/my/assets")
    expect(user.page.get_by_role("heading", level=1)).to_be_visible()
    expect(user.page.get_by_role("link", name="Usage and quotas")).to_have_count(0)
    assert [url for url in asked if "/usage" in url] == []
