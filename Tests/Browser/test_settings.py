"""Settings of the company: forms from the declarations, and what they do."""

import datetime
import io
import os
import pathlib
import re
import struct
import zlib

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from playwright.sync_api import expect


def picture(color, side=24):
    """A PNG of one colour."""
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = b"".join(b"\0" + bytes(color) * side for _ in range(side))
    out = io.BytesIO(b"\x89PNG\r\n\x1a\n")
    out.seek(0, io.SEEK_END)
    out.write(chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)) + chunk(b"tEXt", b"Comment\0secret"))
    out.write(chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
    return out.getvalue()


@pytest.fixture
def plain(portal):
    """Puts the settings back that a test changes."""
    yield
    administrator = portal("administrator")
    version = administrator.api("GET", "/settings")["version"]
    keys = ["branding.logo", "branding.color", "sign-in.text", "session.idle"]
    administrator.api("PATCH", "/settings", {key: None for key in keys}, version)


def control(page, key):
    return page.locator(f"[id='{key}']")


def accent(page):
    return page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--accent').trim()")


def test_colour_logo_and_text_show_at_once_and_on_the_sign_in_page(portal, stranger, plain):
    administrator = portal("administrator", "/settings/branding")
    page = administrator.page
    before = accent(page)
    control(page, "branding.color").fill("#8a1020")
    expect(page.locator(".brand-preview .button.primary")).to_have_css("background-color", "rgb(138, 16, 32)")
    control(page, "sign-in.text").fill("Call 4711.\nAny time.")
    expect(page.locator(".brand-preview")).to_contain_text("Call 4711.")
    control(page, "branding.logo").set_input_files({"name": "logo.png", "mimeType": "image/png", "buffer": picture((10, 120, 60))})
    expect(page.locator(".brand-preview .logo-image")).to_be_visible()
    administrator.button("Save", exact=True).click()
    administrator.step_up_if_asked()
    administrator.toast("Settings are saved")
    expect(page.locator(".top-bar .logo-image")).to_be_visible()
    assert accent(page) == "#8a1020" != before
    assert administrator.hosts <= {administrator.url}

    stranger.page.goto(administrator.url + "/sign-in")
    expect(stranger.page.locator(".sign-in-text")).to_have_text("Call 4711.\nAny time.")
    expect(stranger.page.locator(".sign-in-card .logo-image")).to_be_visible()
    expect(stranger.button("Continue", exact=True)).to_have_css("background-color", "rgb(138, 16, 32)")


def test_what_is_refused_stands_at_its_field_and_leaving_asks(portal):
    administrator = portal("administrator", "/settings/branding")
    page = administrator.page
    before = accent(page)
    control(page, "branding.color").fill("#ffff00")
    administrator.button("Save", exact=True).click()
    administrator.step_up_if_asked()
    expect(page.locator(".field-error")).to_contain_text("too light")
    page.get_by_role("link", name="Security").click()
    administrator.button("Leave").click()
    expect(page.get_by_role("heading", name="Security", level=1)).to_be_visible()
    assert accent(page) == before, "a colour that was only tried is taken back"


def test_a_number_is_set_and_put_back(portal, plain):
    administrator = portal("administrator", "/settings/security")
    page = administrator.page
    idle = page.locator(".setting").filter(has_text="Sign out when idle")
    expect(idle.locator(".tag")).to_have_text("Default")
    control(page, "session.idle").fill("45")
    administrator.button("Save", exact=True).click()
    administrator.step_up_if_asked()
    administrator.toast("Settings are saved")
    expect(idle.locator(".tag")).to_have_text("Set here")
    idle.get_by_role("button", name="Use the default").click()
    expect(control(page, "session.idle")).to_have_value("60")
    administrator.button("Save", exact=True).click()
    administrator.step_up_if_asked()
    expect(idle.locator(".tag")).to_have_text("Default")


def test_people_without_the_permission_see_no_settings(portal):
    user = portal("user", "/settings/general")
    expect(user.page.get_by_role("heading", name="This page is not for your roles")).to_be_visible()


def test_a_host_name_of_its_own_says_whether_it_leads_here(portal, unique):
    administrator = portal("administrator", "/settings/general")
    page, name = administrator.page, f"{unique('access')}.invalid"
    note = page.get_by_test_id("host-name")
    expect(control(page, "host.name")).to_be_visible()
    expect(note).to_have_count(0)
    control(page, "host.name").fill(name)
    administrator.button("Save", exact=True).click()
    administrator.step_up_if_asked()
    administrator.toast("Settings are saved")
    expect(note).to_contain_text(f"{name} does not lead to this portal yet")
    administrator.button("Look now").click()
    expect(note).to_contain_text("Looked at")
    picture_of(page, "settings-general-light-en")
    user = administrator.api("POST", "/users", {"login": unique("nils"), "name": "Nils", "roles": ["user"]})
    assert user["invitationUrl"].startswith(administrator.url + "/invitation#token=")
    version = administrator.api("GET", "/settings")["version"]
    administrator.api("PATCH", "/settings", {"host.name": None}, version)
    page.reload()
    expect(control(page, "host.name")).to_have_value("")
    expect(note).to_have_count(0)


def picture_of(page, name):
    if folder := os.environ.get("GATEHOUSE_SCREENSHOTS"):
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def authority(name):
    """A certificate of an authority that is nobody's."""
    key = ec.generate_private_key(ec.SECP256R1())
    names = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Makers"), x509.NameAttribute(NameOID.COMMON_NAME, name)])
    today = datetime.datetime.now(datetime.timezone.utc)
    made = (
        x509.CertificateBuilder().subject_name(names).issuer_name(names).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=900))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, hashes.SHA256()))
    return made.public_bytes(Encoding.PEM)


def test_authorities_of_makers_of_passkeys_are_added_from_a_file_and_removed(portal, unique, axe):
    administrator = portal("administrator", "/settings/security")
    page, name = administrator.page, unique("Maker")
    part = page.locator("section", has_text="Authorities of makers of passkeys").last
    part.get_by_role("button", name="Add authority").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Certificate", exact=True).fill("no certificate")
    dialog.get_by_role("button", name="Add", exact=True).click()
    administrator.step_up_if_asked()
    expect(dialog).to_contain_text("one certificate in PEM")
    dialog.get_by_label("Or from a file").set_input_files({"name": "maker.pem", "mimeType": "text/plain", "buffer": authority(name)})
    expect(dialog.get_by_label("Certificate", exact=True)).to_have_value(re.compile("^-----BEGIN CERTIFICATE"))
    dialog.get_by_role("button", name="Add", exact=True).click()
    administrator.step_up_if_asked()
    row = part.locator("li", has_text=name)
    expect(row).to_contain_text("O=Makers")
    picture_of(page, "passkey-roots")
    administrator.fits(axe)
    picture_of(page, "passkey-roots-narrow")
    row.get_by_role("button", name=f"Remove {name}").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(row).to_have_count(0)
