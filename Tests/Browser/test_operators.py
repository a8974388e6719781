"""What operators do about what a company may use."""

from playwright.sync_api import expect


def test_a_limit_of_a_company_is_lifted_and_put_back(console, unique):
    one = console("/tenants")
    page, name = one.page, unique("Lifted")
    one.api("POST", "/tenants", {"slug": name.lower(), "name": name, "administrator": {"login": "lia", "name": "Lia"}})
    one.open("/usage")
    one.pick("Company", name)

    def change(users, sessions=None):
        one.button("Change the plan").click()
        one.field("Users", exact=True).select_option(label=users)
        if sessions is not None:
            one.field("Sessions at the same time", exact=True).select_option(label="Its own")
            expect(one.button("Save")).to_be_disabled()
            one.field("Sessions at the same time: at most").fill(sessions)
        one.button("Save").click()
        one.toast(f"{name} is saved")

    change("No limit", "7")
    tenant = one.find("/tenants?limit=200", name)["id"]
    limits = {limit["kind"]: limit["amount"] for limit in one.api("GET", f"/tenants/{tenant}/plan")["overrides"]}
    assert limits == {"users": None, "sessions": 7}
    one.button("Change the plan").click()
    users = one.field("Users", exact=True)
    expect(users).to_have_value("none")
    expect(one.field("Sessions at the same time: at most")).to_have_value("7")
    one.button("Cancel").click()
    change("As in the plan")
    assert [limit["kind"] for limit in one.api("GET", f"/tenants/{tenant}/plan")["overrides"]] == ["sessions"]
