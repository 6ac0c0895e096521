"""At stake: a check that cannot fail checks nothing. Each one here meets what it is for, and says so."""

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import checks
from tests.browser.watch import Watch
from tests.web.processes import Running

GOOD = """<!doctype html><html lang="th"><head><title>โต๊ะ</title>
<style>body { font-size: 18px; color: #111; background: #fff }
button { min-width: 48px; min-height: 48px; margin-inline-start: 8px }</style></head>
<body><main><h1>โต๊ะ 1</h1><p>ข้อเสนอ <q lang="en">Shade along the path</q> <a href="#a">อ่าน</a> ต่อ</p>
<p><label for="a">รหัส</label><input id="a" style="height: 30px"><button>เข้าร่วม</button></p>
</main></body></html>"""


@pytest.fixture
def bare(browser: Browser) -> Iterator[Page]:
    """A page that nobody watches, at the size of a phone."""
    with browser.new_context(viewport={"width": 390, "height": 844}) as context:
        yield context.new_page()


def heard(page: Page, watch: Watch, told: str) -> None:
    """Wait until it is heard: a page tells what breaks its policy in a turn of its own."""
    ends = time.monotonic() + 20
    while told not in " ".join(watch.wrong):
        assert time.monotonic() < ends, watch.wrong
        page.wait_for_timeout(50)


def findings(check: str, page: Page, *arguments: object, **named: object) -> str:
    with pytest.raises(AssertionError) as found:
        getattr(checks, check)(page, *arguments, **named)
    return str(found.value)


def test_on_a_good_page_no_check_finds_anything(bare: Page) -> None:
    bare.set_content(GOOD)
    checks.everything(bare)
    checks.contrast(bare, 7)
    assert bare.viewport_size == {"width": 390, "height": 844}, "the page is left as it was"


def test_axe_finds_a_field_without_a_label(bare: Page) -> None:
    bare.set_content(GOOD.replace('<label for="a">รหัส</label>', ""))
    assert re.search("label .critical.*#a", findings("accessible", bare))


def test_a_word_without_end_does_not_fit(bare: Page) -> None:
    bare.set_content(GOOD.replace("โต๊ะ 1", "A" * 200))
    found = findings("fits", bare)
    assert "320 px: the page is" in found
    assert "letters × 2" in found
    assert "h1" in found


def test_words_that_are_cut_off_do_not_fit(bare: Page) -> None:
    cut = '<h1 style="white-space: nowrap; overflow: hidden; text-overflow: ellipsis">' + "ยาว " * 100
    bare.set_content(GOOD.replace("<h1>", cut))
    assert "cut off sideways" in findings("fits", bare)
    low = '<h1 style="height: 10px; overflow: hidden">'
    bare.set_content(GOOD.replace("<h1>", low))
    assert "cut off below" in findings("fits_now", bare)


def test_what_scrolls_in_a_box_of_its_own_fits(bare: Page) -> None:
    wide = '<div style="overflow-x: auto"><p style="width: 2000px">กว้าง</p></div></main>'
    bare.set_content(GOOD.replace("</main>", wide))
    checks.fits(bare)


def test_a_picture_that_a_test_names_is_not_judged(bare: Page) -> None:
    cut = '<div class="picture" style="width: 50px; overflow: hidden; white-space: nowrap">x Leave it</div>'
    bare.set_content(GOOD.replace("</main>", f"{cut}</main>"))
    assert "cut off" in findings("fits", bare)
    assert "Leave it" in findings("thai_only", bare)
    checks.everything(bare, beside=".picture")


def test_a_small_button_and_two_close_together_are_found(bare: Page) -> None:
    bare.set_content(GOOD.replace("min-height: 48px", "height: 20px; padding: 0"))
    assert "× 20" in findings("targets", bare)
    bare.set_content(GOOD)
    assert "× 36: input#a" in findings("targets", bare, 48)
    bare.set_content(GOOD.replace("</button>", '</button><button style="margin: 0">x</button>'))
    assert "0 px between" in findings("targets", bare, apart=8)


@pytest.mark.parametrize(
    ("instead", "told"),
    [
        ("Please vote", "Please vote, text"),
        ('<span aria-label="Close the vote">x</span>', "aria-label"),
        ('<span lang="en">Not yet saved</span>', "a sentence of ours"),
        ('<img alt="A river" src="data:,">', "alt"),
    ],
)
def test_english_on_a_thai_page_is_found(bare: Page, instead: str, told: str) -> None:
    bare.set_content(GOOD.replace("โต๊ะ 1", instead))
    assert told in findings("thai_only", bare)


def test_what_is_marked_or_listed_is_not_an_english_word(bare: Page) -> None:
    bare.set_content(GOOD.replace("โต๊ะ 1", 'PDF <code>ABCD-EFGH</code> <span translate="no">Kim Lee</span>'))
    checks.thai_only(bare)


def test_pale_letters_are_found_large_ones_too(bare: Page) -> None:
    bare.set_content(GOOD.replace("<h1>", '<h1 style="color: #666; font-size: 60px">'))
    assert "5.74" in findings("contrast", bare, 7)
    checks.contrast(bare, 4.5)


POLICY = "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; img-src 'self'\">"


@pytest.mark.parametrize(
    ("act", "told"),
    [
        ("<p style='color: red'>", "Content policy broken: style-src-attr inline"),
        ("<button onclick='x()'>x</button>", "Content policy broken: script-src-attr inline"),
        ("<img src=//elsewhere.example/x.png>", "request to another host: http://elsewhere.example/x.png"),
        ("<script src=/x.js></script>", "Content policy broken: script-src-elem"),
    ],
)
def test_what_a_page_may_not_do_is_heard(browser: Browser, act: str, told: str) -> None:
    watch = Watch()
    with browser.new_context() as context:
        page = watch.over(context).new_page()
        page.route(
            "http://home.example/",
            lambda route: route.fulfill(body=f"{POLICY}{act}", content_type="text/html"),
        )
        page.goto("http://home.example/")
        heard(page, watch, told)


def test_errors_are_heard_and_what_is_forgiven_is_not_told(browser: Browser) -> None:
    watch = Watch()
    with browser.new_context() as context:
        page = watch.over(context).new_page()
        watch.forgive("wanted")
        page.evaluate("console.error('wanted')")
        page.evaluate("console.error('broken')")
        with page.expect_event("pageerror"):
            page.evaluate("setTimeout(() => { throw new Error('thrown') })")
        page.evaluate("fetch('http://127.0.0.1:9/').catch(() => 0)")
    assert [what for what in ("broken", "thrown") if what in " ".join(watch.wrong)] == ["broken", "thrown"]
    assert "wanted" not in " ".join(watch.wrong)
    watch.forgive("broken", "thrown", "127.0.0.1", "net::")
    assert watch.wrong == []


def test_the_checks_run_under_the_policy_and_hide_no_violation(browser: Browser, server: Running) -> None:
    watch = Watch()
    with browser.new_context(locale="th-TH") as context:
        page = watch.over(context).new_page()
        page.goto(f"{server.url}/j")
        checks.everything(page)
        checks.contrast(page, 4.5)
        assert watch.wrong == []
        page.evaluate("document.body.setAttribute('style', 'color: red')")
        heard(page, watch, "style-src")


def test_a_picture_of_the_screen_is_judged_unless_it_is_named(bare: Page) -> None:
    bare.set_content('<html lang="th"><body><main><p class="picture">Close the vote</p></main></body></html>')
    assert "Close the vote" in findings("thai_only", bare)
    checks.thai_only(bare, beside=".picture")
