"""At stake: whoever changed an outcome is told of in the report, with the reason and the second person.

In every format and in both languages; and never a participant, a seat or a public id.
"""

import csv
import io
import json
import re

import pytest

from app.core import commands as c
from app.core.by_hand import ByHand
from app.core.capability import Capability, Role
from app.core.ids import CapabilityId, KeypadId, QuestionId, Round, SeatId, TableId
from app.core.views.hall import again_entry
from app.report.model import Edition, Report
from app.report.outline import outline
from app.report.render_csv import tables
from app.report.render_html import report_html
from app.report.render_json import report_json
from tests.report.hall import Hall, both, plan, read

RIVER, GO = QuestionId("river"), QuestionId("go")
LEAD = Capability(CapabilityId("cap-lead"), Role.LEAD_FACILITATOR)
OTHER = Capability(CapabilityId("cap-other-organiser"), Role.ORGANISER)
VOID, AGAIN = both("Read out wrongly", "อ่านคำถามผิด"), both("Asked once more", "ถามใหม่อีกครั้ง")


def page(report: Report, language: str) -> str:
    """The words of the page."""
    return read(report_html(report, language))


def rows(report: Report, language: str, name: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(tables(report, language)[name].decode("utf-8-sig"))))[1:]


def voided(second: Capability | None) -> Hall:
    """One ballot in the first round, which is voided and run again; `second` confirms the void."""
    hall = Hall(plan(second_person=second is not None)).start()
    hall.open("river")
    hall.vote("river", "1-2", "c")
    hall.do(hall.organiser, c.VoidRound(RIVER, VOID))
    if second is not None:
        hall.do(second, c.ConfirmVoid(RIVER))
    hall.do(hall.organiser, c.RunAgain(RIVER, AGAIN))
    return hall


WHO = [
    (None, "By: Organiser.", "ผู้ดำเนินการ: ผู้จัดงาน"),
    (LEAD, "Asked for by: Organiser. Confirmed by: Lead facilitator.", "ผู้ขอ: ผู้จัดงาน ผู้ยืนยัน: วิทยากรหลัก"),
    (OTHER, "Asked for by: Organiser. Confirmed by: Organiser, another person.",
     "ผู้ขอ: ผู้จัดงาน ผู้ยืนยัน: ผู้จัดงานอีกคนหนึ่ง"),
]  # fmt: skip


@pytest.mark.parametrize(("second", "en", "th"), WHO)
@pytest.mark.parametrize("edition", Edition)
def test_who_asked_for_a_void_and_who_confirmed_it_is_told_by_role(
    second: Capability | None, en: str, th: str, edition: Edition
) -> None:
    report = outline(voided(second).meeting, edition)
    assert f"Round 1, 1 ballot. {en} Reason: Read out wrongly" in page(report, "en")
    assert f"รอบที่ 1 มีบัตร 1 ใบ {th} เหตุผล: อ่านคำถามผิด" in page(report, "th")
    everything = report_html(report, "en") + report_json(report, "en").decode() + str(tables(report, "en"))
    assert not re.findall(r"cap-[a-z0-9]+", everything)
    (told,) = json.loads(report_json(report, "en"))["voided"]
    roles = [second.role, Role.ORGANISER] if second else [Role.ORGANISER, None]
    assert [told["by"], told["asked_by"]] == roles


def test_a_round_run_again_is_told_with_its_reason_also_before_it_is_opened() -> None:
    hall = voided(None)
    for opens in (False, True):
        if opens:
            hall.open("river")
        report = outline(hall.meeting, Edition.PUBLIC)
        (again,) = report.again
        assert (again.number, again.after, again.was, again.voted) == (2, 1, "voided", 1)
        assert (
            "Questions run again Question river: Round 2, after round 1 (voided, 1 ballot). "
            "By: Organiser. Reason: Asked once more"
        ) in page(report, "en")
        assert (
            "คำถามที่ลงคะแนนใหม่ Question river (ไทย): รอบที่ 2 ต่อจากรอบที่ 1 (ยกเลิกผลแล้ว มีบัตร 1 ใบ) "
            "ผู้ดำเนินการ: ผู้จัดงาน เหตุผล: ถามใหม่อีกครั้ง"
        ) in page(report, "th")
        told = json.loads(report_json(report, "th"))["again"]
        assert [each["reason"] for each in told] == ["ถามใหม่อีกครั้ง"]


