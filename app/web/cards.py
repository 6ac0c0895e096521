"""Cards to print: for a table what a volunteer facilitator must know, for a seat a code, both with a QR.

A card speaks the language of its table or seat. QR codes are made in a thread and kept: a hall has
thousands, and each costs a millisecond.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import segno

from app.core.capability import Role
from app.core.ids import is_made_id
from app.core.meeting import Meeting
from app.i18n import available, shown, text_in, whole
from app.web.house import Way
from app.web.registry import MeetingEntry
from app.web.templating import render

MASK = 2
"""One mask of eight: trying all of them would take four times as long, and any can be read."""

TABLE_LINES = tuple(f"cards.table_{number}" for number in range(1, 8))
SEAT_LINES = ("cards.seat_1", "cards.seat_2")

LABELS = {
    "ready": "table.verdict.ready",
    "begin": "table.begin",
    "people": "table.panel.people",
    "waiting": "fate.not_yet_saved",
    "help": "table.panel.help",
}
"""What the table's page calls things: a card names them word for word."""


@dataclass(frozen=True, slots=True)
class Card:
    """One card, in its language."""

    kind: str
    language: str
    place: str
    meeting: str
    lines: tuple[str, ...]
    keep: str
    open: str
    enter: str
    code: str
    address: str
    image: str
    alt: str


@lru_cache(maxsize=30_000)
def qr(url: str) -> str:
    """A QR code as the address of an image."""
    made = segno.make_qr(url, error="m", boost_error=False, mask=MASK)
    return made.svg_data_uri(border=2, omitsize=True, svgclass=None, lineclass=None)


def languages_of(meeting: Meeting) -> dict[str, str]:
    """The language of every table and seat, by its id: its own, its table's, else the meeting's first."""
    first = next((tag for tag in meeting.languages if tag in available()), available()[0])

    def spoken(*wanted: str | None) -> str:
        return next((tag for tag in wanted if tag in available()), first) or first

    tables = meeting.roster.tables
    found: dict[str, str] = {table: spoken(each.language) for table, each in tables.items()}
    for seat, each in meeting.roster.seats.items():
        found[seat] = spoken(each.language, tables[each.table].language)
    return found


def added_seats(meeting: Meeting) -> dict[str, str]:
    """What each seat that was added during the day is called: its table, and its place there."""
    return {
        seat: f"{table}-{number}"
        for table, each in meeting.roster.tables.items()
        for number, seat in enumerate(each.seats, 1)
        if is_made_id("seat", seat)
    }


def card_of(way: Way, entry: MeetingEntry, language: str, added: Mapping[str, str]) -> Card:
    """The card of a table or a seat; `added` names the seats that were added during the day."""
    seat = way.capability.seat
    labels = {name: shown(language, key) for name, key in LABELS.items()}
    kind = "table" if seat is None else "seat"
    place = (
        shown(language, "area.added_seat", seat=added[seat])
        if seat is not None and seat in added
        else shown(language, f"ui.{kind}", **{kind: seat or way.capability.label})
    )
    return Card(
        kind=kind,
        language=language,
        place=place,
        meeting=whole(text_in(entry.title, language)[0]),
        lines=tuple(shown(language, key, **labels) for key in (SEAT_LINES if seat else TABLE_LINES)),
        keep=shown(language, f"cards.{kind}_keep"),
        open=shown(language, f"cards.{kind}_open"),
        enter=shown(language, "cards.enter"),
        code=way.code or "",
        address=way.url.partition("#")[0],
        image=qr(way.url),
        alt=shown(language, "ui.qr_of", code=way.code or ""),
    )


async def cards_page(
    entry: MeetingEntry, ways: Sequence[Way], spoken: Mapping[str, str], added: Mapping[str, str],
    reader: str, only: str | None,
) -> str:  # fmt: skip
    """The page of cards, in the order of the room.

    Args:
        entry: The meeting.
        ways: Of tables or of seats.
        spoken: The language of each, by its id.
        added: The seats that were added during the day, with their names.
        reader: The language of whoever prints.
        only: One language for all cards; by default each its own.
    """

    def made() -> str:
        cards = [card_of(way, entry, only or spoken.get(_at(way), reader), added) for way in ways]
        kind = "seats" if any(way.capability.role is Role.PARTICIPANT for way in ways) else "tables"
        return render("pages/cards.html", reader, meeting=entry, cards=cards, kind=kind)

    return await asyncio.to_thread(made)


def _at(way: Way) -> str:
    """The seat or table that a way is of."""
    return way.capability.seat or way.capability.label
