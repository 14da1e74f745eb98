"""Turn pages into clean, dated articles. Must not depend on index, assistant or ui."""

from corpus.addresses import read_addresses
from corpus.article import Article, Page, Span
from corpus.errors import CorpusError, FrontPageError, LoadError
from corpus.identity import current_id, url_id
from corpus.kinds import list_kinds
from corpus.loaders.source import Passed
from corpus.loading import LIBRARY_FILE, load, load_pasted, load_pasted_page
from corpus.text.sentences import Sentence, find_header, split_sentences, split_turns
from corpus.text.speech import Turn, find_quotations, is_only_quoted
from corpus.text.tables import split_cells

__all__ = [
    "LIBRARY_FILE",
    "Article",
    "CorpusError",
    "FrontPageError",
    "LoadError",
    "Page",
    "Passed",
    "Sentence",
    "Span",
    "Turn",
    "current_id",
    "find_header",
    "find_quotations",
    "is_only_quoted",
    "list_kinds",
    "load",
    "load_pasted",
    "load_pasted_page",
    "read_addresses",
    "split_cells",
    "split_sentences",
    "split_turns",
    "url_id",
]
