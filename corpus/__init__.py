"""Turn pages into clean, dated articles. Must not depend on index, assistant or ui."""

from corpus.article import Article, Page, Span
from corpus.errors import CorpusError, LoadError
from corpus.kinds import list_kinds
from corpus.loaders.source import Passed
from corpus.loading import LIBRARY_FILE, load, load_pasted
from corpus.sentences import Sentence, split_sentences

__all__ = [
    "LIBRARY_FILE",
    "Article",
    "CorpusError",
    "LoadError",
    "Page",
    "Passed",
    "Sentence",
    "Span",
    "list_kinds",
    "load",
    "load_pasted",
    "split_sentences",
]
