"""The questions of a plan, and what the schema cannot say about them."""

from dataclasses import dataclass

from app.core.ids import ItemId, OptionId, QuestionId, Text
from app.core.planned import (
    Kind,
    PlannedOption,
    PlannedQuestion,
    Purpose,
    QuestionRules,
    ScaleStep,
    Standing,
    Visibility,
)
from app.i18n import sentence
from app.plan.view import PARAGRAPH_MAX, Ids, View

FOR_KINDS: dict[str, tuple[Kind, ...]] = {
    "options": (Kind.PICK_ONE, Kind.PICK_UP_TO, Kind.APPROVE, Kind.RATING, Kind.DEMOGRAPHIC),
    "scale": (Kind.RATING,),
    "choices_max": (Kind.PICK_UP_TO,),
    "number_min": (Kind.NUMBER,),
    "number_max": (Kind.NUMBER,),
    "unit": (Kind.NUMBER,),
}
"""Fields of a question that only some kinds have."""

FOR_KINDS_OF_OPTION: dict[str, tuple[Kind, ...]] = {
    "exclusive": (Kind.PICK_UP_TO, Kind.APPROVE),
    "census": (Kind.DEMOGRAPHIC,),
}

YES_NO_IDS = ("yes", "no", "abstain")


@dataclass(slots=True)
class QuestionReader:
    """Reads questions one by one; ids of items and questions are known across them."""

    items: frozenset[str]
    has_census: bool
    ids: Ids

    def read(self, view: View) -> PlannedQuestion:
        named = view.at("kind").word()
        kind = Kind(named) if named in set(Kind) else None
        purpose = view.at("purpose").one_of(
            Purpose, Purpose.DEMOGRAPHIC if kind is Kind.DEMOGRAPHIC else Purpose.TOPIC
        )
        rules = _rules(view, kind or Kind.PICK_ONE, purpose)
        options = yes_no_options(view.languages) if kind is Kind.YES_NO else self._options(view, kind)
        if kind is not None:
            if (kind is Kind.DEMOGRAPHIC) != (purpose is Purpose.DEMOGRAPHIC):
                view.at("purpose").report("purpose_not_for_kind")
            _check_fields(view, kind, FOR_KINDS)
            _check_choices(view, rules, len(options))
        item = view.at("item").name()
        if item and item not in self.items:
            view.at("item").report("unknown_item", value=item)
        return PlannedQuestion(
            id=QuestionId(self.ids.take(view)),
            title=view.at("title").text(PARAGRAPH_MAX),
            rules=rules,
            options=options,
            scale=_scale(view, kind),
            item=ItemId(item) if item else None,
            seconds=view.at("seconds").integer(30),
            unit=view.at("unit").maybe_text(),
        )

    def _options(self, view: View, kind: Kind | None) -> tuple[PlannedOption, ...]:
        ids = Ids()
        options: list[PlannedOption] = []
        views = list(view.at("options").each())
        for number, option in enumerate(views, start=1):
            if kind is not None:
                _check_fields(option, kind, FOR_KINDS_OF_OPTION)
            census = option.at("census").integer(-1)
            options.append(
                PlannedOption(
                    OptionId(ids.take(option, str(number))),
                    option.at("text").text(),
                    option.at("exclusive").flag(),
                    census if census >= 0 else None,
                )
            )
        if kind is Kind.DEMOGRAPHIC:
            self._check_census(view.at("options"), options)
        return tuple(options)

    def _check_census(self, view: View, options: list[PlannedOption]) -> None:
        counts = [option.census for option in options if option.census is not None]
        if not counts:
            return
        if not sum(counts):
            view.report("census_empty")
        if not self.has_census:
            view.report("census_without_source")


def yes_no_options(languages: tuple[str, ...]) -> tuple[PlannedOption, ...]:
    """Yes, no and abstain, in the words of the catalogues."""

    def words(name: str) -> Text:
        return {language: sentence(language, f"option.{name}") for language in languages}

    return tuple(PlannedOption(OptionId(name), words(name)) for name in YES_NO_IDS)


def _rules(view: View, kind: Kind, purpose: Purpose) -> QuestionRules:
    known = QuestionRules(kind)
    named = [standing.one_of(Standing, Standing.CITIZEN) for standing in view.at("standings").each()]
    return QuestionRules(
        kind=kind,
        purpose=purpose,
        choices_max=view.at("choices_max").integer(known.choices_max),
        number_min=view.at("number_min").integer(known.number_min),
        number_max=view.at("number_max").integer(known.number_max),
        standings=tuple(standing for standing in Standing if standing in named) or known.standings,
        visibility=view.at("visibility").one_of(Visibility, known.visibility),
        first_only=view.at("first_only").flag(),
        anonymous=view.at("anonymous").flag(),
        publish_choices=view.at("publish_choices").flag(),
        tie=view.at("tie").word() or known.tie,
        more_time_ms=view.at("more_time_ms").integer(known.more_time_ms),
    )


def _check_fields(view: View, kind: Kind, only_for: dict[str, tuple[Kind, ...]]) -> None:
    for name, kinds in only_for.items():
        if view.has(name) and kind not in kinds:
            view.at(name).report("field_not_for_kind", at_key=True, name=name, kind=kind.value)


def _check_choices(view: View, rules: QuestionRules, options: int) -> None:
    least = {Kind.NUMBER: 0, Kind.YES_NO: 0, Kind.RATING: 1}.get(rules.kind, 2)
    if options < least:
        view.at("options").report("too_few_options", least=least)
    if rules.kind is Kind.PICK_UP_TO:
        if not view.has("choices_max"):
            view.report("missing", name="choices_max")
        elif rules.choices_max > options:
            view.at("choices_max").report("choices_max_beyond", value=rules.choices_max, limit=options)
    if rules.kind is Kind.NUMBER and rules.number_min >= rules.number_max:
        name = "number_min" if view.has("number_min") else "number_max"
        view.at(name).report("number_range", most=rules.number_max)


def _scale(view: View, kind: Kind | None) -> tuple[ScaleStep, ...]:
    steps: list[ScaleStep] = []
    seen: set[int] = set()
    for step in view.at("scale").each():
        value = step.at("value").integer(0)
        if value in seen and step.has("value"):
            step.at("value").report("scale_repeated", value=value)
        seen.add(value)
        steps.append(ScaleStep(value, step.at("text").text()))
    if kind is Kind.RATING and len(steps) < 2:
        if view.has("scale"):
            view.at("scale").report("too_few", least=2)
        else:
            view.report("missing", name="scale")
    return tuple(steps)
