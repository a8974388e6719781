"""Support access: asked for at the console, agreed to in the portal, used, and taken back."""

import re

from playwright.sync_api import expect


def test_support_comes_in_by_consent_is_shown_and_is_put_out(console, portal, unique):
    reason = unique("slow sessions")
    operator = console("/tenants")
    operator.row("acme").get_by_role("link", name="Acme Corporation").click()
    operator.button("Ask for access").click()
    operator.field("Reason").fill(reason)
    operator.page.keyboard.press("Control+Enter")
    operator.toast("Acme Corporation is asked")
    operator.page.get_by_role("tab", name="Support access").click()
    expect(operator.row(reason)).to_contain_text("Waits for an answer")

    administrator = portal("administrator", "/support-access")
    page = administrator.page
    administrator.act(reason, "Let in")
    dialog = page.get_by_role("dialog", name="Let Olga Operator in?")
    expect(dialog).to_contain_text("Auditor")
    dialog.get_by_role("button", name="Let in").click()
    administrator.step_up_if_asked()
    administrator.toast("Olga Operator may come in")
    expect(page.locator(".note.support")).to_contain_text("may come in until")

    operator.page.reload()
    with operator.page.context.expect_page() as opened:
        operator.act(reason, "Go in")
        operator.step_up_if_asked()
    guest = opened.value
    guest.wait_for_url(re.compile("/support"))
    guest.get_by_role("button", name="Go in").click()
    expect(guest.locator(".note.support")).to_contain_text("You are inside as support")
    navigation = guest.get_by_role("navigation", name="Main")
    expect(navigation.get_by_role("link", name="Audit events")).to_be_visible()
    expect(navigation.get_by_role("link", name="My assets")).to_have_count(0)

    page.reload()
    expect(page.locator(".note.support")).to_contain_text("is inside")
    page.locator(".note.support").get_by_role("button", name="Put out").click()
    page.get_by_role("dialog").get_by_role("button", name="Put out").click()
    administrator.toast("Olga Operator is out")
    expect(page.locator(".note.support")).to_have_count(0)
    navigation.get_by_role("link", name="Audit events").click()
    expect(guest).to_have_url(re.compile("/sign-in"))

    administrator.open("/audit")
    expect(administrator.row("Support came in").first).to_contain_text("Olga Operator")
