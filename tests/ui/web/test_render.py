"""The page's HTML: the words of articles, questions and file names always appear as text."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Abstention, Answer, Citation, Near
from corpus import Article, Page
from index import Added, Outcome, Passage, Summary
from ui.excerpts import SHOWN
from ui.web import articles, render

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</button></li></ol><h1>",
    '" onmouseover="alert(1)',
    "' autofocus onfocus='alert(1)",
    "{{value}} ${alert(1)} `${1}`",
    "[link](javascript:alert(1)) **bold** <!-- -->",
    "\u202egnirts siht\u202c مرحبا بالعالم",
    "Donaudampfschifffahrtsgesellschaft" * 30,
    "&lt;b&gt; &amp; &#x3c;",
    "a\r\nb\tc\u2028d",
)
TEXT = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1).filter(
        str.strip
    ),
)


class TextCollector(HTMLParser):
    """The HTML as a browser reads it.

    Holds the tags with their attributes' names, the attributes' values, and the text.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, ...]] = []
        self.values: dict[str, list[str]] = {}
        self.text = ""
        self.parts: dict[str, str] = {}
        self._open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, *(name for name, _ in attrs)))
        for name, value in attrs:
            self.values.setdefault(name, []).append(value or "")
        if tag != "input":
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag
        self.tags.append((f"/{tag}",))

    def handle_data(self, data: str) -> None:
        self.text += data
        for tag in set(self._open):
            self.parts[tag] = self.parts.get(tag, "") + data


def article(text: str = "One. Two. Three.", **facts: str) -> Article:
    return Article(id=facts.pop("id", "a"), text=text, published=date(2025, 12, 9), **facts)  # type: ignore[arg-type] # all are str


def cite(
    quoted: Article, quote: str, number: int = 1, also_in: tuple[Article, ...] = ()
) -> Citation:
    start = quoted.text.index(quote)
    return Citation(
        number=number,
        article=quoted,
        start=start,
        end=start + len(quote),
        quote=quote,
        also_in=also_in,
    )


def everything(said: str) -> str:
    """Every kind of HTML that is rendered, with ``said`` as all of its words."""
    quoted = article(said, id=said, title=said, outlet=said, author=said, url=said)
    copy = article(said, id=said + "2", title=said, outlet=said)
    citation = cite(quoted, said, also_in=(copy,))
    one_line = " ".join(said.split())
    answer = Answer(
        question=said,
        query=said + " more",
        text=f"{one_line} [1]",
        short_answer=said,
        citations=(citation,),
        confidence=0.8,
    )
    passage = Passage(id="p", article_id=said, start=0, end=len(said), text=said)
    near = Near(
        article=quoted,
        passage=passage,
        score=1.0,
        similarity=0.5,
        also_in=(copy,),
        sentence=said,
        start=0,
        end=len(said),
    )
    abstained = Answer(
        question=said, query=said, text=said, abstention=Abstention.NO_ANSWER, nearest=(near,)
    )
    page = Article(id="p", text=said, page=Page(text=said + said, kept=((0, len(said)),)))
    return "".join(
        (
            render.render_answer(answer),
            render.render_answer(abstained),
            render.render_stage(said, said),
            render.render_problem("!" + said),
            render.render_welcome(1, [said]),
            articles.render_articles([quoted], more=True),
            articles.render_article(quoted, (0, len(said))),
            articles.render_article(page, (0, len(said)), page=True),
            articles.render_added(
                [articles.added_line(quoted, Outcome.NEW), articles.failed_line(said)], said
            ),
        )
    )


@given(said=TEXT)
def test_no_words_change_the_structure_of_the_page(said: str) -> None:
    assert TextCollector(everything(said)).tags == TextCollector(everything("word")).tags


@pytest.mark.parametrize("said", HOSTILE)
def test_no_event_handler_style_or_script_comes_out_of_words(said: str) -> None:
    reading = TextCollector(everything(said))
    assert not any(name.startswith("on") or name in ("style", "srcdoc") for name in reading.values)
    assert not {"script", "img", "iframe", "svg", "object", "style"} & {
        tag for tag, *_ in reading.tags
    }


@pytest.mark.parametrize("said", HOSTILE)
def test_words_are_shown_as_they_are(said: str) -> None:
    shown = TextCollector(articles.render_article(article(said), (0, len(said)))).parts["mark"]
    assert shown == said.replace("\r\n", "\n") or shown == said


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " javascript:alert(1)",
        "data:text/html,<script>",
        "file:///etc/passwd",
        "//evil.example",
        "http:",
        "http://[",
        "sample",
        "ftp://x.example/a",
    ],
)
def test_only_web_addresses_become_links(url: str) -> None:
    assert "<a " not in articles.render_article(article(url=url))


def test_the_link_to_the_original_tells_it_nothing_of_us() -> None:
    reading = TextCollector(articles.render_article(article(url="https://news.example/a?b=1&c=2")))
    assert reading.values["href"] == ["https://news.example/a?b=1&c=2"]
    assert reading.values["rel"] == ["noopener noreferrer"]
    assert reading.parts["a"] == "Original at news.example"


