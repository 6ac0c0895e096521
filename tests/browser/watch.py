"""What no page may do while a test looks: break the content policy, fail, complain, call elsewhere."""

import re
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, WebError

LINE = (
    r"net::ERR_", r"WebSocket connection to .* failed", r"WebSocket is closed before",
    r"An unknown error occurred when fetching the script",
)  # fmt: skip
"""What chromium says on the console when the server or the line is gone."""

REFUSED = (r"server responded with a status of 4\d\d",)
"""What chromium says of an answer that refuses, such as a wrong code."""

TELLER = """
document.addEventListener('securitypolicyviolation', (event) => console.error('Content policy broken: ' +
  [event.violatedDirective, event.blockedURI, event.sample, event.sourceFile, event.lineNumber].join(' ')));
"""


class Watch:
    """Hears every page of the contexts given to it; `wrong` is what it heard.

    Each finding is a sentence with the page's address in front. What a test brings about on purpose it
    forgives: `watch.forgive(*LINE)`.
    """

    def __init__(self) -> None:
        self._heard: list[str] = []
        self._forgiven: list[str] = []

    def over(self, context: BrowserContext) -> BrowserContext:
        """Watch a context and every page in it, those to come as well; its home is the first host it asks."""
        home: list[str] = []

        def asked(url: str) -> None:
            parts = urlsplit(url)
            if parts.scheme not in ("http", "https", "ws", "wss"):
                return
            if not home:
                home.append(parts.netloc)
            if parts.netloc not in home:
                self._heard.append(f"request to another host: {url}")

        context.add_init_script(TELLER)
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("request", lambda request: asked(request.url))
        context.on("page", lambda page: page.on("websocket", lambda socket: asked(socket.url)))
        return context

    def forgive(self, *patterns: str) -> None:
        """Findings that one of these patterns matches are wanted by this test."""
        self._forgiven += patterns

    @property
    def wrong(self) -> list[str]:
        """What was heard and not forgiven."""
        return [each for each in self._heard if not _matches(each, self._forgiven)]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "assert"):
            at = message.location["url"]
            self._heard.append(f"{_address(message.page)}: console: {message.text} {at}".rstrip())

    def _error(self, error: WebError) -> None:
        self._heard.append(f"{_address(error.page)}: error: {error.error}")


def _address(page: Page | None) -> str:
    return page.url.partition("#")[0] if page else "worker"


def _matches(text: str, patterns: list[str]) -> bool:
    return any(re.search(pattern, text) for pattern in patterns)
