"""The conversation as HTML: answers, abstentions and progress. Pure functions, without Gradio.

Every text that was not written here passes through ``plain``, so none of it can become markup.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant import Answer, Citation, Near
from corpus import Article
from ui.excerpts import cells_by_column, closest, excerpt
from ui.phrases import title_of
from ui.web.articles import day_of, opens, plain, source_line

_CLOSEST = ("The closest sentence", "The closest sentences")

_MARKER = re.compile(r"\s*\[(\d+)\]")
_CONFIDENCES = (
    (0.9, "Very likely right"),
    (0.7, "Likely right"),
    (0.5, "More likely right than not"),
    (0.0, "Uncertain"),
)


def render_answer(answer: Answer) -> str:
    """One turn of the chat.

    It holds the question, and either the answer with its cards or the abstention with the closest
    sentences.
    """
    understood = ""
    if answer.query.split() != answer.question.split():
        understood = f'<p class="dl-understood" dir="auto">Understood as: {plain(answer.query)}</p>'
    body = _answered(answer) if answer.abstention is None else _abstained(answer)
    return f'<section class="dl-turn">{_question(answer.question)}{understood}{body}</section>'


def render_stage(question: str, stage: str) -> str:
    """A turn in progress, shown in the place of the answer."""
    return (
        f'<section class="dl-turn">{_question(question)}'
        f'<p class="dl-stage" role="status">{plain(stage)}</p></section>'
    )


def render_problem(message: str) -> str:
    """An error message, in one line."""
    line = message[:1].upper() + message[1:]
    return f'<p class="dl-problem" role="alert" dir="auto">{plain(line)}</p>'


def render_welcome(articles: int, examples: Sequence[str]) -> str:
    """Shown before the conversation starts: example questions, or how to add articles."""
    if not articles:
        return (
            '<section class="dl-welcome"><h2>This library is empty</h2>'
            "<p>Add a few articles: paste a page or drop files. Then ask about them. Every "
            "sentence of an answer is quoted from an article, and you can open the article there."
            '</p><p><button type="button" class="dl-primary" data-add>Add articles</button></p>'
            "</section>"
        )
    chips = "".join(
        f'<button type="button" class="dl-chip" data-ask dir="auto">{plain(q)}</button>'
        for q in examples
    )
    return (
        '<section class="dl-welcome"><h2>Ask the articles</h2>'
        "<p>Every sentence of an answer is quoted from an article, with its outlet and date. "
        "If the articles do not say, Dateline says so.</p>"
        f'<div class="dl-chips">{chips}</div></section>'
    )


def _answered(answer: Answer) -> str:
    word = next(word for floor, word in _CONFIDENCES if answer.confidence >= floor)
    cards = "".join(_citation_card(citation) for citation in answer.citations)
    return (
        f'<p class="dl-answer" dir="auto">{_with_markers(answer)}</p>'
        f'<p class="dl-confidence" title="The estimated probability that this answer is right">'
        f"{word} · {answer.confidence:.0%}</p>"
        f'<ol class="dl-cards" aria-label="Quotations">{cards}</ol>'
    )


def _abstained(answer: Answer) -> str:
    nearest = closest(answer)
    cards = "".join(map(_near_card, nearest))
    below = (
        f'<h3>{_CLOSEST[len(nearest) > 1]}</h3><ol class="dl-cards">{cards}</ol>' if nearest else ""
    )
    return f'<p class="dl-abstention" dir="auto">{plain(answer.text)}</p>{below}'


def _with_markers(answer: Answer) -> str:
    """The text of an answer with each ``[n]`` as a button.

    The first occurrence of the short answer is marked, and Dateline's own words are set apart.
    """
    short = " ".join(answer.short_answer.split()) if answer.short_answer else ""
    pieces: list[str] = []
    end = 0
    for match in _MARKER.finditer(answer.text):
        number = int(match[1])
        if not 1 <= number <= len(answer.citations):
            continue
        citation = answer.citations[number - 1]
        said, words = _split_before(answer.text[end : match.start()], citation.sentence)
        pieces.append(_own_words(said))
        if short and short in words:
            before, after = words.split(short, 1)
            pieces.append(f"{plain(before)}<strong>{plain(short)}</strong>{plain(after)}")
            short = ""
        else:
            pieces.append(plain(words))
        where = (
            f"{citation.article.outlet or 'outlet unknown'}, {day_of(citation.article.published)}"
        )
        pieces.append(
            '<span class="dl-tied"><button type="button" class="dl-marker" '
            f"{opens(citation.article, citation.start, citation.end)} "
            f'aria-label="Quotation {number}: {plain(where)}">{number}</button></span>'
        )
        end = match.end()
    return "".join(pieces) + _own_words(answer.text[end:])


def _split_before(text: str, quoted: str) -> tuple[str, str]:
    """The text before the quotation, and the rest, which starts with the quotation.

    If the quotation is not found after other words, the first part is empty.
    """
    place = text.rfind(quoted)
    return (text[:place], text[place:]) if place > 0 and text[:place].strip() else ("", text)


def _own_words(text: str) -> str:
    """Dateline's own words, such as those about a part that it could not answer."""
    return f' <span class="dl-said">{plain(text.strip())}</span> ' if text.strip() else ""


def _citation_card(citation: Citation) -> str:
    target = opens(citation.article, citation.start, citation.end)
    number = f'<span class="dl-number" aria-hidden="true">{citation.number}</span>'
    quote = _row_table(citation) or _quote(plain(citation.sentence))
    return _card(citation.article, target, quote, citation.also_in, number)


def _row_table(citation: Citation) -> str:
    """A quoted row of a table below the names of its columns; "" if it is no such row."""
    pairs = cells_by_column(citation)
    names = "".join(f'<th scope="col">{plain(name)}</th>' for name, _ in pairs)
    cells = "".join(f"<td>{plain(cell)}</td>" for _, cell in pairs)
    rows = f"<thead><tr>{names}</tr></thead><tbody><tr>{cells}</tr></tbody>"
    return f'<table class="dl-row" dir="auto">{rows}</table>' if pairs else ""


def _quote(quote: str) -> str:
    """A quotation, which is already markup."""
    return f'<blockquote dir="auto">{quote}</blockquote>'


def _near_card(near: Near) -> str:
    before, sentence, after = excerpt(near)
    quote = _quote(f"{plain(before)}<mark>{plain(sentence)}</mark>{plain(after)}")
    return _card(near.article, opens(near.article, near.start, near.end), quote, near.also_in, "")


def _card(article: Article, target: str, quote: str, copies: Sequence[Article], number: str) -> str:
    """One card; ``quote`` is already markup."""
    also = ""
    if copies:
        names = ", ".join(
            f'<button type="button" class="dl-link" data-article="{plain(copy.id)}">'
            f"<bdi>{plain(copy.outlet or title_of(copy))}</bdi></button>"
            for copy in copies
        )
        also = f'<p class="dl-also">Also in: {names}</p>'
    return (
        f'<li class="dl-card">{number}<div>{source_line(article)}'
        f'<button type="button" class="dl-open" {target} dir="auto">'
        f"{plain(title_of(article))}</button>"
        f"{quote}{also}</div></li>"
    )


def _question(question: str) -> str:
    return f'<h2 class="dl-question" dir="auto">{plain(question)}</h2>'
