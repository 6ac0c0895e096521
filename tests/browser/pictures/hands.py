"""A sample audit of the pictures' day: the hands are those of the record, but at one table."""

import tempfile
from pathlib import Path

from app.verify import Chain, Export, Verdict, count_cells, fold
from tests.browser.pictures.day import Day

DICE = (3, 1, 6, 2, 5, 4, 1, 6, 2, 3)
PAIRS = 30


def sample_audit(day: Day) -> None:
    """Draw and count; one table raised one hand more than it voted."""
    day.do("draw_sample", dice=list(DICE), pairs=PAIRS)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "audit.zip"
        path.write_bytes(day.fetch("export/audit.zip?pdf=false"))
        export, verdict = Export(path), Verdict(export="audit")
        recount = fold(export, Chain(export, verdict), verdict, lambda _done, _all: None)[0]
    for number, ((question, round_, table), pair) in enumerate(recount.samples[-1].pairs.items()):
        ballots = recount.questions[question].rounds[round_].ballots
        hands = count_cells(ballots[seat][0] for seat in pair.seats if seat in ballots)
        if number == 0:
            option = next(iter(recount.questions[question].options))
            hands[option] = hands.get(option, 0) + 1
        day.do("enter_hands", question=question, round=round_, table=table, hands=hands)
