"""Holds every part of a run to a time: what goes wrong with one costs that one alone, and is named."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from playwright.sync_api import Browser

SAID_MAX = 400


class Guard:
    """A browser, and the parts of a run in it.

    A page that hangs answers nothing, not even that it shall close: the browser is ended from outside, and
    the next part gets a new one.

    Attributes:
        faults: What there is no picture of, and why.
    """

    def __init__(self, launch: Callable[[], Browser]) -> None:
        self._launch = launch
        self._browser: Browser | None = None
        self._pid = 0
        self._ended = False
        self.faults: list[str] = []

    @property
    def browser(self) -> Browser:
        """The browser; after one that was ended, or that ended itself, another."""
        if self._browser is None or self._ended or not self._browser.is_connected():
            self._browser, self._ended = self._launch(), False
            told = self._browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
            self._pid = next(each["id"] for each in told["processInfo"] if each["type"] == "browser")
        return self._browser

    @contextmanager
    def part(self, name: str, seconds: float) -> Iterator[None]:
        """This part goes through within the time, or is a fault of this name; the run goes on either way."""
        browser = self.browser
        watch = threading.Timer(seconds, self._end)
        watch.daemon = True
        watch.start()
        try:
            yield
        except Exception as error:  # noqa: BLE001 - whatever it is: the other pictures are worth having
            late = f"took longer than {seconds:g} s: " if self._ended and browser is self._browser else ""
            self.faults.append(f"{name}: {late}{str(error)[:SAID_MAX] or type(error).__name__}")
            print(f"no picture of {self.faults[-1]}", file=sys.stderr, flush=True)
        finally:
            watch.cancel()

    def _end(self) -> None:
        self._ended = True
        with suppress(ProcessLookupError):  # it ended by itself
            os.kill(self._pid, signal.SIGKILL)

    def close(self) -> None:
        """End the browser, where there is one."""
        if self._browser is not None and not self._ended:
            self._browser.close()
