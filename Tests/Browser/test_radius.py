"""RADIUS servers: added, tried out, and asking whoever signs in a question."""

import pathlib
import subprocess
import sys
import time

import pytest
from playwright.sync_api import expect

from conftest import Person

SERVER = pathlib.Path(__file__).resolve().parents[1] / "Support/lying_radius.py"
SECRET = "shared by the two of us"


@pytest.fixture
def server(tmp_path):
    """A server that asks everybody a question; `sesame` is the answer."""
    file = tmp_path / "requests"
    process = subprocess.Popen([sys.executable, SERVER, SECRET, "questions"], stdout=file.open("w"))
    end = time.monotonic() + 20
    while "\n" not in file.read_text():
        assert time.monotonic() < end and process.poll() is None, "the server did not start"
        time.sleep(0.1)
    yield int(file.read_text().split("\n")[0])
    process.kill()
    process.wait()


@pytest.fixture
def administrator(portal):
    """Somebody at the page of the providers; what was opened and added is put back."""
    one = portal("administrator", "/identity-providers")
    before = one.api("GET", "/egress-allowances")["items"]
    yield one
    one.api("PUT", "/egress-allowances", {"items": before})
    for provider in one.api("GET", "/identity-providers")["items"]:
        if provider["settings"]["kind"] == "radius":
            one.api("DELETE", f"/identity-providers/{provider['id']}")


def add(one, name, port):
    one.add("New provider", "New RADIUS servers")
    dialog = one.page.get_by_role("dialog")
    dialog.get_by_label("Name").first.fill(name)
    dialog.get_by_label("Take in whoever is unknown here").check()
    dialog.get_by_role("textbox", name="Servers", exact=True).fill(f"127.0.0.1:{port}")
    dialog.get_by_label("Shared secret").fill(SECRET)
    dialog.get_by_label("Groups", exact=True).select_option("class")
    return dialog


def test_servers_are_added_tested_and_changed(administrator, server, unique):
    name, page = unique("radius"), administrator.page
    dialog = add(administrator, name, server)
    expect(dialog.get_by_label("The servers' question is the second factor")).not_to_be_checked()
    dialog.get_by_label("Shared secret").fill("")
    dialog.get_by_role("button", name="Create").click()
    administrator.step_up_if_asked()
    expect(dialog.get_by_text("for a new place it has to be given again")).to_be_visible()
    dialog.get_by_label("Shared secret").fill(SECRET)
    dialog.get_by_role("button", name="Create").click()
    administrator.toast(f"{name} is saved")

    page.get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    page.get_by_label("Login").fill("eve")
    page.get_by_label("Password", exact=False).last.fill("secret of eve")
    administrator.button("Test", exact=True).click()
    expect(page.get_by_text("Nobody comes in.")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Connect")).to_contain_text("is on a private or reserved network")
    administrator.api("PUT", "/egress-allowances", {"items": [{"host": "127.0.0.1", "port": server}]})
    page.get_by_label("Password", exact=False).last.fill("secret of eve")
    administrator.button("Test", exact=True).click()
    expect(page.get_by_text("The server asks a question first.")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Question")).to_contain_text("Question 1")
    assert SECRET not in page.content()

    administrator.button("Edit").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("The servers' question is the second factor").check()
    dialog.get_by_label("Passwords by").select_option("chap")
    dialog.get_by_role("button", name="Save").click()
    administrator.step_up_if_asked()
    administrator.toast(f"{name} is saved")
    settings = administrator.find("/identity-providers", name)["settings"]
    assert settings["protocol"] == "chap" and settings["challengeIsSecondFactor"] and settings["groups"] == "class"


def answer(stranger, question, text):
    field = stranger.page.get_by_label(question)
    expect(field).to_be_visible()
    field.fill(text)
    stranger.button("Continue").click()


def begin(stranger, login):
    stranger.page.goto(stranger.url + "/sign-in")
    stranger.give(login, "whatever the server takes")
    expect(stranger.page.get_by_role("heading", name="One more question")).to_be_visible()


def test_a_question_is_asked_at_the_door(administrator, server, stranger, unique):
    login = unique("eve")
    dialog = add(administrator, unique("radius"), server)
    dialog.get_by_role("button", name="Create").click()
    administrator.step_up_if_asked()
    expect(dialog).to_have_count(0)
    administrator.api("PUT", "/egress-allowances", {"items": [{"host": "127.0.0.1", "port": server}]})

    begin(stranger, login)
    answer(stranger, "Question 1", "no")
    answer(stranger, "Question 2", "sesame")
    page = stranger.page
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    stranger.person = Person(login, "", page.locator(".enrol-secret code").inner_text())
    page.get_by_label("Code that the app shows").fill(stranger.person.authenticator.code())
    stranger.button("Confirm").click()
    expect(page.locator(".codes code")).to_have_count(10)

    # The codes were shown to somebody who is signed in by then.
    page.context.clear_cookies()
    # The server's question is no second factor unless somebody says so.
    begin(stranger, login)
    answer(stranger, "Question 1", "sesame")
    expect(page.get_by_role("heading", name="Second factor")).to_be_visible()
    # An answer that ends it leads back to the beginning.
    begin(stranger, login)
    for number in range(1, 6):
        answer(stranger, f"Question {number}", "no")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(stranger.field("Password")).to_be_visible()
