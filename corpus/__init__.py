"""Turn pages into clean, dated articles. Must not depend on index, assistant or ui."""

from corpus.article import Article, Page, Span
from corpus.errors import CorpusError, LoadError
from corpus.loading import LIBRARY_FILE, load, load_pasted
from corpus.sentences import Sentence, split_sentences, split_turns
from corpus.speech import Turn, find_quotations, is_only_quoted

__all__ = [
    "LIBRARY_FILE",
    "Article",
    "CorpusError",
    "LoadError",
    "Page",
    "Sentence",
    "Span",
    "Turn",
    "find_quotations",
    "is_only_quoted",
    "load",
    "load_pasted",
    "split_sentences",
    "split_turns",
]
