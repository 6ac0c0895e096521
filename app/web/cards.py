"""Cards to print: the code of each table or seat, large, with a QR of its link.

QR codes are made in a thread and kept: a hall has thousands, and each costs a millisecond.
"""

import asyncio
from collections.abc import Sequence
from functools import lru_cache

import segno

from app.web.house import Way
from app.web.registry import MeetingEntry
from app.web.templating import render

MASK = 2
"""One mask of eight: trying all of them would take four times as long, and any can be read."""


@lru_cache(maxsize=30_000)
def qr(url: str) -> str:
    """A QR code as the address of an image."""
    made = segno.make_qr(url, error="m", boost_error=False, mask=MASK)
    return made.svg_data_uri(border=2, omitsize=True, svgclass=None, lineclass=None)


async def cards_page(entry: MeetingEntry, ways: Sequence[Way], language: str) -> str:
    """The page of cards, in the order of the room."""

    def made() -> str:
        cards = [(way, qr(way.url)) for way in ways]
        return render("pages/cards.html", language, meeting=entry, cards=cards)

    return await asyncio.to_thread(made)
