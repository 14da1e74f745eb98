"""Turn pages into clean, dated articles. Must not depend on index, assistant or ui."""

from corpus.article import Article, Page, Span
from corpus.errors import CorpusError, FrontPageError, LoadError
from corpus.loading import LIBRARY_FILE, load, load_pasted, load_pasted_page
from corpus.sentences import Sentence, find_header, split_sentences
from corpus.tables import split_cells

__all__ = [
    "LIBRARY_FILE",
    "Article",
    "CorpusError",
    "FrontPageError",
    "LoadError",
    "Page",
    "Sentence",
    "Span",
    "find_header",
    "load",
    "load_pasted",
    "load_pasted_page",
    "split_cells",
    "split_sentences",
]
