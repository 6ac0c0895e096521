"""As much HTTP as a device needs to join: small JSON requests on a few connections that are kept."""

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

ANSWER_SECONDS = 30.0


class Refused(Exception):
    """The server answered with another status than 2xx."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(f"{status}: {body[:200].decode(errors='replace')}")
        self.status = status


class Http:
    """Requests to one server, over at most so many connections at once."""

    def __init__(self, origin: str, connections: int = 20) -> None:
        parts = urlsplit(origin)
        assert parts.hostname is not None
        self._host, self._port = parts.hostname, parts.port or 80
        self._turns = asyncio.Semaphore(connections)
        self._kept: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def post(self, path: str, body: dict[str, Any]) -> Any:
        """Send JSON and give the JSON of the answer.

        Raises:
            Refused: With its status.
        """
        return json.loads(await self._ask("POST", path, json.dumps(body).encode(), ""))

    async def get(self, path: str, token: str) -> bytes:
        """The body of what lies there, asked for with a bearer token.

        Raises:
            Refused: With its status.
        """
        return await self._ask("GET", path, b"", f"Authorization: Bearer {token}\r\n")

    async def _ask(self, method: str, path: str, body: bytes, more: str) -> bytes:
        async with self._turns:
            while True:
                kept = bool(self._kept)
                try:
                    return await self._once(method, path, body, more)
                except (ConnectionError, asyncio.IncompleteReadError):
                    if not kept:
                        raise  # else the server had closed the one that was kept: the next, or a new one

    async def _once(self, method: str, path: str, body: bytes, more: str) -> bytes:
        reader, writer = (
            self._kept.pop() if self._kept else await asyncio.open_connection(self._host, self._port)
        )
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n{more}"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                writer.write(head.encode() + body)
                status, answer = await _answer(reader)
        except BaseException:
            writer.close()
            raise
        self._kept.append((reader, writer))
        if not 200 <= status < 300:
            raise Refused(status, answer)
        return answer

    def close(self) -> None:
        """Close the connections that are kept; the next request opens another."""
        while self._kept:
            self._kept.pop()[1].close()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    status = int(head[0].split()[1])
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
    if fields.get("transfer-encoding") == "chunked":
        return status, await _chunks(reader)
    return status, await reader.readexactly(int(fields.get("content-length", "0")))


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    whole = b""
    while size := int((await reader.readline()).split(b";")[0], 16):
        whole += await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readexactly(2)
    return whole
