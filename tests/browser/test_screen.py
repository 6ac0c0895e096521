"""At stake: a thousand people at the back read it: large enough, whole, in its order, and never false."""

import json
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from app.i18n import whole
from tests.browser import checks
from tests.browser.commands import connected, give, take
from tests.browser.conftest import Open
from tests.browser.scenes import LANGUAGES, WORDINGS, five_hundred, scenes
from tests.browser.watch import LINE, Watch
from tests.web.processes import Running, start

SIZES = ((1024, 768), (1920, 1080), (3840, 2160), (5120, 1440))

SHOW = """async (told) => {
  const shown = document.querySelector('town-picture');
  shown.now = () => 1800000000000 + 20000;
  shown.scene = told.scene; shown.timer = told.timer;
  await shown.updateComplete;
  await document.fonts.ready;  // letters that this scene is the first to need are measured anew
  await shown.updateComplete; clearTimeout(shown.turning);
  return shown.pages.length;
}"""

LOOK = """async (at) => {
  const shown = document.querySelector('town-picture');
  shown.at = at; await shown.updateComplete; clearTimeout(shown.turning);
  const height = innerHeight, page = shown.querySelector('.picture:not(.gauge) .page');
  if (!page) return null;
  const wrong = [];
  const walker = document.createTreeWalker(page, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (walker.nextNode()) {
    const node = walker.currentNode, text = node.textContent.trim(), parent = node.parentElement;
    if (!text || parent.closest('[aria-hidden]')) continue;
    const size = parseFloat(getComputedStyle(parent).fontSize);
    if (size < height / 20 - 0.5) wrong.push(`${size} px of ${height}: ${text.slice(0, 30)}`);
    const leading = parseFloat(getComputedStyle(parent).lineHeight) / size;
    const thai = parent.closest('[lang]')?.lang === 'th';
    if (thai && leading < 1.39) wrong.push(`Thai lines of ${leading}: ${text.slice(0, 30)}`);
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      const within = box.left >= -1 && box.right <= innerWidth + 1;
      if (!within || box.top < -1 || box.bottom > height + 1) wrong.push(`outside: ${text.slice(0, 30)}`);
    }
  }
  const parts = [...page.children].filter((part) => !part.matches('.turns')).map((part) => {
    const box = part.getBoundingClientRect(), rows = part.querySelector('.rows')?.getBoundingClientRect();
    return [part.className, box.top, Math.max(box.bottom, rows?.bottom ?? 0), box.left, box.right];
  });
  for (const [one, top, bottom, left, right] of parts)
    for (const [other, from, to, start, end] of parts)
      if (one !== other && from > top && from < bottom - 1 && start < right - 1 && end > left + 1)
        wrong.push(`${one} lies over ${other}`);
  const rows = [...page.querySelectorAll('.row')];
  const two = new Set([...page.querySelectorAll('.row .words .phrase')].map((each) => each.lang)).size > 1;
  if (rows.length > (two ? 4 : 7)) wrong.push(`${rows.length} rows`);
  const headline = parseFloat(getComputedStyle(page.querySelector('h1') ?? page).fontSize) / height;
  return {wrong, rows: rows.map((each) => each.dataset.id), headline};
}"""


RANKS = "[...document.querySelectorAll('.picture:not(.gauge) .row .lead')].map((each) => each.innerText)"
STATES = ("full", "some", "none")
TILE_MARK = """([part, state]) => {
  const tile = document.querySelector(`.picture:not(.gauge) ${part} .tile[data-state=${state}]`);
  const bar = tile.querySelector('.bar'), style = getComputedStyle(tile);
  return {border: style.borderStyle, bar: bar && getComputedStyle(bar).visibility,
    filled: style.backgroundColor !== 'rgba(0, 0, 0, 0)'};
}"""
TILES = "[...document.querySelectorAll('.picture:not(.gauge) .rows .tile')].map((tile) => tile.dataset.id)"
SPANS = """document.querySelector('town-picture').pages.map(({languages, sheet, fit}) =>
  ({languages, sheet, rows: fit.span[1] - fit.span[0]}))"""
BOXES = """[...document.querySelectorAll('.picture:not(.gauge), .picture:not(.gauge) *')].map((each) => {
  const {x, y, width, height} = each.getBoundingClientRect();
  return [each.className, each.childElementCount ? '' : each.textContent, x, y, width, height].join(' ');
})"""
GROWS = "getComputedStyle(document.querySelector('.picture:not(.gauge) .bar .fill')).animationDuration"
MOVED = """window.moved = []; const animate = Element.prototype.animate;
Element.prototype.animate = function (frames, how) {
  window.moved.push(how.duration); return animate.call(this, frames, how); };"""