async def test_a_result_that_was_shown_and_asked_again_is_named_so() -> None:
    hall = Hall().start()
    await hall.ask("river", {"1-2": "a", "1-3": "b"})
    hall.do(hall.organiser, c.RunAgain(RIVER, AGAIN))
    report = outline(hall.meeting)
    assert "(shown, 2 ballots)." in page(report, "en")
    assert "(แสดงผลแล้ว มีบัตร 2 ใบ)" in page(report, "th")


async def test_of_a_result_that_two_people_replaced_both_are_told() -> None:
    hall = Hall(plan(second_person=True)).start()
    await hall.ask("river", {"1-2": "a"})
    hall.do(hall.organiser, c.RunAgain(RIVER, AGAIN))
    asked = outline(hall.meeting)
    assert asked.again == (), "until it is confirmed nothing is changed"
    hall.do(LEAD, c.ConfirmAgain(RIVER))
    report = outline(hall.meeting)
    assert (
        "Round 2, after round 1 (shown, 1 ballot). Asked for by: Organiser. Confirmed by: Lead facilitator. "
        "Reason: Asked once more"
    ) in page(report, "en")
    assert "ผู้ขอ: ผู้จัดงาน ผู้ยืนยัน: วิทยากรหลัก เหตุผล: ถามใหม่อีกครั้ง" in page(report, "th")
    assert [row[-2:] for row in rows(report, "en", "again.csv")] == [["Organiser", "Lead facilitator"]]
    (told,) = json.loads(report_json(report, "en"))["again"]
    assert (told["by"], told["asked_by"]) == (Role.LEAD_FACILITATOR, Role.ORGANISER)
    assert [each["asked_by"] for each in again_entry(hall.meeting)] == [Role.ORGANISER]


def test_without_the_reason_the_report_says_that_it_is_gone() -> None:
    """The control: the words that the tests above look for come from the record, and go with it."""
    hall = voided(LEAD)
    hall.do(hall.organiser, c.RedactText("reason", RIVER))
    report = outline(hall.meeting)
    assert [each.reason for each in report.again] == [None]
    for language, gone in (("en", "Reason: [text removed]"), ("th", "เหตุผล: [ลบข้อความแล้ว]")):
        assert page(report, language).count(gone) == 2
    for words in (*VOID.values(), *AGAIN.values()):
        assert words not in page(report, "en") + page(report, "th")
    assert outline(Hall().start().meeting).again == ()


def test_an_opening_taken_back_has_who_and_is_no_question_run_again() -> None:
    hall = Hall().start()
    hall.open("river")
    hall.do(LEAD, c.TakeBack(RIVER))
    report = outline(hall.meeting)
    assert "Round 1, 0 ballots. By: Lead facilitator. Opened by mistake" in page(report, "en")
    assert report.again == ()


def test_a_void_that_was_asked_for_and_then_came_by_itself_names_nobody() -> None:
    hall = Hall(plan(second_person=True)).start()
    hall.open("secret")
    hall.do(hall.organiser, c.VoidRound(QuestionId("secret"), VOID))
    hall.do(hall.server, c.LoseKey(QuestionId("secret"), Round(1)))
    report = outline(hall.meeting)
    assert [(each.by, each.asked_by) for each in report.voided] == [(Role.SERVER, None)]
    assert "Round 1, 0 ballots. The key of the anonymous vote was lost." in page(report, "en")


def test_a_spreadsheet_has_the_same_acts() -> None:
    report = outline(voided(LEAD).meeting)
    assert [row[2:] for row in rows(report, "en", "voided.csv")] == [
        ["1", "1", "Read out wrongly", "Organiser", "Lead facilitator"]
    ]
    assert [row[2:] for row in rows(report, "th", "again.csv")] == [
        ["2", "1", "ยกเลิกผลแล้ว", "1", "ถามใหม่อีกครั้ง", "", "ผู้จัดงาน"]
    ]


