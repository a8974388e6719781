"""Webhooks: made, tried, looked into, sent again, and given another secret, with a receiver that answers."""

import json
import pathlib
import re
import subprocess
import sys
import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

RECEIVER = pathlib.Path(__file__).resolve().parents[1] / "MessagingTests/receiver.py"


@pytest.fixture
def receiver(tmp_path):
    """Fails first, with an answer that would like to be more than text; then it takes everything."""
    hostile = "PGltZyBzcmM9eCBvbmVycm9yPWFsZXJ0KDEpPhtbMzFt"  # <img src=x onerror=alert(1)>ESC[31m
    file = tmp_path / "requests"
    secret = "whsec_" + "A" * 43 + "="
    process = subprocess.Popen([sys.executable, RECEIVER, secret, f"410={hostile},204"], stdout=file.open("w"))
    end = time.monotonic() + 20
    while "\n" not in file.read_text():
        assert time.monotonic() < end and process.poll() is None, "the receiver did not start"
        time.sleep(0.1)
    lines = lambda: [json.loads(line) for line in file.read_text().split("\n")[1:-1]]
    yield int(file.read_text().split("\n")[0]), lines
    process.kill()
    process.wait()


@pytest.fixture
def administrator(portal, unique):
    one = portal("administrator", "/webhooks")
    before = one.api("GET", "/egress-allowances")["items"]
    yield one
    one.api("PUT", "/egress-allowances", {"items": before})
    for webhook in one.api("GET", "/webhooks")["items"]:
        if webhook["name"].startswith("receiver"):
            one.api("DELETE", f"/webhooks/{webhook['id']}")


def add(one, name, port):
    allowed = one.api("GET", "/egress-allowances")["items"]
    one.api("PUT", "/egress-allowances", {"items": [*allowed, {"host": "127.0.0.1", "port": port}]})
    one.button("New webhook").first.click()
    dialog = one.page.get_by_role("dialog")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label("URL").fill(f"http://127.0.0.1:{port}/in")
    events = dialog.get_by_label("Events")
    events.fill("tickets.*")
    events.press("Enter")
    dialog.get_by_role("button", name="Create").click()
    one.step_up_if_asked()
    # A family that there is not is told where it was written.
    expect(dialog.get_by_text("is no event that there is")).to_be_visible()
    dialog.get_by_role("button", name="Remove tickets.*").click()
    events.fill("user.*")
    events.press("Enter")
    dialog.get_by_role("button", name="Create").click()
    one.step_up_if_asked()
    secret = one.page.get_by_test_id("secret-once")
    expect(secret).to_contain_text("whsec_")
    first = secret.inner_text()
    one.button("Done").click()
    one.row(name).get_by_role("link", name=name).click()
    expect(one.page.get_by_role("heading", name=name)).to_be_visible()
    return first