SCENES = (
    "title", "agenda", "voting", "results_rate", "compare", "room", "themes", "priorities",
)  # fmt: skip


@pytest.fixture
def screen(browser: Browser, untouched: Running, watch: Watch) -> Any:
    """A plenary screen that a test puts scenes on; nothing moves on it."""
    with watch.over(browser.new_context(reduced_motion="reduce", color_scheme="light")) as context:
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.goto(untouched.link("screen"))
        connected(page)
        expect(page.locator("town-picture .page").first).to_be_visible()
        page.evaluate("document.fonts.ready.then(() => 0)")
        yield page


def shown(screen: Page, told: dict[str, Any]) -> list[dict[str, Any]]:
    """Every page of a scene, looked at."""
    pages = [screen.evaluate(LOOK, at) for at in range(screen.evaluate(SHOW, told))]
    return [page for page in pages if page is not None]


@pytest.mark.parametrize(
    ("kind", "size"),
    [
        pytest.param(kind, size, marks=() if (kind, size) == ("short", SIZES[0]) else pytest.mark.slow)
        for kind in WORDINGS
        for size in SIZES
        if kind == "short" or size != SIZES[2]
    ],
)
@pytest.mark.timeout(400)
def test_every_scene_is_large_enough_and_whole_at_every_size(
    screen: Page, kind: str, size: tuple[int, int]
) -> None:
    screen.set_viewport_size({"width": size[0], "height": size[1]})
    wrong: list[str] = []
    for languages in LANGUAGES if kind == "short" else LANGUAGES[2:]:
        for name, told in scenes(kind, languages).items():
            for at, page in enumerate(shown(screen, told)):
                wrong += [f"{'+'.join(languages)} {name} {at}: {each}" for each in page["wrong"]]
    assert wrong == [], "\n".join(wrong[:40])


def test_control_letters_that_are_too_small_and_words_that_run_out_are_found(screen: Page) -> None:
    screen.set_viewport_size({"width": 1024, "height": 768})
    told = scenes("short", ("en",))["results_three"]
    assert shown(screen, told)[0]["wrong"] == []
    screen.evaluate(SHOW, told)
    spoil = "document.querySelector('.picture:not(.gauge) .row .words').style.cssText = {}"
    for style in ("font-size: 12px", "position: relative; left: 2000px", "position: relative; top: 700px"):
        screen.evaluate(spoil.format(json.dumps(style)))
        assert screen.evaluate(LOOK, 0)["wrong"], style


def test_short_words_have_headlines_of_a_tenth_and_all_rows_come_once(screen: Page) -> None:
    screen.set_viewport_size({"width": 1920, "height": 1080})
    for name in (
        "results_three",
        "results_twelve",
        "priorities",
        "agenda",
        "roll_call",
        "question_ten",
        "themes",
    ):
        told = scenes("short", ("en",))[name]
        pages = shown(screen, told)
        assert pages[0]["headline"] >= 0.08, (name, pages[0]["headline"])
    twelve = [
        row for page in shown(screen, scenes("short", ("th", "en"))["results_twelve"]) for row in page["rows"]
    ]
    assert sorted(twelve) == sorted(f"o{n}" for n in range(12)), "every option once"
    assert twelve[:2] == ["o11", "o0"], "best first"


def test_at_a_small_projector_bars_of_two_languages_stand_together(screen: Page) -> None:
    screen.set_viewport_size({"width": 1024, "height": 768})
    pages: dict[str, list[Any]] = {}
    for name in (
        "results_three", "results_twelve", "results_rate", "priorities", "priorities_rated",
        "compare_kinds", "compare", "room",
    ):  # fmt: skip
        screen.evaluate(SHOW, scenes("short", ("th", "en"))[name])
        pages[name] = screen.evaluate(SPANS)
        for sheet in {page["sheet"] for page in pages[name]}:
            rows = [page["rows"] for page in pages[name] if page["sheet"] == sheet]
            assert max(rows) >= 2, f"{name}: a bar a page compares nothing: {rows}"
    count = {name: len(found) for name, found in pages.items()}
    assert count["results_three"] == 1, "three options at once"
    assert count["results_twelve"] <= 4, "three a page"
    assert count["priorities"] <= 2, "three a page"
    together = [page["languages"] for page in pages["priorities"] + pages["results_twelve"]]
    assert set(map(tuple, together)) == {("th", "en")}, "the languages take turns only where they must"


