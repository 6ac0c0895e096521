"""Which commands were accepted, for ever, and whether one sent again says the same.

How this works. The first event of a command leaves a receipt: its offset and
what the event says (with the options that follow a drafted question). A command
that comes again is compared field by field with its receipt, live and after a
replay alike; a sealed part that was erased is not compared, since `id_reused` is
judged by what the log still holds (docs/rules.md, Ideas and themes). Ballots are
many, so of them only a short hash is kept in place of the event.
"""

from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple

from app.core import ballots
from app.core.capability import Given, Role
from app.core.commands import (
    AskMoreTime,
    CallHelp,
    CastBallot,
    CastPaperBallot,
    Choices,
    Command,
    ConfirmAgain,
    ConfirmVoid,
    DraftQuestion,
    GiveMoreTime,
    JoinSeat,
    LoseKey,
    MakeQuestion,
    OpenVoting,
    PressKey,
    ReadIdeas,
    RecoverBallot,
    ReviseIdea,
    ReviseQuestion,
    StartTimer,
    TakeBack,
    UndoAct,
    WithdrawBallot,
    command_name,
)
from app.core.events import (
    BallotCast,
    BallotRecovered,
    BallotUnplaced,
    BallotWithdrawn,
    Event,
    KeypadBound,
    MoreTimeAsked,
    OptionAdded,
    QuestionDrafted,
    QuestionRevised,
    RoundAdded,
    RoundVoided,
    VotingExtended,
    sealed_parts,
)
from app.core.planned import YES_NO_IDS

FIRST_EVENTS: dict[str, tuple[str, ...]] = {
    "prepare_meeting": ("MeetingPrepared", "PlanReplaced"),
    "start_meeting": ("MeetingStarted",),
    "close_meeting": ("MeetingClosed",),
    "archive_meeting": ("MeetingArchived",),
    "record_erratum": ("ErratumRecorded",),
    "record_response": ("ResponseRecorded",),
    "redact_text": ("TextRedacted",),
    "restore_log": ("LogRestored",),
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
    "run_again": ("RoundAdded", "AgainAsked"),
    "confirm_again": ("RoundAdded",),
    "lose_key": ("RoundVoided",),
    "cast_ballot": ("BallotCast",),
    "cast_paper_ballot": ("BallotCast", "KeypadBound"),
    "withdraw_ballot": ("BallotWithdrawn",),
    "press_key": ("BallotCast", "BallotWithdrawn"),
    "ask_more_time": ("MoreTimeAsked",),
    "recover_ballot": ("BallotRecovered", "BallotUnplaced"),
    "draw_sample": ("SampleDrawn",),
    "enter_hands": ("HandsEntered",),
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


_Ballot = BallotCast | BallotWithdrawn | MoreTimeAsked | BallotRecovered | BallotUnplaced
_HASH_BITS = 0xFFFFFFFFFFFFFFFF


class Accepted(NamedTuple):
    """The answer of an accepted command: the offset of its first event.

    `blob` is what the edge hands out with it, for the device to keep; it is no part of the answer.
    """

    offset: int
    blob: str | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Accepted) and self.offset == other.offset

    def __hash__(self) -> int:
        return hash(self.offset)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is held of an accepted command: its first event, the options it added, what was erased."""

    offset: int
    event: Event
    options: tuple[tuple[int, OptionAdded], ...] = ()
    erased: frozenset[str] = frozenset()


class Receipts:
    """Accepted commands by id."""

    def __init__(self) -> None:
        self._held: dict[str, int | Receipt] = {}

    def __len__(self) -> int:
        return len(self._held)

    def __contains__(self, command: str | None) -> bool:
        return command in self._held

    def offset(self, command: str) -> int | None:
        """Where the command's first event lies."""
        held = self._held.get(command)
        if held is None:
            return None
        return held >> 64 if isinstance(held, int) else held.offset

    def keep(self, offset: int, event: Event) -> None:
        """Keep the receipt of a command: its first event, and what its later ones add.

        Where a paper ballot comes after its binding, the ballot is what the command said.
        """
        command: str | None = getattr(event, "command", None)
        if command is None:
            return
        held = self._held.get(command)
        if isinstance(event, _Ballot):
            first = offset if held is None else self.offset(command) or offset
            self._held[command] = first << 64 | _of_ballot(event)
        elif held is None:
            self._held[command] = Receipt(offset, event)
        elif isinstance(held, Receipt) and isinstance(event, OptionAdded):
            self._held[command] = replace(held, options=(*held.options, (offset, event)))

    def forget(self, commands: list[str]) -> None:
        """Forget the ids of an anonymous round at its close."""
        for command in commands:
            self._held.pop(command, None)

    def erase(self, command: str, part: str) -> None:
        """A sealed part of this command's event was erased: its words are not compared any more."""
        held = self._held.get(command)
        if isinstance(held, Receipt):
            gone: dict[str, Any] = {f.name: None for f in sealed_parts(type(held.event)).get(part, ())}
            self._held[command] = replace(
                held, event=replace(held.event, **gone), erased=held.erased | gone.keys()
            )

    def erase_option(self, command: str, offset: int) -> None:
        """The words of the option at this offset were erased: they are not compared any more."""
        held = self._held.get(command)
        if isinstance(held, Receipt):
            options = [(at, replace(o, text=None) if at == offset else o) for at, o in held.options]
            self._held[command] = replace(held, options=tuple(options))

    def same(self, key: str, command: Command, given: Given) -> bool:
        """Whether an accepted command, sent again, says what the log holds of it."""
        held = self._held[key]
        if isinstance(held, int):
            if isinstance(command, PressKey) and key == given.voter_command:
                return True  # of an anonymous press the log holds no key, only the keyed id
            return held & _HASH_BITS == _of_command(command, given)
        if type(held.event).__name__ not in FIRST_EVENTS[command_name(type(command))]:
            return False
        if not _meant(command, held.event):
            return False
        return all(_agree(command, held, f.name) for f in fields(command))


