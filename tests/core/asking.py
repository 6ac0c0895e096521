"""Commands as people send them: mostly about what is there, sometimes about what is not.

`ASK` has one function a command; each draws its arguments with a `Pick` (`pick.py`).
"""

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

from app.core import commands as c
from app.core.commands import Channel, HelpKind, IdeaKind, SceneKind
from app.core.ids import CapabilityId, IdeaId, KeypadId, MeetingId, Round, TableId, ThemeId
from app.core.planned import Kind, PlannedOption, QuestionRules, Standing, Visibility
from tests import builders as b
from tests.core.naive_model import World, epoch_of
from tests.core.naive_sample import hands_of
from tests.core.naive_themes import themes
from tests.core.pick import Pick

# --- what there is -------------------------------------------------------------------------


def seat(p: Pick, w: World) -> Any:
    return p.known(w.seats, "9-9")


def table(p: Pick, w: World) -> Any:
    return p.known(w.tables, "99")


def item(p: Pick, w: World) -> Any:
    return p.known(w.items, "nothing")


def topic(p: Pick, w: World) -> Any:
    return p.known([i for i, it in w.items.items() if it["ideas"]], "lunch")


def idea(p: Pick, w: World) -> Any:
    return p.known(w.ideas, b.made("idea", 0))


def usable_idea(p: Pick, w: World) -> Any:
    usable = [i for i, x in w.ideas.items() if not x["withdrawn"] and not x["redacted"]]
    return idea(p, w) if p.unlikely() else p.known(usable, b.made("idea", 0))


def theme(p: Pick, w: World) -> Any:
    living = [t for t, told in themes(w).items() if told["into"] is None]
    return p.known(w.themes_made if p.unlikely() else living, b.made("theme", 0))


def question(p: Pick, w: World, *states: str) -> Any:
    wanted = [i for i, q in w.questions.items() if q["rounds"][-1]["state"] in states]
    return p.known(w.questions if p.unlikely() or not wanted else wanted, "nothing")


def last_round(p: Pick, w: World, id_: str) -> Round:
    number = len(w.questions[id_]["rounds"]) if id_ in w.questions else 1
    return Round(number + p.of([1, -1]) if p.unlikely() else number)


def words(p: Pick, said: str) -> Any:
    """A wording; rarely blank, too long, or in a language that nobody speaks here."""
    if not p.unlikely(12):
        return {"en": said, "th": f"ไทย {said}"}
    odd = [{"en": f"  {said} "}, {"th": said, "en": " "}, {}, {"en": " "}, {"fr": said}, {"en": "x" * 501}]
    return p.of(odd)


def line(p: Pick, said: str) -> str:
    return p.of([f" {said}  too ", "", "   ", "y" * 501]) if p.unlikely(10) else said


def revision(p: Pick, w: World, id_: str) -> int:
    last = len(w.ideas[id_]["texts"]) if id_ in w.ideas else 1
    return last + p.of([1, -1]) if p.unlikely() else last


def seconds(p: Pick) -> int:
    return p.of([30, 0, 5, -1, 3 * 3600 + 1]) if p.unlikely(40) else 30


def choices(p: Pick, w: World, id_: str) -> Any:
    """What somebody says in a question; now and then nonsense."""
    if id_ not in w.questions or p.unlikely():
        return p.of([("a",), (), ("a", "b", "c"), ("nobody",), {}, {"a": 1}, {"z": 1}, {"a": 7}, 3, -1, 11])
    q = w.questions[id_]
    options = [o["id"] for o in q["options"]]
    match q["rules"].kind:
        case Kind.NUMBER:
            return p.number(q["rules"].number_min, q["rules"].number_max)
        case Kind.RATING:
            named = p.some(options, 2) or options[:1]
            return {o: p.of(list(q["scale"])) for o in named}
        case Kind.PICK_UP_TO | Kind.APPROVE:
            return tuple(p.some(options, 3))
        case _:
            return (p.of(options),)


