"""Which commands were accepted, for ever, and whether one sent again says the same.

How this works. The first event of a command leaves a receipt: its offset and
what the event says. A command that comes again is compared field by field with
the event of its receipt, live and after a replay alike; a sealed part that was
erased is not compared, since `id_reused` is judged by what the log still holds
(rules.md, Ideas and themes). Ballots are many, so of them only a short hash is
kept in place of the event.
"""

from dataclasses import fields, replace
from hashlib import blake2b
from typing import Any, NamedTuple

from app.core import ballots
from app.core.capability import Given
from app.core.commands import (
    AskMoreTime,
    CastBallot,
    CastPaperBallot,
    Command,
    PressKey,
    WithdrawBallot,
    command_name,
)
from app.core.events import BallotCast, BallotWithdrawn, Event, MoreTimeAsked, sealed_parts

FIRST_EVENTS: dict[str, tuple[str, ...]] = {
    "prepare_meeting": ("MeetingPrepared",),
    "start_meeting": ("MeetingStarted",),
    "close_meeting": ("MeetingClosed",),
    "archive_meeting": ("MeetingArchived",),
    "record_erratum": ("ErratumRecorded",),
    "record_response": ("ResponseRecorded",),
    "redact_text": ("TextRedacted",),
    "join_seat": ("KeypadBound", "TakeoverAsked"),
    "bind_keypad": ("KeypadBound",),
    "release_keypad": ("KeypadReleased",),
    "confirm_takeover": ("KeypadBound",),
    "mark_present": ("SeatMarkedPresent",),
    "mark_left": ("SeatMarkedLeft",),
    "add_seat": ("SeatAdded",),
    "move_seat": ("SeatMoved",),
    "count_heads": ("HeadsCounted",),
    "begin_item": ("ItemBegun",),
    "finish_item": ("ItemFinished",),
    "extend_item": ("ItemExtended",),
    "skip_item": ("ItemSkipped",),
    "move_item": ("ItemMoved",),
    "add_item": ("ItemAdded",),
    "draft_question": ("QuestionDrafted",),
    "revise_question": ("QuestionRevised",),
    "make_question": ("QuestionDrafted",),
    "open_voting": ("VotingOpened",),
    "extend_voting": ("VotingExtended",),
    "close_voting": ("ClosingAnnounced",),
    "finish_voting": ("VotingClosed",),
    "give_more_time": ("VotingExtended",),
    "show_results": ("ResultsShown",),
    "take_back": ("RoundVoided",),
    "void_round": ("RoundVoided", "VoidAsked"),
    "confirm_void": ("RoundVoided",),
    "run_again": ("RoundAdded",),
    "lose_key": ("RoundVoided",),
    "cast_ballot": ("BallotCast",),
    "cast_paper_ballot": ("BallotCast", "KeypadBound"),
    "withdraw_ballot": ("BallotWithdrawn",),
    "press_key": ("BallotCast", "BallotWithdrawn"),
    "ask_more_time": ("MoreTimeAsked",),
    "write_idea": ("IdeaWritten",),
    "revise_idea": ("IdeaRevised",),
    "withdraw_idea": ("IdeaWithdrawn",),
    "move_idea": ("IdeaMoved",),
    "read_ideas": ("IdeasRead",),
    "answer_idea": ("IdeaAnswered",),
    "create_theme": ("ThemeCreated",),
    "rename_theme": ("ThemeRenamed",),
    "merge_themes": ("ThemesMerged",),
    "file_idea": ("IdeaFiled",),
    "unfile_idea": ("IdeaUnfiled",),
    "order_themes": ("ThemesOrdered",),
    "quote_idea": ("IdeaQuoted",),
    "unquote_idea": ("IdeaUnquoted",),
    "publish_themes": ("ThemesPublished",),
    "assign_tables": ("TablesAssigned",),
    "undo_act": ("ActUndone",),
    "take_scene": ("SceneTaken",),
    "start_timer": ("TimerStarted",),
    "stop_timer": ("TimerStopped",),
    "send_message": ("MessageSent",),
    "call_help": ("HelpCalled",),
    "answer_help": ("HelpAnswered",),
    "close_help": ("HelpClosed",),
}
"""The events that can be the first of each command."""


