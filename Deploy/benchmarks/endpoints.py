"""Receivers of webhooks on one port, in a process of their own: some answer, some are slow, some hang up."""

import asyncio
import json
import time

from processes import Apart

#: Slower than a sender waits.
SLOW = 40


class Endpoints(Apart):
    """`/N` is endpoint N. Every request that is answered is told as (N, subject, arrival by the monotonic clock)."""

    def __init__(self, slow=(), dead=()):
        self.slow, self.dead = set(slow), set(dead)
        self.ill = self.fork.Event()
        ports, port = self.fork.Pipe(duplex=False)
        self.begin(lambda: self._serve(port))
        self.port = ports.recv()

    # What follows happens in the other process.

    async def _serve(self, port):
        self.heard = []
        server = await asyncio.start_server(self._take, "127.0.0.1", 0, backlog=2048)
        port.send(server.sockets[0].getsockname()[1])
        while True:
            await asyncio.sleep(0.02)
            if self.heard:
                self.told.send(self.heard)
                self.heard = []

    async def _take(self, reader, writer):
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                arrival = time.monotonic()
                lines = head.split(b"\r\n")
                number = int(lines[0].split(b" ")[1].rsplit(b"/", 1)[1])
                size = next(int(line.split(b":")[1]) for line in lines if line.lower().startswith(b"content-length:"))
                body = json.loads(await reader.readexactly(size))
                if self.ill.is_set() and number in self.dead:
                    break
                if self.ill.is_set() and number in self.slow:
                    await asyncio.sleep(SLOW)
                self.heard.append((number, body["subject"], arrival))
                writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
