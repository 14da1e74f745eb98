"""Answers a question with citations, or abstains. Start reading here."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from assistant.abstention import decide
from assistant.composer import compose
from assistant.errors import WeightsError
from assistant.reading.base import Reader, Reading
from assistant.reading.entries import look_up
from assistant.reading.network import SHIPPED, Network
from assistant.reading.rules import SentenceReader
from assistant.reading.trained import SpanReader
from assistant.result import Abstention, Answer, Near, compose_text
from assistant.settings import Settings
from assistant.terms import content_stems
from assistant.understanding.double_question import join_answers, split_question
from assistant.understanding.follow_up import Form, find_forms, is_completed_meant
from assistant.understanding.question import check_question
from assistant.widening import leans_back
from index import Hit, Library, LibraryError, normalize

Stage = Callable[[str], None]
_NEAREST = 3
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found and read for a question.

    Attributes:
        query: the question as understood.
        hits: the passages, best first.
        readings: their sentences, best first.
    """

    query: str
    hits: Sequence[Hit]
    readings: Sequence[Reading]

    @property
    def similarity(self) -> float:
        """Cosine of the question and its nearest passage; -1 if there is none."""
        return max((hit.similarity for hit in self.hits), default=-1.0)


class Assistant:
    """Answers questions over one library; may be shared by threads.

    Args:
        library: an open library; it is left open.
        settings: how much is read for a question; ``Settings.read()`` if None.
    """

    def __init__(self, library: Library, settings: Settings | None = None) -> None:
        self.library = library
        self.settings = settings or Settings.read()
        self._reader: Reader | None = None
        self._loading = threading.Lock()

    def warm(self) -> None:
        """Load everything that the first question would otherwise wait for."""
        self.library.warm()
        _ = self.reader  # its weights

    def warm_in_background(self) -> None:
        """``warm`` in a thread of its own; what goes wrong is reported by the first question."""

        def warm() -> None:
            with suppress(LibraryError):
                self.warm()

        threading.Thread(target=warm, name="dateline-warm", daemon=True).start()

    @property
    def reader(self) -> Reader:
        """The reader that the settings name.

        If the trained reader's weights cannot be used, a warning is logged and the rule-based
        reader is used.
        """
        with self._loading:
            if self._reader is None:
                self._reader = self._load_reader()
            return self._reader

    def _load_reader(self) -> Reader:
        which = self.settings.reader
        if which != "rules":
            try:
                return SpanReader(Network(SHIPPED if which == "trained" else Path(which)))
            except WeightsError as error:
                _log.warning("%s; until then, the rule-based reader is used", error)
        return SentenceReader(self.library.encoder, limit=self.settings.sentences)

    def answer(
        self,
        question: str,
        *,
        history: Sequence[Answer] = (),
        as_of: date | None = None,
        outlets: Collection[str] | None = None,
        since: date | None = None,
        until: date | None = None,
        on_stage: Stage | None = None,
    ) -> Answer:
        """A cited answer, or an abstention with its reason.

        Args:
            question: 1 to 2,000 characters; if it asks two things, the second may refer back to the
                first.
            history: earlier answers, oldest first; a follow-up question may refer back to them.
            as_of: the day that "this week" counts from; articles closer to it are preferred, none
                is hidden.
            outlets: only articles of these outlets.
            since: only articles published on or after this day.
            until: only articles published on or before this day.
            on_stage: called with what is being done ("Searching the articles").

        Raises:
            QuestionError: the question is empty or too long.
            LibraryError: the library cannot be read.
        """
        tell = on_stage or (lambda stage: None)
        question = check_question(question)

        def answer_part(part: str, before: Sequence[Answer]) -> Answer:
            tell("Searching the articles")
            found = self.read(
                part, before, as_of=as_of, outlets=outlets, since=since, until=until, on_stage=tell
            )
            return self._answer(part, found, tell)

        first, *more = split_question(question)
        answer = answer_part(first, history)
        if not more:
            return answer
        return join_answers(question, (answer, answer_part(more[0], (*history, answer))))

    def _answer(self, question: str, found: Found, tell: Stage) -> Answer:
        """Answer one question from what was found."""
        query, readings = found.query, found.readings
        if not found.hits:
            reason = Abstention.NO_ARTICLES
            return Answer(question=question, query=query, text=reason.message(), abstention=reason)
        decision = decide(query, readings, self.reader.threshold)
        nearest = _find_nearest(readings)
        if decision.abstention:
            return Answer(
                question=question,
                query=query,
                text=decision.abstention.message(),
                confidence=decision.confidence,
                abstention=decision.abstention,
                nearest=nearest,
            )
        tell("Writing the answer")
        citations = compose(readings, asked=content_stems(query), floor=decision.floor)
        short = _short_answer(readings[0])
        return Answer(
            question=question,
            query=query,
            text=compose_text(citations),
            short_answer=short if short and short in citations[0].quote else None,
            citations=citations,
            confidence=decision.confidence,
            nearest=nearest,
        )

    def read(
        self,
        question: str,
        history: Sequence[Answer] = (),
        *,
        as_of: date | None = None,
        outlets: Collection[str] | None = None,
        since: date | None = None,
        until: date | None = None,
        on_stage: Stage | None = None,
    ) -> Found:
        """The question as understood, and what was found and read for it; ``answer`` builds on it.

        A question that may refer back to earlier turns is read both as it is and completed; the
        better result decides which was meant. The arguments are those of ``answer``.
        """
        tell = on_stage or (lambda stage: None)

        def search(form: Form) -> Found:
            hits = self.library.search(
                form.query,
                limit=self.settings.passages,
                as_of=as_of,
                outlets=outlets,
                since=since,
                until=until,
            )
            if hits:
                tell(f"Reading {len(hits)} passages" if len(hits) > 1 else "Reading a passage")
            return Found(
                query=form.query,
                hits=hits,
                readings=look_up(form.query, self.reader.read(form.query, hits)) if hits else [],
            )

        first, *others = find_forms(self.library.correct(normalize(question).text), history)
        found = search(first)
        for form in others:
            completed = search(form)
            if completed.readings and _is_meant(found, completed, form.prior, history[-1]):
                found = completed
        return found