def test_each_marker_opens_the_quotation_that_it_numbers() -> None:
    first, second = article("One. Two."), article("Three. Four.", id="b")
    citations = (cite(first, "Two."), cite(second, "Three.", 2))
    html = render.render_answer(
        Answer(
            question="q", query="q", text="Two. [1] Three. [2]", citations=citations, confidence=0.9
        )
    )
    reading = TextCollector(html)
    assert reading.parts["p"].startswith("Two.1 Three.2")
    assert reading.values["data-article"] == ["a", "b", "a", "b"]  # two markers, two cards
    for quoted, token, quote in ((first, 0, "Two."), (second, 1, "Three.")):
        span = articles.find_span(quoted, reading.values["data-span"][token])
        assert span is not None
        assert quoted.text[slice(*span)] == quote


def test_a_number_in_brackets_that_cites_nothing_stays_text() -> None:
    quoted = article("See [7] and [0].")
    html = render.render_answer(
        Answer(
            question="q",
            query="q",
            text="See [7] and [0]. [1]",
            citations=(cite(quoted, quoted.text),),
        )
    )
    assert TextCollector(html).parts["p"].startswith("See [7] and [0].1")


def test_the_short_answer_is_marked_once_in_the_first_quotation() -> None:
    quoted = article("It paid $1.4\nbillion. Then $1.4\nbillion more.")
    answer = Answer(
        question="q",
        query="q",
        text="It paid $1.4 billion. Then $1.4 billion more. [1]",
        short_answer="$1.4\nbillion",
        citations=(cite(quoted, quoted.text),),
    )
    html = render.render_answer(answer)
    assert html.count("<strong>") == 1
    assert "It paid <strong>$1.4 billion</strong>. Then" in html


@pytest.mark.parametrize(
    ("confidence", "words"),
    [
        (0.97, "Very likely right · 97%"),
        (0.7, "Likely right"),
        (0.55, "More likely right than not"),
        (0.0, "Uncertain · 0%"),
    ],
)
def test_confidence_is_said_in_words_and_as_a_number(confidence: float, words: str) -> None:
    quoted = article()
    answer = Answer(
        question="q",
        query="q",
        text="One. [1]",
        citations=(cite(quoted, "One."),),
        confidence=confidence,
    )
    assert words in render.render_answer(answer)


def test_what_dateline_says_itself_is_set_apart_from_quotations() -> None:
    quoted = article()
    own = "Dateline found no sure answer to “Why?” in the articles."
    for text in (f"One. [1] {own}", f"{own} One. [1]"):
        answer = Answer(
            question="q", query="q", text=text, citations=(cite(quoted, "One."),), confidence=0.8
        )
        html = render.render_answer(answer)
        assert f'<span class="dl-said">{own}</span>' in html
        assert html.count("dl-said") == 1


@pytest.mark.parametrize(
    ("reason", "count"),
    [(Abstention.NO_ANSWER, SHOWN), (Abstention.NO_MATCH, 0)],
    ids=["topic", "no topic"],
)
def test_an_abstention_says_so_once_and_shows_the_closest_sentences_of_the_topic(
    reason: Abstention, count: int
) -> None:
    text = "Before it. Near. After it."
    nearest = tuple(
        Near(
            article=article(text),
            passage=Passage(id=str(i), article_id="a", start=0, end=len(text), text=text),
            score=1.0,
            similarity=0.1,
            sentence="Near.",
            start=11,
            end=16,
        )
        for i in range(5)
    )
    answer = Answer(
        question="q", query="q", text="No sure answer.", abstention=reason, nearest=nearest
    )
    html = render.render_answer(answer)
    assert "dl-abstention" in html
    assert html.count("No sure answer.") == 1
    assert html.count("Before it. <mark>Near.</mark> After it.") == count
    assert ("The closest sentences" in html) == bool(count)


def test_what_was_understood_is_said_only_where_it_differs() -> None:
    def turn(query: str) -> str:
        return render.render_answer(
            Answer(question="And  when?", query=query, text="No.", abstention=Abstention.NO_MATCH)
        )

    assert "Understood as" not in turn("And when?")
    assert "Understood as: And when did Türkiye pay?" in turn("And when did Türkiye pay?")


def test_outlet_and_day_are_said_or_said_to_be_missing() -> None:
    nothing = Article(id="n", text="Words of a page.")
    assert "outlet unknown · undated" in TextCollector(articles.render_article(nothing)).text
    known = article(outlet="Türkiye Today")
    assert "Türkiye Today · 9 Dec 2025" in TextCollector(articles.render_article(known)).text
    machine = Article(id="m", text="Words.", machine_translated=True)
    assert "machine-translated" in articles.render_article(machine)


def test_a_later_update_is_shown_beside_the_day_of_publication() -> None:
    updated = replace(article(), modified=date(2025, 12, 11))
    assert "9 Dec 2025 · updated 11 Dec 2025" in articles.render_article(updated)
    same = replace(article(), modified=date(2025, 12, 9))
    assert "updated" not in articles.render_article(same)