def rules(p: Pick) -> QuestionRules:
    if p.unlikely():
        return p.of(
            [
                QuestionRules(Kind.PICK_UP_TO, choices_max=0),
                QuestionRules(Kind.PICK_ONE, standings=()),
                QuestionRules(Kind.PICK_ONE, tie="dice"),
                QuestionRules(Kind.PICK_ONE, anonymous=True, visibility=Visibility.LIVE),
                QuestionRules(Kind.NUMBER, number_min=5, number_max=5),
                QuestionRules(Kind.PICK_ONE, more_time_ms=-1),
            ]
        )
    kind = p.of(list(Kind))
    visibility = Visibility.LIVE if p.unlikely(20) else Visibility.AFTER_SHOW
    return QuestionRules(
        kind,
        choices_max=2,
        standings=(Standing.CITIZEN, Standing.PARTY),
        first_only=p.unlikely(15),
        anonymous=visibility is not Visibility.LIVE and p.unlikely(20),
        visibility=visibility,
    )


def drafted_options(p: Pick, kind: Kind) -> tuple[PlannedOption, ...]:
    if (kind in (Kind.YES_NO, Kind.NUMBER)) != p.unlikely(4):
        return ()
    ids = [p.new("opt") for _ in range(p.number(2, 3))]
    return tuple(PlannedOption(id_, words(p, "option"), p.unlikely(15)) for id_ in ids)


def scale(p: Pick, kind: Kind) -> Any:
    return b.steps(*p.of([(1, 0, -1), (2, 1), (1,), (1, 1)])) if kind is Kind.RATING else ()


# --- one function a command ------------------------------------------------------------------

ASK: dict[str, Callable[[Pick, World], c.AnyCommand]] = {}


def ask(function: Callable[[Pick, World], Any]) -> Callable[[Pick, World], Any]:
    """Take a function as the way to ask for the command of its name."""
    ASK[function.__name__] = function
    return function


ASK["start_meeting"] = lambda _p, _w: c.StartMeeting()
ASK["close_meeting"] = lambda _p, _w: c.CloseMeeting()
ASK["archive_meeting"] = lambda _p, _w: c.ArchiveMeeting()
ASK["stop_timer"] = lambda _p, _w: c.StopTimer()
ASK["release_keypad"] = lambda p, w: c.ReleaseKeypad(seat(p, w))
ASK["join_seat"] = lambda p, w: c.JoinSeat(seat(p, w))
ASK["mark_present"] = lambda p, w: c.MarkPresent(seat(p, w))
ASK["mark_left"] = lambda p, w: c.MarkLeft(seat(p, w))
ASK["move_seat"] = lambda p, w: c.MoveSeat(seat(p, w), table(p, w))
ASK["count_heads"] = lambda p, w: c.CountHeads(table(p, w), p.of([9, 0, 50, -1, 51]))
ASK["begin_item"] = lambda p, w: c.BeginItem(item(p, w))
ASK["extend_item"] = lambda p, w: c.ExtendItem(item(p, w), p.of([10, -10, 0, -100, 1500]))
ASK["skip_item"] = lambda p, w: c.SkipItem(item(p, w), words(p, "no time"))
ASK["move_item"] = lambda p, w: c.MoveItem(item(p, w), p.of([None, item(p, w)]))
ASK["extend_voting"] = lambda p, w: c.ExtendVoting(question(p, w, "open"), seconds(p))
ASK["close_voting"] = lambda p, w: c.CloseVoting(question(p, w, "open"))
ASK["show_results"] = lambda p, w: c.ShowResults(question(p, w, "closed"))
ASK["take_back"] = lambda p, w: c.TakeBack(question(p, w, "open"))
ASK["run_again"] = lambda p, w: c.RunAgain(question(p, w, "closed", "shown", "voided"), words(p, "again"))
ASK["withdraw_idea"] = lambda p, w: c.WithdrawIdea(idea(p, w))
ASK["rename_theme"] = lambda p, w: c.RenameTheme(theme(p, w), words(p, "better title"))
ASK["create_theme"] = lambda p, w: c.CreateTheme(p.new("theme"), topic(p, w), words(p, "title"))
ASK["start_timer"] = lambda p, _w: c.StartTimer(seconds(p), p.of([None, words(p, "break")]))


