"""Phrases that the page and the terminal share. Pure functions."""

from __future__ import annotations

from textwrap import shorten
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corpus import Article


def count_of(number: int, noun: str) -> str:
    """A number with its noun, as in "1 article" and "1,400 articles"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def title_of(article: Article, width: int = 80) -> str:
    """The title, or the first words of the text, of which at most ``width`` characters."""
    return article.title or shorten(article.text[: 5 * width], width, placeholder=" …")