@pytest.mark.parametrize(("reason", "en", "th"), [
    (both("Mended", "ซ่อมแล้ว"), "Mended", "ซ่อมแล้ว"),
    (None, "No reason stands in the record.", "ไม่มีเหตุผลในบันทึก"),
])  # fmt: skip
def test_a_restore_has_its_reason_or_says_that_there_is_none(
    reason: dict[str, str] | None, en: str, th: str
) -> None:
    hall = Hall().start()
    hall.do(hall.server, c.RestoreLog("epoch-2", "epoch-1", reason))
    report = outline(hall.meeting)
    for language, said in (("en", en), ("th", th)):
        assert f": {said} " in page(report, language)


# --- seats -----------------------------------------------------------------------------------


def changed_by_hand(hall: Hall, added: str, keypad: str) -> None:
    """Each act that counts, once: added, moved, marked present, marked left, another keypad."""
    manager = hall.manager
    hall.do(manager, c.AddSeat(SeatId(added), TableId("1")))
    hall.do(manager, c.MoveSeat(SeatId(added), TableId("2")))
    hall.do(manager, c.MarkPresent(SeatId(added)))
    hall.do(manager, c.MarkLeft(SeatId(added)))
    hall.do(manager, c.BindKeypad(SeatId("3-1"), KeypadId(keypad), c.Channel.HANDSET))


def test_what_is_done_to_seats_while_a_vote_is_open_is_counted_and_names_no_seat() -> None:
    hall = Hall().start()
    late, later = hall.id("seat"), hall.id("seat")
    hall.open("go")
    changed_by_hand(hall, late, "handset-1")
    report = outline(hall.meeting, Edition.PUBLIC)
    (changed,) = report.seats_changed
    assert [(each.act, each.times) for each in changed.acts] == [(act, 1) for act in ByHand]
    assert (
        "Question go: Round 1. 1 seat was added. 1 seat was moved to another table. "
        "1 seat was marked as present. 1 seat was marked as left. "
        "The keypad of a seat was changed or released 1 time."
    ) in page(report, "en")
    assert (
        "รอบที่ 1 เพิ่ม 1 ที่นั่ง ย้ายไปโต๊ะอื่น 1 ที่นั่ง ระบุว่ามีคนนั่งแล้ว 1 ที่นั่ง "
        "ระบุว่าผู้เข้าร่วมออกไปแล้ว 1 ที่นั่ง เปลี่ยนหรือปลดแป้นลงคะแนน 1 ครั้ง"
    ) in page(report, "th")
    assert [row[2:] for row in rows(report, "en", "seats_changed.csv")] == [["1", *"11111"]]
    for written in (report_html(report, "en"), report_json(report, "en").decode(), str(tables(report, "en"))):
        assert late not in written
        assert "handset-1" not in written
    hall.close("go")
    changed_by_hand(hall, later, "handset-2")
    assert outline(hall.meeting, Edition.PUBLIC).seats_changed == report.seats_changed


def test_nothing_is_counted_that_changes_nothing_or_that_people_do_themselves() -> None:
    hall = Hall().start("3-4")
    hall.open("go")
    hall.do(hall.participant("3-4"), c.JoinSeat(SeatId("3-4")))
    hall.do(hall.manager, c.MarkPresent(SeatId("3-4")))
    hall.do(hall.manager, c.MoveSeat(SeatId("3-4"), TableId("3")))
    hall.do(hall.manager, c.CountHeads(TableId("3"), 4))
    hall.do(hall.manager, c.MarkLeft(SeatId("1-1")))  # an official, who does not vote on it
    assert outline(hall.meeting).seats_changed == ()
    hall.do(hall.manager, c.MarkLeft(SeatId("1-2")))
    assert [len(each.acts) for each in outline(hall.meeting).seats_changed] == [1], "control"


def test_of_a_void_round_seats_are_not_told() -> None:
    hall = Hall().start()
    hall.open("go")
    hall.do(hall.manager, c.MarkLeft(SeatId("1-2")))
    assert outline(hall.meeting).seats_changed
    hall.do(hall.organiser, c.VoidRound(GO, VOID))
    assert outline(hall.meeting).seats_changed == ()
