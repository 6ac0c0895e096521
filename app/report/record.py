"""The record in the report: what was corrected, what does not count, who changed an outcome and why. Pure.

Which acts these are, and which of them have a reason or a second person: docs/rules.md, Acts that change
an outcome.
"""

from app.core.by_hand import ByHand
from app.core.capability import Role, role_of
from app.core.ids import QuestionId, Text
from app.core.meeting import Meeting
from app.core.questions import Question, RoundState
from app.i18n import available, sentence
from app.report.figures import Figures, asked
from app.report.model import AgendaLine, AskedAgain, Note, SampleLine, SeatAct, SeatsChanged, VoidedRound

UNTIL_CLOSE = "until_close"
"""The state of an item that went on until the meeting was closed."""


def voided(meeting: Meeting) -> tuple[VoidedRound, ...]:
    """The rounds that do not count."""
    return tuple(
        VoidedRound(
            question.id, question.title, now.number, str(now.voided_from), now.voted, now.void_reason,
            now.taken_back, now.key_lost, _role(now.voided_by), _role(now.void_asked_by),
        )
        for question in meeting.questions.questions.values()
        for now in asked(question)
        if now.state is RoundState.VOIDED
    )  # fmt: skip


def _role(author: str | None) -> Role | None:
    return None if author is None else role_of(author)


def again(meeting: Meeting) -> tuple[AskedAgain, ...]:
    """The rounds that somebody added; the one that follows an opening taken back came by itself."""
    return tuple(
        AskedAgain(
            q.id, q.title, now.number, before.number, before.state.value, before.voted, now.reason,
            _role(now.added_by), _role(now.added_asked_by),
        )
        for q in meeting.questions.questions.values()
        if asked(q)
        for before, now in q.run_again()
    )  # fmt: skip


def seats_changed(meeting: Meeting) -> tuple[SeatsChanged, ...]:
    """What was done to seats while a round was open that counts, by hand."""
    return tuple(
        SeatsChanged(
            q.id,
            q.title,
            now.number,
            tuple(SeatAct(act, now.by_hand[act]) for act in ByHand if act in now.by_hand),
        )
        for q in meeting.questions.questions.values()
        for now in asked(q)
        if now.by_hand and now.state is not RoundState.VOIDED
    )


def samples(meeting: Meeting, figures: Figures) -> tuple[SampleLine, ...]:
    """The draws of the sample audit."""
    return tuple(
        SampleLine(
            sample.at_ms, " ".join(str(eyes) for eyes in sample.dice),
            figures[f"sample/{n}/drawn"], figures[f"sample/{n}/entered"], figures.find(f"sample/{n}/pairs"),
            figures.find(f"sample/{n}/agreed"), figures.find(f"sample/{n}/missing"),
            figures.find(f"sample/{n}/differ_at_most"),
        )
        for n, sample in enumerate(meeting.sampling.samples, 1)
    )  # fmt: skip


def agenda(meeting: Meeting) -> tuple[AgendaLine, ...]:
    """The agenda, as planned and as it went; what was still going on ended with the meeting."""
    closed_at_ms = meeting.closed_at_ms
    to_close = meeting.agenda.running if closed_at_ms is not None else None
    return tuple(
        AgendaLine(
            item.id, item.title, item.minutes, item.extended_minutes, item.starts_at,
            UNTIL_CLOSE if item.id == to_close else item.state.value,
            item.begun_at_ms, closed_at_ms if item.id == to_close else item.done_at_ms, item.skip_reason,
        )
        for item in meeting.agenda.in_order()
    )  # fmt: skip


def errata(meeting: Meeting) -> tuple[Note, ...]:
    """What was wrong; of ballots that came back after a show, in words of our own."""
    notes = []
    for at, question, typed, recovered in meeting.errata:
        text = typed
        if question is not None and recovered is not None:
            count = meeting.questions.questions[question].rounds[recovered - 1].after_show
            text = {each: sentence(each, "report.erratum_recovered", count=count) for each in available()}
        notes.append(Note(at, text, _question_title(meeting, question)))
    return tuple(notes)


def _question_title(meeting: Meeting, question: QuestionId | None) -> Text | None:
    found: Question | None = meeting.questions.questions.get(question) if question else None
    return found.title if found else None
