"""A proxy that gives each connection to the next server in turn, as a load balancer does."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import urlsplit


class Proxy:
    def __init__(self, urls: Sequence[str]) -> None:
        self.turns = itertools.cycle([(urlsplit(url).hostname, urlsplit(url).port) for url in urls])
        self.taken: list[int] = []
        """The port of each connection's server."""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, port = next(self.turns)
        try:
            far_reader, far_writer = await asyncio.open_connection(host, port)
        except OSError:
            writer.close()
            return
        self.taken.append(port or 0)
        await asyncio.gather(_pass(reader, far_writer), _pass(far_reader, writer))


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    except OSError:
        return
    finally:
        writer.close()


@contextmanager
def balanced(urls: Sequence[str]) -> Iterator[tuple[str, Proxy]]:
    """Run a proxy in a thread of its own and give its address."""
    proxy, ready, loop = Proxy(urls), threading.Event(), asyncio.new_event_loop()
    port = 0

    async def run() -> None:
        nonlocal port
        server = await asyncio.start_server(proxy.answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        ready.set()
        await stop.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    stop = asyncio.Event()

    def work() -> None:  # in its own thread to the end: another loop may run in this one
        loop.run_until_complete(run())
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield f"http://127.0.0.1:{port}", proxy
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
