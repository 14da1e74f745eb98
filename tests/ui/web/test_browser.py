"""The web chat in a real Chromium, with a real server and encoder, on the sample articles."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from assistant import Answer, Assistant, Citation, Settings
from corpus import Article
from corpus.samples import SAMPLE_QUESTIONS
from index import Library
from tests.fakes import WordEncoder
from ui.web.page import running

CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
FLAGS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
WIDE: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None, reason="no Chromium on this machine (Debian: apt-get install chromium)"
    ),
]

F35 = "Why was Türkiye removed from the F-35 program?"
WORLD_CUP = "Who won the 2022 World Cup?"


class Gated(Assistant):
    """Answers like the original, but only once the gate opens."""

    def __init__(self, original: Assistant) -> None:
        super().__init__(original.library, original.settings)
        self.gate = threading.Event()
        self.gate.set()

    def answer(self, question: str, **how: Any) -> Answer:  # noqa: ANN401 - whatever the page passes on
        if not self.gate.is_set():
            how["on_stage"]("Waiting at the gate")
        assert self.gate.wait(30)
        return super().answer(question, **how)


class Citing(Assistant):
    """Answers every question with the whole of the first article."""

    def answer(self, question: str, **how: Any) -> Answer:  # noqa: ANN401 - whatever the page passes on
        quoted = next(self.library.articles())
        citation = Citation(
            number=1, article=quoted, start=0, end=len(quoted.text), quote=quoted.text
        )
        return Answer(
            question=question,
            query=question + quoted.text,
            text=f"{quoted.text} [1]",
            short_answer=quoted.text,
            citations=(citation,),
        )


@pytest.fixture(scope="module")
def gated(samples: Assistant) -> Gated:
    return Gated(samples)


@pytest.fixture(scope="module")
def chat(gated: Gated) -> Iterator[str]:
    with running(gated, port=0, examples=SAMPLE_QUESTIONS) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Watched:
    """A browser context that records requests to other hosts and errors on the console."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context, self.url = context, url
        self.elsewhere: list[str] = []
        self.errors: list[str] = []
        self.pages: list[Page] = []

    def open(self, query: str = "") -> Page:
        page = self.context.new_page()
        self.pages.append(page)
        page.on("request", self._note)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on(
            "console",
            lambda message: self.errors.append(message.text) if message.type == "error" else None,
        )
        page.on("dialog", lambda dialog: self.errors.append(f"dialog: {dialog.message}"))
        page.goto(self.url + query)
        expect(page.locator(".dl-welcome")).to_be_visible()
        return page

    def _note(self, request: Any) -> None:  # noqa: ANN401 - playwright's Request, of which the address is read
        if not request.url.startswith((self.url, "data:", f"blob:{self.url}")):
            self.elsewhere.append(request.url)


@contextmanager
def watched(context: BrowserContext, url: str) -> Iterator[Watched]:
    watch = Watched(context, url)
    yield watch
    for page in watch.pages:
        page.close()
    assert watch.elsewhere == []
    assert watch.errors == []