@ask
def open_voting(p: Pick, w: World) -> c.OpenVoting:
    return c.OpenVoting(question(p, w, "planned"), seconds(p), p.of([("en", "th"), ()]))


@ask
def void_round(p: Pick, w: World) -> c.VoidRound:
    return c.VoidRound(question(p, w, "open", "closed", "shown"), words(p, "a wrong word"))


@ask
def read_ideas(p: Pick, w: World) -> c.ReadIdeas:
    return c.ReadIdeas(
        tuple(IdeaId(i) for i in p.some([*w.ideas, *([b.made("idea", 0)] if p.unlikely() else [])], 3))
    )


def some_tables(p: Pick, w: World) -> tuple[TableId, ...]:
    return tuple(TableId(t) for t in p.some([*w.tables, *(["99"] if p.unlikely() else [])], 2))


@ask
def assign_tables(p: Pick, w: World) -> c.AssignTables:
    return c.AssignTables(CapabilityId("" if p.unlikely() else p.of(["ann", "ben"])), some_tables(p, w))


@ask
def prepare_meeting(p: Pick, w: World) -> c.PrepareMeeting:
    plan = b.small_plan(second_person=p.unlikely(50))
    if w.phase == "prepared" and not p.unlikely():
        left = tuple(seat for seat in plan.seats if seat.table != "3")
        plan = replace(plan, tables=plan.tables[:-1], seats=left, agenda=plan.agenda[1:])
        plan = replace(plan, questions=plan.questions[1:], screens=plan.screens[:1])
    return c.PrepareMeeting(MeetingId("other" if p.unlikely(50) else "day"), plan)


@ask
def record_erratum(p: Pick, w: World) -> c.RecordErratum:
    return c.RecordErratum(words(p, "a wrong word"), p.of([None, question(p, w, "shown")]))


@ask
def record_response(p: Pick, w: World) -> c.RecordResponse:
    return c.RecordResponse(words(p, "we will"), p.of([None, theme(p, w)]))


@ask
def redact_text(p: Pick, w: World) -> c.RedactText:
    made = [o["id"] for q in w.questions.values() for o in q["options"] if "made" in o]
    things: dict[str, Collection[str]] = {
        "idea": w.ideas,
        "theme": w.themes_made,
        "option": made,
        "message": w.messages,
    }
    for of, of_id, _ in w.typed:
        things[of] = [*things.get(of, ()), of_id]
    there = [of for of, known in things.items() if known]
    of = "seat" if p.unlikely(5) or not there else p.of(there)
    return c.RedactText(of, p.known(things.get(of, ()), "nothing"))


@ask
def bind_keypad(p: Pick, w: World) -> c.BindKeypad:
    about = seat(p, w)
    laptop = f"laptop{w.seats[about]['table']}:{about}" if about in w.seats else "laptop"
    keypad, channel = p.of(
        [
            (laptop, Channel.LAPTOP),
            (f"handset{about}", Channel.HANDSET),
            (f"paper:{about}", Channel.PAPER),
            (f"phone{about}", Channel.PHONE),
        ]
    )
    if p.unlikely():
        keypad = p.of(["", "k" * 121, *w.keypads])
    return c.BindKeypad(about, KeypadId(keypad), channel)


@ask
def confirm_takeover(p: Pick, w: World) -> c.ConfirmTakeover:
    asked = [s for s, x in w.seats.items() if x["asked"]]
    return c.ConfirmTakeover(seat(p, w) if p.unlikely() else p.known(asked, "1-1"))


@ask
def add_seat(p: Pick, w: World) -> c.AddSeat:
    standing = p.of(list(Standing))
    sector = p.of(["business", "rumour"]) if standing is Standing.PARTY or p.unlikely() else None
    return c.AddSeat(p.new("seat"), table(p, w), standing, sector, p.of([None, "th", "en"]))


@ask
def finish_item(p: Pick, w: World) -> c.FinishItem:
    return c.FinishItem(item(p, w) if p.unlikely(30) or not w.running else w.running)  # type: ignore[arg-type]