def _is_meant(alone: Found, completed: Found, prior: float, last: Answer) -> bool:
    """Whether the completed question is meant, rather than the one as it stands."""
    if not alone.readings:
        return True
    shown = {
        article.id
        for article in (*(c.article for c in last.citations), *(n.article for n in last.nearest))
    }
    best = completed.readings[0]
    return is_completed_meant(
        prior,
        score=best.score - alone.readings[0].score,
        similarity=completed.similarity - alone.similarity,
        same=best.hit.article.id in shown,
    )


def _find_nearest(readings: Sequence[Reading]) -> tuple[Near, ...]:
    """The best sentences."""
    return tuple(
        Near(
            article=reading.hit.article,
            passage=reading.hit.passage,
            score=reading.hit.score,
            similarity=reading.hit.similarity,
            also_in=reading.hit.also_in,
            sentence=reading.text,
            start=reading.start,
            end=reading.end,
        )
        for reading in readings[:_NEAREST]
    )


def _short_answer(reading: Reading) -> str | None:
    """The answering part; None if it opens a sentence that refers back ("The move prompted …")."""
    if reading.short_answer is None or (
        reading.short_answer[0] == reading.start and leans_back(reading.text)
    ):
        return None
    return reading.hit.article.text[slice(*reading.short_answer)]


_open: dict[Path | None, Assistant] = {}
_opening = threading.Lock()


def answer(
    question: str,
    *,
    library: Library | Path | str | None = None,
    history: Sequence[Answer] = (),
    as_of: date | None = None,
    outlets: Collection[str] | None = None,
    since: date | None = None,
    until: date | None = None,
) -> Answer:
    """Answer a question from a library; see ``Assistant.answer``.

    Args:
        question: 1 to 2,000 characters.
        library: an open library, or its folder; None is ``DATELINE_LIBRARY`` or the user's data
            folder. A library opened from a folder stays open for the next question.
        history: earlier answers, oldest first.
        as_of: the day that "this week" counts from.
        outlets: only articles of these outlets.
        since: only articles published on or after this day.
        until: only articles published on or before this day.

    Raises:
        QuestionError: the question is empty or too long.
        LibraryError: the library cannot be opened or read.
        SettingsError: a ``DATELINE_*`` variable cannot be used.
    """
    assistant = Assistant(library) if isinstance(library, Library) else _assistant(library)
    return assistant.answer(
        question, history=history, as_of=as_of, outlets=outlets, since=since, until=until
    )


def _assistant(path: Path | str | None) -> Assistant:
    settings = Settings.read()
    folder = Path(path) if path is not None else settings.library
    with _opening:
        if folder not in _open:
            _open[folder] = Assistant(
                Library.open(folder, encoder=settings.encoder, chroma=settings.chroma), settings
            )
        return _open[folder]
