"""Opens pages as people do, waits until they stand, and takes a picture of each in every size and theme."""

from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, WebSocketRoute, expect

from tests.browser.people import TAGS, Person
from tests.browser.pictures.day import Day
from tests.browser.pictures.guard import Guard
from tests.browser.pictures.shown import LANGUAGES, THEMES, WIDTHS, Picture

LIMIT_MS = 30_000
PICTURE_SECONDS = 180.0
"""What one page or scene in one language may take, in every size and theme: a tenth of it as a rule."""

CODED = {"table": {"en": "table 1", "th": "table 2"}, "seat": {"en": "seat 1-1", "th": "seat 1-2"}}
"""Tables and seats are their own in each language: two phones would argue over one."""

STANDS = """async () => {
  await document.fonts.ready;
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
}"""
LENGTH = "document.documentElement.scrollHeight"
LENGTH_MAX = 4_000
CLOCK = "(() => {{ const real = Date.now, late = {} - real(); Date.now = () => real() + late; }})()"
"""The day's clock stands where it was played to; a laptop whose own is months off would say so everywhere."""

PAGES = "document.querySelector('town-picture')?.pages.length ?? 0"
TURN = """async (at) => {
  const shown = document.querySelector('town-picture');
  if (!shown) return;
  shown.at = at;
  await shown.updateComplete;
  clearTimeout(shown.turning);
}"""


class Line:
    """The sockets of a page, which can be cut as a lost line cuts them."""

    def __init__(self, page: Page) -> None:
        self._open: list[WebSocketRoute] = []
        self._cut = False
        page.route_web_socket("**/ws", self._routed)

    def _routed(self, socket: WebSocketRoute) -> None:
        if self._cut:
            socket.close()
            return
        self._open.append(socket)
        socket.connect_to_server()

    def cut(self) -> None:
        """From now on there is no line."""
        self._cut = True
        for socket in self._open:
            socket.close()

    def heal(self) -> None:
        """There is a line again, for whoever asks for one."""
        self._open.clear()
        self._cut = False


class Camera:
    """Writes pictures into a folder: `<name>/<language>-<theme>-<width>.png`.

    Attributes:
        limit_ms: How long anything on a page is waited for.
        limit_seconds: How long a picture in one language may take, with everything.
    """

    def __init__(
        self,
        guard: Guard,
        day: Day,
        folder: Path,
        widths: tuple[int, ...] = tuple(WIDTHS),
        themes: tuple[str, ...] = THEMES,
    ) -> None:
        self._guard, self._day, self._folder = guard, day, folder
        self._widths, self._themes = widths, themes
        self._browser: Browser | None = None
        self._contexts: dict[tuple[str, str], BrowserContext] = {}
        self._in: set[tuple[str, str, str]] = set()
        self.limit_ms, self.limit_seconds = LIMIT_MS, PICTURE_SECONDS

    def all(self, pictures: tuple[Picture, ...], languages: tuple[str, ...] = LANGUAGES) -> Iterator[Path]:
        """These pages, in every language."""
        for picture in pictures:
            for language in languages:
                with self._guard.part(f"{picture.name} {language}", self.limit_seconds):
                    yield from self.take(picture, language)

    def take(self, picture: Picture, language: str) -> Iterator[Path]:
        """One page in one language."""
        page = self._context(picture, language).new_page()
        page.set_default_timeout(self.limit_ms)
        page.set_viewport_size({"width": 1366, "height": WIDTHS[1366]})
        try:
            line = Line(page) if picture.off_line else None
            self._open(page, picture, language)
            person = Person(page, language)
            picture.prepare(person)
            if line and picture.off_line:
                line.cut()
                page.locator("#line:not([data-line=open])").wait_for(state="attached")
                picture.off_line(person)
            yield from self._sizes(page, picture.name, language)
        finally:
            page.close()

    def _sizes(self, page: Page, name: str, language: str) -> Iterator[Path]:
        for theme in self._themes:
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
            for width in self._widths:
                page.set_viewport_size({"width": width, "height": WIDTHS[width]})
                page.evaluate(STANDS)
                path = self._folder / name / f"{language}-{theme}-{width}.png"
                page.screenshot(path=path, animations="disabled")
                yield path
                if (length := page.evaluate(LENGTH)) > WIDTHS[width]:
                    # a taller window, since bars that stick would stand in the middle of a stitched picture
                    page.set_viewport_size({"width": width, "height": min(length, LENGTH_MAX)})
                    page.evaluate(STANDS)
                    path = path.with_stem(f"{path.stem}-whole")
                    page.screenshot(path=path, animations="disabled")
                    yield path

    def scene(self, screen: Page, name: str, languages: str) -> Iterator[Path]:
        """What is on the plenary screen, every page of it; after the first they are numbered."""
        for theme in self._themes:
            screen.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
            for width in self._widths:
                screen.set_viewport_size({"width": width, "height": WIDTHS[width]})
                screen.evaluate(STANDS)
                for at in range(max(1, screen.evaluate(PAGES))):
                    screen.evaluate(TURN, at)
                    more = f"-{at + 1}" if at else ""
                    path = self._folder / name / f"{languages}-{theme}-{width}{more}.png"
                    screen.screenshot(path=path, animations="disabled")
                    yield path

    # --- coming in ---------------------------------------------------------------------------

    def _context(self, picture: Picture, language: str) -> BrowserContext:
        """Cookies for each language; whoever would sit at a page of somebody else has some of their own."""
        if self._guard.browser is not self._browser:  # the first, or the last one was ended
            self._browser = self._guard.browser
            self._contexts.clear()
            self._in.clear()
        first = picture.who.partition(" ")[0]
        whose = first if first in ("coming", "organiser") else ""
        if (language, whose) not in self._contexts:
            self._contexts[language, whose] = made = self._browser.new_context(
                locale=TAGS[language], timezone_id="Asia/Bangkok", reduced_motion="reduce"
            )
            made.add_init_script(CLOCK.format(self._day.now_ms))
        return self._contexts[language, whose]

    def _open(self, page: Page, picture: Picture, language: str) -> None:
        name = page_of(picture)
        if picture.who and (picture.who, language, name) not in self._in:
            self._come_in(page, picture.who, language, name)
            self._in.add((picture.who, language, name))
        address = (picture.address or picture.path).format(meeting=self._day.meeting, lang=language)
        if page.url.partition("?")[0] != self._day.url + address:
            page.goto(self._day.url + address)
        if picture.who and not picture.path.startswith("/api") and name != "organiser":
            expect(page.locator("#line")).to_have_attribute("data-line", "open")
        page.evaluate(STANDS)

    def _come_in(self, page: Page, who: str, language: str, name: str) -> None:
        """By the link or code of whoever has this page open; the owner by the password."""
        if who == "owner":
            page.goto(f"{self._day.url}/organiser")
            page.locator("#password").fill(self._day.password)
            page.locator("#login button").click()
            page.locator("town-organiser").wait_for()
            return
        address, _, secret = self._day.ways[CODED.get(who, {}).get(language, who)].partition("#")
        page.goto(f"{address if who in CODED else f'{self._day.url}/{name}'}#{secret}")
        expect(page.locator("#line")).to_have_attribute("data-line", "open")


def page_of(picture: Picture) -> str:
    """The page whose session a picture needs: reports and cards are the report's and the console's."""
    if picture.path.startswith("/api"):
        return picture.address.partition("page=")[2].partition("&")[0]
    return picture.path.strip("/").partition("/")[0]