@ask
def add_item(p: Pick, w: World) -> c.AddItem:
    minutes = p.of([0, 1441]) if p.unlikely() else 20
    return c.AddItem(p.new("item"), words(p, "more"), minutes, p.of([True, False]), p.of([None, item(p, w)]))


@ask
def draft_question(p: Pick, w: World) -> c.DraftQuestion:
    r = rules(p)
    about = p.of([None, item(p, w)])
    return c.DraftQuestion(
        p.new("q"), words(p, "drafted"), r, drafted_options(p, r.kind), scale(p, r.kind), about, seconds(p)
    )


@ask
def revise_question(p: Pick, w: World) -> c.ReviseQuestion:
    r = p.of([None, rules(p)])
    about = question(p, w, "planned")
    kind = r.kind if r else w.questions[about]["rules"].kind if about in w.questions else Kind.NUMBER
    return c.ReviseQuestion(
        about,
        p.of([None, words(p, "revised")]),
        r,
        p.of([None, drafted_options(p, kind)]),
        p.of([None, scale(p, kind)]),
        p.of([None, seconds(p)]),
    )


@ask
def make_question(p: Pick, w: World) -> c.MakeQuestion:
    r = rules(p)
    made: dict[Any, str] = {}
    for _ in range(p.number(1, 3)):
        made[p.new("opt")] = theme(p, w) if p.of([True, False]) else usable_idea(p, w)
    return c.MakeQuestion(p.new("q"), words(p, "made"), r, made, scale(p, r.kind), p.of([None, item(p, w)]))


def _server(kind: Any) -> Callable[[Pick, World], Any]:
    def ask_for(p: Pick, w: World) -> Any:
        id_ = question(p, w, "open")
        return kind(id_, last_round(p, w, id_))

    return ask_for


ASK["finish_voting"] = _server(c.FinishVoting)
ASK["give_more_time"] = _server(c.GiveMoreTime)
ASK["lose_key"] = _server(c.LoseKey)


@ask
def restore_log(p: Pick, w: World) -> c.RestoreLog:
    w.ever.epochs += 1
    return c.RestoreLog(epoch_of(w), w.epoch, p.of([None, words(p, "the disk is gone")]))


@ask
def recover_ballot(p: Pick, w: World) -> c.RecoverBallot:
    """The blob is the id of the ballot: what it says, `Pair.given` finds out."""
    here = {x["command"] for x in w.ballots} | {command for *_, command in w.unplaced}
    lost = [command for command in w.ever.kept if command not in here]
    blob = p.known(w.ever.kept if p.unlikely() or not lost else lost, "nobody's")
    about = w.ever.kept[blob].voter if blob in w.ever.kept else seat(p, w)
    return c.RecoverBallot(blob, seat(p, w) if p.unlikely() else p.of([about, about, about, None]))


@ask
def confirm_again(p: Pick, w: World) -> c.ConfirmAgain:
    asked = [i for i, q in w.questions.items() if "again_asked_by" in q["rounds"][-1]]
    return c.ConfirmAgain(p.known(asked, question(p, w, "closed", "shown", "voided")))


@ask
def confirm_void(p: Pick, w: World) -> c.ConfirmVoid:
    asked = [i for i, q in w.questions.items() if "asked_by" in q["rounds"][-1]]
    return c.ConfirmVoid(p.known(asked, question(p, w, "open", "closed", "shown")))


def voting(p: Pick, w: World, *channels: Channel) -> tuple[Any, Round, Any]:
    """A question that is open, its round, a seat that may vote in it with a keypad of these channels."""
    id_ = question(p, w, "closed", "planned") if p.unlikely() else question(p, w, "open")
    standings = w.questions[id_]["rules"].standings if id_ in w.questions else ()
    may = [s for s, x in w.seats.items() if x["standing"] in standings and not x["left"]]
    ready = [s for s in may if w.seats[s]["channel"] in channels] or may
    return id_, last_round(p, w, id_), seat(p, w) if p.unlikely() or not ready else p.of(ready)


@ask
def cast_ballot(p: Pick, w: World) -> c.CastBallot:
    id_, number, about = voting(p, w, Channel.PHONE, Channel.LAPTOP)
    return c.CastBallot(id_, number, about, choices(p, w, id_))


