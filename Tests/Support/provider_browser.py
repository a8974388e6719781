"""Somebody at a browser who signs in where they are sent to: `provider_browser.py URL LOGIN PASSWORD HOST [JAR [FORM]]` prints the address on HOST that they come back to, and what is
posted there in a second line, if a form brings them. The cookies are kept in JAR, for the next time. It begins with a form that has
the fields of FORM (JSON), if they are given."""

import html
import json
import pathlib
import pickle
import re
import sys
from urllib.parse import urlencode, urljoin, urlsplit

import requests

url, login, password, host = sys.argv[1:5]
jar = pathlib.Path(sys.argv[5]) if len(sys.argv) > 5 else None
session = requests.Session()
if jar and jar.exists():
    session.cookies = pickle.loads(jar.read_bytes())


def arrive(*lines):
    print(*lines, sep="\n")
    if jar:
        jar.write_bytes(pickle.dumps(session.cookies))
    sys.exit()


form = json.loads(sys.argv[6]) if len(sys.argv) > 6 else None
answer = session.post(url, data=form, allow_redirects=False) if form else session.get(url, allow_redirects=False)
signed_in = False
for _ in range(12):
    if answer.is_redirect:
        place = urljoin(answer.url, answer.headers["Location"])
        if urlsplit(place).hostname == host:
            arrive(place)
        answer = session.get(place, allow_redirects=False)
        continue
    fields = {}
    for tag in re.findall(r"<input[^>]*>", answer.text):
        parts = {name: html.unescape(value) for name, value in re.findall(r'(\w+)="([^"]*)"', tag)}
        if parts.get("type") == "hidden" and "name" in parts:
            fields[parts["name"]] = parts.get("value", "")
    action = re.search(r'<form[^>]*action="([^"#][^"]*)"', answer.text)
    place = urljoin(answer.url, html.unescape(action.group(1))) if action else answer.url
    if urlsplit(place).hostname == host:
        arrive(place, urlencode({name: value for name, value in fields.items() if name.startswith("SAML") or name == "RelayState"}))
    # Some say in a frame of their page that somebody has signed out.
    for frame in re.findall(r'<iframe[^>]*src="([^"]*)"', answer.text):
        if urlsplit(html.unescape(frame)).hostname == host:
            arrive(html.unescape(frame))
    if signed_in:
        break
    signed_in = True
    named = {"username": login} if 'name="username"' in answer.text else {"user": login}
    answer = session.post(place, data={**fields, **named, "password": password}, allow_redirects=False)
sys.exit(f"nobody was sent back: {answer.status_code} {answer.url} {answer.text[:500]}")
