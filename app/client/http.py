"""The HTTP side of the public interface, for programs: getting in, making a meeting, links, codes, reports.

Plain requests with a bearer token, one connection a worker thread, so that it costs no library. What
the server refuses is raised as `ApiRefused` with its code and its sentence.
"""

import asyncio
import http.client
import json
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

ATTEMPTS = 3
TIMEOUT_SECONDS = 60.0
BUSY_STATUSES = (429, 503)


class ApiRefused(Exception):
    """The server refused a request. `code` is stable, `say` a sentence for people."""

    def __init__(self, status: int, code: str, say: str, body: Mapping[str, Any]) -> None:
        super().__init__(say)
        self.status, self.code, self.say, self.body = status, code, say, body


class ApiUnreachable(Exception):
    """There is no answer from this address."""


class Api:
    """Requests to one server.

    Attributes:
        url: Of the server, such as ``http://127.0.0.1:8021``.
    """

    def __init__(self, url: str, *, workers: int = 16, lang: str = "en") -> None:
        parts = urlsplit(url)
        self.url = f"{parts.scheme}://{parts.netloc}"
        self._secure, self._host = parts.scheme == "https", parts.netloc
        self._lang = lang
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="api")
        self._held = threading.local()
        self._lines: set[http.client.HTTPConnection] = set()

    @property
    def socket_url(self) -> str:
        """The address of the WebSocket."""
        return f"{'wss' if self._secure else 'ws'}://{self._host}/ws"

    def close(self) -> None:
        """Finish: what is being asked is waited for, every line is closed."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        for line in self._lines:
            line.close()

    async def get(self, path: str, token: str | None = None) -> Any:
        """What a path holds, read as JSON."""
        return json.loads(await self.fetch(path, token))

    async def fetch(self, path: str, token: str | None = None) -> bytes:
        """What a path holds, as bytes."""
        return await self._run("GET", path, None, token)

    async def post(self, path: str, body: Mapping[str, Any], token: str | None = None) -> Any:
        """Send a body; gives the answer, `None` where it is empty."""
        answer = await self._run("POST", path, json.dumps(body).encode(), token)
        return json.loads(answer) if answer else None

    async def join(self, secret: str) -> dict[str, Any]:
        """Exchange a code or a link's secret for a device session; a busy server is asked again."""
        while True:
            try:
                entered: dict[str, Any] = await self.post("/api/join", {"code": secret})
            except ApiRefused as refused:
                if refused.status not in BUSY_STATUSES:
                    raise
                await asyncio.sleep(refused.body.get("retry_after_ms", 1_000) / 1_000)
            else:
                return entered

    async def _run(self, method: str, path: str, body: bytes | None, token: str | None) -> bytes:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._request, method, path, body, token)

    def _request(self, method: str, path: str, body: bytes | None, token: str | None) -> bytes:
        headers = {"Accept-Language": self._lang}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        for attempt in range(ATTEMPTS):
            line: http.client.HTTPConnection | None = getattr(self._held, "line", None)
            fresh = line is None
            line = line or self._connect()
            self._held.line = None
            try:
                line.request(method, path, body, headers)
                answer = line.getresponse()
                said = answer.read()
            except (OSError, http.client.HTTPException) as error:
                self._drop(line)
                # a kept line may have been closed meanwhile; a fresh one that fails is a server that is away
                if fresh or attempt == ATTEMPTS - 1:
                    raise ApiUnreachable(
                        f"There is no answer from {self.url}: start the server, or check the address."
                    ) from error
                continue
            if answer.will_close:
                self._drop(line)
            else:
                self._held.line = line
            if answer.status >= 400:
                raise refused(answer.status, said)
            return said
        raise AssertionError("unreachable")

    def _connect(self) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        line = kind(self._host, timeout=TIMEOUT_SECONDS)
        self._lines.add(line)
        return line

    def _drop(self, line: http.client.HTTPConnection) -> None:
        line.close()
        self._lines.discard(line)


def refused(status: int, said: bytes) -> ApiRefused:
    """What a refusal of the server says."""
    try:
        body = json.loads(said)
    except ValueError:
        body = {}
    code, words = body.get("code", f"http_{status}"), body.get("say", f"The server answered {status}.")
    return ApiRefused(status, code, words, body)


def secret_of(link: str) -> str:
    """The secret of a link or of what was pasted for one: the part after ``#``."""
    return link.rpartition("#")[2].strip()


def server_of(link: str) -> str:
    """The server of a link."""
    parts = urlsplit(link)
    return f"{parts.scheme}://{parts.netloc}"


def is_link(text: str) -> bool:
    """Whether this is the link of somebody to a server: its address, and a secret behind the ``#``."""
    try:
        parts = urlsplit(text)
    except ValueError:  # such as an address in brackets that do not close
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc and parts.fragment)