@ask
def cast_paper_ballot(p: Pick, w: World) -> c.CastPaperBallot:
    id_, number, about = voting(p, w)
    return c.CastPaperBallot(id_, number, about, choices(p, w, id_))


@ask
def withdraw_ballot(p: Pick, w: World) -> c.WithdrawBallot:
    id_, number, about = voting(p, w)
    said = [x["seat"] for x in w.ballots if x["question"] == id_ and x["what"] == "cast"]
    return c.WithdrawBallot(id_, number, about if p.unlikely() or not said else p.of(said))


@ask
def press_key(p: Pick, w: World) -> c.PressKey:
    handsets = [x["keypad"] for x in w.seats.values() if x["channel"] is Channel.HANDSET]
    keypad = p.known([*w.keypads, "handset9"] if p.unlikely() or not handsets else handsets, "handset8")
    key = p.of(["9", "x", "12", ""]) if p.unlikely() else p.of(list("1230"))
    return c.PressKey(keypad, key, w.sequences.get(keypad, 0) + p.of([1, 1, 1, 3, 0]))


@ask
def ask_more_time(p: Pick, w: World) -> c.AskMoreTime:
    id_, _, about = voting(p, w, Channel.PHONE, Channel.LAPTOP)
    return c.AskMoreTime(id_, about)


@ask
def draw_sample(p: Pick, _w: World) -> c.DrawSample:
    dice = tuple(p.number(1, 6) for _ in range(p.of([9, 61]) if p.unlikely() else 10))
    return c.DrawSample((7, *dice) if p.unlikely() else dice, p.of([4, 201, 40]) if p.unlikely() else 5)


@ask
def enter_hands(p: Pick, w: World) -> c.EnterHands:
    """Mostly the hands of a pair that waits, as people voted; now and then other ones, or of another."""
    drawn = [each for sample in w.samples for each in sample["pairs"]]
    waiting = [each for each in drawn if w.samples[-1]["pairs"][each]["said"] == "waiting"] if drawn else []
    pool = waiting if waiting and not p.unlikely(20) else drawn
    id_, number, about = (
        p.of(pool) if pool and not p.unlikely() else (question(p, w, "shown"), 1, table(p, w))
    )
    options = [o["id"] for o in w.questions[id_]["options"]] if id_ in w.questions else ["a"]
    hands: dict[Any, int] = {option: p.number(0, 2) for option in options}
    if pool and not p.unlikely(40) and (id_, number, about) in w.samples[-1]["pairs"]:
        seats = w.samples[-1]["pairs"][id_, number, about]["seats"]
        hands = dict.fromkeys(options, 0) | hands_of(w, id_, number, seats)
    if p.unlikely():
        hands = p.of([{"nobody": 1}, dict.fromkeys(options, 51), dict.fromkeys(options, -1), {}])
    missing = p.unlikely(15)
    return c.EnterHands(
        id_, Round(number), TableId(about), {} if missing and not p.unlikely() else hands, missing
    )


@ask
def write_idea(p: Pick, w: World) -> c.WriteIdea:
    id_, language = p.new("idea"), "fr" if p.unlikely(3) else p.of(["en", "th"])
    kind = p.of([*IdeaKind, IdeaKind.QUESTION]) if p.unlikely(50) else IdeaKind.AGREEMENT
    return c.WriteIdea(id_, table(p, w), topic(p, w), kind, line(p, f"words of {id_}"), language)


@ask
def revise_idea(p: Pick, w: World) -> c.ReviseIdea:
    id_ = idea(p, w)
    return c.ReviseIdea(id_, revision(p, w, id_), line(p, f"words of {id_} again"), p.of(list(IdeaKind)))


@ask
def move_idea(p: Pick, w: World) -> c.MoveIdea:
    id_ = idea(p, w)
    beside = w.charts.get(w.ideas[id_]["table"], []) if id_ in w.ideas else []
    return c.MoveIdea(id_, p.of([None, idea(p, w) if p.unlikely() else p.known(beside, id_)]))


