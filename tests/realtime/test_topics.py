"""At stake: a change concerns a table, and its laptop is not told, for the hub thinks it does not."""

from app.core.events import (
    BallotCast,
    ClosingAnnounced,
    MessageSent,
    ResultsShown,
    TimerStarted,
    VotingClosed,
    VotingExtended,
    VotingOpened,
)
from app.core.meeting import Meeting
from app.core.views import CHANNELS, entries
from app.realtime.hub import EVERYTHING, MANY, OWN, TO_MANY, URGENT, VOTED_TO
from tests.core.pair import walk

SEEDS, STEPS = (2, 8), 150


def _reaches(topic: str, table: str) -> bool:
    kind, _, which = topic.partition(":")
    if kind in OWN:
        return f"{OWN[kind]}:{which}" == f"{MANY}:{table}"
    return kind in TO_MANY or kind == EVERYTHING


def test_of_a_topic_that_does_not_reach_a_table_its_channel_has_nothing_to_say() -> None:
    kept_away, said = set[str](), set[str]()
    for seed in SEEDS:
        meeting = Meeting()
        for offset, event in enumerate(walk(seed, STEPS).events, 1):
            for topic in meeting.apply(offset, event):
                for table in meeting.roster.tables:
                    told = entries(meeting, f"{MANY}:{table}", topic)
                    kind = topic.partition(":")[0]
                    if _reaches(topic, table):
                        said |= {kind} if told else set()
                    else:
                        kept_away.add(kind)
                        assert told == {}, f"{topic} after {type(event).__name__} at {offset}"
    assert {"votes", "seat", "voted"} <= kept_away, "and there were such topics"
    assert {"question", "idea", EVERYTHING} <= said, "control: some are said, and reach it"


def test_of_a_seat_that_has_voted_only_the_console_and_the_floor_have_something_to_say() -> None:
    channels = {channel for heard in CHANNELS.values() for channel in heard} | {"screen:main", "stage"}
    said = set[str]()
    for seed in SEEDS:
        meeting = Meeting()
        for offset, event in enumerate(walk(seed, STEPS).events, 1):
            for topic in meeting.apply(offset, event):
                if topic.startswith("voted:"):
                    said |= {channel for channel in channels if entries(meeting, channel, topic)}
    assert said == set(VOTED_TO)


def test_that_a_vote_opens_or_ends_is_urgent_on_every_phone_and_a_ballot_is_not() -> None:
    urgent, calm, to_all = set[type](), set[type](), set[type]()
    for seed in SEEDS:
        meeting = Meeting()
        for offset, event in enumerate(walk(seed, STEPS).events, 1):
            topics = meeting.apply(offset, event)
            told = [topic for topic in topics if entries(meeting, "keypad", topic)]
            kinds = {topic.partition(":")[0] for topic in told}
            (urgent if kinds & URGENT else calm).add(type(event))
            if any(entries(meeting, channel, topic) for channel in ("words", "tables") for topic in topics):
                to_all |= {type(event)} if not {t.partition(":")[0] for t in topics} & URGENT else set()
    assert {VotingOpened, VotingClosed, ResultsShown} <= urgent - calm
    assert BallotCast in calm - urgent
    assert TimerStarted in to_all, "and such a one is spread"
    assert not to_all & {
        VotingOpened,
        VotingExtended,
        ClosingAnnounced,
        VotingClosed,
        ResultsShown,
        MessageSent,
    }