BROKEN = """() => [...document.querySelectorAll('.picture:not(.gauge) .words .phrase')].flatMap((phrase) => {
  const range = document.createRange();
  const node = [...phrase.childNodes].find((each) => each.nodeType === 3 && each.data.trim());
  return [...node.data.matchAll(/[A-Za-z]+/g)].filter(({ 0: word, index }) => {
    range.setStart(node, index); range.setEnd(node, index + word.length);
    return range.getClientRects().length > 1;
  }).map(([word]) => word);
})"""
HANGING = """() => {
  const letters = document.createElement('canvas').getContext('2d');
  return [...document.querySelectorAll('.picture:not(.gauge) .row')].map((row) => {
    const words = [...row.querySelectorAll('.words .phrase')].at(-1), style = getComputedStyle(words);
    letters.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    const range = document.createRange();
    range.selectNodeContents(words);
    const line = [...range.getClientRects()].at(-1), drawn = letters.measureText('gpy');
    const base = line.bottom - drawn.fontBoundingBoxDescent;  // the box of a line ends where its font does
    return row.querySelector('.bar').getBoundingClientRect().top - base - drawn.actualBoundingBoxDescent;
  });
}"""


def test_no_word_of_an_agenda_is_broken_on_a_screen_of_a_phones_shape(screen: Page) -> None:
    screen.set_viewport_size({"width": 390, "height": 844})
    for languages in LANGUAGES:
        for at in range(screen.evaluate(SHOW, scenes("short", languages)["agenda"])):
            screen.evaluate(LOOK, at)
            assert screen.evaluate(BROKEN) == []
    narrow = "for (const each of document.querySelectorAll('.picture .words')) each.style.width = '2em'"
    screen.evaluate(SHOW, scenes("short", ("en",))["agenda"])
    screen.evaluate(narrow)
    assert screen.evaluate(BROKEN), "control"


def test_no_letter_hangs_into_the_bar_under_it(screen: Page) -> None:
    screen.set_viewport_size({"width": 1024, "height": 768})
    count = screen.evaluate(SHOW, scenes("short", ("en",))["compare"])
    for at in range(count):
        screen.evaluate(LOOK, at)
        assert min(screen.evaluate(HANGING)) > 1
    screen.evaluate(
        "for (const each of document.querySelectorAll('.picture .bar')) each.style.marginBlockStart = '-.3em'"
    )
    assert min(screen.evaluate(HANGING)) < 1, "control"


def test_no_line_begins_with_a_separator_or_ends_between_a_figure_and_its_word(screen: Page) -> None:
    text = {"en": "Elders · Disabled people and 6 carers"}
    told = {"scene": {"kind": "message", "languages": ["en"], "offset": 1, "text": text}, "timer": None}
    screen.evaluate(SHOW, told)
    drawn = screen.locator(".picture:not(.gauge) h1 .phrase").text_content()
    assert drawn == "Elders\u00a0· Disabled people and 6\u00a0carers"


@pytest.mark.parametrize("size", [SIZES[0], SIZES[1]])
def test_a_scene_looks_the_same_whichever_language_its_page_has(
    browser: Browser, untouched: Running, watch: Watch, size: tuple[int, int]
) -> None:
    found: list[dict[str, Any]] = []
    for locale in ("en-US", "th-TH"):
        how: Any = {"reduced_motion": "reduce", "color_scheme": "light", "locale": locale}
        with watch.over(
            browser.new_context(viewport={"width": size[0], "height": size[1]}, **how)
        ) as context:
            page = context.new_page()
            page.goto(untouched.link("screen"))
            expect(page.locator("html")).to_have_attribute("lang", locale[:2])
            expect(page.locator("town-picture .page").first).to_be_visible()
            page.evaluate("document.fonts.ready.then(() => 0)")
            looks: dict[str, Any] = {}
            for name, told in scenes("short", ("th", "en")).items():
                for at in range(page.evaluate(SHOW, told)):
                    page.evaluate(LOOK, at)
                    looks[f"{name} {at}"] = page.evaluate(BOXES)
            found.append(looks)
    english, thai = found
    assert len(english) > 20
    assert english.keys() == thai.keys()
    assert [name for name in english if english[name] != thai[name]] == []


def test_five_hundred_tables_turn_pages_and_none_is_left_out(screen: Page) -> None:
    screen.set_viewport_size({"width": 1024, "height": 768})
    count = screen.evaluate(SHOW, five_hundred(("th", "en")))
    seen: list[str] = []
    for at in range(count):
        assert screen.evaluate(LOOK, at)["wrong"] == []
        seen += screen.evaluate(TILES)
    assert seen == [str(number) for number in range(1, 501)]


def test_full_begun_and_empty_tables_are_told_apart_without_colour_and_a_key_says_which(screen: Page) -> None:
    screen.set_viewport_size({"width": 1024, "height": 768})
    screen.evaluate(SHOW, five_hundred(("th", "en")))
    keys = screen.locator(".picture:not(.gauge) .keys .key")
    expect(keys).to_have_text(
        ["มาครบAll seats taken", whole("มาบางส่วนSome seats taken"), "ยังไม่มาNobody yet"], use_inner_text=False
    )
    marks = [screen.evaluate(TILE_MARK, [part, state]) for part in (".keys", ".rows") for state in STATES]
    assert len({json.dumps(mark) for mark in marks[3:]}) == 3, marks
    for key, tile in zip(marks[:3], marks[3:], strict=True):
        assert key["border"] == tile["border"], "a key looks as the tile does"


