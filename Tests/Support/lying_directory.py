"""A directory over LDAPS that does not keep to the protocol: python lying_directory.py CERT KEY LIE

Prints its port. LIE is one of
  bind-by-search  answers binds with the successful end of a search
  other-id        answers binds under another message's number
  referral        answers searches with a referral, and lists one in a continuation too
  twins           finds two entries where one was asked for
  endless         returns the same page of nothing with the same cookie for ever
  circle          returns the same page of one person for ever, and says each time that there are more
  hollow          returns pages of nothing for ever, each with a cookie of its own
  mute            says after a first page that there are more, and after the second one nothing about it
  cut-off         hangs up after a first page
  unreadable      says something about more pages that cannot be read
  large           announces an entry of 32 MiB
  huge            announces a message of a gigabyte
  silent          takes the connection and says nothing, not even in the handshake
  drip            sends its answers a byte at a time, with ten seconds between them
  everybody       takes every password, and the same entry for everybody
  ranged          no lie: shows two values of an attribute at a time, as an Active Directory shows some 1,500
  half-ranged     the same, but does not show the end of them
  endless-ranged  the same, but there is always another one, of 15 MiB
"""
import re
import socket
import ssl
import sys
import threading
import time


def tlv(tag, *parts):
    body = b"".join(parts)
    size = len(body)
    if size < 128:
        return bytes([tag, size]) + body
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + body


def text(value, tag=4):
    return tlv(tag, value if isinstance(value, bytes) else value.encode())


def result(tag, code=0, *more):
    return tlv(tag, tlv(10, bytes([code])), text(""), text(""), *more)


def message(number, operation, *controls):
    return tlv(0x30, tlv(2, number.to_bytes(4, "big").lstrip(b"\0") or b"\0"), operation, *controls)


def entry(dn, uid):
    pairs = [("entryUUID", f"subject-of-{uid}"), ("uid", uid), ("cn", uid.title()), ("mail", f"{uid}@example.org")]
    return tlv(0x64, text(dn), tlv(0x30, *(tlv(0x30, text(name), tlv(0x31, text(value))) for name, value in pairs)))


def read_message(connection):
    head = connection.recv(2)
    if len(head) < 2:
        return None
    size = head[1]
    if size & 0x80:
        size = int.from_bytes(connection.recv(size & 0x7F), "big")
    body = b""
    while len(body) < size:
        part = connection.recv(size - len(body))
        if not part:
            return None
        body += part
    length = body[1]
    return int.from_bytes(body[2 : 2 + length], "big"), body[2 + length], body


def control(value):
    return tlv(0xA0, tlv(0x30, text("1.2.840.113556.1.4.319"), text(value)))


def more(cookie):
    return control(tlv(0x30, tlv(2, b"\0"), text(cookie)))


def ranged(number, request, lie):
    """Three people who are members of one group, two of them at a time; ranges of ranges are asked for by name."""

    def group(*pairs):
        values = (tlv(0x30, text(name), tlv(0x31, *map(text, each))) for name, each in pairs)
        return message(number, tlv(0x64, text("cn=big,dc=example,dc=org"), tlv(0x30, *values)))

    people = [f"uid={uid},dc=example,dc=org" for uid in ("ann", "ben", "cleo")]
    if b"objectGUID" in request:
        found = [group(("cn", ["Big"]), ("objectGUID", [bytes(range(16))]))]
    elif lie == "endless-ranged" and (next_one := re.search(rb"member;range=(\d+)-\*", request)):
        place = int(next_one[1])
        found = [group((f"member;range={place}-{place}", [bytes(15 << 20)]))]
    elif b"member;range=2-*" in request:
        found = [group(("member;range=2-*", people[2:]))] if lie == "ranged" else [group(("cn", ["big"]))]
    elif b"uniqueMember" in request:
        found = [group(("cn", ["Big"]), ("member", []), ("member;range=0-1", people[:2]))]
    elif b"entryUUID" in request:
        found = [message(number, entry(dn, dn[4 : dn.index(",")])) for dn in people]
    else:
        found = []
    return found + [message(number, result(0x65))]


def answers(lie, number, operation, request, seen):
    if operation == 0x60:  # bind
        if lie == "bind-by-search":
            return [message(number, result(0x65))]
        if lie == "other-id":
            return [message(number + 1, result(0x61))]
        if lie == "huge":
            return [b"\x30\x84\x40\x00\x00\x00" + b"\0" * 64]
        return [message(number, result(0x61))]
    if operation == 0x63:  # search
        if lie.endswith("ranged"):
            return ranged(number, request, lie)
        if lie == "referral":
            elsewhere = text("ldap://127.0.0.1:9/dc=example,dc=org")
            return [
                message(number, tlv(0x73, elsewhere)),
                message(number, result(0x65, 10, tlv(0xA3, elsewhere))),
            ]
        ann = message(number, entry("uid=ann,dc=example,dc=org", "ann"))
        if lie == "endless":
            return [message(number, result(0x65), more("again"))]
        if lie == "hollow":
            return [message(number, result(0x65), more(str(number)))]
        if lie == "circle":
            return [ann, message(number, result(0x65), more(str(number)))]
        if lie == "unreadable":
            return [ann, message(number, result(0x65), control(b"\x30\x03\x02\x01"))]
        if lie == "large":
            return [ann, b"\x30\x84\x02\x00\x00\x00\x02\x01" + bytes([number]) + b"\x64\x84\x01\xff\xff\xf0"]
        if lie in ("mute", "cut-off"):
            if seen.setdefault("searches", 0) == 0:
                seen["searches"] = 1
                return [ann, message(number, result(0x65), more("next"))]
            return [message(number, result(0x65))] if lie == "mute" else [None]
        found = [ann]
        if lie == "twins":
            found.append(message(number, entry("uid=ann,ou=more,dc=example,dc=org", "ann")))
        return found + [message(number, result(0x65))]
    return []


def serve(connection, context, lie):
    try:
        if lie == "silent":
            time.sleep(60)
            return
        with context.wrap_socket(connection, server_side=True) as secure:
            seen = {}
            while (request := read_message(secure)) is not None:
                for answer in answers(lie, *request, seen):
                    if answer is None:
                        return
                    if lie == "drip":
                        for byte in answer:
                            secure.sendall(bytes([byte]))
                            time.sleep(10)
                    else:
                        secure.sendall(answer)
    except OSError:
        pass


def main():
    certificate, key, lie = sys.argv[1:]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection, context, lie), daemon=True).start()


main()
