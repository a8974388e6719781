"""Faces: a stand-in for the company's capture page, with Chromium's camera; enrolled, shown to sign in and to confirm, taken back."""

import base64
import hashlib
import hmac
import http.server
import json
import os
import threading
import time
import urllib.parse
import urllib.request

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from conftest import URL, Person, new_page
from portal import Portal

PASSWORD = "a long sentence for the first time"
PAGE = """<!doctype html><meta charset="utf-8"><title>Camera</title><video autoplay muted playsinline></video><p>Looking</p><script>
const context = new URLSearchParams(location.hash.slice(1)).get('context');
history.replaceState(null, '', location.pathname);
(async () => {
  const stream = await navigator.mediaDevices.getUserMedia({ video: true });
  const video = document.querySelector('video');
  video.srcObject = stream;
  await new Promise((done) => { video.onloadeddata = done; });
  const seen = stream.getVideoTracks()[0].readyState === 'live' && video.videoWidth > 0;
  stream.getTracks().forEach((track) => track.stop());
  const answer = await fetch('/seen', { method: 'POST', body: JSON.stringify({ context, seen }) });
  location.replace((await answer.json()).returnTo);
})();
</script>"""


def face(number):
    """A vector of somebody's: as far from others' as those of strangers are."""
    bytes_ = b"".join(hashlib.sha256(f"{number} {part}".encode()).digest() for part in range(4))
    numbers = [byte - 127.5 for byte in bytes_]
    length = sum(one * one for one in numbers) ** 0.5
    return [one / length for one in numbers]


class Camera:
    """What a capture component is: a page with a camera, and somebody behind it who posts what was seen."""

    def __init__(self):
        self.key, self.face, self.live = b"", face(1), True
        camera = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def answer(self, kind, body):
                self.send_response(200)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):
                self.answer("text/html", PAGE.encode())

            def do_POST(self):
                said = json.loads(self.rfile.read(int(self.headers["content-length"])))
                assert said["seen"], "the camera shows nothing"
                self.answer("application/json", camera.post(said["context"]))

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://localhost:{self.server.server_port}/capture"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def post(self, context):
        body = json.dumps({"vector": self.face, "liveness": self.live}).encode()
        now = str(int(time.time()))
        mac = hmac.new(self.key, f"{context}.{now}.".encode() + body, hashlib.sha256).digest()
        portal = urllib.parse.urlsplit(URL)
        request = urllib.request.Request(f"http://127.0.0.1:{portal.port}/api/v1/face-checks/{context}", body, {
            "host": portal.netloc, "content-type": "application/json", "webhook-id": context, "webhook-timestamp": now,
            "webhook-signature": "v1," + base64.b64encode(mac).decode()})
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.read()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def camera():
    one = Camera()
    yield one
    one.stop()


@pytest.fixture
def filmed(browser):
    """A browser of its own, whose camera shows Chromium's test picture and asks nobody."""
    own = browser.browser_type.launch(
        executable_path=os.environ.get("GATEHOUSE_CHROMIUM", "/usr/bin/chromium"),
        args=["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"])
    yield own
    own.close()


@pytest.fixture
def administrator(portal):
    """Somebody at the page of the capture component; afterwards no face counts."""
    one = portal("administrator", "/face-component")
    yield one
    shown = one.api("GET", "/face-component")
    if shown["pageUrl"]:
        one.api("PUT", "/face-component", {"pageUrl": shown["pageUrl"], "enabled": False}, shown["version"])


def set_up(one, camera):
    page = one.page
    page.get_by_role("button", name="Edit").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Page with the camera").fill(camera.url)
    dialog.get_by_label("Faces count as a second factor").check()
    dialog.get_by_role("button", name="Save").click()
    one.step_up_if_asked()
    one.toast("The capture component is saved")
    page.get_by_role("button", name="Make a key").click()
    page.get_by_role("dialog").get_by_role("button", name="Make a key").click()
    one.step_up_if_asked()
    key = page.get_by_test_id("secret-once").inner_text()
    page.get_by_role("button", name="Done").click()
    camera.key = base64.b64decode(key.removeprefix("whsec_"))
    page.reload()
    expect(page.get_by_role("heading", name="Capture component")).to_be_visible()
    assert key not in page.content()


def come_in(one, browser, login):
    """Somebody new, with an app."""
    made = one.api("POST", "/users", {"login": login, "name": "Fay Face", "roles": ["user"]})
    page = new_page(browser)
    page.goto(made["invitationUrl"])
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("New password again").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    person = Person(login, PASSWORD, page.locator(".enrol-secret code").inner_text())
    page.get_by_label("Code that the app shows").fill(person.authenticator.code())
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("I have put them").check()
    page.get_by_role("button", name="Go to the portal").click()
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()
    return Portal(page, one.url, person)


def look(page, button):
    """Through the window with the camera, and back."""
    page.get_by_role("button", name=button).click()
    with page.context.expect_page() as window:
        page.get_by_role("link", name="Open the camera").click()
    return window.value


def test_a_face_is_enrolled_shown_to_sign_in_and_to_confirm_and_taken_back(administrator, camera, filmed, unique):
    set_up(administrator, camera)
    assert administrator.violations(Axe()) == []
    fay = come_in(administrator, filmed, unique("fay"))
    page = fay.page
    page.set_viewport_size({"width": 320, "height": 720})
    page.goto(fay.url + "/profile?tab=second-factors")
    page.get_by_role("button", name="Enrol my face").click()
    dialog = page.get_by_role("dialog", name="Enrol my face")
    expect(dialog.get_by_role("button", name="Show my face")).to_be_disabled()
    dialog.get_by_label("I agree that these numbers are kept").check()
    assert fay.violations(Axe()) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    look(dialog.page, "Show my face")
    fay.toast("Your face is enrolled")
    expect(page.get_by_text("Your face is enrolled").first).to_be_visible()

    # Another face, and then the right one.
    page.context.clear_cookies()
    page.goto(fay.url + "/sign-in")
    fay.give(fay.person.login, PASSWORD)
    expect(fay.button("Use my face")).to_be_visible()
    assert fay.violations(Axe()) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    camera.face = face(2)
    look(page, "Use my face")
    expect(page.get_by_role("alert").get_by_text("The face was not recognised")).to_be_visible()
    camera.face, camera.live = face(1), False
    look(page, "Use my face")
    expect(page.get_by_role("alert").get_by_text("The face was not recognised")).to_be_visible()
    camera.live = True
    look(page, "Use my face")
    expect(page).to_have_url(fay.url + "/")
    assert fay.api("GET", "/me")["factors"] == ["authenticator", "face"]

    # In Chinese, too.
    page.evaluate("localStorage.setItem('gatehouse.language', 'zh')")
    page.goto(fay.url + "/profile?tab=second-factors")
    expect(page.get_by_role("heading", name="人脸验证")).to_be_visible()
    page.evaluate("localStorage.setItem('gatehouse.language', 'en')")
    page.goto(fay.url + "/profile?tab=second-factors")
    page.get_by_role("listitem").filter(has_text="Your face is enrolled").get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    fay.toast("Your face is deleted")
    assert fay.api("GET", "/me")["factors"] == ["authenticator"]
    assert fay.errors == []
