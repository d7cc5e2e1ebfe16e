"""Asks an ASGI application as a server would, without a network."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import unquote

from starlette.types import ASGIApp, Message

T = TypeVar("T")


@dataclass(frozen=True)
class Answer:
    """What came back; the body as it travelled."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        packed = self.headers.get("content-encoding") == "gzip"
        return (gzip.decompress(self.body) if packed else self.body).decode()

    def json(self) -> Any:
        return json.loads(self.text)


def get(site: ASGIApp, url: str, **headers: str) -> Answer:
    """Send one GET; header names with underscores for hyphens."""
    return _alone(_get(site, url, headers))


def _alone(work: Coroutine[Any, Any, T]) -> T:
    """Run in a thread of its own: the browser tests leave a running loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


async def _get(site: ASGIApp, url: str, headers: dict[str, str]) -> Answer:
    path, _, query = url.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [
            (name.replace("_", "-").lower().encode(), text.encode())
            for name, text in headers.items()
        ],
        "client": ("127.0.0.1", 1),
        "server": ("localhost", 80),
    }
    sent: list[Message] = []
    asked = [{"type": "http.request", "body": b"", "more_body": False}]
    done = asyncio.Event()

    async def receive() -> Message:
        if asked:
            return asked.pop()
        await done.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)
        if message["type"] == "http.response.body" and not message.get("more_body"):
            done.set()

    await site(scope, receive, send)
    start = next(message for message in sent if message["type"] == "http.response.start")
    return Answer(
        start["status"],
        {name.decode(): text.decode() for name, text in start["headers"]},
        b"".join(message.get("body", b"") for message in sent),
    )


def knock(site: ASGIApp, **headers: str) -> Message:
    """Ask for a web socket; return the application's first word, ``websocket.accept`` or a
    refusal.
    """
    heard: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        heard.append(message)

    pairs = [(name.encode(), text.encode()) for name, text in headers.items()]
    scope = {"type": "websocket", "path": "/_stcore/stream", "headers": pairs}
    _alone(site(scope, receive, send))
    return heard[0]
