"""At stake: a Thai reader stumbles where a line ends within a word that browsers do not know."""

from pathlib import Path

from playwright.sync_api import Page, expect

from app.i18n import JOINER, catalogue_json, shown, whole, whole_words
from tests.browser.commands import connected, give
from tests.browser.conftest import Open
from tests.browser.test_listen import GO

ROOT = Path(__file__).parents[2]

CUT = """async ([texts, words]) => {
  await document.fonts.ready;
  const joiner = '\\u2060', box = document.createElement('p'), cut = [];
  Object.assign(box.style, { width: 0, position: 'absolute', overflowWrap: 'normal' });
  box.lang = 'th';
  document.body.append(box);
  for (const text of texts) {
    box.textContent = text;
    const letters = [...Array(text.length).keys()].filter((at) => text[at] !== joiner);
    const plain = text.replaceAll(joiner, '');
    for (const word of words) {
      for (let at = plain.indexOf(word); at >= 0; at = plain.indexOf(word, at + 1)) {
        const range = document.createRange();
        range.setStart(box.firstChild, letters[at]);
        range.setEnd(box.firstChild, letters[at + word.length - 1] + 1);
        const seen = [...range.getClientRects()].filter((each) => each.width > 0.5);
        if (new Set(seen.map((each) => Math.round(each.top))).size > 1) cut.push(word);
      }
    }
  }
  box.remove();
  return [...new Set(cut)];
}"""


def cut(page: Page, texts: list[str]) -> set[str]:
    """The words that are cut somewhere in these texts where a line has no room."""
    return set(page.evaluate(CUT, [texts, list(whole_words())]))


def test_no_line_ends_within_a_word_of_the_list_and_no_bar_is_there_for_nothing(opened: Open) -> None:
    page = connected(opened("viewer", None, "th-TH"))
    said = [*sorted((ROOT / "app/plans").glob("*.yaml")), ROOT / "app/room/ideas.yaml"]
    lines = [line for path in said for line in path.read_text(encoding="utf-8").splitlines()]
    texts = [*catalogue_json("th").values(), *lines]
    barred = {word for word, joined in whole_words().items() if JOINER in joined}
    assert cut(page, texts) == barred, "control: browsers cut each of them and no other, and it is used"
    assert cut(page, [whole(text) for text in texts]) == set()


def test_pages_have_the_words_joined_and_what_is_typed_is_found_without(opened: Open) -> None:
    assert JOINER in shown("th", "role.screen")
    typed = shown("th", "role.screen").replace(JOINER, "")
    console = connected(opened("organiser", None, "th-TH"))
    console.get_by_role("button", name=shown("th", "console.ways"), exact=True).click()
    console.locator("#ways-filter").fill(typed)
    expect(console.locator(".way-list > li").filter(has_text=shown("th", "role.screen"))).not_to_have_count(0)


COPY = """() => new Promise((done) => {
  document.addEventListener('copy', (event) => done(
    ['text/plain', 'text/html'].map((kind) => event.clipboardData.getData(kind))), { once: true });
  getSelection().selectAllChildren(document.querySelector('main'));
  document.execCommand('copy');
})"""


def listening(page: Page) -> Page:
    """The listening page of whoever has this page open, in their language."""
    home, _, name = connected(page).url.rpartition("/")
    page.evaluate(GO, [name, "listen"])
    page.goto(f"{home}/listen")
    return connected(page)


def test_scenes_have_the_words_joined_and_what_is_copied_or_spoken_has_not(opened: Open) -> None:
    console = connected(opened("organiser", None, "th-TH"))
    scene = {"kind": "message", "languages": ["th"]}
    give(console, "take_scene", screen="main", scene=scene, text={"th": "ลงคะแนนกันวันเสาร์"})
    joined = whole("ลงคะแนนกันวันเสาร์")
    assert joined.count(JOINER) == 2
    screen = connected(opened("screen"))
    expect(screen.locator(".picture:not(.gauge) h1")).to_have_text(joined)
    listen = listening(opened("viewer", None, "th-TH"))
    expect(listen.locator("town-air h2")).to_have_text(joined)
    expect(listen.locator(".announcer")).to_have_text("ลงคะแนนกันวันเสาร์")
    assert JOINER in listen.locator("main").inner_text(), "control"
    plain, marked = listen.evaluate(COPY)
    assert "ลงคะแนนกันวันเสาร์" in plain
    assert "ลงคะแนนกันวันเสาร์" in marked
    assert JOINER not in plain + marked
