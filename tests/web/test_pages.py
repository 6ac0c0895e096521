"""At stake: every role has a page that opens, with a form for each of its commands, in both languages."""

import json
import re

import pytest

from app.core.capability import Role
from app.core.rights import RIGHTS
from app.i18n import available, has
from app.realtime.wire import COMMAND_FRAMES
from app.web.forms import FormField, field_names, form_of, forms_for
from app.web.roles import CODED, PAGES, PAGES_OF
from app.web.templating import PLAIN_TEXTS, browser_texts
from tests.web.conftest import Door

ROLES = [role for role in Role if PAGES_OF[role]]


@pytest.mark.parametrize("name", COMMAND_FRAMES)
def test_every_command_has_words_for_itself_and_its_fields(name: str) -> None:
    assert has(f"command.{name}")
    frame = set(COMMAND_FRAMES[name].__struct_fields__) - {"id"}
    assert {field.name for field in form_of(name).fields} == frame


@pytest.mark.parametrize("name", list(field_names()))
def test_every_field_has_words(name: str) -> None:
    assert has(f"field.{name}")


def test_every_choice_in_a_form_has_words() -> None:
    def keys(field: FormField) -> list[str]:
        return [key for _, key in field.choices] + [key for part in field.parts for key in keys(part)]

    lacking = [
        key for name in COMMAND_FRAMES for f in form_of(name).fields for key in keys(f) if not has(key)
    ]
    assert lacking == []


@pytest.mark.parametrize("role", ROLES)
def test_a_role_has_the_forms_of_its_rights(role: Role) -> None:
    assert {form.command for form in forms_for(role)} == {
        name for name in COMMAND_FRAMES if role in RIGHTS[name]
    }


@pytest.mark.parametrize("language", available())
@pytest.mark.parametrize("role", ROLES)
async def test_every_page_of_a_role_opens(door: Door, role: Role, language: str) -> None:
    for page in PAGES_OF[role]:
        body = {"code": await door.secret(role), "page": page}
        joined = await door.http.post(
            "/api/join", json=body, headers={"Origin": str(door.http.base_url).rstrip("/")}
        )
        assert joined.json()["page"] == page
        answer = await door.http.get(f"/{page}?lang={language}")
        assert answer.status_code == 200
        assert f'<html lang="{language}"' in answer.text
        plain = await door.http.get(f"/{page}/all?lang={language}")
        assert set(re.findall(r'data-command="(\w+)"', plain.text)) == (
            set() if page in ("listen", "report") else {form.command for form in forms_for(role)}
        )
        place = json.loads(re.search(r'id="place">(.*?)</script>', answer.text, re.DOTALL)[1])  # type: ignore[index]
        assert (place["page"], place["role"], place["lang"]) == (page, role.value, language)
        door.http.cookies.clear()


@pytest.mark.parametrize("page", [*PAGES, "j", "organiser"])
async def test_a_page_without_a_session_asks_for_the_code_and_tells_nothing(door: Door, page: str) -> None:
    answer = await door.http.get(f"/{page}")
    assert 'id="enter"' in answer.text
    assert door.meeting not in answer.text
    assert "Rehearsal" not in answer.text


async def test_a_page_on_a_plain_network_says_so(door: Door) -> None:
    door.server.house.settings = door.server.house.settings.model_copy(update={"host": "192.168.1.2"})
    assert "not encrypted" in (await door.http.get("/j?lang=en")).text


async def test_the_choice_of_a_language_is_kept(door: Door) -> None:
    await door.http.get("/j?lang=th")
    assert '<html lang="th"' in (await door.http.get("/j")).text


def test_texts_for_the_browser_are_those_of_pages_only() -> None:
    for page, foreign in (("console", ("plan_problem.",)), ("seat", ("report.", "plan_problem."))):
        for forms in (True, False):
            for texts in browser_texts(page, available(), forms=forms).values():
                assert texts["fate.saved"]
                found = [key for key in texts if key.startswith(foreign)]
                assert not [key for key in found if not (forms and key.startswith(PLAIN_TEXTS))]


def test_coded_roles_are_those_that_type() -> None:
    assert {Role.PARTICIPANT, Role.TABLE_FACILITATOR} == CODED
