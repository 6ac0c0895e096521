"""Commands in, a batch out; durable or failed in, answers out. Pure.

How this works. Commands wait in a queue. `take` decides them in order and
applies their events to the meeting at once, so that the later commands of a
batch see the earlier ones. Nothing of it leaves until the batch is durable:
while one is being written commands only queue, and views are not read
(`settled` is false). `durable` gives the answers and the topics touched. If
the write failed, `failed` answers everybody *busy* and the meeting has to be
built again from the log.

On a full disk one command a second is let through as a probe, and applied
only when it is durable; all others are answered *busy* without being decided.
"""

import logging
from collections import deque
from collections.abc import Callable, Sequence
from hashlib import sha256

from app.core import ballots
from app.core.capability import Capability, Given, KeptBallot, Role
from app.core.commands import (
    CastBallot,
    CastPaperBallot,
    Channel,
    JoinSeat,
    RecoverBallot,
    ShowResults,
    WithdrawBallot,
)
from app.core.errors import Refusal
from app.core.events import (
    AnyEvent,
    BallotCast,
    BallotWithdrawn,
    RoundVoided,
    TextRedacted,
    VotingClosed,
    VotingOpened,
)
from app.core.ids import CapabilityId, CommandId, KeypadId, Voter
from app.core.meeting import Meeting
from app.core.questions import RoundState
from app.core.receipts import Accepted
from app.core.rights import may
from app.log.codec import NotCanonical, encode
from app.log.port import Epoch, Segment
from app.realtime.answers import DISK_FULL, Answer, Busy, Caller
from app.realtime.ballot_keys import BallotKeys, keyed_command, keyed_voter
from app.realtime.batch import Batch, Item, RoundKey
from app.realtime.blobs import Blobs
from app.realtime.closes import close_at
from app.realtime.rates import Rates, rightful

BATCH_COMMANDS_MAX = 1_000
BATCH_BYTES_MAX = 256 * 1024
QUEUE_MAX = 50_000
SEED_BYTES = 32
DRAINING = Busy("draining", 2_000)
_Ending = VotingClosed | RoundVoided
_Ballot = BallotCast | BallotWithdrawn
_Voted = CastBallot | CastPaperBallot | WithdrawBallot
_NOTED = frozenset({VotingOpened, VotingClosed, RoundVoided, TextRedacted})
SERVER = Capability(CapabilityId("server"), Role.SERVER)
logger = logging.getLogger(__name__)


