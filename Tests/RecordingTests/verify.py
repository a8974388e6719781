#!/usr/bin/env python3
"""An independent check of a recording, written from Docs/recording.md alone and sharing no code with the product.

usage: verify.py CONTAINER RECORDING-KEY(base64url) [RECEIPT EVIDENCE-KEY(base64url)] [--wrapping-key HEX]
Prints the events as JSON lines. Exits with 1 and a reason if anything is wrong, with 77 if a package is missing.
"""
import base64
import hashlib
import json
import re
import struct
import sys

try:
    import zstandard
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
except ImportError as missing:
    print(f"missing: {missing}", file=sys.stderr)
    sys.exit(77)


def check(condition, text):
    if not condition:
        print(f"WRONG: {text}", file=sys.stderr)
        sys.exit(1)


def b64(text):
    check(re.fullmatch(r"[A-Za-z0-9_-]*", text), f"not base64url: {text}")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    check(base64.urlsafe_b64encode(data).rstrip(b"=").decode() == text, f"another text for the same bytes: {text}")
    return data


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def canonical(value):
    # Enough of RFC 8785 for documents whose numbers are integers and whose names are ASCII.
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def parse(data, what):
    value = json.loads(data)
    check(canonical(value) == data, f"{what} is not canonical")
    return value


def merkle(leaves):
    if not leaves:
        return sha256(b"")
    if len(leaves) == 1:
        return sha256(b"\0", leaves[0])
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\1", merkle(leaves[:split]), merkle(leaves[split:]))


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"


def main():
    container = open(sys.argv[1], "rb").read()
    key = AESGCM(b64(sys.argv[2]))
    arguments = sys.argv[3:]
    check(container[:5] == b"GHR1\n", "magic")
    (length,) = struct.unpack(">I", container[5:9])
    header = parse(container[9 : 9 + length], "header")
    names = {"version", "recording", "session", "tenant", "worker", "kind", "started", "cipher", "compression", "key", "wrapped"}
    if header["kind"] == "terminal":
        names |= {"term", "columns", "rows", "charset"}
    check(set(header) == names, f"header members {set(header) ^ names}")
    check(header["version"] == 1 and header["cipher"] == "aes-256-gcm" and header["compression"] == "zstd", "header values")
    check(re.fullmatch(TIME, header["started"]), "started")
    wrapped = b64(header["wrapped"])
    check(len(wrapped) == 12 + 32 + 16, "wrapped")
    if "--wrapping-key" in arguments:
        wrapping = AESGCM(bytes.fromhex(arguments[arguments.index("--wrapping-key") + 1]))
        check(wrapping.decrypt(wrapped[:12], wrapped[12:], header["recording"].encode()) == b64(sys.argv[2]), "wrapped key")

    at = 9 + length
    chain = sha256(container[:at])
    first_chain = chain
    time = 0
    sequence = 0
    leaves, index, events = [], [], []
    seen_index = trailer = None
    inputs = outputs = 0
    while at < len(container):
        check(trailer is None, "bytes after the trailer")
        start = at
        head = container[at : at + 37]
        kind, number, from_, to, count, plain, body = struct.unpack(">BQQQIII", head)
        sequence += 1
        check(number == sequence, f"frame {number} where {sequence} is due")
        ciphertext = container[at + 37 : at + 37 + body]
        check(len(ciphertext) == body, "cut short")
        at += 37 + body + 32
        text = zstandard.ZstdDecompressor().decompress(
            key.decrypt(b"\0\0\0\0" + struct.pack(">Q", number), ciphertext, head + chain), max_output_size=max(plain, 1))
        check(len(text) == plain, "size of the plain body")
        chain = sha256(chain, head, ciphertext)
        check(container[at - 32 : at] == chain, f"chain value of frame {number}")
        if kind == 1:
            check(seen_index is None, "events after the index")
            offset = 0
            mine = []
            while offset < len(text):
                delta, offset = varint(text, offset)
                channel, offset = varint(text, offset)
                letter = chr(text[offset])
                size, offset = varint(text, offset + 1)
                data = text[offset : offset + size]
                check(len(data) == size and letter in "oeirfcqdkpmszx", "event")
                offset += size
                time += delta
                mine.append((time, channel, letter, data))
                inputs += size if letter in "ik" else 0
                outputs += size if letter in "oed" else 0
            check(len(mine) == count and mine[0][0] == from_ and mine[-1][0] == to, f"head of frame {number}")
            check(plain <= 65536 + 2**20 + 64, "frame beyond 64 KiB and one event")
            leaves.append(chain)
            index.append((number, from_, start, any(event[2] == "s" for event in mine)))
            events += mine
        elif kind == 2:
            check(len(text) % 25 == 0, "index")
            seen_index = [struct.unpack(">QQQB", text[i : i + 25]) for i in range(0, len(text), 25)]
            check(seen_index == [tuple(map(int, entry)) for entry in index], "index against frames")
        elif kind == 3:
            trailer = parse(text, "trailer")
            check(set(trailer) == {"ended", "reason", "frames", "input", "output", "root"}, "trailer members")
            check(trailer["frames"] == len(leaves), "frames")
            check(trailer["input"] == inputs and trailer["output"] == outputs, "bytes")
            check(b64(trailer["root"]) == merkle(leaves), "root")
            check(re.fullmatch(TIME, trailer["ended"]), "ended")
            end = parse(events[-1][3], "end event")
            check(events[-1][2] == "x" and end["reason"] == trailer["reason"] and "exit" in end, "end event")
        else:
            check(False, f"type {kind}")
    check(trailer is not None and seen_index is not None, "incomplete")

    if len(arguments) >= 2 and not arguments[0].startswith("--"):
        signed = parse(open(arguments[0], "rb").read(), "receipt.json")
        receipt = signed["receipt"]
        Ed25519PublicKey.from_public_bytes(b64(arguments[1])).verify(b64(signed["signature"]), canonical(receipt))
        names = "recording session tenant user asset account started ended reason frames chain root header complete signedAt key"
        check(set(receipt) == set(names.split()), "receipt members")
        check(all(receipt[name] == header[name] for name in ("recording", "session", "tenant", "started")), "receipt and header")
        check(all(receipt[name] == trailer[name] for name in ("ended", "reason", "frames", "root")), "receipt and trailer")
        check(b64(receipt["chain"]) == chain and b64(receipt["header"]) == first_chain, "receipt and chain")
        check(receipt["complete"] is True and re.fullmatch(TIME, receipt["signedAt"]), "receipt values")

    for time, channel, letter, data in events:
        print(json.dumps([time, channel, letter, data.hex()]))


if __name__ == "__main__":
    main()
