"""Questions made during the day: drafted, revised while planned, or made from themes or ideas in one act."""

from collections.abc import Mapping
from types import MappingProxyType

from app.core.capability import Given
from app.core.commands import DraftCommand, DraftQuestion, MakeQuestion, ReviseQuestion
from app.core.errors import Refusal
from app.core.events import AnyEvent, DraftEvent, OptionAdded, QuestionDrafted, QuestionRevised
from app.core.ideas import Ideas
from app.core.ids import OptionId, QuestionId, Text, is_made_id, is_planned_id
from app.core.planned import Kind, PlannedOption, QuestionRules, ScaleStep, Visibility
from app.core.questions import Option, Question, Questions, RoundState
from app.core.themes import Themes
from app.core.voting import SECONDS_MAX, options_least

OPTIONS_MAX = 1_000

YES_NO: tuple[tuple[str, Text], ...] = (
    ("yes", {"en": "Yes", "th": "เห็นด้วย"}),
    ("no", {"en": "No", "th": "ไม่เห็นด้วย"}),
    ("abstain", {"en": "Abstain", "th": "งดออกเสียง"}),
)


def decide(
    questions: Questions, command: DraftCommand, given: Given, *, ideas: Ideas, themes: Themes
) -> tuple[AnyEvent, ...]:
    """Decide a command that drafts or revises a question."""
    match command:
        case DraftQuestion():
            _check_new(questions, command.question, command.seconds)
            check_rules(command.rules, command.options, command.scale)
            drafted = QuestionDrafted(
                **given.act,
                question=command.question,
                rules=command.rules,
                item=command.item,
                seconds=command.seconds,
                scale=_values(command.scale),
                title=command.title,
                unit=command.unit,
                scale_texts=_texts(command.scale),
            )
            return (drafted, *_options(command.question, command.rules, command.options, given))
        case ReviseQuestion():
            return _revise(questions, command, given)
        case MakeQuestion():
            return _make(questions, command, given, ideas=ideas, themes=themes)


def _check_new(questions: Questions, question: QuestionId, seconds: int) -> None:
    if not is_made_id("q", question):
        raise Refusal("bad_id", field="question")
    if question in questions.questions:
        raise Refusal("question_exists", question=question)
    if not 0 <= seconds <= SECONDS_MAX:
        raise Refusal("seconds_out_of_range", limit=SECONDS_MAX)


def check_rules(
    rules: QuestionRules, options: tuple[PlannedOption, ...], scale: tuple[ScaleStep, ...]
) -> None:
    """Refuse rules that contradict themselves or their options."""
    if rules.kind is Kind.RATING and len(set(_values(scale))) < max(2, len(scale)):
        raise Refusal("bad_field", field="scale", reason="too_few_or_repeated")
    if rules.kind is Kind.NUMBER and rules.number_min >= rules.number_max:
        raise Refusal("bad_field", field="number_max", reason="not_above_least")
    if rules.anonymous and rules.visibility is Visibility.LIVE:
        raise Refusal("bad_field", field="visibility", reason="anonymous_cannot_be_live")
    if not rules.standings:
        raise Refusal("bad_field", field="standings", reason="empty")
    if rules.tie not in ("shared", "option_order"):
        raise Refusal("bad_field", field="tie", reason="unknown")
    if not 0 <= rules.more_time_ms <= 300_000:
        raise Refusal("bad_field", field="more_time_ms", reason="out_of_range")
    if rules.kind in (Kind.YES_NO, Kind.NUMBER):
        if options:
            raise Refusal("bad_field", field="options", reason="not_for_this_kind")
        return
    if len(options) > OPTIONS_MAX:
        raise Refusal("too_many_options", limit=OPTIONS_MAX)
    if len(options) < options_least(rules.kind):
        raise Refusal("too_few_options", least=options_least(rules.kind))
    seen: set[OptionId] = set()
    for option in options:
        if not (is_made_id("opt", option.id) or is_planned_id(option.id)):
            raise Refusal("bad_id", field="options")
        if option.id in seen:
            raise Refusal("option_exists", option=option.id)
        seen.add(option.id)
    if rules.kind is Kind.PICK_UP_TO and not 1 <= rules.choices_max <= len(options):
        raise Refusal("bad_field", field="choices_max", reason="out_of_range")


def _values(scale: tuple[ScaleStep, ...]) -> tuple[int, ...]:
    return tuple(step.value for step in scale)


def _texts(scale: tuple[ScaleStep, ...]) -> tuple[Text, ...] | None:
    return tuple(step.text for step in scale) or None