def test_a_receiver_that_is_gone_is_disabled_and_gets_everything_again_when_it_is_back(administrator, receiver, unique):
    port, requests = receiver
    name, page = unique("receiver"), administrator.page
    first = add(administrator, name, port)
    expect(page.get_by_text("Nothing was sent yet")).to_be_visible()

    administrator.button("Send test event").click()
    expect(page.get_by_text("A test event is on its way")).to_be_visible()
    expect(page.get_by_text("Disabled by itself, because the receiver answered that it is gone (410).")).to_be_visible(timeout=15_000)
    expect(administrator.row("webhook.test").get_by_text("Given up")).to_be_visible()
    expect(administrator.button("Send test event")).to_be_disabled()

    # The payload and the attempt.
    administrator.button("webhook.test", exact=True).click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_test_id("payload")).to_contain_text('"type": "gatehouse.webhook.test"')
    expect(drawer.get_by_test_id("attempts")).to_contain_text("HTTP 410")
    # The receiver is behind a door that an administrator opened: nothing of its answer is kept.
    expect(drawer.get_by_text("Answer", exact=True)).to_have_count(0)
    expect(drawer.locator("img")).to_have_count(0)
    drawer.get_by_role("button", name="Close").last.click()

    administrator.button("Actions", exact=True).first.click()
    page.get_by_role("menuitem", name="Enable").click()
    administrator.step_up_if_asked()
    expect(administrator.button("Send test event")).to_be_enabled()

    administrator.button("Actions", exact=True).first.click()
    page.get_by_role("menuitem", name="Send deliveries again").click()
    page.get_by_role("dialog").get_by_role("button", name="Send again").click()
    expect(page.get_by_text("1 delivery is sent again")).to_be_visible()
    expect(administrator.row("webhook.test").get_by_text("Delivered")).to_be_visible(timeout=15_000)
    assert len({request["id"] for request in requests()}) == 1 and len(requests()) == 2

    administrator.act("webhook.test", "Send again")
    expect(page.get_by_text("Delivered").first).to_be_visible()
    end = time.monotonic() + 15
    while len(requests()) < 3 and time.monotonic() < end:
        time.sleep(0.2)
    assert [request["signatures"] for request in requests()] == [1, 1, 1]

    # Both secrets sign for a while.
    administrator.button("Actions", exact=True).first.click()
    page.get_by_role("menuitem", name="Replace the secret").click()
    page.get_by_role("dialog").get_by_role("button", name="Replace").click()
    administrator.step_up_if_asked()
    expect(page.get_by_test_id("secret-once")).to_contain_text("whsec_")
    assert page.get_by_test_id("secret-once").inner_text() != first
    administrator.button("Done").click()
    expect(page.get_by_text(re.compile("The old secret signs beside the new one until"))).to_be_visible()
    administrator.button("Send test event").click()
    end = time.monotonic() + 15
    while len(requests()) < 4 and time.monotonic() < end:
        time.sleep(0.2)
    assert requests()[-1]["signatures"] == 2

    # Only what was chosen is listed.
    administrator.button("Filter by Event").click()
    page.get_by_role("menuitem", name="user.created").click()
    expect(page.get_by_role("row").filter(has_text="webhook.test")).to_have_count(0)


def test_the_page_of_a_webhook_fits_a_phone_and_is_accessible(administrator, receiver, unique):
    port, _ = receiver
    name, page = unique("receiver"), administrator.page
    add(administrator, name, port)
    administrator.button("Send test event").click()
    expect(page.get_by_text("Disabled by itself")).to_be_visible(timeout=15_000)
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    administrator.button("webhook.test", exact=True).first.click()
    expect(page.get_by_test_id("payload")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_events_are_chosen_from_a_list_by_what_they_are_about(administrator, unique):
    page = administrator.page
    administrator.button("New webhook").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill(unique("receiver"))
    dialog.get_by_label("URL").fill("https://receiver.example/in")
    dialog.get_by_text("Choose from the list").click()
    chosen = lambda: [chip.split("\n")[0] for chip in dialog.locator(".picker-box .chip").all_inner_texts()]
    requests = dialog.get_by_role("region", name="Requests", exact=True)
    expect(requests.get_by_label("A request was approved")).to_be_checked()
    dialog.get_by_label("Search the list").fill("comment")
    expect(dialog.get_by_role("region")).to_have_count(1)
    requests.get_by_label("Somebody commented on a request").check()
    assert chosen() == ["ticket.opened", "ticket.approved", "ticket.rejected", "ticket.commented"]
    # What is searched for hides what is chosen, and takes nothing of it.
    dialog.get_by_label("Search the list").fill("")
    requests.get_by_label("Requests", exact=True).check()
    assert chosen() == ["ticket.*"]
    requests.get_by_label("A request was withdrawn").uncheck()
    assert "ticket.withdrawn" not in chosen() and "ticket.approved" in chosen() and "ticket.*" not in chosen()
    dialog.get_by_label("Search the list").fill("nothing like it")
    expect(dialog.get_by_text("No event has these words.")).to_be_visible()
    dialog.get_by_label("Search the list").fill("")
    # What is typed is there as well.
    dialog.get_by_label("Events", exact=True).fill("user.*")
    dialog.get_by_label("Events", exact=True).press("Enter")
    expect(dialog.get_by_role("region", name="People", exact=True).get_by_label("Somebody was disabled")).to_be_checked()
    assert administrator.violations(Axe()) == []
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    dialog.get_by_label("Everything that happens").check()
    assert chosen() == ["*"]
    expect(requests.get_by_label("A request was withdrawn")).to_be_disabled()
