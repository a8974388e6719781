"""What the messengers by which people sign in have in common: one app of one company, and what they tell of it."""

import base64
import hashlib
import json
import time

APP, SECRET, COMPANY = "app-1000002", "an app's secret/with+signs", "company-1"
# Departments that lie in each other: 31 lies in 3, and 3 in 1, at the top.
DEPARTMENTS = {1: ("Company", 0), 3: ("Technology", 1), 31: ("Operations", 3), 4: ("department/3", 1)}


def b64(data):
    return base64.urlsafe_b64encode(data if isinstance(data, bytes) else json.dumps(data).encode()).rstrip(b"=").decode()


def fresh(kind):
    return f"{kind}-{b64(hashlib.sha256(str(time.time_ns()).encode()).digest())}"


class Refused(Exception):
    def __init__(self, status, body):
        self.status, self.body = status, body