def test_priorities_come_best_first_and_equals_share_a_rank(screen: Page) -> None:
    screen.set_viewport_size({"width": 1920, "height": 1080})
    shown(screen, scenes("short", ("en",))["priorities"])
    screen.evaluate(SHOW, scenes("short", ("en",))["priorities"])
    found = screen.evaluate(RANKS)
    assert found[:3] == ["1", "2=", "2="], found
    expect(screen.locator(".picture:not(.gauge) .under")).to_contain_text("= the same rank")


def test_bars_grow_and_ranks_change_places_once_and_nothing_moves_where_that_is_not_wanted(
    browser: Browser, untouched: Running, watch: Watch, screen: Page
) -> None:
    told = scenes("short", ("en",))["priorities"]
    screen.evaluate(SHOW, told)
    assert screen.evaluate(GROWS) == "0s", "control: with reduced motion nothing moves"
    assert screen.evaluate(RANKS)[:2] == ["1", "2="], "and the order is there at once"
    with watch.over(browser.new_context(viewport={"width": 1920, "height": 1080})) as context:
        page = context.new_page()
        page.add_init_script(MOVED)
        page.goto(untouched.link("screen"))
        expect(page.locator("town-picture .page").first).to_be_visible()
        page.evaluate("document.fonts.ready.then(() => 0)")
        page.evaluate(SHOW, told)
        assert page.evaluate(GROWS) == "0.4s"
        first = page.locator(".picture:not(.gauge) .row .lead").first
        expect(first).to_have_text("1")
        assert set(page.evaluate("window.moved")) == {600}
        assert page.evaluate(RANKS)[:2] == ["1", "2="]
        times = page.evaluate("window.moved.length")
        page.evaluate("document.querySelector('town-picture').fitAgain()")
        page.evaluate("document.querySelector('town-picture').updateComplete.then(() => 0)")
        assert page.evaluate("window.moved.length") == times, "once"


@pytest.mark.parametrize("dark", [False, True])
def test_every_text_on_the_screen_stands_out_seven_to_one(
    browser: Browser, untouched: Running, watch: Watch, *, dark: bool
) -> None:
    how: Any = {"color_scheme": "dark" if dark else "light", "reduced_motion": "reduce"}
    with watch.over(browser.new_context(viewport={"width": 1920, "height": 1080}, **how)) as context:
        page = context.new_page()
        page.goto(untouched.link("screen"))
        expect(page.locator("town-picture .page").first).to_be_visible()
        for name in SCENES:
            for at in range(page.evaluate(SHOW, scenes("short", ("th", "en"))[name])):
                page.evaluate(LOOK, at)
                checks.contrast(page, 7)
        page.evaluate(SHOW, five_hundred(("th", "en")))
        page.evaluate(LOOK, 2)  # numbers of three digits: axe does not judge a single character
        checks.contrast(page, 7)


def test_a_language_that_is_missing_is_marked(screen: Page) -> None:
    screen.set_viewport_size({"width": 1920, "height": 1080})
    screen.evaluate(SHOW, scenes("thai", ("en",))["results_three"])
    expect(screen.locator(".picture:not(.gauge) h1 .only")).to_have_text("(Only in Thai)")
    screen.evaluate(SHOW, scenes("short", ("en",))["results_three"])
    expect(screen.locator(".picture:not(.gauge) .only")).to_have_count(0)


def test_the_last_good_picture_stays_without_a_line_and_comes_back_after_a_reload(
    opened: Open, server: Running, watch: Watch, tmp_path: Any
) -> None:
    watch.forgive(*LINE)
    console, screen = connected(opened("organiser")), connected(opened("screen"))
    take(console, "agenda", languages=("en",))
    expect(screen.locator("h1")).to_have_text("Agenda")
    server.kill()
    expect(screen.locator("#line")).to_have_attribute("data-line", "offline")
    expect(screen.locator("h1")).to_have_text("Agenda")
    expect(screen.locator("#ended")).to_be_hidden()
    again = start(tmp_path / "data", int(server.url.rpartition(":")[2]))
    try:
        screen.reload()
        expect(screen.locator("h1")).to_have_text("Agenda")
        connected(console)
        give(console, "take_scene", screen="main", scene={"kind": "hold"})
        give(console, "start_meeting")
        expect(screen.locator("h1")).to_have_text("Agenda")
    finally:
        again.kill()
