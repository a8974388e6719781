"""A connection that stays open, for what is measured in microseconds."""

import http.client
import json
import time


class Line:
    """Requests of one caller, one after the other, from an address of loopback of its own if it is to be another caller."""

    def __init__(self, installation, slug, token=None, source=None):
        self.connection = http.client.HTTPConnection(
            "127.0.0.1", installation.port, timeout=30, source_address=(source, 0) if source else None)
        self.headers = {"Host": f"{slug}.localhost:{installation.port}"}
        if token:
            self.headers["Authorization"] = f"Bearer {token}"
        else:
            self.headers |= {"Origin": f"http://{slug}.localhost:{installation.port}", "Sec-Fetch-Site": "same-origin"}

    def __call__(self, method, path, body=None):
        """Status, body, and the seconds that it took."""
        headers = dict(self.headers)
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        start = time.perf_counter()
        self.connection.request(method, "/api/v1" + path, data, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        return answer.status, content, time.perf_counter() - start, answer.headers

    def close(self):
        self.connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
