"""uvicorn's HTTP, which by itself waits for ever for the head of a request and takes one of any size.

A connection that has not sent a whole head within some seconds is closed, so that half-open ones
cannot use up the places of a hall; a head that grows beyond a bound is answered 431.
"""

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS: Final = 10.0
HEAD_BYTES_MAX: Final = 32 * 1024
_TOO_LARGE: Final = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
)


class PatientHttp(HttpToolsProtocol):
    """One HTTP connection."""

    _heading = True
    _head_bytes = 0
    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Expect the first head."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Expect nothing any more."""
        self._waited()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came, as long as it is not too much of a head."""
        if self._heading:
            self._wait()
            self._head_bytes += len(data)
        super().data_received(data)
        if self._heading and self._head_bytes > HEAD_BYTES_MAX and not self.transport.is_closing():
            self.transport.write(_TOO_LARGE)
            self.transport.close()

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._heading = False
        self._waited()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The body is whole: the next that comes is another head."""
        self._heading, self._head_bytes = True, 0
        super().on_message_complete()

    def _wait(self) -> None:
        if self._late is None:
            self._late = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _waited(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
