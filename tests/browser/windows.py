"""Browser windows for a test: each a context of its own, watched, and closed at the end."""

from types import TracebackType

from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.watch import Watch

LIMIT_MS = 20_000
"""How long a page is waited for: enough for a busy machine."""


class Windows:
    """Opens pages, and closes them all."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._contexts: list[BrowserContext] = []

    def open(
        self, browser: Browser, address: str, lang: str = "en-GB", width: int = 1024, dark: bool = False
    ) -> Page:
        """A page at this address, in a browser that has nothing yet."""
        context = browser.new_context(
            locale=lang,
            timezone_id="Asia/Bangkok",
            viewport={"width": width, "height": 844 if width < 600 else 768},
            color_scheme="dark" if dark else "light",
        )
        self._contexts.append(context)
        page = self._watch.over(context).new_page()
        page.set_default_timeout(LIMIT_MS)
        page.goto(address)
        return page

    def again(self, address: str) -> Page:
        """A page at this address in the context that was opened last."""
        page = self._contexts[-1].new_page()
        page.set_default_timeout(LIMIT_MS)
        page.goto(address)
        return page

    def __enter__(self) -> "Windows":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        for context in self._contexts:
            context.close()
