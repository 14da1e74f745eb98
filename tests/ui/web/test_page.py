"""The web chat without a browser: what its events do, and what its server sends."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant import Abstention, Answer, Assistant, QuestionError, Settings
from corpus import Article, load_pasted
from index import Library
from tests.fakes import WordEncoder
from ui.web.articles import LISTED
from ui.web.desk import KEEP, Desk
from ui.web.page import running

TRAM = (
    "Mayor opens tram line\n3 May 2024\n\n"
    "The mayor of Kelsund opened the tram line. It cost 40 million crowns."
)


class Oracle(Assistant):
    """Abstains from every question and records how it was asked; refuses "?" and fails on "!"."""

    def __init__(self, library: Library) -> None:
        super().__init__(library, Settings())
        self.asked: list[dict[str, Any]] = []

    def answer(self, question: str, **how: Any) -> Answer:  # noqa: ANN401 - whatever the page passes on
        how.pop("on_stage")("Looking")
        self.asked.append({"question": question, **how})
        if question == "?":
            raise QuestionError("found no words; expected a question")
        if question == "!":
            raise RuntimeError("secret")
        return Answer(
            question=question,
            query=question,
            text="It does not say.",
            abstention=Abstention.NO_MATCH,
        )


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library", encoder=WordEncoder()) as library:
        yield library


@pytest.fixture
def oracle(library: Library) -> Oracle:
    return Oracle(library)


@pytest.fixture
def desk(oracle: Oracle) -> Desk:
    return Desk(oracle, ["Why?"])


def final(steps: Iterator[tuple[Any, ...]]) -> list[Any]:
    """The final value of each output, after all the steps that changed it."""
    outputs: list[Any] = []
    for step in steps:
        outputs = outputs or [None] * len(step)
        outputs = [old if new is KEEP else new for old, new in zip(outputs, step, strict=True)]
    return outputs


def ask(
    desk: Desk,
    question: str,
    answers: tuple[Answer, ...] = (),
    outlets: Sequence[str] = (),
    **days: str,
) -> list[Any]:
    return final(
        desk.ask(question, answers, list(outlets), days.get("since", ""), days.get("until", ""))
    )


def test_while_it_works_the_box_is_cleared_and_the_stage_is_shown(desk: Desk) -> None:
    first, second, last = desk.ask("When?", (), [], "", "")
    assert first[0] == ""
    assert first[2] == ""  # the welcome makes room
    assert "When?" in first[3]
    assert "Looking" in second[3]
    assert last[3] == ""
    assert "It does not say." in last[2]


def test_a_question_is_asked_with_all_answers_before_it(desk: Desk, oracle: Oracle) -> None:
    answers = ask(desk, "When?")[1]
    answers = ask(desk, "Where?", answers)[1]
    assert [answer.question for answer in answers] == ["When?", "Where?"]
    assert [answer.question for answer in oracle.asked[1]["history"]] == ["When?"]
    transcript = ask(desk, "Who?", answers)[2]
    assert [transcript.index(word) for word in ("When?", "Where?", "Who?")] == sorted(
        transcript.index(word) for word in ("When?", "Where?", "Who?")
    )


def test_a_new_chat_starts_from_nothing(desk: Desk) -> None:
    answers, transcript, live, problem = desk.fresh()
    assert (answers, live, problem) == ((), "", "")
    assert transcript == desk.transcript(())


def test_filters_are_passed_on_and_are_none_where_nothing_is_chosen(
    desk: Desk, oracle: Oracle
) -> None:
    ask(desk, "When?")
    ask(desk, "When?", outlets=["The Post"], since="2024-01-31", until="2024-02-29")
    free, narrowed = oracle.asked
    assert (free["outlets"], free["since"], free["until"]) == (None, None, None)
    assert narrowed["outlets"] == ["The Post"]
    assert (narrowed["since"].isoformat(), narrowed["until"].isoformat()) == (
        "2024-01-31",
        "2024-02-29",
    )


def test_a_refused_question_is_explained_and_comes_back_to_be_mended(desk: Desk) -> None:
    answers = ask(desk, "When?")[1]
    box, _, transcript, live, problem = ask(desk, "?", answers)
    assert box == "?"
    assert "When?" in transcript
    assert live == ""
    assert "Found no words; expected a question" in problem


def test_a_day_that_is_none_is_explained(desk: Desk, oracle: Oracle) -> None:
    problem = ask(desk, "When?", since="yesterday")[4]
    assert "Since: yesterday is not a day" in problem
    assert not oracle.asked


def test_an_error_that_nobody_foresaw_is_not_swallowed_and_not_shown(desk: Desk) -> None:
    with pytest.raises(RuntimeError, match="secret"):
        ask(desk, "!")
    transcript, live, problem = desk.failed(())
    assert transcript == desk.transcript(())
    assert live == ""
    assert "terminal" in problem
    assert "secret" not in problem


def test_a_pasted_page_is_added_and_reported_and_the_box_cleared(
    desk: Desk, library: Library
) -> None:
    box, report = final(desk.add_pasted(TRAM))
    assert box == ""
    assert "1 added" in report
    assert "passage" in report
    assert "Mayor opens tram line" in report
    assert "3 May 2024" in report
    assert len(library) == 1


def test_what_cannot_be_read_stays_in_the_box(desk: Desk, library: Library) -> None:
    for pasted, said in (
        (" ", "Nothing was pasted"),
        ("Home\nShare", "pasted page"),
        ("http://127.0.0.1/a", "127.0.0.1"),
        ("www.gullport.invalid/a", "https://www.gullport.invalid/a"),
        ("http://127.0.0.1/a\nhttp://127.0.0.1/b", "127.0.0.1/b"),
        (f"file://{__file__}", "an address"),
        (__file__, "one word"),
    ):
        box, report = final(desk.add_pasted(pasted))
        assert box is None, pasted  # never changed
        assert said in report
    assert len(library) == 0


def test_files_are_added_and_deleted_and_each_failure_takes_a_line(
    desk: Desk, library: Library, tmp_path: Path
) -> None:
    uploads = tmp_path / "uploads"
    uploads.mkdir()
    good, empty, binary = (uploads / name for name in ("good.txt", "empty.html", "binary.txt"))
    good.write_text(TRAM, encoding="utf-8")
    empty.touch()
    binary.write_bytes(bytes(range(256)) * 40)
    area, report = final(desk.add_files([str(good), str(empty), str(binary)]))
    assert area is None
    assert "1 added, 2 failed" in report
    assert report.count("dl-failed") == 2
    assert "empty.html: " in report
    assert str(uploads) not in report
    assert not list(uploads.iterdir())
    assert len(library) == 1


def test_header_list_and_outlets_follow_the_library(desk: Desk, library: Library) -> None:
    header, transcript, listing, outlets = desk.refresh(())
    assert "0 articles" in header
    assert "This library is empty" in transcript
    library.add([Article(id="a", text="It rained all day.", title="Rain", outlet="The Post")])
    header, transcript, listing, outlets = desk.refresh(())
    assert "1 article · 1 outlet" in header
    assert "Why?" in transcript
    assert "Rain" in listing
    assert outlets["choices"] == [("The Post", "The Post")]


def test_the_list_is_narrowed_by_title_and_outlet_and_says_where_it_ends(
    desk: Desk, library: Library
) -> None:
    library.add(
        Article(
            id=str(n),
            text=f"It rained {n} days.",
            title=f"Rain {n}",
            outlet="The Post" if n % 2 else None,
        )
        for n in range(LISTED + 1)
    )
    assert desk.listing().count("<li>") == LISTED
    assert f"These are {LISTED}" in desk.listing()
    assert "These are" not in desk.listing("POST rain")
    assert desk.listing("post RAIN").count("<li>") == LISTED // 2
    assert "<li>" not in desk.listing("snow")


def test_an_article_opens_with_its_page_and_one_that_is_gone_says_so(
    desk: Desk, library: Library
) -> None:
    pasted = load_pasted("Home\nShare\n\n" + TRAM)
    library.add([pasted])
    assert "<del>" not in desk.article(pasted.id, "", page=False)
    assert "<del>" in desk.article(pasted.id, "", page=True)
    assert "no longer in it" in desk.article(pasted.id, "0-5-00000000", page=False)
    assert "dl-problem" in desk.article("none", "", page=False)


def config(url: str) -> dict[str, Any]:
    match = re.search(
        r"window\.gradio_config = (\{.*?\});</script>", httpx.get(url).text, re.DOTALL
    )
    assert match
    found: dict[str, Any] = json.loads(match[1])
    return found


def test_the_page_is_ours_and_may_fetch_nothing_from_elsewhere(oracle: Oracle) -> None:
    with running(oracle, port=0) as url:
        response = httpx.get(url)
        assert "default-src 'self'" in response.headers["content-security-policy"]
        assert "http" not in response.headers["content-security-policy"]
        page = config(url)
        assert page["title"] == "Dateline"
        assert page["analytics_enabled"] is False
        assert page["run_history"] is False
        assert not page["footer_links"]
        assert not re.search(r"@import|url\(\W?(https?:)?//", httpx.get(url + "theme.css").text)


def test_no_event_of_the_page_is_an_advertised_endpoint(oracle: Oracle) -> None:
    with running(oracle, port=0) as url:
        assert httpx.get(url + "gradio_api/info").json() == {
            "named_endpoints": {},
            "unnamed_endpoints": {},
        }


def test_other_sites_may_not_call_the_page_from_a_browser(oracle: Oracle) -> None:
    with running(oracle, port=0) as url:
        asked = {"Origin": "https://other.example", "Access-Control-Request-Method": "POST"}
        preflight = httpx.options(url + "gradio_api/queue/join", headers=asked)
        assert "access-control-allow-origin" not in preflight.headers


def test_words_stand_out_from_what_is_behind_them_in_light_and_dark() -> None:
    """WCAG 2.2, 1.4.3: at least 4.5 to 1."""
    css = (Path(__file__).parents[3] / "ui" / "web" / "page.css").read_text(encoding="utf-8")

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    themes = [
        dict(re.findall(r"--dl-([\w-]+): (#\w{6})", block))
        for block in re.findall(r":root[^{]*\{[^}]*\}", css)
    ]
    assert len(themes) == 2
    for colours in themes:
        pairs = [
            (ink, paper) for ink in ("ink", "soft", "accent", "gone") for paper in ("paper", "card")
        ]
        for over, under in [*pairs, ("on-accent", "accent"), ("ink", "mark"), ("ink", "hover")]:
            dark, light = sorted((luminance(colours[over]), luminance(colours[under])))
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (over, under)


def test_a_second_server_takes_the_next_port(oracle: Oracle) -> None:
    with running(oracle, port=0) as first:
        port = httpx.URL(first).port
        assert port
        with running(oracle, port=port) as second:
            assert port < (httpx.URL(second).port or 0) < port + 100
            assert httpx.get(second).status_code == 200
    with pytest.raises(httpx.ConnectError):
        httpx.get(first)


def test_an_address_that_is_not_ours_is_an_os_error(oracle: Oracle) -> None:
    with (
        pytest.raises(OSError, match=re.escape("192.0.2.1")),
        running(oracle, host="192.0.2.1", port=7860),
    ):
        pass
