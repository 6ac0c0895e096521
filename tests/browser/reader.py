"""A virtual screen reader at a page: what somebody hears who cannot see it.

It is @guidepup/virtual-screen-reader, in a world of its own beside the page's scripts, so that the content
policy stays in force; keys are pressed by Playwright as a hand does, and the reader only listens. It says
what the specifications tell a screen reader to say; it is neither NVDA nor VoiceOver.
"""

import re
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, Page

from app.i18n import JOINER

ROOT = Path(__file__).parents[2]
READER = ROOT / "node_modules/@guidepup/virtual-screen-reader/lib/esm/index.browser.js"
LINES_MAX = 600

WALK = """(async () => {
  const heard = [];
  while (heard.length < %d && heard[heard.length - 1] !== 'end of document') {
    await guidepup.virtual.next();
    heard.push(await guidepup.virtual.lastSpokenPhrase());
  }
  return heard;
})()"""
AGAIN = """(async () => {
  await guidepup.virtual.previous();
  await guidepup.virtual.next();
  return guidepup.virtual.lastSpokenPhrase();
})()"""
SILENT = re.compile(r"^(end of |end, |paragraph$|strong$|term$|row, |rowgroup$|status$|<)")
"""What no screen reader says, or says in other lines too; and `noscript`, which this one takes for text."""
EMPTIED = re.compile(r"^(polite|assertive): *$")
"""A region whose words are gone again: nobody hears that."""
LOUD = re.compile(r"^(polite|assertive): (.*)$", re.DOTALL)


@cache
def _source() -> str:
    command = [str(ROOT / "node_modules/.bin/esbuild"), str(READER)]
    made = subprocess.run(
        [*command, "--bundle", "--format=iife", "--global-name=guidepup"],
        check=True, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    return made.stdout


class Reader:
    """Listens to a page as it is now; after another page was loaded, make another."""

    def __init__(self, page: Page) -> None:
        self._session: CDPSession = page.context.new_cdp_session(page)
        frame = self._session.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
        world = self._session.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": "reader"})
        self._world = world["executionContextId"]
        self._ask(f"{_source()};0")
        self._ask("guidepup.virtual.start({ container: document.body }).then(() => 0)")
        self._heard = len(self._log())

    def read(self) -> list[str]:
        """The whole page from its top, line by line, as with the arrow key."""
        self._ask("guidepup.virtual.start({ container: document.body }).then(() => 0)")
        lines: list[str] = self._ask(WALK % LINES_MAX)
        assert lines[-1] == "end of document", lines
        self._heard = len(self._log())
        return condensed([line for line in lines if not LOUD.match(line)])

    def here(self) -> str:
        """What has the focus, said once more: a button that was pressed is now a pressed one."""
        said: str = self._ask(AGAIN)
        self._heard = len(self._log())
        return said

    def heard(self) -> list[str]:
        """What was said by itself since it was last asked (`!` in front), and what got the focus."""
        log = self._log()
        lines = log[self._heard :]
        self._heard = len(log)
        return condensed([_marked(line) for line in lines if not EMPTIED.match(line)])

    def _log(self) -> list[str]:
        log: list[str] = self._ask("guidepup.virtual.spokenPhraseLog()")
        return log

    def _ask(self, expression: str) -> Any:
        asked = {"expression": expression, "contextId": self._world}
        said = self._session.send("Runtime.evaluate", {**asked, "returnByValue": True, "awaitPromise": True})
        assert "exceptionDetails" not in said, said["exceptionDetails"]
        return said["result"].get("value")


def _marked(line: str) -> str:
    loud = LOUD.match(line)
    return f"! {loud[2]}" if loud else line


def condensed(lines: list[str]) -> list[str]:
    """Without ends, joiners, and what was just said: the reader says a button's name, then its text again."""
    kept: list[str] = []
    for line in (re.sub(r"\s+", " ", each.replace(JOINER, "")).strip() for each in lines):
        again = kept and (line == kept[-1] or f", {line}" in kept[-1] or kept[-1].endswith(f" {line}"))
        if line and not again and not SILENT.match(line):
            kept.append(line)
    return kept
