"""Who may come in: what a connection shows at the door, and what it gets for it.

The port that `web/auth.py` implements: it turns tickets, tokens and resume
secrets into capabilities, rotates the resume secrets and slows down guessers.
Withdrawing a right goes the other way: the doorkeeper calls
`Lobby.revoke(capability)`, and the sockets of it are closed within a second.
"""

from dataclasses import dataclass
from typing import Protocol

from app.core.capability import Capability
from app.core.errors import Refusal
from app.core.ids import MeetingId
from app.realtime.answers import Busy


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a hello shows. Exactly one of `ticket`, `token` and `resume` is said.

    `origin` is the handshake's Origin header, already checked against the list; `None` where the
    client sent none, and then `ticket` is not said and there was no cookie. `address` is the
    client's, for the failure budget only.
    """

    ticket: str | None
    token: str | None
    resume: str | None
    origin: str | None
    address: str


@dataclass(frozen=True, slots=True)
class Admission:
    """The way in: to which meeting, as whom, and the secret for the next connection."""

    meeting: MeetingId
    capability: Capability
    resume: str


class Doorkeeper(Protocol):
    """Turns what a connection shows into a capability."""

    async def admit(self, shown: Credentials) -> Admission | Refusal | Busy:
        """Let a connection in, or not.

        A ticket is burnt; a resume secret is rotated, and the one before stays good until the new
        one has been used.

        Returns:
            The admission; or a refusal (unknown_session, revoked, bad_origin, meeting_archived);
            or busy, where the failure budget of guessers is used up.
        """
        ...
