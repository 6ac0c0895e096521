"""What is at stake: whoever reads another language than ours is told the same, and told it always.

A refusal without a sentence is a person who does not know why the ballot did not count.
"""

import re
from collections import Counter

import pytest
from babel import Locale

from app.core.capability import Role
from app.core.commands import Channel, HelpKind, IdeaKind, SceneKind
from app.core.errors import BUSY, REFUSALS
from app.core.planned import Kind, Level, Purpose, Recruitment, Standing, Visibility
from app.i18n import FIRST, LOCALES, PLACEHOLDER, available, catalogues, files_of
from app.plan.problems import PROBLEMS, WARNINGS

OTHERS = [language for language in available() if language != FIRST]
MSGID = re.compile(r'^msgid "(.+)"$', re.MULTILINE)
ID = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+(#[a-z]+)?\Z")
NAMED = {
    "role": Role,
    "standing": Standing,
    "kind": Kind,
    "purpose": Purpose,
    "level": Level,
    "level_promise": Level,
    "recruitment": Recruitment,
    "visibility": Visibility,
    "channel": Channel,
    "idea_kind": IdeaKind,
    "help_kind": HelpKind,
    "scene": SceneKind,
}


def texts(language: str) -> dict[str, str]:
    return dict(catalogues().catalogue(language).texts)


def base_ids(language: str) -> set[str]:
    return {key.split("#", maxsplit=1)[0] for key in texts(language)}


def places(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def test_english_and_thai_are_there() -> None:
    assert {"en", "th"} <= set(available())


@pytest.mark.parametrize("language", available())
def test_no_id_is_written_twice_and_every_id_has_words(language: str) -> None:
    files = files_of(LOCALES / f"{language}.po")
    written = MSGID.findall("".join(path.read_text(encoding="utf-8") for path in files))
    assert [key for key, times in Counter(written).items() if times > 1] == []
    assert set(written) == set(texts(language)), "an id without words, or a fuzzy or obsolete entry"
    assert [key for key in written if not ID.match(key)] == []


@pytest.mark.parametrize("language", OTHERS)
def test_every_catalogue_has_the_same_ids(language: str) -> None:
    assert base_ids(language) == base_ids(FIRST)


@pytest.mark.parametrize("language", available())
def test_a_text_that_depends_on_a_number_has_exactly_the_plural_forms_of_its_language(language: str) -> None:
    forms = set(Locale.parse(language, sep="-").plural_form.tags) | {"other"}
    found: dict[str, set[str]] = {}
    for key in texts(language):
        base, _, form = key.partition("#")
        found.setdefault(base, set()).add(form)
    plural_in_english = {key.split("#", maxsplit=1)[0] for key in texts(FIRST) if "#" in key}
    assert {base for base, own in found.items() if own != {""}} == plural_in_english
    assert [base for base in sorted(plural_in_english) if found[base] != forms] == []


@pytest.mark.parametrize("language", available())
def test_a_sentence_has_the_same_placeholders_in_every_language_and_form(language: str) -> None:
    first = {key.split("#", maxsplit=1)[0]: places(text) for key, text in texts(FIRST).items()}
    for key, text in texts(language).items():
        base, _, form = key.partition("#")
        assert places(text) - {"count"} == first[base] - {"count"}, key
        assert ("count" in places(text)) == ("count" in first[base]) or form == "one", key


@pytest.mark.parametrize("language", available())
def test_braces_are_placeholders_and_nothing_else(language: str) -> None:
    assert [
        key for key, text in texts(language).items() if re.search(r"[{}]", PLACEHOLDER.sub("", text))
    ] == []


@pytest.mark.parametrize("language", available())
@pytest.mark.parametrize(("section", "codes"), [("refusal", REFUSALS), ("busy", BUSY)])
def test_every_code_has_a_sentence_with_declared_parameters_only(
    language: str, section: str, codes: dict[str, tuple[str, ...]]
) -> None:
    sentences = texts(language)
    assert {key for key in sentences if key.startswith(f"{section}.")} == {
        f"{section}.{code}" for code in codes
    }
    for code, params in codes.items():
        assert places(sentences[f"{section}.{code}"]) <= set(params), code


@pytest.mark.parametrize("language", available())
def test_every_problem_of_a_plan_has_a_sentence_with_declared_parameters_only(language: str) -> None:
    sentences = {key: text for key, text in texts(language).items() if key.startswith("plan_problem.")}
    problems = {**PROBLEMS, **WARNINGS}
    assert set(sentences) == {f"plan_problem.{code}" for code in problems}
    for code, params in problems.items():
        assert places(sentences[f"plan_problem.{code}"]) <= set(params), code


@pytest.mark.parametrize("section", NAMED)
def test_everything_the_core_names_has_a_word(section: str) -> None:
    assert {f"{section}.{member.value}" for member in NAMED[section]} <= base_ids(FIRST)


@pytest.mark.parametrize("language", available())
def test_nobody_is_shouted_at(language: str) -> None:
    assert [key for key, text in texts(language).items() if re.search("[!！]", text)] == []


@pytest.mark.parametrize("language", available())
def test_sentences_are_tidy(language: str) -> None:
    untidy = [key for key, text in texts(language).items() if text != text.strip() or "  " in text]
    assert untidy == []


@pytest.mark.parametrize("code", REFUSALS)
def test_an_english_refusal_is_short_and_ends_with_a_full_stop(code: str) -> None:
    text = texts("en")[f"refusal.{code}"]
    assert text.endswith(".")
    assert len(text) <= 130


def test_thai_speaks_of_voting_and_not_of_resolutions() -> None:
    forbidden = re.compile("ลงมติ|เสียงส่วนน้อย|คลิกเกอร์|ผู้ใช้งาน|ฉบับสมบูรณ์")
    assert [key for key, text in texts("th").items() if forbidden.search(text)] == []
