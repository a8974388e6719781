"""Signed-in people, one browser, and what the tests know of the installation."""

import json
import os
import secrets
import time
from collections import Counter

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

from authenticator import Authenticator
from portal import Portal

URL = os.environ.get("GATEHOUSE_URL", "").rstrip("/")
expect.set_options(timeout=10_000)


def pytest_collection_modifyitems(config, items):
    keep_share(config, items)
    if not URL:
        for item in items:
            item.add_marker(pytest.mark.skip(reason="GATEHOUSE_URL names no installation"))


def keep_share(config, items):
    """Of shares that run beside each other, each takes whole files: the largest first, to whoever has the least to do."""
    number, count = map(int, os.environ.get("GATEHOUSE_SHARE", "1/1").split("/"))
    sizes, loads, owners = Counter(item.path for item in items), [0] * count, {}
    for path, size in sorted(sizes.items(), key=lambda one: (-one[1], one[0])):
        owners[path] = loads.index(min(loads))
        loads[owners[path]] += size
    others = [item for item in items if owners[item.path] != number - 1]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if owners[item.path] == number - 1]


class Person:
    def __init__(self, login, password, totp):
        self.login, self.password, self.authenticator = login, password, Authenticator(totp)


@pytest.fixture(scope="session")
def people():
    return {name: Person(**login) for name, login in json.loads(os.environ["GATEHOUSE_LOGINS"]).items()}


@pytest.fixture(scope="session")
def target():
    text = os.environ.get("GATEHOUSE_TARGET")
    if not text:
        pytest.skip("GATEHOUSE_TARGET names no asset that answers")
    return json.loads(text)


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        path = os.environ.get("GATEHOUSE_CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def new_page(browser, **how):
    how = {"locale": "en-US", "color_scheme": "light", "viewport": {"width": 1360, "height": 860}, **how}
    context = browser.new_context(**how)
    context.add_init_script("localStorage.getItem('gatehouse.language') || localStorage.setItem('gatehouse.language', 'en')")
    return context.new_page()


#: After a quarter of an hour a sensitive act asks for a code again, which is not what most tests are about.
FRESH = 8 * 60


class Visits:
    """The cookies of everybody who signed in: codes are too precious to do it for every test."""

    def __init__(self, browser, url, *api):
        self.browser, self.url, self.api, self.states = browser, url, api, {}

    def __call__(self, name, person):
        state, since = self.states.get(name, (None, 0))
        if state is None or time.monotonic() - since > FRESH:
            page = new_page(self.browser)
            Portal(page, self.url, person, *self.api).sign_in()
            state = page.context.storage_state()
            page.context.close()
            self.states[name] = state, time.monotonic()
        return state


@pytest.fixture(scope="session")
def visits(browser, people):
    of = Visits(browser, URL)
    return lambda name: of(name, people[name])


@pytest.fixture
def portal(browser, people, visits):
    """Opens the portal as somebody: `portal("administrator", "/users")`. Afterwards no page may have had an error of its own."""
    opened = []

    def open_as(name, path="/", **how):
        page = new_page(browser, storage_state=visits(name), **how)
        opened.append(Portal(page, URL, people[name]))
        return opened[-1].open(path)

    yield open_as
    for one in opened:
        one.page.context.close()
    assert [error for one in opened for error in one.errors] == []


CONSOLE = os.environ.get("GATEHOUSE_CONSOLE", "").rstrip("/")


@pytest.fixture(scope="session")
def operator():
    if not CONSOLE:
        pytest.skip("GATEHOUSE_CONSOLE names no console")
    return Person(**json.loads(os.environ["GATEHOUSE_OPERATOR"]))


@pytest.fixture(scope="session")
def operator_visit(browser, operator):
    of = Visits(browser, CONSOLE, "/provider/v1")
    return lambda: of("operator", operator)


@pytest.fixture
def console(browser, operator, operator_visit):
    """Opens the console: `console("/tenants")`. Afterwards no page may have had an error of its own."""
    opened = []

    def open_at(path="/", **how):
        page = new_page(browser, storage_state=operator_visit(), **how)
        opened.append(Portal(page, CONSOLE, operator, "/provider/v1"))
        return opened[-1].open(path)

    yield open_at
    for one in opened:
        one.page.context.close()
    assert [error for one in opened for error in one.errors] == []


@pytest.fixture
def newcomer(browser, operator):
    """Somebody at the console who is not signed in: `newcomer(person)`."""
    opened = []

    def open_for(person=None):
        page = new_page(browser)
        opened.append(page)
        return Portal(page, CONSOLE, person, "/provider/v1")

    yield open_for
    for page in opened:
        page.context.close()


@pytest.fixture
def stranger(browser):
    """Somebody who is not signed in."""
    page = new_page(browser)
    yield Portal(page, URL, None)
    page.context.close()


@pytest.fixture
def axe():
    return Axe()


@pytest.fixture
def unique():
    """A name that nothing else has: `unique("asset")`."""
    return lambda word: f"{word}-{secrets.token_hex(3)}"