@pytest.fixture(scope="module")
def desktop(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(reduced_motion="reduce", **WIDE) as context:
        yield context


@pytest.fixture(scope="module")
def handset(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(reduced_motion="reduce", **PHONE) as context:
        yield context


@pytest.fixture
def wide(desktop: BrowserContext, chat: str) -> Iterator[Page]:
    with watched(desktop, chat) as watch:
        yield watch.open()


@pytest.fixture
def phone(handset: BrowserContext, chat: str) -> Iterator[Page]:
    with watched(handset, chat) as watch:
        yield watch.open()


def ask(page: Page, question: str) -> None:
    turns = page.locator("#dl-transcript .dl-turn").count()
    page.get_by_label("Question", exact=True).fill(question)
    page.keyboard.press("Enter")
    expect(page.locator("#dl-transcript .dl-turn")).to_have_count(turns + 1, timeout=30_000)


def marked(page: Page) -> str:
    mark = page.locator(".dl-body mark").first
    expect(mark).to_be_in_viewport()
    return " ".join(" ".join(page.locator(".dl-body mark").all_inner_texts()).split())


def test_an_example_is_answered_and_a_marker_opens_its_quotation(wide: Page) -> None:
    wide.get_by_role("button", name=F35).click()
    expect(wide.locator(".dl-answer")).to_be_visible(timeout=30_000)
    wide.locator(".dl-marker").first.click()
    quotation = wide.locator(".dl-card blockquote").first.inner_text()
    assert marked(wide) == quotation
    expect(wide.locator(".dl-reading h2")).to_be_focused()


def test_a_card_opens_the_article_and_its_page_with_what_was_dropped(wide: Page) -> None:
    ask(wide, F35)
    card = wide.locator(".dl-card").first
    card.click()
    quotation = card.locator("blockquote").inner_text()
    assert marked(wide) == quotation
    expect(wide.locator(".dl-body del")).to_have_count(0)
    wide.get_by_role("button", name="Show the page as it came").click()
    expect(wide.locator(".dl-body del").first).to_be_attached()
    assert marked(wide) == quotation
    wide.get_by_role("button", name="All articles").click()
    expect(wide.locator(".dl-articles")).to_be_visible()


def test_what_the_articles_do_not_hold_is_declined_with_the_closest_sentences(wide: Page) -> None:
    ask(wide, "Who paid for the Lady Ansel?")
    expect(wide.locator(".dl-abstention")).to_be_visible()
    expect(wide.locator(".dl-answer")).to_have_count(0)
    wide.locator(".dl-card").first.click()
    assert marked(wide)


def test_a_follow_up_is_understood_by_what_went_before_and_a_new_chat_forgets_it(
    wide: Page,
) -> None:
    ask(wide, F35)
    ask(wide, "How much had it already paid?")
    expect(wide.locator(".dl-understood")).to_contain_text("F-35")
    wide.get_by_role("button", name="New chat").click()
    expect(wide.locator(".dl-turn")).to_have_count(0)
    ask(wide, "How much had it already paid?")
    expect(wide.locator(".dl-understood")).to_have_count(0)


def test_two_tabs_talk_independently(desktop: BrowserContext, chat: str) -> None:
    with watched(desktop, chat) as watch:
        one, other = watch.open(), watch.open()
        ask(one, F35)
        expect(other.locator(".dl-welcome")).to_be_visible()
        ask(other, WORLD_CUP)
        expect(one.locator(".dl-turn")).to_have_count(1)
        expect(other.locator(".dl-turn")).to_have_count(1)
        expect(one.locator(".dl-answer")).to_be_visible()
        expect(other.locator(".dl-abstention")).to_be_visible()


def test_the_stage_is_shown_and_its_answer_moves_nothing(wide: Page, gated: Gated) -> None:
    ask(wide, F35)
    gated.gate.clear()
    try:
        wide.get_by_label("Question", exact=True).fill(WORLD_CUP)
        wide.keyboard.press("Enter")
        expect(wide.locator(".dl-stage")).to_have_text("Waiting at the gate …")
        question = wide.get_by_role("heading", name=WORLD_CUP)
        box = question.bounding_box()
    finally:
        gated.gate.set()
    expect(wide.locator("#dl-transcript .dl-turn")).to_have_count(2, timeout=30_000)
    assert question.bounding_box() == box
    assert box
    assert box["y"] < 150


def test_a_refused_question_is_explained_next_to_the_box(phone: Page) -> None:
    phone.get_by_label("Question", exact=True).fill("   ")
    phone.keyboard.press("Enter")
    expect(phone.locator(".dl-problem")).to_be_in_viewport()
    ask(phone, F35)
    expect(phone.locator(".dl-problem")).to_have_count(0)


def test_filters_narrow_the_answer_down(wide: Page) -> None:
    wide.get_by_role("button", name="Only some outlets or days").click()
    wide.get_by_label("Until").fill("2000-01-01")
    ask(wide, F35)
    expect(wide.locator(".dl-abstention")).to_contain_text("There are no articles to answer from")


def test_on_a_phone_nothing_is_wider_than_the_screen_and_articles_open_in_a_sheet(
    phone: Page,
) -> None:
    ask(phone, F35)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    pane = phone.locator("#dl-pane")
    expect(pane).not_to_be_visible()
    marker = phone.locator(".dl-marker").first
    marker.click()
    assert marked(phone)
    expect(phone.get_by_role("dialog", name="Articles")).to_be_visible()
    assert phone.locator("#dl-chat").evaluate("chat => chat.inert")
    phone.keyboard.press("Escape")
    expect(pane).not_to_be_visible()
    expect(marker).to_be_focused()
    phone.get_by_role("button", name="Articles", exact=True).click()
    expect(phone.locator(".dl-articles")).to_be_visible()
    expect(phone.get_by_role("button", name="Close", exact=True)).to_be_focused()
    phone.go_back()
    expect(pane).not_to_be_visible()
    expect(phone.locator(".dl-answer")).to_be_visible()


def test_the_keyboard_is_enough(wide: Page) -> None:
    ask(wide, F35)
    wide.locator(".dl-marker").first.focus()
    wide.keyboard.press("Enter")
    assert marked(wide)
    wide.keyboard.press("Escape")
    expect(wide.locator(".dl-articles")).to_be_visible()


@pytest.mark.parametrize(
    ("scheme", "query", "dark"),
    [("light", "", False), ("dark", "", True), ("light", "?__theme=dark", True)],
)
def test_it_is_dark_where_that_is_wanted(
    browser: Browser, chat: str, scheme: Literal["light", "dark"], query: str, dark: bool
) -> None:
    with (
        browser.new_context(color_scheme=scheme, **PHONE) as context,
        watched(context, chat) as watch,
    ):
        page = watch.open(query)
        for style in ("backgroundColor", "color"):
            colour = page.locator(".gradio-container").evaluate(
                f"page => getComputedStyle(page).{style}"
            )
            light = sum(int(part) for part in re.findall(r"\d+", colour)[:3]) > 384
            assert light == (dark == (style == "color")), (style, colour)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library", encoder=WordEncoder()) as library:
        yield library


def test_from_an_empty_library_to_its_articles(
    desktop: BrowserContext, library: Library, tmp_path: Path
) -> None:
    (tmp_path / "ferry.txt").write_text(
        (
            "Ferry sinks\n5 May 2024\n\n"
            "The ferry Lady Ansel sank in the strait on Sunday. All 40 passengers were saved."
        ),
        encoding="utf-8",
    )
    (tmp_path / "empty.html").touch()
    with running(Assistant(library, Settings()), port=0) as url, watched(desktop, url) as watch:
        page = watch.open()
        expect(page.locator(".dl-welcome")).to_contain_text("This library is empty")
        page.locator(".dl-welcome").get_by_role("button", name="Add articles").click()
        page.get_by_label("Paste a page, or its address").fill(
            "Home\nShare\n\nMayor opens tram line\n3 May 2024\n\n"
            "The mayor opened the tram line. It cost 40 million."
        )
        page.get_by_role("button", name="Add this page").click()
        expect(page.locator(".dl-added")).to_contain_text("1 added", timeout=30_000)
        expect(page.locator(".dl-summary")).to_have_text("1 article · 3 May 2024")
        expect(page.get_by_label("Paste a page, or its address")).to_have_value("")
        page.set_input_files("#dl-files input", [tmp_path / "ferry.txt", tmp_path / "empty.html"])
        expect(page.locator(".dl-added")).to_contain_text("1 added, 1 failed", timeout=30_000)
        expect(page.locator(".dl-failed")).to_contain_text("empty.html")
        expect(page.locator(".dl-summary")).to_contain_text("2 articles · 3 May 2024 to 5 May 2024")
        page.locator(".dl-added").get_by_role("button", name="Ferry sinks").click()
        expect(page.locator(".dl-body")).to_contain_text("Lady Ansel")
        page.get_by_role("button", name="All articles").click()
        expect(page.locator(".dl-articles li")).to_have_count(2)


HOSTILE = (
    "<script>hacked=1</script> <img src=x onerror='hacked=1'> {{hacked}} ${hacked=1} `${hacked=1}` "
    "[x](javascript:hacked=1) \u202eesrever مرحبا " + "long" * 200 + "."
)


@pytest.mark.parametrize("screen", ["desktop", "handset"])
def test_a_hostile_article_is_only_words(
    request: pytest.FixtureRequest, library: Library, screen: str
) -> None:
    context: BrowserContext = request.getfixturevalue(screen)
    library.add(
        [
            Article(
                id='"><script>hacked=1</script>',
                text=HOSTILE,
                title=HOSTILE,
                outlet=HOSTILE,
                url="javascript:hacked=1",
            )
        ]
    )
    with running(Citing(library, Settings()), port=0) as url, watched(context, url) as watch:
        page = watch.open()
        ask(page, HOSTILE)
        expect(page.locator(".dl-question")).to_have_text(HOSTILE)
        expect(page.locator(".dl-answer")).to_have_text(f"{HOSTILE}1")
        page.locator(".dl-card .dl-open").first.click()
        expect(page.locator(".dl-body mark")).to_have_text(HOSTILE)
        expect(page.locator(".dl-reading a")).to_have_count(0)
        assert page.evaluate("typeof hacked") == "undefined"
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert page.locator("#dl-pane").evaluate("pane => pane.scrollWidth <= pane.clientWidth")
