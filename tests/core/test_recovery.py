"""At stake: an acknowledged ballot that was lost with the log counts again, once, and where it belongs."""

import hashlib
import json
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from app.core import commands as c
from app.core import events as e
from app.core.capability import Capability, KeptBallot
from app.core.commands import Channel
from app.core.errors import Refusal
from app.core.ids import CommandId, QuestionId, Round, SeatId, Voter
from app.core.questions import RoundNow, RoundState
from app.core.receipts import Accepted
from app.log.codec import decode, encode
from app.verify import count_round
from tests.builders import ORGANISER, RECEIVER, Day, area_manager, facilitator, participant, words
from tests.core.deep import picture
from tests.core.pair import folded

PHONE, LAPTOP = Channel.PHONE, Channel.LAPTOP


def restored(question: str = "pick", **more: Any) -> Day:
    """A day in which a vote is open, and whose log was then taken back to here."""
    day = Day(**more)
    day.open(question)
    day.do(c.RestoreLog("epoch-2", "epoch-1", words("the disk is gone")))
    return day


def bring(day: Day, kept: KeptBallot, by: Capability | None = None, **more: Any) -> tuple[e.AnyEvent, ...]:
    """A device brings back what it holds."""
    said = c.RecoverBallot("blob", kept.voter)
    return day.do(said, by or participant(kept.voter), id_=kept.command, **({"kept": kept} | more))


def refused(day: Day, kept: KeptBallot | None, command: str = "", by: Capability | None = None) -> Refusal:
    seat = kept.voter if kept else SeatId("1-1")
    said = c.RecoverBallot("blob", seat)
    more = {"id_": command or (kept.command if kept else CommandId("cmd_" + "0" * 32)), "kept": kept}
    return day.refused(said, by or participant(seat), **more)


def now_of(day: Day, question: str = "pick") -> RoundNow:
    return day.meeting.questions.question(QuestionId(question)).now


def says(day: Day, seat: str, question: str = "pick") -> Any:
    standing = now_of(day, question).ballots.get(Voter(seat))
    return standing[0] if standing else None


def lines(day: Day) -> list[bytes]:
    return [encode(event, salt, index).line for salt, index, event in day.log]


def counted(day: Day, question: str) -> dict[str, int]:
    """What the second counter says, from the bytes of the log."""
    q = day.meeting.questions.question(QuestionId(question))
    return count_round(lines(day), question, q.now.number, first=q.rules.first_only)


def agreed(day: Day, question: str) -> dict[str, int]:
    """The counts, after a replay, a restart and the second counter have said the same."""
    for other in (day.replayed(), folded([decode(line) for line in lines(day)])):
        assert picture(other) == picture(day.meeting)
    cells = day.counts(question)
    assert counted(day, question) == ({"": now_of(day, question).tally.voters, **cells} if cells else {})
    return cells


def test_a_lost_ballot_counts_again_and_only_once() -> None:
    day = restored()
    kept = day.kept("pick", "1-1", "a")
    [event] = bring(day, kept)
    assert isinstance(event, e.BallotRecovered)
    assert (event.epoch, event.offset, event.choices) == ("epoch-1", 1_000, ("a",))
    assert agreed(day, "pick") == {"a": 1}
    said = c.RecoverBallot("blob", kept.voter)
    again = day.again(said, participant("1-1"), id_=kept.command, kept=kept)
    assert again == Accepted(len(day.log))
    assert agreed(day, "pick") == {"a": 1}


