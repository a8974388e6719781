"""A RADIUS server that does not keep to the protocol: python lying_radius.py SECRET LIE

Prints its port, and then a line for each request: `PORT-OF-CLIENT ID CODE FIRST-ATTRIBUTE`. Unless LIE says otherwise it accepts
everybody. LIE is one of
  honest            lies about nothing
  no-signature      leaves the Message-Authenticator out
  false-signature   sends a Message-Authenticator of zeros, under a right Response Authenticator
  two-signatures    sends a false one and a right one
  other-secret      does not know the secret
  other-id          answers under another number
  short             sends 19 bytes
  zero-attribute    has an attribute of length 0 in a packet that is signed otherwise
  long              claims to be longer than it is
  silent            answers nothing
  deaf-once         answers only what comes a second time
  flood             sends 200 datagrams of nonsense, and no answer
  late              sends three datagrams of nonsense, and then the answer
  status            answers as if it were asked for accounting
  questions         asks a question, and again after every answer but `sesame`
  markup            asks with markup, control characters and a text without end
"""
import hashlib
import hmac
import socket
import sys

ACCEPT, REJECT, CHALLENGE = 2, 3, 11
REPLY_MESSAGE, STATE, SIGNATURE = 18, 24, 80


def attributes(packet):
    found, place = [], 20
    while place < len(packet):
        size = packet[place + 1]
        found.append((packet[place], packet[place + 2 : place + size]))
        place += size
    return found


def password(packet, secret):
    hidden = dict(attributes(packet)).get(2, b"")
    plain, last = b"", packet[4:20]
    for start in range(0, len(hidden), 16):
        part = hidden[start : start + 16]
        plain += bytes(a ^ b for a, b in zip(part, hashlib.md5(secret + last).digest()))
        last = part
    return plain.rstrip(b"\0")


def encode(pairs):
    return b"".join(bytes([kind, len(value) + 2]) + value for kind, value in pairs)


def signed(request, code, pairs, secret, lie="honest"):
    """The answer, with its Message-Authenticator in front."""
    number = (request[1] + 1) % 256 if lie == "other-id" else request[1]

    def packet(marks, authenticator):
        body = encode([(SIGNATURE, mark) for mark in marks] + pairs)
        if lie == "zero-attribute":
            body += bytes([25, 0])
        return bytes([code, number]) + (20 + len(body)).to_bytes(2, "big") + authenticator + body

    marks = {"no-signature": [], "two-signatures": [b"\0" * 16, b"\0" * 16]}.get(lie, [b"\0" * 16])
    right = hmac.new(secret, packet(marks, request[4:20]), hashlib.md5).digest()
    if lie == "two-signatures":
        marks = [b"\0" * 16, right]
    elif marks and lie != "false-signature":
        marks = [right]
    blank = packet(marks, request[4:20])
    return blank[:4] + hashlib.md5(blank + secret).digest() + blank[20:]


def answers(request, secret, lie, seen):
    if lie == "silent" or (lie == "deaf-once" and request not in seen):
        return []
    if lie == "flood":
        return [bytes([ACCEPT, request[1], 0, 20]) + b"\0" * 16] * 200
    if lie == "short":
        return [signed(request, ACCEPT, [], secret)[:19]]
    if lie == "long":
        packet = signed(request, ACCEPT, [], secret)
        return [packet[:2] + (len(packet) + 1).to_bytes(2, "big") + packet[4:]]
    if lie == "other-secret":
        return [signed(request, ACCEPT, [], b"not this one")]
    if lie == "status":
        return [signed(request, 5, [], secret)]
    if lie == "late":
        return [b"nonsense", bytes([ACCEPT, request[1], 0, 20]) + b"\0" * 16, b""] + [signed(request, ACCEPT, [], secret)]
    if lie == "questions":
        state = dict(attributes(request)).get(STATE)
        if state and password(request, secret) == b"sesame":
            return [signed(request, ACCEPT, [(25, b"asked-" + state[-1:])], secret)]
        number = b"1" if state is None else bytes([state[-1] + 1])
        pairs = [(STATE, b"round-" + number), (REPLY_MESSAGE, b"Question " + number)]
        return [signed(request, CHALLENGE, pairs, secret)]
    if lie == "markup":
        if dict(attributes(request)).get(STATE):
            return [signed(request, ACCEPT, [], secret)]
        text = "<b>Code</b>\r\n\x1b[2J\u202e\u200bnow ".encode()
        pairs = [(STATE, b"s"), (REPLY_MESSAGE, text), (REPLY_MESSAGE, b"x" * 250), (REPLY_MESSAGE, b"\xff\xfe" * 100)]
        return [signed(request, CHALLENGE, pairs, secret)]
    return [signed(request, ACCEPT, [], secret, lie)]


def main():
    secret, lie = sys.argv[1].encode(), sys.argv[2]
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))
    print(server.getsockname()[1], flush=True)
    seen = set()
    while True:
        request, client = server.recvfrom(4096)
        print(client[1], request[1], request[0], request[20] if len(request) > 20 else "-", flush=True)
        for answer in answers(request, secret, lie, seen):
            server.sendto(answer, client)
        seen.add(request)


main()
