"""Commands that a test gives by the API of a page it has open: what somebody else does meanwhile."""

import secrets
from typing import Any

from playwright.sync_api import Page, expect

GIVE = """async ([page, frame]) => {
  const answer = await fetch('/api/commands', {method: 'POST', body: JSON.stringify(frame),
    headers: {'Town-Page': page, 'Content-Type': 'application/json'}});
  return [answer.status, await answer.text()];
}"""


def connected(page: Page) -> Page:
    """The page, once it is connected: again, after a server that was away, it takes longer."""
    expect(page.locator("#line")).to_have_attribute("data-line", "open", timeout=60_000)
    return page


def give(page: Page, kind: str, *, by: str = "console", **fields: Any) -> None:
    """Give a command as the page `by` that this browser has a session of; it must be accepted."""
    frame = {"t": kind, "id": f"cmd_{secrets.token_hex(16)}", **fields}
    status, said = page.evaluate(GIVE, [by, frame])
    assert status == 200, f"{kind}: {status} {said}"


def take(page: Page, kind: str, *, languages: tuple[str, ...] = (), **named: Any) -> None:
    """Put a scene on the main screen."""
    give(page, "take_scene", screen="main", scene={"kind": kind, "languages": list(languages), **named})
