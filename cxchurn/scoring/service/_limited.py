"""Bodies of requests that are too large, or do not come: refused before anything reads them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from cxchurn.scoring.service._answers import error_answer

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

# a body has to come within so many seconds
_PATIENCE = 30.0


class Limited:
    """An application whose requests are read to their end first, as far as they are not too long.

    Parameters
    ----------
    app : ASGI application
    max_bytes : int
        The largest body.
    """

    def __init__(self, app: App, max_bytes: int) -> None:
        self.app = app
        self.max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            body = await asyncio.wait_for(self._body(receive), _PATIENCE)
        except TimeoutError:
            answer = error_answer(408, f"the body did not come within {_PATIENCE:.0f} seconds.")
            await answer(scope, receive, send)
            return
        if body is None:
            allowed, hint = f"{self.max_bytes:,} bytes", "send the events in several requests."
            await error_answer(413, "the body is too large.", allowed, hint)(scope, receive, send)
            return
        await self.app(scope, _again(body, receive), send)

    async def _body(self, receive: Receive) -> bytes | None:
        """Return the body; None for one that is too large, however long it says it is."""
        found, more = bytearray(), True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                break
            found += message.get("body", b"")
            more = message.get("more_body", False)
            # counted and not believed: a request may say another length than it has, or none
            if len(found) > self.max_bytes:
                return None
        return bytes(found)


def _again(body: bytes, receive: Receive) -> Receive:
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> MutableMapping[str, Any]:
        return waiting.pop() if waiting else await receive()

    return replay