def _meant(command: Command, event: Event) -> bool:
    """Whether an event that several commands can make was made by one of this type."""
    match event:
        case RoundVoided():
            made = (event.taken_back, event.key_lost, event.asked_by is not None)
            return made == tuple(isinstance(command, each) for each in (TakeBack, LoseKey, ConfirmVoid))
        case RoundAdded():
            return (event.asked_by is not None) == isinstance(command, ConfirmAgain)
        case VotingExtended():
            return event.for_more_time == isinstance(command, GiveMoreTime)
        case KeypadBound():
            return event.by.startswith(Role.PARTICIPANT) == isinstance(command, JoinSeat)
        case _:
            return True


def _agree(command: Command, receipt: Receipt, name: str) -> bool:
    """Whether one field of a command says what its event holds, where the event holds it."""
    event, said = receipt.event, getattr(command, name)
    match command, name:
        case ((DraftQuestion() | ReviseQuestion() | MakeQuestion()), ("options" | "scale")):
            return _agree_on_paper(command, receipt, name)
        case ((OpenVoting() | StartTimer()), "seconds"):
            ends: int | None = getattr(event, "closes_at_ms", None) or getattr(event, "ends_at_ms", None)
            return bool(said * 1000 == (ends - event.at_ms if ends else 0))
        case (OpenVoting(), "languages_missing") | (UndoAct(act=None), "act"):
            return True
        case ReviseIdea(), "revision":
            said += 1
        case ReadIdeas(), "ideas":
            said = tuple(dict.fromkeys(said))
        case CallHelp(), "text":
            said = said or None
        case _:
            pass
    if not hasattr(event, name) or name in receipt.erased:
        return True
    return bool(said == getattr(event, name))


def _agree_on_paper(command: Command, receipt: Receipt, name: str) -> bool:
    """Whether a drafted question's scale or options are those of its events."""
    event, added = receipt.event, [option for _, option in receipt.options]
    assert isinstance(event, QuestionDrafted | QuestionRevised)
    said = getattr(command, name)
    if name == "scale":
        if said is None or event.scale is None:
            return said is event.scale
        if "scale_texts" in receipt.erased:
            return [step.value for step in said] == list(event.scale)
        held = zip(event.scale, event.scale_texts or (), strict=False)
        return [(step.value, step.text) for step in said] == list(held)
    if isinstance(command, MakeQuestion):
        return command.options == {o.option: o.theme or o.idea for o in added}
    if not said:
        # of these the server wrote the options, or there are none
        return all(o.option in YES_NO_IDS for o in added)
    return len(said) == len(added) and all(
        (s.id, s.exclusive, s.census) == (o.option, o.exclusive, o.census) and o.text in (None, s.text)
        for s, o in zip(said, added, strict=True)
    )


def _of_ballot(event: _Ballot) -> int:
    if isinstance(event, MoreTimeAsked):
        return _hash(("more_time", event.question, str(event.voter)))
    if event.sequence is not None:
        return _hash(("press", str(event.keypad), str(event.sequence)))
    choices = None if isinstance(event, BallotWithdrawn) else event.choices
    return _of_choices(event.question, event.round, event.voter, choices)


def _of_command(command: Command, given: Given) -> int:
    match command:
        case AskMoreTime():
            return _hash(("more_time", command.question, str(given.voter or command.seat)))
        case PressKey():
            return _hash(("press", command.keypad, str(command.sequence)))
        case CastBallot() | CastPaperBallot():
            chosen = ballots.canonical(command.choices)
            return _of_choices(command.question, command.round, given.voter or command.seat, chosen)
        case WithdrawBallot():
            return _of_choices(command.question, command.round, given.voter or command.seat, None)
        case RecoverBallot() if given.kept is not None:
            kept = given.kept
            if kept.sequence is not None:
                return _hash(("press", str(kept.keypad), str(kept.sequence)))
            return _of_choices(kept.question, kept.round, kept.voter, kept.choices)
        case _:
            return 0


def _of_choices(question: str, number: int, voter: str | None, choices: Choices | None) -> int:
    # The words of a number or of ratings: Python's hash of -1 is that of -2.
    said = choices if isinstance(choices, tuple) else repr(choices)
    return _hash((question, str(number), voter, said))


def _hash(parts: tuple[Any, ...]) -> int:
    """64 bits that differ from process to process: nothing of it is kept anywhere."""
    return hash(parts) & _HASH_BITS
