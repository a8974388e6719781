"""Signs requests with the libraries of others (RFC 9421), and says what came of them: a line of JSON each.

The file that is named has the address, the keys and what to send.
"""

import json
import socket
import sys

import requests
from requests_http_signature import HTTPSignatureAuth, algorithms


def auth(key, parts, **how):
    algorithm = {"hmac-sha256": algorithms.HMAC_SHA256, "ed25519": algorithms.ED25519}[key["algorithm"]]
    return HTTPSignatureAuth(
        signature_algorithm=algorithm, key=key["key"].encode(), key_id=key["id"], use_nonce=True,
        covered_component_ids=parts, **how)


def main():
    with open(sys.argv[1]) as file:
        task = json.load(file)
    # Browsers know all names below localhost, and not every resolver does.
    ask = socket.getaddrinfo
    socket.getaddrinfo = lambda host, *rest, **more: ask(
        "127.0.0.1" if host.endswith(".localhost") else host, *rest, **more)
    session = requests.Session()
    for call in task["calls"]:
        key = task["keys"][call["key"]]
        request = requests.Request(
            call["method"], task["url"] + call["path"], json=call.get("body"), headers=call.get("headers", {}),
            auth=auth(key, tuple(call["parts"])))
        prepared = session.prepare_request(request)
        for _ in range(call.get("times", 1)):
            answer = session.send(prepared, timeout=20)
            print(json.dumps({"status": answer.status_code, "text": answer.text}), flush=True)


main()
