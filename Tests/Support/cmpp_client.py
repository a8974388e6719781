"""A client for CMPP 2.0 that is not ours (pycmpp), as JSON.

cmpp_client.py speak PORT SOURCE SECRET TEXT NUMBER: connects, sends a text as its library does, and prints how that reads the answers: {"connect": status, "submits": [status, …]}.
cmpp_client.py write SOURCE SECRET TIME SERVICE FROM TEXT NUMBER: prints what it would send at that time, in hexadecimal: {"connect", "submit"}.
"""

import json
import os
import sys
import time

os.environ["TZ"] = "Asia/Shanghai"
time.tzset()

from pycmpp import request  # noqa: E402
from pycmpp.cmpp import Cmpp  # noqa: E402
from pycmpp.response import ConnectResponseInstance, SubmitResponseInstance  # noqa: E402
from pycmpp.utils import split_message  # noqa: E402

# The library says 2.1, which has the messages of 2.0.
request.CMPP_VERSION = 0x20


def speak(port, source, secret, text, number):
    client = Cmpp("127.0.0.1", int(port), source, secret, "")
    client.so.settimeout(20)
    client.connect()
    stream = client.so.makefile("rb")

    def read(kind):
        """The next answer of a kind; reports that come between are left."""
        while True:
            head = stream.read(12)
            body = stream.read(int.from_bytes(head[:4]) - 12)
            if int.from_bytes(head[4:8]) == kind:
                return head + body

    client.auth()
    answer = ConnectResponseInstance()
    answer.resolve(read(0x80000001))
    result = {"connect": answer.status, "version": answer.version, "submits": []}
    if answer.status == 0:
        client.submit(text, [number])
        for _ in split_message(text) if len(text) >= 70 else [text]:
            answer = SubmitResponseInstance()
            answer.resolve(read(0x80000004))
            result["submits"].append(answer.status)
        client.terminate()
        read(0x80000002)
    client.close()
    return result


def write(source, secret, moment, service, origin, text, number):
    request.get_string_time = lambda: moment
    connect = request.ConnectRequestInstance().create(source, secret)
    submit = request.SubmitRequestInstance().create(
        msg_src=source, msg_content=text, dest_terminal_id=[number], src_id=origin, service_id=service, registered_delivery=1, fee_usertype=0)
    return {"connect": connect.hex(), "submit": submit.hex()}


print(json.dumps({"speak": speak, "write": write}[sys.argv[1]](*sys.argv[2:])))
