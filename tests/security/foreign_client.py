"""A client by somebody who has read the AsyncAPI document and nothing else.

Imports nothing of the program: where to connect, which frames there are and what is in them comes
from the document that the server itself serves. Every frame that comes is held against it.
"""

import asyncio
import json
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any, Self
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator
from websockets.asyncio.client import ClientConnection, connect

LIMIT_SECONDS = 30.0


class Surprise(AssertionError):
    """The server said something that the document does not allow."""


class Contract:
    """The document, read once: frames by their kind, and which way they go."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        channel = next(iter(document["channels"].values()))
        self.address: str = channel["address"]
        self.ours: dict[str, dict[str, Any]] = {}
        self.theirs: dict[str, dict[str, Any]] = {}
        self.replies: dict[str, set[str]] = {}
        for operation in document["operations"].values():
            said = dict(self._frames(operation["messages"]))
            replies = dict(self._frames(operation.get("reply", {}).get("messages", [])))
            if operation["action"] == "send":  # the server's view: it sends, we hear
                self.theirs |= said
            else:
                self.ours |= said
                self.theirs |= replies
                self.replies |= {kind: set(replies) for kind in said}

    def _frames(self, named: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Frames by their kind, with their schema."""
        for each in named:
            schema = self._resolved(self._resolved(each)["payload"])
            kind = schema["properties"]["t"]
            yield kind.get("const") or kind["enum"][0], schema

    def _resolved(self, node: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in node:
            found: Any = self._document
            for step in node["$ref"].removeprefix("#/").split("/"):
                found = found[step.replace("~1", "/").replace("~0", "~")]
            node = found
        return node

    def check(self, frame: dict[str, Any], schemas: dict[str, dict[str, Any]]) -> None:
        """Hold a frame against the document."""
        schema = schemas.get(frame.get("t", ""))
        if schema is None:
            raise Surprise(f"no frame of this kind is described: {frame}")
        whole = {**schema, "components": self._document.get("components", {})}
        for error in Draft202012Validator(whole).iter_errors(frame):
            raise Surprise(f"{error.message} in {frame}")


def _document(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{url}/asyncapi.json", timeout=LIMIT_SECONDS) as answer:
        document: dict[str, Any] = json.loads(answer.read())
    return document


class ForeignClient:
    """One connection."""

    def __init__(self, contract: Contract, socket: ClientConnection) -> None:
        self.contract = contract
        self.socket = socket
        self.frames: list[dict[str, Any]] = []

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str) -> AsyncIterator[Self]:
        """Connect, and say nothing."""
        contract = Contract(await asyncio.to_thread(_document, url))
        parts = urlsplit(url)
        scheme = "wss" if parts.scheme == "https" else "ws"
        async with connect(f"{scheme}://{parts.netloc}{contract.address}", proxy=None) as socket:
            yield cls(contract, socket)

    @classmethod
    @asynccontextmanager
    async def connected(cls, url: str, token: str) -> AsyncIterator[Self]:
        """Connect as a program that was given a token."""
        async with cls.open(url) as client:
            welcome = await client.hello(token=token)
            if welcome["t"] != "welcome":
                raise Surprise(f"not welcome: {welcome}")
            yield client

    async def hello(self, **shown: Any) -> dict[str, Any]:
        """Say hello with what the document asks for; gives the welcome or the bye."""
        frame = {"t": "hello", "protocol": 1, "channels": [], **shown}
        self.contract.check(frame, self.contract.ours)
        await self.socket.send(json.dumps(frame))
        return await self.until(self.contract.replies["hello"])

    async def ask(self, frame: bytes) -> dict[str, Any]:
        """Send a command that the document describes; gives its answer."""
        [answer] = await self.ask_all([frame])
        return answer

    async def ask_all(self, frames: list[bytes]) -> list[dict[str, Any]]:
        """Send some commands, fewer than may be unanswered; gives their answers."""
        kinds: set[str] = set()
        for frame in frames:
            said = json.loads(frame)
            self.contract.check(said, self.contract.ours)
            kinds |= self.contract.replies[said["t"]]
            await self.socket.send(frame.decode())
        return [await self.until(kinds) for _ in frames]

    async def until(self, kinds: set[str]) -> dict[str, Any]:
        """The next frame of one of these kinds; every frame on the way is held against the document."""
        while True:
            async with asyncio.timeout(LIMIT_SECONDS):
                frame: dict[str, Any] = json.loads(await self.socket.recv())
            self.contract.check(frame, self.contract.theirs)
            self.frames.append(frame)
            if frame["t"] in kinds:
                return frame
