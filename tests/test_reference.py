"""At stake: whoever builds on events, commands, frames and settings finds each of them explained, as it is.

A definition without its words fails here; each check is seen to fail on a planted wrong example.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
from pydantic import Field
from pydantic_settings import BaseSettings

from app.core.capability import Role
from app.core.commands import COMMANDS, CloseHelp, Command, FinishVoting, StartMeeting
from app.core.errors import BUSY, REFUSALS
from app.core.events import EVENTS, Event, sealed
from app.core.ids import SiteId
from app.core.receipts import FIRST_EVENTS
from app.core.rights import RIGHTS
from app.i18n import Catalogue, catalogues
from app.realtime.wire import COMMAND_FRAMES, INTERNAL, FromServer
from app.reference import gaps, pages
from app.reference.derived import refusals
from app.reference.gaps import of_codes, of_commands, of_connection_frames, of_events, of_frames, of_settings
from app.settings import Settings

DOCS = Path(__file__).parents[1] / "docs"
LINK = re.compile(r"\]\(([\w./-]*)(?:#([\w.-]+))?\)")


# --- the pages -----------------------------------------------------------------------------


def test_nothing_lacks_its_words() -> None:
    assert gaps() == []


@pytest.mark.parametrize("path", pages())
def test_a_page_is_the_one_that_the_program_makes_today(path: str) -> None:
    assert (DOCS / path).read_text(encoding="utf-8") == pages()[path](), "run `make reference`"


def test_there_is_no_other_page() -> None:
    written = {path.relative_to(DOCS).as_posix() for path in (DOCS / "reference").rglob("*")}
    assert written == {path for path in pages() if path.startswith("reference/")}


@pytest.mark.parametrize("path", [path for path in pages() if path.startswith("reference/")])
def test_every_link_leads_somewhere(path: str) -> None:
    for file, anchor in LINK.findall(pages()[path]()):
        target = (DOCS / path).parent / file
        assert target.exists(), file
        if anchor:
            heads = re.findall(r"^#+ `?([\w.]+)`?$", target.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in [head.lower() for head in heads], f"{file}#{anchor}"


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("reference/events.md", EVENTS),
        ("reference/commands.md", COMMANDS),
        ("reference/frames.md", COMMAND_FRAMES),
        ("reference/refusals.md", [*REFUSALS, *BUSY]),
        ("reference/settings.md", Settings.model_fields),
    ],
)
def test_a_page_names_everything(path: str, names: Mapping[str, object]) -> None:
    page = pages()[path]()
    assert [name for name in names if f"`{name}`" not in page] == []


def test_the_refusals_of_a_command_are_found_in_the_source() -> None:
    assert {"voting_closed", "already_voted", "not_your_seat"} <= set(refusals()["cast_ballot"])
    assert "call_exists" in refusals()["call_help"]
    assert "call_exists" not in refusals()["close_help"]
    assert {code for codes in refusals().values() for code in codes} <= set(REFUSALS)


# --- controls: each check on a wrong example -------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Ownerless(Event):
    """An event that nobody owns."""

    owner = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Homeless(Event):
    """An event of a site that does not say which."""

    owner = "site"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclaimed(Event):
    """An event with a site whose owner was forgotten."""

    site: SiteId


@dataclass(frozen=True, slots=True, kw_only=True)
class Wordless(Event):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden(Event):
    """An event with a sealed part that could not be erased."""

    text: str = sealed("text")


@pytest.mark.parametrize(
    ("event", "complaint"),
    [
        (Ownerless, "nobody owns it"),
        (Homeless, "not of that owner"),
        (Unclaimed, "not of that owner"),
        (Wordless, "no docstring"),
    ],
)
def test_an_event_without_owner_or_words_is_found(event: type[Event], complaint: str) -> None:
    found = list(of_events({"planted": event}))
    assert len(found) == 1
    assert complaint in found[0]


def test_a_sound_event_is_not_complained_of() -> None:
    assert list(of_events({"hidden": Hidden})) == []


@dataclass(frozen=True, slots=True)
class Mute(Command):
    question: str


def test_a_command_without_right_or_event_or_words_is_found() -> None:
    row, first = {Role.ORGANISER: "any"}, ("MeetingStarted",)
    sound = {"start_meeting": StartMeeting}
    assert list(of_commands(sound, {"start_meeting": row}, {"start_meeting": first})) == []
    assert "nobody may give it" in next(of_commands(sound, {}, {"start_meeting": first}))
    assert "nobody may give it" in next(of_commands(sound, {"start_meeting": {}}, {"start_meeting": first}))
    assert "no event follows" in next(of_commands(sound, {"start_meeting": row}, {}))
    assert "no docstring" in next(of_commands({"mute": Mute}, {"mute": row}, {"mute": first}))


def test_a_right_or_event_of_no_command_is_found() -> None:
    rights = {**RIGHTS, "abolish_meeting": {Role.ORGANISER: "any"}}
    assert list(of_commands(COMMANDS, rights, FIRST_EVENTS)) == [
        "right abolish_meeting: there is no such command"
    ]
    firsts = {**FIRST_EVENTS, "abolish_meeting": ("MeetingClosed",)}
    assert list(of_commands(COMMANDS, RIGHTS, firsts)) == [
        "first event of abolish_meeting: there is no such command"
    ]


def test_a_frame_without_command_or_words_is_found() -> None:
    frames = {"close_help": COMMAND_FRAMES["close_help"]}
    assert list(of_frames(frames, {"close_help": CloseHelp}, ())) == []
    assert list(of_frames(frames, {}, ())) == ["frame close_help: there is no such command"]
    other = {"close_help": COMMAND_FRAMES["call_help"]}
    assert list(of_frames(other, {"close_help": CloseHelp}, ())) == [
        "frame close_help: it has not the fields of its command"
    ]
    mute = msgspec.defstruct("Mute", [("id", str), ("question", str)])
    assert list(of_frames({"mute": mute}, {"mute": Mute}, ())) == ["frame mute: no docstring"]


def test_a_command_without_a_frame_is_found_unless_it_is_the_servers_own() -> None:
    assert list(of_frames({}, {"close_help": CloseHelp}, INTERNAL)) != []
    assert list(of_frames({}, {"finish_voting": FinishVoting}, INTERNAL)) == []


class Silent(FromServer):
    offset: int


def test_a_frame_of_the_connection_without_words_is_found() -> None:
    assert list(of_connection_frames([Silent])) == ["frame silent: no docstring"]


@pytest.mark.parametrize(("section", "codes"), [("refusal", REFUSALS), ("busy", BUSY)])
def test_a_code_without_a_sentence_is_found(section: str, codes: dict[str, tuple[str, ...]]) -> None:
    english = catalogues().catalogue("en")
    code = next(iter(codes))
    less = {key: text for key, text in english.texts.items() if key != f"{section}.{code}"}
    assert list(of_codes(section, codes, {"en": english})) == []
    assert list(of_codes(section, codes, {"en": english, "th": Catalogue("th", less)})) == [
        f"{section} {code}: no sentence in th"
    ]
    assert list(of_codes(section, {"unheard_of": ()}, {"en": english})) != []


def test_a_setting_without_a_description_is_found() -> None:
    class Planted(BaseSettings):
        said: int = Field(default=1, description="So many.")
        bare: int = 1
        blank: int = Field(default=1, description=" ")

    assert list(of_settings(Planted)) == ["setting bare: no description", "setting blank: no description"]
