"""What failed sign-ins lock: administrators see it, and end it."""

import http.client
import json
import urllib.parse

import pytest
from playwright.sync_api import expect

GUESSER = "127.0.0.77"
FAILURES = 9


def guess(url, login):
    """A wrong password from an address that nobody else in these tests comes from."""
    at = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", at.port or 80, timeout=30, source_address=(GUESSER, 0))
    headers = {"Host": at.netloc, "Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"}
    connection.request("POST", "/api/v1/auth/sign-in", json.dumps({"login": login, "password": "a guess of somebody"}), headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


@pytest.fixture
def strict(portal):
    """An administrator at the locks, in a company that locks an address soon."""
    administrator = portal("administrator", "/sign-in-locks")
    if not administrator.url.startswith("http://"):
        pytest.skip("the guesser speaks plain HTTP")

    def limit(failures):
        version = administrator.api("GET", "/settings")["version"]
        administrator.api("PATCH", "/settings", {"lockout.address-failures": failures}, version)

    limit(FAILURES)
    yield administrator
    limit(None)


def test_locked_accounts_and_addresses_are_shown_and_unlocked(strict, people):
    page, login = strict.page, people["approver"].login
    assert [guess(strict.url, login) for _ in range(FAILURES)] == [401] * FAILURES
    assert guess(strict.url, "nobody at all") == 429
    strict.open("/sign-in-locks")
    accounts, addresses = (page.locator("section").filter(has=page.get_by_role("heading", name=name)) for name in ("Accounts", "Addresses"))
    account, address = accounts.get_by_role("row").filter(has_text=login), addresses.get_by_role("row").filter(has_text=GUESSER)
    expect(account).to_contain_text("7 failed sign-ins")
    expect(address).to_contain_text(f"{FAILURES} failed sign-ins")
    address.get_by_role("button", name="Actions").click()
    page.get_by_role("menuitem", name="Unlock").click()
    strict.toast(f"{GUESSER} is unlocked")
    expect(address).to_have_count(0)
    account.get_by_role("button", name="Actions").click()
    page.get_by_role("menuitem", name="Unlock").click()
    expect(account).to_have_count(0)
    assert guess(strict.url, "nobody at all") == 401
