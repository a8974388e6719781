"""Thousands of people who wait for somebody's word, each on a connection of their own, in a process of their own."""

import asyncio
import json
import time

from processes import Apart

#: So many come from one address: the server keeps no more connections of one.
OF_ADDRESS = 100
#: So many come at the same moment; the others are behind them, as people at doors are.
AT_ONCE = 64


class Crowd(Apart):
    """`tokens` are of sign-ins under way; whoever has heard that it is over is told as (token, step or status, monotonic clock)."""

    def __init__(self, port, slug, tokens):
        self.begin(lambda: self._wait(port, slug, tokens))

    # What follows happens in the other process.

    async def _wait(self, port, slug, tokens):
        self.heard, self.turns = [], asyncio.Semaphore(AT_ONCE)
        people = [asyncio.create_task(self._person(port, slug, number, token)) for number, token in enumerate(tokens)]
        while not all(one.done() for one in people) or self.heard:
            await asyncio.sleep(0.02)
            if self.heard:
                self.told.send(self.heard)
                self.heard = []

    async def _person(self, port, slug, number, token):
        place = number // OF_ADDRESS
        host = f"{slug}.localhost:{port}"
        body = json.dumps({"token": token}).encode()
        head = (
            f"POST /api/v1/auth/review HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nSec-Fetch-Site: same-origin\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n").encode()
        async with self.turns:
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", port, local_addr=(f"127.{1 + place // 250}.{1 + place % 250}.1", 0))
        try:
            while True:
                async with self.turns:
                    writer.write(head + body)
                    await writer.drain()
                    # The ones behind come when this one is likely to sit.
                    await asyncio.sleep(0.05)
                status, answer = await self._answer(reader)
                step = answer.get("step") if status == 200 else answer.get("type", "").rsplit("/", 1)[-1] or str(status)
                if step != "review":
                    break
        except (asyncio.IncompleteReadError, OSError) as error:
            step = type(error).__name__
        self.heard.append((token, step, time.monotonic()))
        writer.close()

    async def _answer(self, reader):
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        size = next((int(line.split(b":")[1]) for line in lines if line.lower().startswith(b"content-length:")), 0)
        body = await reader.readexactly(size)
        return int(lines[0].split(b" ")[1]), json.loads(body) if body else {}
