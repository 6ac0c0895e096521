"""At stake: the load test's judgement. If it lets a lost or doubled ballot pass, its numbers mean nothing."""

from typing import Any

from loadtest.expected import differences

FIGURES: dict[str, int | None] = {
    "question/streets/round/1/voted": 3,
    "question/streets/round/1/present": 4,
    "question/streets/round/1/channel/phone": 3,
    "question/streets/round/1/option/shade/count": 2,
    "question/streets/round/1/option/buses/count": 1,
    "question/streets/round/1/option/canals/count": 0,
    "question/parts/round/1/voted": 1,
    "question/parts/round/1/option/tables/raters": 1,
    "question/parts/round/1/option/tables/value/-1/count": 1,
    "ideas/count": 2,
    "ideas/filed": 1,
}


def said() -> list[dict[str, Any]]:
    """What two swarms and the theme team say at their end."""
    return [
        {
            "acknowledged": {
                "streets/round/1": {"voted": 2, "option/shade/count": 1, "option/buses/count": 1},
                "parts/round/1": {"voted": 1, "option/tables/value/-1/count": 1},
            },
            "ideas": 2,
        },
        {"acknowledged": {"streets/round/1": {"voted": 1, "option/shade/count": 1}}},
        {"filed": ["idea_1"]},
        {"done": "people", "share": 0.1, "errors": {}},
    ]


def test_what_was_acknowledged_once_and_stands_once_is_right() -> None:
    assert differences(said(), FIGURES) == []


def test_a_lost_ballot_is_found() -> None:
    figures = FIGURES | {
        "question/streets/round/1/voted": 2,
        "question/streets/round/1/option/shade/count": 1,
    }
    assert [line.partition(":")[0] for line in differences(said(), figures)] == [
        "question/streets/round/1/option/shade/count",
        "question/streets/round/1/voted",
    ]


def test_a_ballot_that_stands_for_another_option_is_found() -> None:
    figures = FIGURES | {
        "question/streets/round/1/option/shade/count": 1,
        "question/streets/round/1/option/canals/count": 1,
    }
    assert len(differences(said(), figures)) == 2


def test_ballots_that_nobody_cast_are_found() -> None:
    assert differences(said(), FIGURES | {"question/honest/round/1/voted": 1}) == [
        "question/honest/round/1/voted: nothing acknowledged, the report says 1"
    ]
    assert differences(said(), FIGURES | {"question/honest/round/1/voted": 0}) == []


def test_a_round_that_is_missing_in_the_report_is_found() -> None:
    figures = {id_: n for id_, n in FIGURES.items() if not id_.startswith("question/parts")}
    assert len(differences(said(), figures)) == 2


def test_lost_ideas_and_filings_are_found() -> None:
    assert len(differences(said(), FIGURES | {"ideas/count": 1, "ideas/filed": 2})) == 2
