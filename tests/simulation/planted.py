"""Faults, each planted in the real program for the length of a run: every one must be caught.

They are mistakes that somebody could make: an answer before the disk, a duplicate that is not known,
a copy of an old line that counts, a delta that is lost.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from unittest.mock import patch

from app.client.core import ClientCore
from app.core import sample
from app.core.events import HandsEntered
from app.core.ids import CommandId
from app.core.meeting import Meeting
from app.core.receipts import Receipts
from app.core.sample import Drawn, PairState, Sampling
from app.core.tally import Tally
from app.realtime.batch import Batch
from app.realtime.hub import Hub
from app.realtime.intake import Intake
from app.realtime.writer import Writer
from tests.simulation.world import World

Planted = Callable[[World], AbstractContextManager[None]]
PLANTED: dict[str, Planted] = {}


def planted(make: Callable[[World], Iterator[None]]) -> Planted:
    fault = contextmanager(make)
    PLANTED[make.__name__] = fault
    return fault


@planted
def answers_before_the_disk(world: World) -> Iterator[None]:  # noqa: ARG001
    """The writer gives the answers, then writes."""
    sound = Writer._appended

    async def early(self: Writer, batch: Batch) -> bool:
        self._intake._answer(batch.answers)
        batch.answers.clear()
        return await sound(self, batch)

    with patch.object(Writer, "_appended", early):
        yield


@planted
def the_disk_lies(world: World) -> Iterator[None]:
    """A crash takes the last segment, which was said to be synced."""
    world.disk.lies = True
    yield


@planted
def duplicates_are_not_known(world: World) -> Iterator[None]:  # noqa: ARG001
    """A command sent again is decided again."""
    with patch.object(Receipts, "__contains__", lambda _self, _command: False):
        yield


@planted
def a_restart_forgets_what_was_accepted(world: World) -> Iterator[None]:  # noqa: ARG001
    """Replay does not bring the receipts back."""
    sound = Intake.__init__

    def forgetful(self: Intake, meeting: Meeting, *more: Any, **named: Any) -> None:
        meeting.receipts = Receipts()
        sound(self, meeting, *more, **named)

    with patch.object(Intake, "__init__", forgetful):
        yield


@planted
def a_ballot_counts_beside_the_one_before(world: World) -> Iterator[None]:  # noqa: ARG001
    """The seat's last ballot is not taken out of the tally (the fault of 2010)."""
    with patch.object(Tally, "remove", lambda _self, _choices: None):
        yield


@planted
def late_ballots_count(world: World) -> Iterator[None]:  # noqa: ARG001
    """The last ballot before a close is written again after it, under its own id."""
    sound = Intake._record
    last: list[Any] = []

    def lax(self: Intake, batch: Batch, events: tuple[Any, ...], seed: bytes) -> Any:
        answer = sound(self, batch, events, seed)
        if type(events[0]).__name__ == "VotingClosed" and last:
            sound(self, batch, (last[-1],), seed)
        if type(events[0]).__name__ == "BallotCast":
            last[:] = [events[0]]
        return answer

    with patch.object(Intake, "_record", lax):
        yield


@planted
def a_full_disk_is_said_to_be_fine(world: World) -> Iterator[None]:  # noqa: ARG001
    """What could not be stored is acknowledged."""
    sound = Intake.failed

    def cheerful(self: Intake, meeting: Meeting, head: bytes) -> None:
        batch = self._writing
        assert batch is not None
        self._answer(batch.answers)
        batch.answers.clear()
        sound(self, meeting, head)

    with patch.object(Intake, "failed", cheerful):
        yield


@planted
def topics_get_lost(world: World) -> Iterator[None]:
    """Now and then the hub does not hear that something has changed."""
    sound = Hub.touch

    def deaf(self: Hub, topics: Mapping[str, None], now: float) -> None:
        sound(self, [topic for topic in topics if world.dice.random() > 0.1], now)

    with patch.object(Hub, "touch", deaf):
        yield


@planted
def who_comes_back_gets_nothing(world: World) -> Iterator[None]:  # noqa: ARG001
    """A client that says what it has is believed to have everything."""
    sound = Hub.join

    def trusting(self: Hub, listener: Any, channel: str, since: int | None, offset: int) -> None:
        sound(self, listener, channel, None if since is None else offset, offset)

    with patch.object(Hub, "join", trusting):
        yield


@planted
def a_client_makes_a_new_id_for_a_retry(world: World) -> Iterator[None]:  # noqa: ARG001
    """After a reconnect what was not answered is asked for again as something new."""
    sound = ClientCore.hello

    def renaming(self: ClientCore, now: float) -> bytes:
        for command in list(self._outbox):
            waiting = self._outbox.pop(command)
            fresh = CommandId("cmd_" + self.dice(16).hex())
            waiting.frame = waiting.frame.replace(command.encode(), fresh.encode())
            self._outbox[fresh] = waiting
        return sound(self, now)

    with patch.object(ClientCore, "hello", renaming):
        yield


@planted
def a_long_lost_hello_takes_over(world: World) -> Iterator[None]:  # noqa: ARG001
    """The older of two lines of one client wins when its hello comes late (found by this simulation)."""
    with patch("app.realtime.connection.Connection.before", lambda _self, _other: False):
        yield


@planted
def a_sample_leaves_out_a_seat(world: World) -> Iterator[None]:  # noqa: ARG001
    """Hands are compared with the ballots of all seats of a table but the first."""
    sound = sample.recorded
    with patch.object(sample, "recorded", lambda now, seats: sound(now, seats[1:])):
        yield


@planted
def corrected_hands_are_kept_as_they_were(world: World) -> Iterator[None]:  # noqa: ARG001
    """Of hands that were entered twice the first ones are compared."""
    sound = Sampling.apply

    def stubborn(self: Sampling, event: Any) -> tuple[str, ...]:
        if isinstance(event, HandsEntered):
            held = {drawn: pair for each in self.samples for drawn, pair in each.pairs.items()}
            if held[Drawn(event.question, event.round, event.table)].state is not PairState.WAITING:
                return ()
        return sound(self, event)

    with patch.object(Sampling, "apply", stubborn):
        yield


assert len(PLANTED) >= 10
