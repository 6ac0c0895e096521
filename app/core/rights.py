"""Who may do what: one table of command × role × scope, asked at the moment of decision.

A command without a row is a failing test. Scopes: "any"; "table", the command
must be about a table of the capability; "seat", about its seat; "screen", its screen.
"""

from typing import Protocol

from app.core.capability import Capability, Role
from app.core.commands import COMMANDS, Command, command_name
from app.core.errors import Refusal
from app.core.ideas import Ideas
from app.core.ids import SeatId, TableId
from app.core.roster import Roster
from app.core.stage import Stage

ORG, L, M = Role.ORGANISER, Role.LEAD_FACILITATOR, Role.STAGE_MANAGER
TL, TM = Role.THEME_LEADER, Role.THEME_MEMBER
F, P, A = Role.TABLE_FACILITATOR, Role.PARTICIPANT, Role.AREA_MANAGER

Row = dict[Role, str]


def _any(*roles: Role) -> Row:
    return dict.fromkeys(roles, "any")


_SERVER: Row = {Role.SERVER: "any"}
_FLOOR: Row = {ORG: "any", A: "table", F: "table"}
_TEAM = _any(ORG, TL, TM)

RIGHTS: dict[str, Row] = {
    "prepare_meeting": _any(Role.SERVER),
    "start_meeting": _any(ORG),
    "close_meeting": _any(ORG),
    "archive_meeting": _any(ORG),
    "record_erratum": _any(ORG),
    "record_response": _any(ORG),
    "redact_text": _any(ORG),
    "restore_log": _SERVER,
    "join_seat": {P: "seat"},
    "bind_keypad": _FLOOR,
    "release_keypad": _FLOOR,
    "confirm_takeover": _FLOOR,
    "mark_present": _FLOOR,
    "mark_left": _FLOOR,
    "add_seat": _FLOOR,
    "move_seat": {ORG: "any", A: "table"},
    "count_heads": _FLOOR,
    "begin_item": _any(ORG, L),
    "finish_item": _any(ORG, L),
    "extend_item": _any(ORG, L),
    "skip_item": _any(ORG, L),
    "move_item": _any(ORG, L),
    "add_item": _any(ORG, L),
    "draft_question": _any(ORG, TL),
    "revise_question": _any(ORG, TL),
    "make_question": _any(ORG, TL),
    "open_voting": _any(ORG, L),
    "extend_voting": _any(ORG, L),
    "close_voting": _any(ORG, L),
    "finish_voting": _SERVER,
    "give_more_time": _SERVER,
    "show_results": _any(ORG, L),
    "take_back": _any(ORG, L),
    "void_round": _any(ORG),
    "confirm_void": _any(ORG, L),
    "run_again": _any(ORG),
    "confirm_again": _any(ORG, L),
    "lose_key": _SERVER,
    "cast_ballot": {F: "table", P: "seat"},
    "cast_paper_ballot": {A: "table"},
    "withdraw_ballot": {F: "table", P: "seat"},
    "press_key": _any(Role.RECEIVER),
    "ask_more_time": {F: "table", P: "seat"},
    "recover_ballot": {F: "table", P: "seat", A: "table", Role.RECEIVER: "any"},
    "draw_sample": _any(ORG),
    "enter_hands": {ORG: "any", A: "table"},
    "write_idea": {F: "table"},
    "revise_idea": {F: "table"},
    "withdraw_idea": {F: "table"},
    "move_idea": {F: "table"},
    "read_ideas": _TEAM,
    "answer_idea": _any(ORG, Role.EXPERT),
    "create_theme": _TEAM,
    "rename_theme": _TEAM,
    "merge_themes": _TEAM,
    "file_idea": _TEAM,
    "unfile_idea": _TEAM,
    "order_themes": _TEAM,
    "quote_idea": _TEAM,
    "unquote_idea": _TEAM,
    "publish_themes": _any(ORG, TL),
    "assign_tables": _any(ORG, TL),
    "undo_act": _TEAM,
    "take_scene": _any(ORG, L, M),
    "start_timer": _any(ORG, L, M),
    "stop_timer": _any(ORG, L, M),
    "send_message": _any(ORG, L, M),
    "call_help": {F: "table", A: "table"},
    "answer_help": {ORG: "any", A: "table"},
    "close_help": {ORG: "any", A: "table", F: "table"},
}
"""What each role may do, and within which scope. What is not here may not be done."""

_ROWS: dict[type[Command], Row] = {COMMANDS[name]: row for name, row in RIGHTS.items()}


class World(Protocol):
    """What rights need to know of a meeting: whose table a thing belongs to."""

    roster: Roster
    ideas: Ideas
    stage: Stage


def may(capability: Capability, command: Command, meeting: World) -> Refusal | None:
    """Whether the capability may give this command here and now; the refusal if not.

    Returns:
        `None`, or not_allowed, not_your_table, not_your_seat.
    """
    scope = _ROWS[type(command)].get(capability.role)
    if scope is None:
        return Refusal("not_allowed", role=capability.role.value, command=command_name(type(command)))
    if scope == "seat":
        seat = getattr(command, "seat", None)
        return None if seat == capability.seat else Refusal("not_your_seat", seat=str(seat)[:64])
    if scope == "table":
        table = table_of(command, meeting)
        if table not in capability.tables:
            return Refusal("not_your_table", table=str(table)[:64])
    return None


def table_of(command: Command, meeting: World) -> TableId | None:
    """The table that a command is about, where it is about one that exists."""
    seat: SeatId | None = getattr(command, "seat", None)
    if seat is not None and seat in meeting.roster.seats:
        return meeting.roster.seats[seat].table
    idea = getattr(command, "idea", None)
    if idea is not None and idea in meeting.ideas.ideas:
        return meeting.ideas.ideas[idea].table
    call = getattr(command, "call", None)
    if call is not None and call in meeting.stage.calls:
        return meeting.stage.calls[call].table
    table: TableId | None = getattr(command, "table", None)
    return table