def test_copies_are_named_on_the_card_and_open() -> None:
    quoted, copy = article(), article(id="copy", outlet="The Harbour Post")
    answer = Answer(
        question="q", query="q", text="One. [1]", citations=(cite(quoted, "One.", also_in=(copy,)),)
    )
    reading = TextCollector(render.render_answer(answer))
    assert "Also in: The Harbour Post" in reading.text
    assert "copy" in reading.values["data-article"]


@given(text=TEXT, data=st.data())
def test_a_span_comes_back_from_the_browser_only_while_the_article_says_the_same(
    text: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    token = articles.span_token(article(text), start, end)
    assert articles.find_span(article(text), token) == (start, end)
    changed = text[:start] + ("y" if text[start] == "x" else "x") + text[start + 1 :]
    assert articles.find_span(article(changed), token) is None


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "0-3",
        "3-0-00000000",
        "-1-2-00000000",
        "0-99999999999999999999-0",
        "\u0660-\u0661-00000000",
    ],
)
def test_a_made_up_span_is_none(token: str) -> None:
    assert articles.find_span(article(), token) is None


def test_a_quotation_that_is_gone_is_said_to_be_gone() -> None:
    html = articles.render_article(article(), None, stale=True)
    assert "no longer in it" in html
    assert "<mark>" not in html


@given(st.lists(st.tuples(st.booleans(), TEXT), min_size=1, max_size=6), st.data())
def test_the_page_is_shown_whole_with_what_was_dropped_and_what_is_quoted(
    pieces: list[tuple[bool, str]], data: st.DataObject
) -> None:
    pieces = [(True, "kept"), *pieces]
    kept, offset = [], 0
    for keep, piece in pieces:
        if keep:
            kept.append((offset, offset + len(piece)))
        offset += len(piece)
    page = Page(text="".join(piece for _, piece in pieces), kept=tuple(kept))
    shown = Article(id="p", text=page.article_text, page=page)
    start = data.draw(st.integers(0, len(shown.text) - 1))
    end = data.draw(st.integers(start + 1, len(shown.text)))
    body = articles.render_article(shown, (start, end), page=True).split(
        '<div class="dl-body" dir="auto">'
    )[1]
    reading = TextCollector('<div class="dl-body">' + body.removesuffix("</article>"))
    assert reading.text == page.text
    assert reading.parts["mark"] == shown.text[start:end]
    assert reading.parts.get("del", "") == "".join(page.text[a:b] for a, b in page.dropped)


def test_an_empty_library_says_what_to_do() -> None:
    assert "data-add" in render.render_welcome(0, ["Why?"])
    assert "Why?" not in render.render_welcome(0, ["Why?"])
    assert "data-ask" in render.render_welcome(1, ["Why?"])


@pytest.mark.parametrize(
    ("first", "last", "count", "line"),
    [
        (
            date(2019, 7, 12),
            date(2025, 12, 9),
            14,
            "14 articles · 12 Jul 2019 to 9 Dec 2025 · 2 outlets",
        ),
        (date(2019, 7, 12), date(2019, 7, 12), 1, "1 article · 12 Jul 2019 · 2 outlets"),
        (None, None, 1200, "1,200 articles · 2 outlets"),
    ],
)
def test_the_library_in_a_line(
    first: date | None, last: date | None, count: int, line: str
) -> None:
    summary = Summary(
        articles=count, passages=9, first=first, last=last, outlets=("A", "B"), encoder=None
    )
    assert line in articles.render_summary(summary)


def test_what_was_added_is_counted() -> None:
    added = Added(new=("a",), duplicates=("b",), unchanged=("c",), failed=("d",))
    assert articles.added_status(added, failures=2, passages=1) == (
        "2 added, 1 already here, 3 failed · 1 passage more to search"
    )
    assert articles.added_status(Added(), failures=0, passages=0) == "Nothing was added"


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_has_its_words(outcome: Outcome) -> None:
    assert "word" in articles.added_line(article(title="word"), outcome)


def test_a_quoted_row_stands_below_the_names_of_its_columns_and_both_are_plain_text() -> None:
    text = "Votes were counted.\n\nParty\t<b>Votes</b>\nGreen List\t11,930\nCentre\t5,112"
    article = Article(id="rows", text=text)
    quote, start = "Green List\t11,930", text.index("Green")
    row = Citation(number=1, article=article, start=start, end=start + len(quote), quote=quote)
    answer = Answer(question="q", query="q", text="Green List 11,930 [1]", citations=(row,))
    shown = render.render_answer(answer)
    assert '<th scope="col">Party</th><th scope="col">&lt;b&gt;Votes&lt;/b&gt;</th>' in shown
    assert "<td>Green List</td><td>11,930</td>" in shown
    assert "<blockquote" not in shown


def test_addresses_that_a_front_page_leads_to_are_listed_as_plain_text() -> None:
    many = [f"https://daily.example/{n}?<i>" for n in range(articles.OFFERED + 2)]
    shown = articles.failed_line("a front page", many)
    assert shown.count("daily.example") == articles.OFFERED
    assert "and 2 more" in shown
    assert "<i>" not in shown