def test_the_command_itself_sent_again_after_that_is_the_same_ballot() -> None:
    """A client that never heard its acknowledgement, and one that did, say the same."""
    day = restored()
    day.join("1-1")
    kept = day.kept("pick", "1-1", "a")
    bring(day, kept)
    copy = day.ballot("pick", "1-1", "a")
    assert day.again(copy, participant("1-1"), id_=kept.command) == Accepted(len(day.log))
    other = day.ballot("pick", "1-1", "b")
    assert day.again(other, participant("1-1"), id_=kept.command) == Refusal("id_reused")


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_in_whatever_order_they_come_the_last_one_of_the_seat_stands(order: tuple[int, ...]) -> None:
    day = restored()
    lost = [day.kept("pick", "1-1", choice, offset=n) for n, choice in enumerate("abc", start=50)]
    for number in order:
        bring(day, lost[number])
    assert says(day, "1-1") == ("c",)
    assert agreed(day, "pick") == {"c": 1}


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_a_rating_has_of_every_option_what_was_said_last(order: tuple[int, ...]) -> None:
    day = restored("rate")
    lost = [
        day.kept("rate", "1-1", offset=50, choices={"a": 1, "b": 1}),
        day.kept("rate", "1-1", offset=60, choices=None),
        day.kept("rate", "1-1", offset=70, choices={"a": -1}),
        day.kept("rate", "1-1", offset=80, choices={"b": 0}),
    ]
    for number in order:
        bring(day, lost[number])
    assert says(day, "1-1", "rate") == {"a": -1, "b": 0}
    agreed(day, "rate")


def test_what_the_seat_has_said_since_stays() -> None:
    day = restored()
    day.cast("pick", "1-1", "b")
    bring(day, day.kept("pick", "1-1", "a"))
    assert says(day, "1-1") == ("b",)
    day.join("1-2")
    day.do(day.ballot("pick", "1-2", "a"), participant("1-2"))
    day.do(c.WithdrawBallot(QuestionId("pick"), Round(1), SeatId("1-2")), participant("1-2"))
    bring(day, day.kept("pick", "1-2", "c"))
    assert agreed(day, "pick") == {"b": 1}


def test_what_the_copy_had_is_older_than_what_was_lost() -> None:
    day = Day()
    day.open("pick")
    day.cast("pick", "1-1", "b")
    day.cast("pick", "1-2", "b")
    day.do(c.RestoreLog("epoch-2", "epoch-1"))
    bring(day, day.kept("pick", "1-1", "a"))
    bring(day, day.kept("pick", "1-2", choices=None))
    assert agreed(day, "pick") == {"a": 1}


def test_where_only_the_first_ballot_counts_the_lost_one_was_first() -> None:
    day = restored("once")
    day.cast("once", "1-1", "b")
    bring(day, day.kept("once", "1-1", "a"))
    assert says(day, "1-1", "once") == ("a",)
    assert day.refused(day.ballot("once", "1-1", "b"), participant("1-1")).code == "already_voted"
    assert agreed(day, "once") == {"a": 1}


def test_histories_follow_each_other_also_one_that_is_not_known_any_more() -> None:
    """The second history was lost as a whole: a backup from before it was restored again."""
    for order in permutations(range(3)):
        day = Day()
        day.open("pick")
        day.do(c.RestoreLog("epoch-3", "epoch-1"))
        lost = [
            day.kept("pick", "1-1", "a", epoch="epoch-1", offset=900),
            day.kept("pick", "1-1", "b", epoch="epoch-2", offset=90),
            day.kept("pick", "1-1", "c", epoch="epoch-2a", offset=40),
        ]
        for number in order:
            bring(day, lost[number])
        assert says(day, "1-1") == ("c",)
        day.cast("pick", "1-1", "a")
        assert agreed(day, "pick") == {"a": 1}


# --- a vote that is over -------------------------------------------------------------------


def test_it_is_the_one_exception_to_a_closed_vote_and_says_the_new_count() -> None:
    day = restored()
    day.cast("pick", "1-1", "a")
    [closed] = day.close("pick")
    assert isinstance(closed, e.VotingClosed)
    late = day.ballot("pick", "1-2", "b")
    assert day.refused(late, day.join("1-2")).code == "voting_closed"
    [event] = bring(day, day.kept("pick", "1-2", "b"))
    assert isinstance(event, e.BallotRecovered)
    assert (event.voted, event.present) == (2, closed.present + 1)
    assert event.digest_salt is not None
    said = bytes.fromhex(event.digest_salt) + b'[["a"],["b"]]'
    assert event.digest == hashlib.sha256(said).hexdigest() != closed.digest
    now = now_of(day)
    assert (now.voted, now.present, now.digest) == (2, closed.present + 1, event.digest)
    assert agreed(day, "pick") == {"a": 1, "b": 1}


