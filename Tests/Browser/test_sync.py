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


def test_groups_come_from_the_directory_and_nobody_changes_them(administrator, directory, portal, unique):
    one, page = administrator, administrator.page
    name, taken, uid = unique("Plant"), unique("Taken"), unique("guard")
    one.api("POST", "/groups", {"name": taken})
    # Those who are in it from the start may be here already, by another provider.
    person = f"uid={uid},ou=people,{sync.BASE}"
    add(directory, f"dn: {person}\nobjectClass: inetOrgPerson\nuid: {uid}\ncn: {uid}\nsn: x\n", *(
        f"dn: cn={group},{sync.BASE}\nobjectClass: groupOfNames\ncn: {group}\nmember: {person}\n" for group in (name, taken)))
    section = page.locator("section", has=page.get_by_role("heading", name="Sync", exact=True))
    report = section.get_by_role("region", name="Report")
    one.button("Sync settings").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Take in groups").check()
    dialog.get_by_label("Only these groups").fill("cn=x")
    dialog.get_by_role("button", name="Save").click()
    one.step_up_if_asked()
    expect(dialog).to_contain_text("must be one filter")
    dialog.get_by_label("Only these groups").fill("(cn=*)")
    dialog.get_by_role("button", name="Save").click()
    one.step_up_if_asked()
    one.toast("Sync is saved")
    for button in ("Preview", "Run now"):
        before = len(one.api("GET", f"{one.provider}/sync-runs")["items"])
        one.button(button, exact=True).click()
        one.step_up_if_asked()
        end = time.monotonic() + 60
        while len(runs := one.api("GET", f"{one.provider}/sync-runs")["items"]) == before or not runs[0]["finishedAt"]:
            assert time.monotonic() < end, runs
            time.sleep(0.2)
        page.reload()
        row = report.get_by_role("row")
        expect(row.filter(has_text="Groups taken in")).to_contain_text(name)
        expect(row.filter(has_text="another group here has the name")).to_contain_text(taken)
        expect(row.filter(has_text="People put into these groups")).to_contain_text("1")
    pictures(portal, one, "sync-groups", one.provider, "Groups taken in", "新导入的组")
    group = next(each for each in one.api("GET", "/groups?limit=200")["items"] if each["name"] == name)
    one.open(f"/groups/{group['id']}")
    expect(page.get_by_text("come from a directory")).to_be_visible()
    expect(page.get_by_role("link", name=uid)).to_be_visible()
    for button in ("Edit", "Delete", "Add"):
        expect(one.button(button, exact=True)).to_have_count(0)
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    pictures(portal, one, "group-kept", f"/groups/{group['id']}", "come from a directory", "名称和成员由目录")


def add(directory, *entries):
    subprocess.run(
        ["ldapadd", "-x", "-H", f"ldaps://127.0.0.1:{directory.port}", "-D", sync.SEARCH, "-y", f"{directory.root}/password"],
        input="\n".join(entries), text=True, check=True, env={**os.environ, "LDAPTLS_CACERT": f"{directory.root}/ca.pem"})


def pictures(portal, one, name, path, *words):
    folder = os.environ.get("GATEHOUSE_SCREENSHOTS")
    for language, text in zip(("en", "zh"), words) if folder else []:
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        one.api("PATCH", "/me", {"language": language}, one.api("GET", "/me")["user"]["version"])
        for width in (1280, 320):
            other = portal("administrator", path)
            other.page.set_viewport_size({"width": width, "height": 800})
            expect(other.page.get_by_text(text).first).to_be_visible()
            other.page.screenshot(path=f"{folder}/{name}-{language}-{width}.png", full_page=True)
    if folder:
        one.api("PATCH", "/me", {"language": "en"}, one.api("GET", "/me")["user"]["version"])


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