@ask
def answer_idea(p: Pick, w: World) -> c.AnswerIdea:
    asked = [i for i, x in w.ideas.items() if x["texts"][-1][1] is IdeaKind.QUESTION]
    id_ = p.known(asked, idea(p, w))
    return c.AnswerIdea(id_, line(p, f"words of {id_} answered"), p.of(["th", "en"]))


@ask
def merge_themes(p: Pick, w: World) -> c.MergeThemes:
    told = themes(w)
    first = theme(p, w)
    item_of = {t: x["item"] for t, x in told.items() if x["into"] is None and t != first}
    beside = [t for t in item_of if first in told and item_of[t] == told[first]["item"]]
    parents = p.some(w.themes_made, 2) if p.unlikely() or not beside else [p.of(beside)]
    return c.MergeThemes(p.new("theme"), (first, *map(ThemeId, parents)), words(p, "union"))


@ask
def file_idea(p: Pick, w: World) -> c.FileIdea:
    id_ = usable_idea(p, w)
    return c.FileIdea(id_, revision(p, w, id_), theme(p, w))


@ask
def quote_idea(p: Pick, w: World) -> c.QuoteIdea:
    id_ = usable_idea(p, w)
    return c.QuoteIdea(theme(p, w), id_, revision(p, w, id_))


def _on_shelf(p: Pick, w: World, shelf: str) -> tuple[Any, Any]:
    there = [(t, i) for t, x in themes(w).items() for i in x[shelf]]
    return (theme(p, w), idea(p, w)) if p.unlikely() or not there else p.of(there)


@ask
def unfile_idea(p: Pick, w: World) -> c.UnfileIdea:
    under, id_ = _on_shelf(p, w, "ideas")
    return c.UnfileIdea(id_, under)


@ask
def unquote_idea(p: Pick, w: World) -> c.UnquoteIdea:
    return c.UnquoteIdea(*_on_shelf(p, w, "quotes"))


def _themes_of(p: Pick, w: World) -> tuple[Any, tuple[Any, ...]]:
    told = themes(w)
    about = p.known(sorted({x["item"] for x in told.values()}), item(p, w)) if told else item(p, w)
    living = sorted(t for t, x in told.items() if x["into"] is None and x["item"] == about)
    named = p.some(living, 3)
    return about, tuple(named) if p.unlikely() else tuple(dict.fromkeys(named))


@ask
def order_themes(p: Pick, w: World) -> c.OrderThemes:
    return c.OrderThemes(*_themes_of(p, w))


@ask
def publish_themes(p: Pick, w: World) -> c.PublishThemes:
    return c.PublishThemes(*_themes_of(p, w))


@ask
def undo_act(p: Pick, w: World) -> c.UndoAct:
    return c.UndoAct(p.known([a["id"] for a in w.acts], b.made("cmd", 0)) if p.unlikely(40) else None)


@ask
def take_scene(p: Pick, w: World) -> c.TakeScene:
    kind = p.of(list(SceneKind))
    about = p.known([i for i, q in w.questions.items() if len(q["rounds"][0]) > 1], question(p, w, "shown"))
    languages = ("fr",) if p.unlikely(3) else ("th",)
    scene = c.Scene(kind, p.of([about, None]), p.of([None, about]), p.of([None, item(p, w)]), languages)
    return c.TakeScene(p.known(w.screens, "cinema"), scene, p.of([None, words(p, "hello")]))


@ask
def send_message(p: Pick, w: World) -> c.SendMessage:
    return c.SendMessage(p.new("msg"), words(p, "come back"), some_tables(p, w))


@ask
def call_help(p: Pick, w: World) -> c.CallHelp:
    return c.CallHelp(p.new("call"), table(p, w), p.of(list(HelpKind)), line(p, "quickly"))


@ask
def answer_help(p: Pick, w: World) -> c.AnswerHelp:
    return c.AnswerHelp(p.known(w.calls, b.made("call", 0)))


@ask
def close_help(p: Pick, w: World) -> c.CloseHelp:
    return c.CloseHelp(p.known(w.calls, b.made("call", 0)))
