"""The whole path from question to cited answer, with the real encoder, Chroma and SQLite."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant import Abstention, Answer, Assistant, QuestionError, Settings, SettingsError, answer
from corpus import Article
from corpus.samples import SAMPLE_QUESTIONS
from index import Library, LibraryError
from tests.fakes import WordEncoder


def keeps_its_promises(reply: Answer) -> bool:
    """Check the promises of every answer again, from its parts."""
    quoted = all(c.article.text[c.start : c.end] == c.quote for c in reply.citations)
    cited = (reply.abstention is None) == bool(reply.citations)
    own = reply.text  # what is left is what Dateline says about a part that it did not answer
    for citation in reply.citations:
        own = own.replace(f"{citation.sentence} [{citation.number}]", "", 1)
    own = own.strip()
    spelled = (
        not reply.citations
        or not own
        or (own.startswith("Dateline found ") and own.endswith(" in the articles."))
    )
    spelled = spelled and (not own or not reply.citations or not re.search(r"\[\d+\]", own))
    return quoted and cited and spelled and 0 <= reply.confidence <= 1


@pytest.mark.parametrize("question", SAMPLE_QUESTIONS)
def test_every_sample_question_keeps_the_promises(samples: Assistant, question: str) -> None:
    assert keeps_its_promises(samples.answer(question))


def test_the_sample_questions_show_answers_and_an_abstention(samples: Assistant) -> None:
    replies = [samples.answer(question) for question in SAMPLE_QUESTIONS]
    assert sum(not reply.abstention for reply in replies[:-1]) >= 4
    assert replies[-1].abstention is Abstention.NO_MATCH


@pytest.mark.parametrize("reader", ["rules", "trained"])
def test_the_two_pages_both_say_why_turkiye_was_removed(two_pages: Assistant, reader: str) -> None:
    reply = Assistant(two_pages.library, Settings(reader=reader)).answer(
        "Why was Türkiye removed from the F-35 program?"
    )
    assert len({citation.article.id for citation in reply.citations}) == 2
    assert "S-400" in reply.citations[0].quote
    assert keeps_its_promises(reply)


@pytest.mark.parametrize("question", SAMPLE_QUESTIONS)
def test_the_trained_reader_keeps_the_promises(samples: Assistant, question: str) -> None:
    assert keeps_its_promises(
        Assistant(samples.library, Settings(reader="trained")).answer(question)
    )


def test_without_usable_weights_it_answers_by_simpler_rules_and_says_so(
    samples: Assistant, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    weightless = Assistant(samples.library, Settings(reader=str(tmp_path / "gone")))
    replies = [weightless.answer(question) for question in SAMPLE_QUESTIONS]
    assert all(map(keeps_its_promises, replies))
    assert any(reply.citations for reply in replies)
    (record,) = caplog.records
    assert "gone are missing" in record.message


def test_the_two_pages_decline_what_they_do_not_say(two_pages: Assistant) -> None:
    reply = two_pages.answer("Who won the 2022 World Cup?")
    assert reply.abstention is Abstention.NO_MATCH
    assert reply.nearest


def test_the_two_pages_decline_what_they_only_touch(two_pages: Assistant) -> None:
    reply = two_pages.answer("How much did the Patriot missiles cost?")
    assert reply.abstention is Abstention.NO_ANSWER
    assert any("Patriot" in hit.article.text for hit in reply.nearest)


def test_a_conversation_is_followed(two_pages: Assistant) -> None:
    history: list[Answer] = []
    for question, expected in (
        ("Why was Türkiye removed from the F-35 program?", "S-400"),
        ("How much had it already paid?", "$1.4 billion"),
        ("And when did the first deliveries arrive?", "July"),
    ):
        reply = two_pages.answer(question, history=history)
        assert expected in reply.text
        history.append(reply)
    assert history[1].query == "How much had it already paid? (Türkiye, F-35)"
    assert "$1.4 billion" in (history[1].short_answer or "")


def test_a_cause_that_is_named_by_pointing_back_is_no_short_answer(tmp_path: Path) -> None:
    text = (
        "Norland bought radars from Ostia.\n\n"
        "The purchase led Washington to expel Norland from the X-7 program."
    )
    with Library.open(tmp_path / "library", encoder=WordEncoder()) as library:
        library.add([Article(id="a", title="Norland out of the X-7 program", text=text)])
        reply = answer("Why did Washington expel Norland from the X-7 program?", library=library)
    assert reply.citations[0].quote == text
    assert reply.short_answer is None


def test_an_answer_survives_json(samples: Assistant) -> None:
    reply = samples.answer(SAMPLE_QUESTIONS[0])
    back = Answer.from_dict(json.loads(json.dumps(reply.to_dict())))
    assert back.text == reply.text
    assert [citation.quote for citation in back.citations] == [
        citation.quote for citation in reply.citations
    ]


def test_stages_are_told_in_order(samples: Assistant) -> None:
    stages: list[str] = []
    samples.answer(SAMPLE_QUESTIONS[0], on_stage=stages.append)
    assert [stage.split()[0] for stage in stages] == ["Searching", "Reading", "Writing"]


def test_filters_hide_what_they_exclude(samples: Assistant) -> None:
    reply = samples.answer("Did Turkey move S-400 batteries to Incirlik?", since=date(2025, 1, 1))
    found = [citation.article for citation in reply.citations] + [
        hit.article for hit in reply.nearest
    ]
    assert found
    assert all(article.published and article.published >= date(2025, 1, 1) for article in found)


def test_filters_that_leave_nothing_are_no_articles(samples: Assistant) -> None:
    reply = samples.answer(SAMPLE_QUESTIONS[0], until=date(1990, 1, 1))
    assert reply.abstention is Abstention.NO_ARTICLES
    assert not reply.nearest


def test_a_question_in_another_script_is_answered_or_declined_without_fuss(
    samples: Assistant,
) -> None:
    for question in (
        "土耳其为什么被排除在F-35计划之外？",
        "لماذا أُزيلت تركيا من برنامج إف-35؟",
        "Почему? 🤔",
    ):
        assert keeps_its_promises(samples.answer(question))


def test_threads_share_one_assistant(samples: Assistant) -> None:
    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(samples.answer, SAMPLE_QUESTIONS * 2))
    texts = [reply.text for reply in replies]
    assert texts[: len(SAMPLE_QUESTIONS)] == texts[len(SAMPLE_QUESTIONS) :]


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with Library.open(tmp_path_factory.mktemp("toy") / "library", encoder=WordEncoder()) as library:
        library.add(
            [
                Article(
                    id="a",
                    text="The bridge cost $4 million.\n\nIt reopened in May 2021 after a flood.",
                    outlet="Post",
                ),
                Article(
                    id="b",
                    text=(
                        "Emoji 🌉 and שלום and مرحبا. The bridge is old.\n\n"
                        "It spans the İnce river [1]."
                    ),
                ),
            ]
        )
        yield Assistant(library, Settings())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    st.one_of(
        st.text(max_size=80),
        st.lists(
            st.sampled_from(
                "who why how much the bridge cost reopened flood river İnce 🌉 [1]?".split()
            )
        ).map(" ".join),
    )
)
def test_any_question_keeps_the_promises_or_is_refused_in_one_line(
    toy: Assistant, question: str
) -> None:
    try:
        reply = toy.answer(question)
    except QuestionError as error:
        message = str(error)
        assert "\n" not in message
    else:
        assert keeps_its_promises(reply)


def test_an_empty_library_has_no_articles(tmp_path: Path) -> None:
    with Library.open(tmp_path / "library", encoder=WordEncoder()) as library:
        reply = answer("Who won?", library=library)
    assert reply.abstention is Abstention.NO_ARTICLES


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("many", "DATELINE_PASSAGES: found 'many'; expected a whole number; change or unset it"),
        ("0", "DATELINE_PASSAGES: found 0; expected a number from 1 to 100; change or unset it"),
    ],
)
def test_a_setting_that_cannot_be_used_is_one_line(
    value: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_PASSAGES", value)
    with pytest.raises(SettingsError) as caught:
        Settings.read()
    assert str(caught.value) == message


def test_settings_are_read_from_the_environment_and_an_empty_one_counts_as_unset(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATELINE_LIBRARY", "mine")
    monkeypatch.setenv("DATELINE_ENCODER", "")
    monkeypatch.setenv("DATELINE_SENTENCES", "12")
    assert Settings.read() == Settings(library=Path("mine"), encoder=None, sentences=12)


def test_what_goes_wrong_in_background_is_left_to_the_first_question(tmp_path: Path) -> None:
    library = Library.open(tmp_path, encoder=WordEncoder())
    assistant = Assistant(library, Settings())
    library.close()
    assistant.warm_in_background()  # pytest reports what a thread does not catch
    for thread in threading.enumerate():
        if thread.name == "dateline-warm":
            thread.join()
    with pytest.raises(LibraryError, match="closed"):
        assistant.answer("Who won the cup?")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("DATELINE_LIBARY", "DATELINE_LIBRARY"),
        ("DATELINE_ENCODERS", "DATELINE_ENCODER"),
        ("DATELINE_passages", "DATELINE_PASSAGES"),
        ("DATELINE_CHROMADB", "DATELINE_CHROMA"),
        (
            "DATELINE_COLOUR",
            "one of DATELINE_LIBRARY, DATELINE_ENCODER, DATELINE_PASSAGES, DATELINE_SENTENCES,"
            " DATELINE_READER, DATELINE_CHROMA",
        ),
    ],
)
def test_a_variable_that_is_no_setting_is_one_line_once(
    name: str, expected: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(name, "1")
    assert Settings.read() == Settings.read() == Settings()
    assert caplog.messages == [
        f"{name}: found a setting that does not exist; expected {expected}; rename or unset it"
    ]


def test_no_variable_that_is_read_anywhere_is_warned_of(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    root = Path(__file__).parents[2]
    sources = [*root.glob("[a-z]*/**/*.py"), root / "Makefile", root / "docs" / "reference.md"]
    read = {
        name
        for path in sources
        if path != Path(__file__)
        for name in re.findall(
            r"(?:environ[^\n]*|`|^\t|^)(DATELINE_[A-Z]+)\b(?! = )", path.read_text("utf-8"), re.M
        )
    }
    assert {"DATELINE_LIBRARY", "DATELINE_FAULTS", "DATELINE_CHROMA"} <= read
    for name in read:
        monkeypatch.setenv(name, "1")
    Settings.read()
    assert caplog.messages == []


def test_the_function_answers_from_the_library_that_the_environment_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_LIBRARY", str(tmp_path / "mine"))
    assert answer("Who won the cup?").abstention is Abstention.NO_ARTICLES
    assert (tmp_path / "mine" / "library.db").exists()
