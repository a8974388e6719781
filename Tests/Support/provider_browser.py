"""Somebody at a browser who signs in where they are sent to: `provider_browser.py URL LOGIN PASSWORD HOST` prints the address on HOST that they come back to."""

import html
import re
import sys
from urllib.parse import urljoin, urlsplit

import requests

url, login, password, host = sys.argv[1:]
session = requests.Session()
answer = session.get(url, allow_redirects=False)
signed_in = False
for _ in range(12):
    if answer.is_redirect:
        place = urljoin(answer.url, answer.headers["Location"])
        if urlsplit(place).hostname == host:
            print(place)
            sys.exit()
        answer = session.get(place, allow_redirects=False)
        continue
    if signed_in:
        break
    signed_in = True
    fields = {}
    for tag in re.findall(r"<input[^>]*>", answer.text):
        parts = {name: html.unescape(value) for name, value in re.findall(r'(\w+)="([^"]*)"', tag)}
        if parts.get("type") == "hidden" and "name" in parts:
            fields[parts["name"]] = parts.get("value", "")
    named = {"username": login} if 'name="username"' in answer.text else {"user": login}
    action = re.search(r'<form[^>]*action="([^"#][^"]*)"', answer.text)
    place = urljoin(answer.url, html.unescape(action.group(1))) if action else answer.url
    answer = session.post(place, data={**fields, **named, "password": password}, allow_redirects=False)
sys.exit(f"nobody was sent back: {answer.status_code} {answer.url} {answer.text[:500]}")