def _options(
    question: QuestionId,
    rules: QuestionRules,
    options: tuple[PlannedOption, ...],
    given: Given,
    earlier: Mapping[OptionId, Option] = MappingProxyType({}),
) -> tuple[AnyEvent, ...]:
    """The events that add the options; one that had a source before is still a copy of it."""
    if rules.kind is Kind.YES_NO:
        options = tuple(PlannedOption(OptionId(id_), text) for id_, text in YES_NO)
    added = []
    for o in options:
        source = earlier.get(o.id)
        added.append(
            OptionAdded(
                **given.act,
                question=question,
                option=o.id,
                exclusive=o.exclusive,
                census=o.census,
                theme=source.theme if source else None,
                idea=source.idea if source else None,
                revision=source.revision if source else None,
                text=o.text,
            )
        )
    return tuple(added)


def _revise(questions: Questions, command: ReviseQuestion, given: Given) -> tuple[AnyEvent, ...]:
    q = questions.question(command.question)
    if q.state is not RoundState.PLANNED or len(q.rounds) > 1:
        raise Refusal("question_not_planned", question=q.id)
    if command.seconds is not None and not 0 <= command.seconds <= SECONDS_MAX:
        raise Refusal("seconds_out_of_range", limit=SECONDS_MAX)
    rules = command.rules or q.rules
    replaced = command.options is not None
    if command.options is None:
        kept = (
            ()
            if rules.kind in (Kind.YES_NO, Kind.NUMBER)
            else tuple(PlannedOption(o.id, o.text or {}, o.exclusive, o.census) for o in q.options.values())
        )
        replaced = (rules.kind in (Kind.YES_NO, Kind.NUMBER)) and rules.kind is not q.rules.kind
    else:
        kept = command.options
    if command.scale is None:
        texts = q.scale_texts or ({},) * len(q.scale)
        scale = tuple(ScaleStep(v, t) for v, t in zip(q.scale, texts, strict=True))
    else:
        scale = command.scale
    check_rules(rules, kept, scale)
    revised = QuestionRevised(
        **given.act,
        question=q.id,
        rules=command.rules,
        seconds=command.seconds,
        scale=None if command.scale is None else _values(command.scale),
        options_replaced=replaced,
        title=command.title,
        scale_texts=None if command.scale is None else _texts(command.scale),
    )
    return (revised, *_options(q.id, rules, kept, given, q.options)) if replaced else (revised,)


def _make(
    questions: Questions, command: MakeQuestion, given: Given, *, ideas: Ideas, themes: Themes
) -> tuple[AnyEvent, ...]:
    _check_new(questions, command.question, command.seconds)
    copies: list[OptionAdded] = []
    for option, source in command.options.items():
        if source in themes.themes:
            theme = themes.living(source)
            copy = OptionAdded(
                **given.act, question=command.question, option=option, theme=theme.id, text=theme.title
            )
        else:
            idea = ideas.usable(source)
            copy = OptionAdded(
                **given.act,
                question=command.question,
                option=option,
                idea=idea.id,
                revision=len(idea.revisions),
                text={idea.language: idea.text or ""},
            )
        copies.append(copy)
    planned = tuple(PlannedOption(o.option, o.text or {}) for o in copies)
    if command.rules.kind in (Kind.YES_NO, Kind.NUMBER):
        raise Refusal("bad_field", field="kind", reason="takes_no_options")
    check_rules(command.rules, planned, command.scale)
    drafted = QuestionDrafted(
        **given.act,
        question=command.question,
        rules=command.rules,
        item=command.item,
        seconds=command.seconds,
        scale=_values(command.scale),
        title=command.title,
        scale_texts=_texts(command.scale),
    )
    return (drafted, *copies)


def apply(questions: Questions, offset: int, event: DraftEvent) -> tuple[str, ...]:
    """Fold one of this module's events; gives the topics touched."""
    match event:
        case QuestionDrafted():
            questions.questions[event.question] = Question(
                event.question,
                event.title,
                event.rules,
                {},
                event.scale,
                event.scale_texts,
                event.item,
                event.seconds,
                event.unit,
                drafted_offset=offset,
                scale_typed=True,
            )
        case QuestionRevised():
            q = questions.questions[event.question]
            q.title = event.title if event.title is not None else q.title
            q.rules = event.rules or q.rules
            q.seconds = event.seconds if event.seconds is not None else q.seconds
            if event.scale is not None:
                q.scale, q.scale_texts, q.scale_typed = event.scale, event.scale_texts, True
            if event.options_replaced:
                q.replaced += (o for o in q.options.values() if o.offset)
                q.options = {}
            q.sheet_cache = None
        case OptionAdded():
            q = questions.questions[event.question]
            q.options[event.option] = Option(
                event.option,
                event.text,
                event.exclusive,
                event.census,
                event.theme,
                event.idea,
                event.revision,
                offset,
                event.command,
            )
            q.sheet_cache = None
    return (f"question:{event.question}",)