def test_who_was_present_at_the_close_is_not_counted_as_present_twice() -> None:
    day = restored()
    day.join("1-1")
    [closed] = day.close("pick")
    [one] = bring(day, day.kept("pick", "1-1", "a", offset=50))
    [two] = bring(day, day.kept("pick", "1-2", "a", offset=50))
    [again] = bring(day, day.kept("pick", "1-2", "b", offset=60))
    assert [event.present for event in (closed, one, two, again)] == [1, 1, 2, 2]  # type: ignore[union-attr]
    assert [event.voted for event in (closed, one, two, again)] == [0, 1, 2, 2]  # type: ignore[union-attr]


def test_a_show_after_it_is_counted_by_the_second_counter_too() -> None:
    day = restored()
    day.cast("pick", "1-1", "a")
    day.close("pick")
    bring(day, day.kept("pick", "1-1", "b"))  # older than what the seat said since
    bring(day, day.kept("pick", "1-2", "c"))
    day.do(c.ShowResults(QuestionId("pick")), recount=counted(day, "pick"))
    assert now_of(day).shown is not None
    assert day.meeting.errata == []
    assert agreed(day, "pick") == {"a": 1, "c": 1}


def test_of_a_result_that_was_shown_one_erratum_says_so_and_names_nobody() -> None:
    day = restored()
    day.cast("pick", "1-1", "a")
    day.close("pick")
    day.show("pick")
    event, erratum = bring(day, day.kept("pick", "1-2", "b"))
    assert isinstance(erratum, e.ErratumRecorded)
    assert (erratum.question, erratum.recovered, erratum.by) == ("pick", 1, "server:server")
    assert isinstance(event, e.BallotRecovered)
    open_part = json.loads(encode(erratum, bytes(32)).line)[0]
    assert not {event.voter, event.command, event.by} & set(map(str, open_part.values()))
    assert len(bring(day, day.kept("pick", "1-3", "b"))) == 1, "one is enough"
    now = now_of(day)
    assert (now.state, now.after_show, now.voted) == (RoundState.SHOWN, 2, 3)
    assert now.shown is not None
    assert now.shown.cells == {"a": 1}, "what was shown stays what was shown"
    assert [(q, recovered) for _, q, _, recovered in day.meeting.errata] == [("pick", 1)]
    assert agreed(day, "pick") == {"a": 1, "b": 2}


def test_it_is_taken_after_the_close_of_the_meeting_and_not_after_its_archiving() -> None:
    day = restored()
    day.close("pick")
    day.do(c.CloseMeeting())
    bring(day, day.kept("pick", "1-1", "a"))
    day.do(c.ArchiveMeeting())
    assert refused(day, day.kept("pick", "1-2", "a")).code == "meeting_archived"


def test_in_an_open_vote_it_leaves_the_count_to_the_close() -> None:
    day = restored()
    [event] = bring(day, day.kept("pick", "1-1", "a"))
    assert isinstance(event, e.BallotRecovered)
    assert (event.voted, event.present, event.digest, event.digest_salt) == (None, None, None, None)
    [closed] = day.close("pick")
    assert getattr(closed, "voted", 0) == 1


def test_a_void_vote_stays_void_and_has_its_ballot() -> None:
    day = restored()
    day.do(c.VoidRound(QuestionId("pick"), words("a mistake")))
    bring(day, day.kept("pick", "1-1", "a"))
    assert now_of(day).state is RoundState.VOIDED
    assert day.meeting.questions.question(QuestionId("pick")).reported is None


