"""Identity providers: a directory is added, tried out, changed and removed."""

import subprocess

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect


def fill(portal, name, password="bind secret"):
    dialog = portal.page.get_by_role("dialog")
    dialog.get_by_label("Name").first.fill(name)
    dialog.get_by_label("Servers").fill("127.0.0.1:9")
    dialog.get_by_label("Account for looking people up").fill("cn=search,dc=example,dc=org")
    dialog.get_by_label("Password of this account").fill(password)
    dialog.get_by_label("Where people are").fill("dc=example,dc=org")
    return dialog


def test_a_directory_is_added_tested_changed_and_deleted(portal, unique):
    name = unique("directory")
    administrator = portal("administrator", "/identity-providers")
    page = administrator.page
    administrator.add("New provider", "New directory")
    dialog = fill(administrator, name)
    dialog.get_by_role("button", name="As in Active Directory").click()
    expect(dialog.get_by_label("Filter")).to_have_value("(&(objectCategory=person)(objectClass=user)(|(sAMAccountName={login})(userPrincipalName={login})))")
    dialog.get_by_label("Filter").fill("(uid=ann)")
    dialog.get_by_role("button", name="Create").click()
    administrator.step_up_if_asked()
    # What is wrong stands at its field.
    expect(dialog.get_by_text("must be one filter with ={login}) in it")).to_be_visible()
    dialog.get_by_role("button", name="As in OpenLDAP").click()
    dialog.get_by_label("Groups", exact=True).select_option("as posixGroup says, by memberUid and gidNumber")
    dialog.get_by_role("button", name="Add a rule").click()
    dialog.get_by_label("Members of").fill("cn=auditors,dc=example,dc=org")
    dialog.get_by_role("button", name="Add a condition").click()
    dialog.get_by_label("Condition 2", exact=True).last.select_option("attribute")
    dialog.get_by_label("Name of the attribute").fill("department")
    dialog.get_by_label("One of its values").select_option("starts-with")
    dialog.get_by_label("Value", exact=True).fill("IT")
    dialog.get_by_role("button", name="Add a condition").click()
    dialog.get_by_label("Condition 3", exact=True).last.select_option("under")
    dialog.get_by_label("Branch").fill("ou=plant,dc=example,dc=org")
    dialog.get_by_label("get", exact=True).select_option("role")
    dialog.get_by_label("a role").select_option("auditor")
    dialog.get_by_role("button", name="Create").click()
    administrator.toast(f"{name} is saved")
    made = administrator.find("/identity-providers", name)
    assert made["settings"]["groups"] == "posix"
    rule = made["rules"][0]
    assert rule["directoryGroup"] == "cn=auditors,dc=example,dc=org" and rule["role"] == "auditor" and rule["organization"] is None
    assert rule["conditions"] == [
        {"kind": "attribute", "name": "department", "match": "starts-with", "value": "IT"}, {"kind": "under", "dn": "ou=plant,dc=example,dc=org"},
    ]

    page.get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    page.get_by_label("Login").fill("ann")
    page.get_by_label("Password", exact=False).last.fill("secret of ann")
    administrator.button("Test", exact=True).click()
    expect(page.get_by_text("Nobody comes in.")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Connect")).to_contain_text("127.0.0.1:9 is on a private or reserved network")
    assert "secret of ann" not in page.content()

    # The password stays with the servers it was given for.
    administrator.button("Edit").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Servers").fill("127.0.0.1:10")
    dialog.get_by_role("button", name="Save").click()
    administrator.step_up_if_asked()
    expect(dialog.get_by_text("for a new place it has to be given again")).to_be_visible()
    dialog.get_by_label("Password of this account").fill("another")
    dialog.get_by_role("button", name="Save").click()
    administrator.toast(f"{name} is saved")
    expect(page.get_by_text("127.0.0.1:10").first).to_be_visible()

    administrator.button("Disable").click()
    administrator.step_up_if_asked()
    expect(administrator.button("Enable")).to_be_visible()
    provider = administrator.find("/identity-providers", name)
    assert provider["enabled"] is False and "another" not in str(provider)
    administrator.button("Delete").click()
    confirm = page.get_by_role("dialog")
    confirm.get_by_role("textbox").fill(name)
    confirm.get_by_role("button", name="Delete").click()
    administrator.step_up_if_asked()
    administrator.toast(f"{name} is deleted")
    expect(page.get_by_role("heading", name="Identity providers", exact=True)).to_be_visible()


def test_whose_ssh_keys_cease_is_said_before_a_provider_is_disabled(portal, unique, axe):
    name = unique("directory")
    administrator = portal("administrator", "/identity-providers")
    page = administrator.page
    administrator.add("New provider", "New directory")
    dialog = fill(administrator, name)
    dialog.get_by_role("button", name="Create").click()
    administrator.step_up_if_asked()
    administrator.toast(f"{name} is saved")
    page.get_by_role("link", name=name).click()
    # Three people who have nothing else; the server counts none here.
    losses = {"people": 0, "signIns": 3, "managers": 0, "keyHolders": 3, "roles": [], "groups": [], "places": [], "keepsAdministrator": False}
    page.route("**/removal", lambda route: route.fulfill(json=losses))
    administrator.button("Disable").click()
    expect(dialog).to_contain_text("3 people come in by SSH keys, a passkey alone or an account that they bound themselves, and through this provider alone.")
    administrator.fits(axe)
    dialog.get_by_role("button", name="Cancel").click()
    assert administrator.find("/identity-providers", name)["enabled"] is True
    administrator.button("Disable").click()
    dialog.get_by_role("button", name="Disable").click()
    administrator.step_up_if_asked()
    administrator.toast(f"{name} is disabled: nobody comes in through it, and what its rules gave stays")
    assert administrator.find("/identity-providers", name)["enabled"] is False
    # It is switched on without a word.
    administrator.button("Enable").click()
    administrator.step_up_if_asked()
    expect(administrator.button("Disable")).to_be_visible()


def test_a_rule_has_its_conditions_and_its_organization_on_a_telephone_too(portal, unique, axe):
    administrator = portal("administrator", "/identity-providers")
    place = administrator.api("POST", "/organizations", {"name": unique("plant")})
    administrator.open("/identity-providers")
    page = administrator.page
    administrator.add("New provider", "New directory")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Add a rule").click()
    dialog.get_by_role("button", name="Add a condition").press("Enter")
    dialog.get_by_label("Condition 2", exact=True).last.select_option("attribute")
    dialog.get_by_label("get", exact=True).select_option("role")
    dialog.get_by_label("Where", exact=True).select_option(label=place["name"])
    administrator.fits(axe)
    # Where people belong is a choice of its own.
    dialog.get_by_label("get", exact=True).select_option("place")
    dialog.get_by_label("a place in an organization").select_option(label=place["name"])
    administrator.fits(axe)
    # One condition stays: a rule without any would be everybody's.
    dialog.get_by_role("button", name="Remove condition 1").press("Enter")
    expect(dialog.get_by_role("button", name="Remove condition")).to_have_count(0)
    expect(dialog.get_by_label("Name of the attribute")).to_be_visible()


def certificate(folder):
    """A certificate of its own with its key, as PEM."""
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30", "-subj", "/CN=gatehouse"]
    subprocess.run([*command, "-keyout", folder / "key", "-out", folder / "certificate"], check=True, capture_output=True)
    return (folder / "certificate").read_text(), (folder / "key").read_text()


def test_radius_servers_are_asked_over_tls(portal, unique, tmp_path):
    name = unique("radsec")
    own, key = certificate(tmp_path)
    administrator = portal("administrator", "/identity-providers")
    page = administrator.page
    administrator.add("New provider", "New RADIUS servers")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").first.fill(name)
    dialog.get_by_role("textbox", name="Servers", exact=True).fill("127.0.0.1")
    expect(dialog.get_by_label("Shared secret")).to_be_visible()
    dialog.get_by_label("Transport").select_option("tls")
    dialog.get_by_label("Passwords by").select_option("ms-chap-v2")
    dialog.get_by_label("Our certificate", exact=True).fill("no certificate")
    dialog.get_by_label("Authorities").fill(own)
    dialog.get_by_label("Key of our certificate").fill(key)
    assert administrator.violations(Axe()) == []
    dialog.get_by_role("button", name="Create").click()
    administrator.step_up_if_asked()
    expect(dialog.get_by_text("must be certificates as PEM text")).to_be_visible()
    dialog.get_by_label("Our certificate", exact=True).fill(own)
    dialog.get_by_role("button", name="Create").click()
    administrator.toast(f"{name} is saved")
    provider = administrator.find("/identity-providers", name)
    assert provider["settings"]["transport"] == "tls" and provider["settings"]["servers"][0]["port"] == 2083
    assert provider["settings"]["protocol"] == "ms-chap-v2" and "PRIVATE KEY" not in str(provider)


def test_people_without_the_permission_see_no_providers(portal):
    user = portal("user", "/identity-providers")
    expect(user.page.get_by_role("heading", name="This page is not for your roles")).to_be_visible()


def test_a_sync_begins_with_a_preview_and_says_why_it_failed(portal, unique):
    name = unique("sync")
    administrator = portal("administrator", "/identity-providers")
    page = administrator.page
    administrator.add("New provider", "New directory")
    dialog = fill(administrator, name)
    dialog.get_by_role("button", name="Create").click()
    administrator.step_up_if_asked()
    administrator.toast(f"{name} is saved")
    page.get_by_role("link", name=name).click()
    expect(page.get_by_text("Start with a preview")).to_be_visible()
    # Nothing is run before somebody has seen what it would do.
    expect(administrator.button("Run now")).to_be_disabled()

    administrator.button("Sync settings").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Disable people who are gone")).to_be_disabled()
    dialog.get_by_label("Minutes between runs").fill("60")
    dialog.get_by_label("Only these people").fill("(a=b")
    dialog.get_by_role("button", name="Save").click()
    administrator.step_up_if_asked()
    expect(dialog.get_by_text("must be one filter")).to_be_visible()
    dialog.get_by_label("Only these people").fill("(department=IT)")
    dialog.get_by_role("button", name="Save").click()
    administrator.toast("Sync is saved")
    expect(page.get_by_text("60 minutes")).to_be_visible()

    administrator.button("Preview", exact=True).click()
    administrator.step_up_if_asked()
    section = page.locator("section", has=page.get_by_role("heading", name="Sync", exact=True))
    expect(section.get_by_role("status")).to_contain_text("Failed, nothing was changed", timeout=30_000)
    expect(section.get_by_text("127.0.0.1:9 is on a private or reserved network")).to_be_visible()