# Fields of the same name that hold something else in the event, or that deciding fills in.
_UNLIKE = {
    "scale",
    "options",
    "languages_missing",
    "cells",
}


class Accepted(NamedTuple):
    """The answer of an accepted command: the offset of its first event."""

    offset: int


class Receipts:
    """Accepted commands by id."""

    def __init__(self) -> None:
        self._held: dict[str, int | tuple[int, Event]] = {}

    def __len__(self) -> int:
        return len(self._held)

    def __contains__(self, command: str) -> bool:
        return command in self._held

    def offset(self, command: str) -> int | None:
        """Where the command's first event lies."""
        held = self._held.get(command)
        if held is None:
            return None
        return held >> 64 if isinstance(held, int) else held[0]

    def keep(self, offset: int, event: Event) -> None:
        """Keep the receipt of a command's first event; its later events change nothing."""
        command: str | None = getattr(event, "command", None)
        if command is None or command in self._held:
            return
        if isinstance(event, BallotCast | BallotWithdrawn | MoreTimeAsked):
            self._held[command] = offset << 64 | _of_ballot(event)
        else:
            self._held[command] = (offset, event)

    def forget(self, commands: list[str]) -> None:
        """Forget the ids of an anonymous round at its close."""
        for command in commands:
            self._held.pop(command, None)

    def erase(self, command: str, part: str) -> None:
        """A sealed part of this command's event was erased: its words are not compared any more."""
        held = self._held.get(command)
        if isinstance(held, tuple):
            gone: dict[str, Any] = {f.name: None for f in sealed_parts(type(held[1])).get(part, ())}
            self._held[command] = (held[0], replace(held[1], **gone))

    def same(self, key: str, command: Command, given: Given) -> bool:
        """Whether an accepted command, sent again, says what the log holds of it."""
        held = self._held[key]
        if isinstance(held, int):
            return held & 0xFFFFFFFFFFFFFFFF == _of_command(command, given)
        event = held[1]
        if type(event).__name__ not in FIRST_EVENTS[command_name(type(command))]:
            return False
        return all(_agree(command, event, f.name) for f in fields(command))


def _agree(command: Command, event: Event, name: str) -> bool:
    if name in _UNLIKE or not hasattr(event, name):
        return True
    said, held = getattr(command, name), getattr(event, name)
    if held is None or said is None:
        return True
    return bool(said == held)


def _of_ballot(event: BallotCast | BallotWithdrawn | MoreTimeAsked) -> int:
    if isinstance(event, MoreTimeAsked):
        return _hash(("more_time", event.question, str(event.voter)))
    if event.sequence is not None:
        return _hash(("press", str(event.keypad), str(event.sequence)))
    choices = event.choices if isinstance(event, BallotCast) else None
    return _hash((event.question, str(event.round), str(event.voter), repr(choices)))


def _of_command(command: Command, given: Given) -> int:
    match command:
        case AskMoreTime():
            return _hash(("more_time", command.question, str(given.voter or command.seat)))
        case PressKey():
            return _hash(("press", command.keypad, str(command.sequence)))
        case CastBallot() | CastPaperBallot():
            chosen = repr(ballots.canonical(command.choices))
            return _hash((command.question, str(command.round), str(given.voter or command.seat), chosen))
        case WithdrawBallot():
            return _hash((command.question, str(command.round), str(given.voter or command.seat), "None"))
        case _:
            return 0


def _hash(parts: tuple[Any, ...]) -> int:
    return int.from_bytes(blake2b("\n".join(parts).encode(), digest_size=8).digest(), "big")