class Intake:
    """The queue, and the meeting that decides.

    Attributes:
        meeting: The one state; durable where `settled`.
        settled: No batch is being written.
        draining: Everything is answered busy: the server is going down.
        faults: How often an answer could not be given: a bug of ours.
    """

    def __init__(
        self,
        meeting: Meeting,
        head: bytes,
        *,
        keys: BallotKeys,
        dice: Callable[[int], bytes],
        connected: Callable[[KeypadId], bool],
        blobs: Blobs,
        epochs: Sequence[Epoch],
        rates: Rates | None = None,
    ) -> None:
        self.meeting = meeting
        self.draining = False
        self.faults = 0
        self._head = head
        self._queue: deque[Item] = deque()
        self._counting: dict[Item, None] = {}
        self._writing: Batch | None = None
        self._keys = keys
        self._blobs = blobs
        self._epochs = epochs
        self._dice = dice
        self._connected = connected
        self._rates = rates or Rates()
        self._full = self._may_probe = False

    @property
    def settled(self) -> bool:
        return self._writing is None

    @property
    def waiting(self) -> int:
        """How many commands wait."""
        return len(self._queue)

    def put(self, item: Item) -> Busy | None:
        """Let a command wait for its turn; busy at once where it cannot."""
        self._counting.pop(item, None)
        if self.draining:
            return DRAINING
        if len(self._queue) >= QUEUE_MAX:
            return Busy("overloaded", 1_000)
        self._queue.append(item)
        return None

    def ask_what_is_due(self, now_ms: int) -> bool:
        """Queue what the server itself has to do now; true where there is something."""
        due = [] if self.draining else self.meeting.due(now_ms)
        for said in due:
            command = CommandId("cmd_" + self._dice(16).hex())
            self._queue.appendleft(Item(command, said, SERVER, None))
        return bool(due)

    def revoke(self, capability: CapabilityId, device: KeypadId | None = None) -> None:
        """A right was withdrawn (or one device of it): what of it is undecided is refused.

        What is being written was decided before, and has its answer.
        """
        for item in (*self._queue, *self._counting):
            caller = item.caller
            if caller is None or caller.gone or item.by.id != capability:
                continue
            if device in (None, item.by.device):
                self.give(item, Refusal("revoked"))
                caller.gone = True

    def give(self, item: Item, answer: Answer) -> None:
        """Answer one command that is not decided."""
        self._counting.pop(item, None)
        self._answer([(item, answer)])

    # --- a batch out -----------------------------------------------------------------------

    def take(self, now_ms: int) -> Batch | None:
        """Decide what waits, as far as it goes into one batch; `None` where nothing waits."""
        assert self._writing is None, "one batch at a time"
        if not self._queue:
            return None
        batch = Batch()
        seeds = self._dice(SEED_BYTES * min(len(self._queue), BATCH_COMMANDS_MAX))
        first = self.meeting.offset + 1
        while self._queue and len(batch.answers) < BATCH_COMMANDS_MAX:
            item = self._queue[0]
            at = SEED_BYTES * len(batch.answers)
            if not self._gone(item) and not self._decide(item, batch, now_ms, seeds[at : at + SEED_BYTES]):
                break
            self._queue.popleft()
        if batch.lines:
            body = b"\n".join((*batch.lines, b""))
            batch.segment = Segment(first, first + len(batch.lines) - 1, self._head, body)
        self._writing = batch
        return batch

    @staticmethod
    def _gone(item: Item) -> bool:
        return item.caller is not None and item.caller.gone

    def _decide(self, item: Item, batch: Batch, now_ms: int, seed: bytes) -> bool:
        """Decide one command; false where it has to wait for the next batch."""
        given = self._given(item, now_ms, seed)
        answer: Answer | None = self._answered(item, given)
        if answer is None and self._full and (batch.lines or not self._may_probe):
            answer = DISK_FULL
        if answer is None:
            answer = self._in_time(item, now_ms)
        if answer is None and (uncounted := self._uncounted(item)):
            batch.recounts.append((item, uncounted))
            self._counting[item] = None
            return True
        if answer is None:
            decided = self.meeting.decide(item.said, given)
            answer = decided if isinstance(decided, Refusal) else self._record(batch, decided, seed)
        if answer is None:
            return False
        batch.answers.append((item, answer))
        return True

    def _answered(self, item: Item, given: Given) -> Answer | None:
        """The answer that a known id has, with the blob that was lost with it."""
        answer = self.meeting.answered(item.said, given)
        if isinstance(answer, Accepted) and given.voter is None and isinstance(item.said, _Voted):
            return Accepted(answer.offset, self._blob_again(item.said, given, answer.offset))
        return answer

    def _given(self, item: Item, now_ms: int, seed: bytes) -> Given:
        voter = voter_command = recount = None
        about = self.meeting.anonymous(item.said)
        if about is not None and (key := self._keys.key(about[0], about[1])) is not None:
            voter = keyed_voter(key, *about)
            voter_command = keyed_command(key, about[0], about[1], item.command)
        older = isinstance(item.said, JoinSeat) and self._older_connected(item.said, item.by)
        if item.recounted is not None:
            recount = item.recounted.cells
        kept = self._blobs.open(item.said.blob) if isinstance(item.said, RecoverBallot) else None
        return Given(now_ms, item.by, item.command, seed, voter, voter_command, older, recount, kept)

    def _older_connected(self, said: JoinSeat, by: Capability) -> bool:
        seat = self.meeting.roster.seats.get(said.seat)
        if seat is None or seat.keypad in (None, by.device):
            return False
        device, _, _ = str(seat.keypad).partition(":")
        return self._connected(KeypadId(device))

    def _in_time(self, item: Item, now_ms: int) -> Busy | None:
        """Busy where the caller is too fast; a command that waits again is not charged again."""
        if item.charged or item.caller is None:
            return None
        if rightful(item.said, item.by, self.meeting):
            wait_ms = self._rates.wait_ms(item.said, item.by, now_ms)
        else:
            wait_ms = self._rates.other_wait_ms(item.by, now_ms)
        item.charged = wait_ms == 0
        return None if item.charged else Busy("rate", wait_ms)

    def _uncounted(self, item: Item) -> RoundKey | None:
        """The round that the second counter has to count before this show can be decided."""
        if not isinstance(item.said, ShowResults):
            return None
        question = self.meeting.questions.questions.get(item.said.question)
        if question is None or question.state is not RoundState.CLOSED:
            return None
        if may(item.by, item.said, self.meeting) is not None:
            return None  # it will be refused: counting is work, and not for everybody to ask for
        number = question.now.number
        if item.recounted is not None and item.recounted.number == number:
            return None
        return question.id, number

    def _record(self, batch: Batch, events: tuple[AnyEvent, ...], seed: bytes) -> Answer | None:
        """Write the events into the batch and apply them; `None` where they do not fit any more."""
        first, head, size = self.meeting.offset + 1, self._head, 0
        lines, closes = [], {}
        try:
            for index, event in enumerate(events):
                line, link = encode(event, seed, index)
                lines.append(line)
                size += len(line) + 1
                head = sha256(head + link).digest()
                if type(event) is VotingClosed:
                    closes[event.question, event.round] = close_at(first + index, head)
        except NotCanonical as error:
            return Refusal("bad_field", field="command", reason=str(error)[:120])
        if batch.lines and batch.size + size > BATCH_BYTES_MAX:
            return None
        self._head = head
        batch.lines += lines
        batch.size += size
        batch.closes |= closes
        self._note(batch, events)
        if self._full:
            batch.unapplied = events
        else:
            self._apply(batch, events)
        return Accepted(self.meeting.told(first, events[0]), self._blob(batch, events[-1]))

    def _blob(self, batch: Batch, event: AnyEvent) -> str | None:
        """What a device keeps of a ballot, should the log be lost; of an anonymous one nothing."""
        if not isinstance(event, _Ballot) or event.by is None or batch.unapplied:
            return None
        opening = self.meeting.questions.questions[event.question].now.opening
        return self._blobs.seal_event(event, self._epochs[-1].name, self.meeting.offset, opening)

    def _blob_again(self, said: _Voted, given: Given, offset: int) -> str | None:
        """The same for a ballot that is known already; its time and its channel are near enough."""
        seat = self.meeting.roster.seats[said.seat]
        now = self.meeting.questions.questions[said.question].rounds[said.round - 1]
        standing = now.ballots.get(Voter(seat.id))
        channel = standing[1] if standing else seat.channel
        choices = None if isinstance(said, WithdrawBallot) else ballots.canonical(said.choices)
        epoch = next(epoch.name for epoch in reversed(self._epochs) if epoch.after < offset)
        return self._blobs.seal(
            KeptBallot(
                epoch, offset, seat.site, said.question, said.round, now.opening, seat.id, choices,
                channel or Channel.PHONE, now.opened_at_ms or 0, seat.table, given.by.author, given.command,
            )
        )  # fmt: skip

    def _apply(self, batch: Batch, events: tuple[AnyEvent, ...]) -> None:
        for event in events:
            for topic in self.meeting.apply(self.meeting.offset + 1, event):
                batch.topics[topic] = None
        if batch.closes:
            self.meeting.closes.update(batch.closes)

    def _note(self, batch: Batch, events: tuple[AnyEvent, ...]) -> None:
        """What has to be done around the write."""
        for event in events:
            if type(event) not in _NOTED:  # of the many ballots this is all
                continue
            if isinstance(event, VotingOpened):
                if self.meeting.questions.questions[event.question].rules.anonymous:
                    self._keys.make(event.question, event.round)
                    batch.keys_made.append((event.question, event.round))
            elif isinstance(event, _Ending):
                if self._keys.key(event.question, event.round) is not None:
                    batch.keys_spent.append((event.question, event.round))
            elif isinstance(event, TextRedacted):
                batch.erased += event.erased

    # --- durable or failed in --------------------------------------------------------------

    def durable(self) -> dict[str, None]:
        """The batch is on disk (or had nothing to write): give its answers.

        Returns:
            The topics that it touched, in order.
        """
        batch = self._end()
        if batch.segment is not None:
            self._full = False
            self._apply(batch, batch.unapplied)
        self._answer(batch.answers)
        return batch.topics

    def failed(self, meeting: Meeting, head: bytes) -> None:
        """The disk is full and nothing of the batch is stored: answer busy, go on from the log.

        Args:
            meeting: As the log has it.
            head: The chain's head there.
        """
        batch = self._end()
        self.meeting, self._head = meeting, head
        self._full, self._may_probe = True, False
        self._answer([(item, DISK_FULL) for item, _ in batch.answers])

    def probe(self) -> None:
        """Let the next command through, to see whether the disk has room again."""
        self._may_probe = True

    def unanswered(self) -> None:
        """The server is going down: what is undecided is answered busy."""
        items, self._queue = self._queue, deque()
        self._answer([(item, DRAINING) for item in items])

    def _end(self) -> Batch:
        batch = self._writing
        assert batch is not None
        self._writing = None
        return batch

    def _answer(self, answers: list[tuple[Item, Answer]]) -> None:
        callers: dict[Caller, None] = {}
        for item, answer in answers:
            caller = item.caller
            if caller is not None and not caller.gone:
                callers[caller] = None
                self._tell(caller.answered, item.command, answer)
        for caller in callers:
            self._tell(caller.delivered)

    def _tell(self, what: Callable[..., None], *said: object) -> None:
        """What goes wrong in telling one must not keep the others from being told."""
        try:
            what(*said)
        except Exception:
            self.faults += 1
            logger.exception("an answer could not be given")
