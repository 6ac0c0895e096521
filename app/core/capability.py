"""Who is asking: a capability as the core sees it, and what the edge found out for a command.

A capability is a random public id, a role and a scope. Its secret, codes and
cookies stay in `web/auth.py`; the log names only `Capability.author`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, TypedDict

from app.core.commands import Channel, Choices
from app.core.ids import (
    CapabilityId,
    CommandId,
    KeypadId,
    QuestionId,
    Round,
    SeatId,
    SiteId,
    TableId,
    Voter,
)


class Role(StrEnum):
    """Who somebody is in the meeting (docs/rules.md, Commands and answers); two are programs."""

    ORGANISER = "organiser"
    LEAD_FACILITATOR = "lead_facilitator"
    STAGE_MANAGER = "stage_manager"
    STAGE = "stage"
    THEME_LEADER = "theme_leader"
    THEME_MEMBER = "theme_member"
    TABLE_FACILITATOR = "table_facilitator"
    PARTICIPANT = "participant"
    AREA_MANAGER = "area_manager"
    EXPERT = "expert"
    SCREEN = "screen"
    VIEWER = "viewer"
    RECEIVER = "receiver"
    SERVER = "server"


@dataclass(frozen=True, slots=True)
class Capability:
    """A right to act in one meeting.

    `tables` is the scope of table facilitators and area managers, `seat` that of participants,
    `screen` that of a plenary screen. `device` names the device session that holds it now: the
    keypad id of a phone, and the stem of the pads of a laptop (`<device>:<seat>`).
    """

    id: CapabilityId
    role: Role
    device: KeypadId = KeypadId("")
    tables: tuple[TableId, ...] = ()
    seat: SeatId | None = None
    screen: str | None = None
    label: str = ""

    @property
    def author(self) -> str:
        """How the log names this capability: role and public id, nothing else."""
        return f"{self.role}:{self.id}"


class Stamp(TypedDict):
    """What every act carries: when, who, and the command that asked for it."""

    at_ms: int
    by: str
    command: CommandId


@dataclass(frozen=True, slots=True)
class KeptBallot:
    """What a device keeps of a ballot that was acknowledged, sealed by the edge.

    It lay at `offset` of the history `epoch`, in the vote that the command `opening` had opened. Without
    `choices` it took the seat's ballot back.
    """

    epoch: str
    offset: int
    site: SiteId
    question: QuestionId
    round: Round
    opening: str
    voter: SeatId
    choices: Choices | None
    channel: Channel
    at_ms: int
    table: TableId | None
    by: str | None
    command: CommandId
    keypad: KeypadId | None = None
    sequence: int | None = None


class Given(NamedTuple):
    """What the world adds to a command at the moment of decision.

    `salt` is 32 random bytes made at the edge; every sealed part's own salt is derived from it.
    `voter` and `voter_command` are the keyed hashes for an anonymous round. `older_connected`
    tells whether the device that holds the seat has a live connection. `recount` is the second
    counter's result for a show: counts by cell, and under "" how many ballots there are. `kept` is what a
    blob says that a device brought back; `None` where it is not one of ours.
    """

    at_ms: int
    by: Capability
    command: CommandId
    salt: bytes = b""
    voter: Voter | None = None
    voter_command: CommandId | None = None
    older_connected: bool = False
    recount: Mapping[str, int] | None = None
    kept: KeptBallot | None = None

    @property
    def act(self) -> Stamp:
        """The stamp of an event with an open author."""
        return {"at_ms": self.at_ms, "by": self.by.author, "command": self.command}


def role_of(author: str) -> Role:
    """The role of whoever acted, as the log names them (`Capability.author`)."""
    return Role(author.partition(":")[0])
