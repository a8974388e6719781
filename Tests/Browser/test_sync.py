"""A directory that is kept up with, from the preview to the run that asks."""

import os
import pathlib
import shutil
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "Deploy/benchmarks"))

import sync  # noqa: E402

PICTURES = [(scheme, language) for scheme in ("light", "dark") for language in ("en", "zh")]


@pytest.fixture
def directory(tmp_path_factory):
    """A slapd with five people."""
    if not shutil.which("slapd", path="/usr/sbin:/usr/bin"):
        pytest.skip("there is no slapd")
    folder = tmp_path_factory.mktemp("slapd")
    with sync.Directory(SimpleNamespace(folder=str(folder)), 5) as directory:
        yield directory


@pytest.fixture
def administrator(portal, directory, unique):
    """Somebody at the page of a provider that is the directory; it is gone afterwards."""
    one = portal("administrator", "/identity-providers")
    before = one.api("GET", "/egress-allowances")["items"]
    place = {"host": "127.0.0.1", "port": directory.port}
    one.api("PUT", "/egress-allowances", {"items": [*before, place]})
    made = one.api("POST", "/identity-providers", {
        "name": unique("synced"), "secret": sync.PASSWORD, "settings": {
            "kind": "ldap", "servers": [place], "security": "tls", "authorities": directory.authority,
            "bindDn": sync.SEARCH, "baseDn": sync.BASE}})
    one.provider = f"/identity-providers/{made['id']}"
    one.open(one.provider)
    yield one
    one.api("DELETE", one.provider)
    one.api("PUT", "/egress-allowances", {"items": before})


def delete(directory, numbers):
    names = [f"uid=member{number},ou=people,{sync.BASE}" for number in numbers]
    subprocess.run(
        ["ldapdelete", "-x", "-H", f"ldaps://127.0.0.1:{directory.port}", "-D", sync.SEARCH, "-y", f"{directory.root}/password",
         *names], check=True, env={**os.environ, "LDAPTLS_CACERT": f"{directory.root}/ca.pem"})


def test_people_come_and_go_and_too_many_only_after_a_question(administrator, directory, portal):
    one, page = administrator, administrator.page
    section = page.locator("section", has=page.get_by_role("heading", name="Sync", exact=True))
    status, report = section.get_by_role("status"), section.get_by_role("region", name="Report")
    run = one.button("Run now")

    def runs():
        return one.api("GET", f"{one.provider}/sync-runs")["items"]

    def start(button, state):
        before = len(runs())
        button.click()
        one.step_up_if_asked()
        end = time.monotonic() + 60
        while len(runs()) == before or not runs()[0]["finishedAt"]:
            assert time.monotonic() < end, runs()
            time.sleep(0.2)
        if before:
            # What it says may be about the one before.
            page.reload()
        expect(status).to_contain_text(state)

    def row(title):
        return report.get_by_role("row").filter(has=page.get_by_role("rowheader", name=title, exact=True))

    expect(run).to_be_disabled()
    start(one.button("Preview", exact=True), "Done")
    expect(row("Taken in")).to_contain_text("member0, member1, member2, member3, member4")
    expect(page.get_by_text("Nobody has come in through it")).to_be_visible()
    expect(run).to_be_enabled()
    start(run, "Done")
    expect(row("Taken in")).to_contain_text("5")
    start(run, "Done")
    expect(row("Taken in")).to_contain_text("0")

    one.button("Sync settings").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Disable people who are gone").check()
    dialog.get_by_label("Ask before taking away more than").fill("30")
    dialog.get_by_role("button", name="Save").click()
    one.step_up_if_asked()
    one.toast("Sync is saved")
    delete(directory, [0])
    start(run, "Done")
    expect(row("Disabled")).to_contain_text("member0")
    delete(directory, [1, 2, 3])
    start(run, "Held, nothing was changed")
    expect(row("Gone from the directory")).to_contain_text("member1, member2, member3")
    expect(row("Disabled")).to_contain_text("0")
    take_pictures(one, portal)

    section.get_by_role("button", name="Disable them").click()
    confirm = page.get_by_role("dialog")
    expect(confirm).to_contain_text("3 people are gone from the directory.")
    confirm.get_by_role("button", name="Disable them").click()
    one.step_up_if_asked()
    expect(status).to_contain_text("Done", timeout=30_000)
    expect(row("Disabled")).to_contain_text("member1, member2, member3")


def take_pictures(one, portal):
    folder = os.environ.get("GATEHOUSE_SCREENSHOTS")
    for scheme, language in PICTURES if folder else []:
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        version = one.api("GET", "/me")["user"]["version"]
        one.api("PATCH", "/me", {"language": language}, version)
        other = portal("administrator", one.provider, color_scheme=scheme)
        expect(other.page.get_by_role("link", name="member4")).to_be_visible()
        other.page.screenshot(path=f"{folder}/sync-{scheme}-{language}.png", full_page=True)
    if folder:
        version = one.api("GET", "/me")["user"]["version"]
        one.api("PATCH", "/me", {"language": "en"}, version)
