"""What a person does in the portal, in the words of the tests."""

import re
import time

from playwright.sync_api import Page, TimeoutError, expect


class Portal:
    """One signed-in person with one page."""

    def __init__(self, page: Page, url: str, person, api="/api/v1"):
        self.page, self.url, self.person, self.base = page, url, person, api
        self.errors, self.hosts, self.changes = [], set(), set()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._console)
        page.on("request", lambda request: self.hosts.add(re.sub(r"^(?:blob:)?(\w+://[^/]*).*", r"\1", request.url)))
        # What asks the server for a change and has no answer yet.
        page.on("request", lambda request: request.method != "GET" and self.changes.add(request))
        page.on("requestfinished", lambda request: self.changes.discard(request))
        page.on("requestfailed", lambda request: self.changes.discard(request))

    def _console(self, message):
        # A refused request is part of many tests; a refused script, style or connection never is.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.errors.append(message.text)

    def open(self, path):
        self.page.goto(self.url + path)
        expect(self.page.locator(".boot")).to_have_count(0)
        return self

    def button(self, name, **how):
        return self.page.get_by_role("button", name=name, **how)

    def field(self, label, **how):
        return self.page.get_by_label(label, **how)

    def pick(self, label, words):
        """Finds something on the server and takes the first of what was found."""
        box = self.page.get_by_role("combobox", name=label)
        box.fill(words)
        expect(self.page.get_by_role("option").filter(has_text=words).first).to_be_visible()
        self.page.get_by_role("option").filter(has_text=words).first.click()

    def row(self, text):
        return self.page.get_by_role("row").filter(has_text=text)

    def act(self, row_text, item):
        """Takes an action from the menu of a row."""
        self.row(row_text).get_by_role("button", name="Actions").click()
        self.page.get_by_role("menuitem", name=item).click()

    def add(self, button, item):
        """Begins something new of a kind that a menu offers."""
        self.button(button).first.click()
        self.page.get_by_role("menuitem", name=item, exact=True).click()

    def toast(self, text):
        """Waits for it and closes it: the next one with the same words would be taken for seen while this one is there."""
        one = self.page.locator(".toast").filter(has_text=text).first
        expect(one).to_be_visible()
        one.evaluate_all("found => found.forEach((one) => one.querySelector('button').click())")

    def give(self, login, password):
        """Login and password, where they are asked for. Beside the button another one may say "Continue with" a provider."""
        self.field("Login").fill(login)
        self.field("Password").fill(password)
        self.button("Continue", exact=True).click()

    def sign_in(self, password=None):
        self.page.goto(self.url + "/sign-in")
        self.give(self.person.login, password or self.person.password)
        expect(self.page.get_by_role("heading", name="Second factor")).to_be_visible()
        self.field("Code from the app").fill(self.person.authenticator.code())
        expect(self.page.get_by_role("navigation", name="Main")).to_be_visible()
        return self

    def step_up_if_asked(self):
        """The dialog comes only if the last code is older than a quarter of an hour, and with the answer to what was done."""
        dialog = self.page.get_by_role("dialog", name="Is it you?")
        end = time.monotonic() + 20
        while True:
            try:
                dialog.wait_for(timeout=1_500)
                break
            except TimeoutError:
                if not self.changes or time.monotonic() > end:
                    return
        dialog.get_by_label("Code from the app").fill(self.person.authenticator.code())
        dialog.get_by_role("button", name="Confirm").click()

    def violations(self, axe):
        """What axe objects to, also when it looks again: a list is pale while it is asked for anew."""
        for pause in (500, 0):
            found = axe.run(self.page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}).response["violations"]
            if not found:
                break
            self.page.wait_for_timeout(pause)
        return found

    def fits(self, axe):
        """At 320 pixels without sideways scrolling, and accessible there and on a desk."""
        expect(self.page.locator(".skeleton")).to_have_count(0)
        assert self.violations(axe) == []
        size = self.page.viewport_size
        self.page.set_viewport_size({"width": 320, "height": 700})
        assert self.page.evaluate("document.documentElement.scrollWidth") <= 320
        assert self.violations(axe) == []
        self.page.set_viewport_size(size)

    def api(self, method, path, body=None, version=None):
        """A call with this person's session, for what a test needs but does not test."""
        answer = self.page.evaluate(
            """async ([base, method, path, body, version]) => {
                const headers = { accept: 'application/json' };
                if (body !== null) headers['content-type'] = 'application/json';
                if (version !== null) headers['if-match'] = `"${version}"`;
                const response = await fetch(base + path, { method, headers, body: body === null ? undefined : JSON.stringify(body) });
                const text = await response.text();
                return { status: response.status, body: text ? JSON.parse(text) : null };
            }""",
            [self.base, method, path, body, version])
        if answer["status"] >= 300 and path == "/egress-allowances" and "step-up-required" in str(answer["body"]):
            # What tests open for themselves comes before and after what they test.
            self.api("POST", "/me/step-up", {"code": self.person.authenticator.code()})
            return self.api(method, path, body, version)
        assert answer["status"] < 300, f"{method} {path}: {answer}"
        return answer["body"]

    def find(self, path, name, key="name"):
        """The first of a list with this name."""
        return next(item for item in self.api("GET", path)["items"] if item[key] == name)