# --- what it is not ------------------------------------------------------------------------


def unplaced(day: Day, kept: KeptBallot) -> None:
    [event] = bring(day, kept)
    assert isinstance(event, e.BallotUnplaced)
    assert day.meeting.unplaced[-1] == event
    assert all(not now.ballots for q in day.meeting.questions.questions.values() for now in q.rounds)
    assert day.again(
        c.RecoverBallot("blob", kept.voter), participant(kept.voter), id_=kept.command, kept=kept
    ) == Accepted(len(day.log))


def test_a_ballot_of_a_vote_that_this_history_does_not_know_is_kept_and_counted_nowhere() -> None:
    day = restored()
    known = day.kept("pick", "1-1", "a")
    unplaced(day, replace(known, question=QuestionId("q_lost"), command=CommandId("cmd_" + "1" * 32)))
    unplaced(day, replace(known, round=Round(2), command=CommandId("cmd_" + "2" * 32)))
    unplaced(day, replace(day.kept("rate", "1-1"), choices={"a": 1}, command=CommandId("cmd_" + "3" * 32)))
    unplaced(day, replace(known, choices=("gone",), command=CommandId("cmd_" + "4" * 32)))
    assert len(day.meeting.unplaced) == 4


def test_the_same_question_opened_again_is_another_vote() -> None:
    """Its opening was lost too: whoever voted then may vote now, and did not yet."""
    day = Day()
    day.do(c.RestoreLog("epoch-2", "epoch-1"))
    day.open("pick")
    unplaced(day, day.kept("pick", "1-1", "a", opening="cmd_" + "7" * 32))
    bring(day, day.kept("pick", "1-2", "a"))
    assert agreed(day, "pick") == {"a": 1}, "the control: the same vote, by its opening"


def test_a_seat_that_this_history_does_not_have_has_no_vote_in_it() -> None:
    day = restored()
    kept = replace(day.kept("pick", "1-1", "a"), voter=SeatId("9-9"))
    unplaced(day, kept)


@pytest.mark.parametrize("wrong", ["forged", "of another seat", "under another id"])
def test_what_is_not_ours_is_refused(wrong: str) -> None:
    day = restored()
    kept = day.kept("pick", "1-2" if wrong == "of another seat" else "1-1", "a")
    said = c.RecoverBallot("blob", SeatId("1-1"))
    id_ = "cmd_" + "5" * 32 if wrong == "under another id" else kept.command
    refusal = day.refused(said, participant("1-1"), id_=id_, kept=None if wrong == "forged" else kept)
    assert refusal.code == "blob_not_ours"
    assert day.counts("pick") == {}


def test_where_nothing_was_restored_nothing_is_brought_back() -> None:
    day = Day()
    day.open("pick")
    assert refused(day, day.kept("pick", "1-1", "a")).code == "nothing_restored"
    day.do(c.RestoreLog("epoch-2", "epoch-1"))
    assert refused(day, day.kept("pick", "1-1", "a", epoch="epoch-2")).code == "nothing_restored"


def test_who_may_bring_it_back() -> None:
    day = restored()
    kept = day.kept("pick", "1-1", "a")
    assert refused(day, kept, by=participant("1-2")).code == "not_your_seat"
    assert refused(day, kept, by=facilitator("2")).code == "not_your_table"
    assert refused(day, kept, by=ORGANISER).code == "not_allowed"
    bring(day, kept, facilitator("1"))
    bring(day, day.kept("pick", "1-2", "a"), area_manager("1"))
    press = day.kept("pick", "1-3", "a", channel=Channel.HANDSET, keypad="handset1-3", sequence=7)
    day.do(c.RecoverBallot("blob"), RECEIVER, id_=press.command, kept=press)
    assert day.meeting.roster.sequences["handset1-3"] == 7  # type: ignore[index]
    assert agreed(day, "pick") == {"a": 3}
