"""The dateline command in use: the whole path, and one clear line for every error."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from assistant import Abstention, Answer
from corpus import list_kinds, load_pasted
from index import Library
from tests.fakes import WordEncoder
from ui.cli import app, main
from ui.terminal import helptext

SAMPLES = Path(__file__).parents[2] / "corpus" / "samples"
PAGE = """\
Millgate bridge closes for repairs

The Millgate bridge closed on Monday for repairs. It will cost the city 3 million euros.

Traffic is led over the old ferry, the council said. It reopens in May.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Where a library may be created."""
    return tmp_path / "library"


@pytest.fixture
def run(library: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command in this process, on ``library``."""

    def run(*arguments: str | Path) -> Ran:
        capsys.readouterr()
        with pytest.raises(SystemExit) as exit_:
            main(["--library", str(library), *map(str, arguments)])
        out, err = capsys.readouterr()
        return Ran(code=int(exit_.value.code or 0), out=out, err=err)

    return run


def shell(library: Path, *arguments: str | Path, stdin: str | None = None) -> Ran:
    """Run the command as a shell does: in its own process, from another folder."""
    done = subprocess.run(
        [sys.executable, "-m", "ui", "--library", str(library), *map(str, arguments)],
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONUTF8": "1"},
        cwd=Path(__file__).parents[2],
        timeout=150,
        check=False,
    )
    return Ran(code=done.returncode, out=done.stdout, err=done.stderr)


def refused(ran: Ran, *words: str) -> None:
    """The error is one line that says so, and nothing else."""
    assert ran.code == 1
    assert ran.out == ""
    assert ran.err.startswith("dateline: ")
    assert ran.err.count("\n") == 1
    for word in words:
        assert word in ran.err


def test_a_front_page_is_one_error_and_its_addresses_are_offered(
    run: Callable[..., Ran], tmp_path: Path
) -> None:
    cards = "".join(
        f'<li><a href="/news/{n}">The council of town {n} builds a school</a></li>'
        for n in range(30)
    )
    head = '<meta property="og:url" content="https://daily.example/">'
    page = tmp_path / "front.html"
    page.write_text(f"<!doctype html><html><head>{head}</head><body><ul>{cards}</ul></body></html>")
    ran = run("add", page)
    assert ran.code == 1
    first, *offered = ran.err.splitlines()
    assert first.startswith(f"dateline: {page}: a front page of teasers")
    assert offered[0] == "  https://daily.example/news/0"
    assert len(offered) == 21
    [failure] = json.loads(run("add", "--json", page).out)["errors"]
    assert len(failure["addresses"]) == 30


def test_the_whole_path_through_the_command_line(tmp_path: Path) -> None:
    library = tmp_path / "library"
    added = shell(library, "add", SAMPLES)
    assert (added.code, added.err) == (0, "passed over: 1 .py\n")
    assert ", 0 updated, 0 unchanged, " in added.out
    assert added.out.endswith(" 0 failed\n")

    listed = json.loads(shell(library, "list", "--json").out)
    titles = {article["title"] for article in listed}
    assert len(listed) >= 12

    asked = shell(library, "ask", "Why was Türkiye removed from the F-35 program?")
    assert (asked.code, asked.err) == (0, "")
    assert "[1]" in asked.out

    answer = Answer.from_dict(
        json.loads(shell(library, "ask", "--json", "How much had Türkiye paid for the F-35s?").out)
    )
    assert answer.abstention is None
    assert {citation.article.title for citation in answer.citations} <= titles

    declined = shell(library, "ask", "--json", "Who won the 2022 World Cup?")
    assert declined.code == 0
    assert Answer.from_dict(json.loads(declined.out)).abstention is not None

    cited = answer.citations[0].article.id
    assert (
        json.loads(shell(library, "show", cited[:8], "--json").out)["text"]
        == answer.citations[0].article.text
    )
    assert shell(library, "remove", cited).out == "1 removed\n"
    refused(shell(library, "show", cited), cited)
    assert shell(library, "verify").code == 0


def test_adding_reports_what_was_found_and_adding_again_writes_nothing(
    run: Run, tmp_path: Path
) -> None:
    page = tmp_path / "page.txt"
    page.write_text(PAGE)
    first = run("add", page)
    assert first.code == 0
    assert first.out.splitlines()[0].startswith("new       Millgate bridge closes for repairs  ")
    assert first.out.splitlines()[-1] == "1 new, 0 updated, 0 unchanged, 0 duplicates, 0 failed"
    assert run("add", page).out == "0 new, 0 updated, 1 unchanged, 0 duplicates, 0 failed\n"
    page.write_text(PAGE.replace("3 million", "4 million"))
    assert (
        run("add", page).out.splitlines()[-1]
        == "0 new, 1 updated, 0 unchanged, 0 duplicates, 0 failed"
    )


def test_a_page_comes_in_by_a_pipe(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = tmp_path / "page.txt"
    page.write_text(PAGE)
    with page.open() as pipe:
        monkeypatch.setattr(sys, "stdin", pipe)
        assert "1 new" in run("add", "-").out


def test_what_cannot_be_read_gets_a_line_each_and_the_rest_goes_on(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "page.txt").write_text(PAGE)
    (tmp_path / "nothing").mkdir()
    ran = run("add", tmp_path / "missing.html", tmp_path / "nothing", tmp_path / "page.txt")
    assert ran.code == 1
    lines = ran.err.splitlines()
    assert [line.split(": ")[:2] for line in lines] == [
        ["dateline", str(tmp_path / "missing.html")],
        ["dateline", str(tmp_path / "nothing")],
    ]
    assert ran.out.splitlines()[-1] == "1 new, 0 updated, 0 unchanged, 0 duplicates, 2 failed"
    again = json.loads(run("add", "--json", tmp_path / "missing.html", tmp_path / "page.txt").out)
    assert len(again["unchanged"]) == 1
    assert [error["location"] for error in again["errors"]] == [str(tmp_path / "missing.html")]


def test_a_report_that_is_piped_has_a_line_for_each_article(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        f"{'The Millgate bridge closed on Monday ' * 3}and reopens in May."
    )
    assert len(run("add", tmp_path / "a.txt").out.splitlines()) == 2


def test_an_article_named_twice_is_removed_once(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(PAGE)
    [identity] = json.loads(run("add", tmp_path / "a.txt", "--json").out)["new"]
    assert run("remove", identity, identity[:6]).out == "1 removed\n"


def test_standard_input_that_is_closed_is_an_empty_one(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    ran = run("add", "-")
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert "an empty file" in ran.err
    assert sys.stdin.read() == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_a_full_disk_behind_the_output_is_one_line(run: Run, library: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(PAGE)
    run("add", tmp_path / "a.txt")
    command = [sys.executable, "-m", "ui", "--library", str(library), "list"]
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    refused(Ran(code=ran.returncode, out="", err=ran.stderr), "No space left")


def test_a_list_may_be_narrowed_by_outlet_and_day(run: Run, tmp_path: Path) -> None:
    records = tmp_path / "records.jsonl"
    records.write_text(
        "\n".join(
            json.dumps(
                {
                    "id": f"{outlet} {day}",
                    "title": f"On {day}",
                    "text": PAGE,
                    "outlet": outlet,
                    "date": day,
                }
            )
            for outlet, day in (
                ("Post", "2025-01-01"),
                ("Post", "2025-01-02"),
                ("Wire", "2025-01-02"),
            )
        )
    )
    assert run("add", records).code == 0

    def listed(*options: str) -> list[tuple[str, str]]:
        articles = json.loads(run("list", "--json", *options).out)
        return [(article["outlet"], article["published"]) for article in articles]

    assert sorted(listed("--since", "2025-01-02")) == [
        ("Post", "2025-01-02"),
        ("Wire", "2025-01-02"),
    ]
    assert listed("--outlet", "PÖST", "--until", "2025-01-01") == [("Post", "2025-01-01")]
    assert [day for _, day in listed()] == ["2025-01-02", "2025-01-02", "2025-01-01"]
    lines = run("list").out.splitlines()
    assert lines[-1] == "3 articles"
    assert lines[-2].endswith("2025-01-01  Post  On 2025-01-01")


def test_show_takes_the_beginning_of_an_id_where_it_is_the_only_one(
    run: Run, tmp_path: Path
) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    for number in range(17):  # one more than there are first digits: two ids begin alike
        (pages / f"{number}.txt").write_text(PAGE.replace("Monday", f"day {number}"))
    assert run("add", pages).code == 0
    ids = sorted(article["id"] for article in json.loads(run("list", "--json").out))
    one, other = next((a, b) for a, b in pairwise(ids) if a[0] == b[0])
    refused(run("show", one[0]), "begin with", one[0])
    assert one in run("show", one).out
    assert other in run("show", other[:15]).out
    refused(run("remove", one, "xyz"), "xyz")
    assert one in run("show", one).out, "nothing is removed where one of the ids is wrong"


def test_a_page_is_shown_with_what_was_left_out(run: Run) -> None:
    assert run("add", SAMPLES / "f35-removal.html").code == 0
    identity = json.loads(run("list", "--json").out)[0]["id"]
    assert "[-" in run("show", identity, "--page").out
    assert "[-" not in run("show", identity).out
    assert json.loads(run("show", identity, "--json", "--page").out)["page"]["kept"]


@pytest.mark.parametrize(
    ("question", "words"),
    [("", "question"), ("   ", "question"), ("why " * 12_500, "2,000")],
    ids=["empty", "blank", "long"],
)
def test_a_question_that_is_none_is_refused_in_one_line(
    run: Run, library: Path, question: str, words: str
) -> None:
    Library.open(library).close()
    refused(run("ask", question), words)


def test_a_library_without_articles_declines(run: Run, library: Path) -> None:
    Library.open(library).close()
    ran = run("ask", "--json", "Who?")
    assert (ran.code, Answer.from_dict(json.loads(ran.out)).abstention) == (
        0,
        Abstention.NO_ARTICLES,
    )


@pytest.mark.parametrize(
    "command", [["ask", "Who?"], ["list"], ["show", "a"], ["remove", "a"], ["verify"], ["chat"]]
)
def test_a_library_that_is_not_there_is_not_made_by_asking(
    run: Run, library: Path, command: list[str]
) -> None:
    refused(run(*command), str(library))
    assert not library.exists()


def test_a_library_of_another_encoder_is_refused_in_one_line(
    run: Run, library: Path, tmp_path: Path
) -> None:
    with Library.open(tmp_path / "usual") as usual:

        class Older(WordEncoder):
            name = usual.encoder.name

    with Library.open(library, encoder=Older()) as other:
        other.add([load_pasted(PAGE)])
    refused(run("ask", "When did the bridge close?"), "64", "encoder")
    assert run("list").code == 0


def test_a_folder_that_cannot_be_written_is_refused_in_one_line(
    run: Run, library: Path, tmp_path: Path
) -> None:
    (tmp_path / "page.txt").write_text(PAGE)
    library.write_text("a file, where the folder should be")
    refused(run("add", tmp_path / "page.txt"), str(library))


def test_a_setting_that_cannot_be_used_is_refused_in_one_line(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_PASSAGES", "many")
    refused(run("ask", "Who?"), "DATELINE_PASSAGES", "many")


def test_a_setting_that_does_not_exist_is_one_line_and_stops_nothing(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("DATELINE_PASSAGE", "3")
    page = tmp_path / "page.txt"
    page.write_text("A lighthouse keeper on the western coast retired after forty years.")
    assert run("add", page).code == run("list").code == 0
    (line,) = caplog.messages
    assert "expected DATELINE_PASSAGES" in line


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ask"], "QUESTION"),
        (["ask", "Who?", "--as-of", "9 Dec"], "2025-12-09"),
        (["ask", "Who?", "--since", "2025-02-30"], "2025-12-09"),
        (["list", "--samples"], "leave out --library"),
        (["frobnicate"], "frobnicate"),
    ],
)
def test_wrong_usage_exits_2_and_says_what_is_right(
    run: Run, arguments: list[str], words: str
) -> None:
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert words in ran.err


def test_the_samples_take_no_articles_of_the_user(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["--samples", "add", "page.html"])
    assert exit_.value.code == 2
    assert "samples" in capsys.readouterr().err


def test_the_help_needs_none_of_the_heavy_packages() -> None:
    heavy = (
        "torch chromadb gradio llama_index trafilatura transformers sentence_transformers numpy "
        "rich"
    )
    code = f"import sys, ui.cli; print(*(set(sys.modules) & set({heavy!r}.split())))"
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout
        == "\n"
    )


def test_every_example_of_the_help_can_be_run_as_it_stands() -> None:
    texts = [value for name, value in vars(helptext).items() if name.isupper()]
    examples = [
        line.split("dateline ", 1)[1]
        for text in texts
        for line in text.splitlines()
        if line.startswith("  ")
    ]
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    shown = set()
    for example in examples:
        name, *arguments = shlex.split(example.removeprefix("--samples "))
        group.commands[name].make_context(name, arguments).close()
        shown.add(name)
    assert shown == set(group.commands), "each command has an example"


def test_a_library_goes_into_a_file_and_comes_back(run: Run, tmp_path: Path) -> None:
    page, kept = tmp_path / "page.txt", tmp_path / "kept"
    page.write_text(PAGE)
    run("add", page)
    assert run("snapshot", kept).out == f"1 article in {kept}\n"
    refused(run("snapshot", kept), "there is a file already", "give another name")
    refused(run("restore", kept), "a sound library is there", "give another folder")
    again = run("restore", "--library", tmp_path / "again", "--json", kept)
    assert (again.code, json.loads(again.out)) == (0, {"articles": 1})
    assert (
        run("verify", "--library", tmp_path / "again").out == "1 article; all is as it was stored\n"
    )
    refused(run("restore", "--library", tmp_path / "third", page), "not a database")


def test_the_help_of_add_lists_every_kind(run: Run) -> None:
    shown = " ".join(run("add", "--help").out.split())
    for name, suffixes in list_kinds():
        assert name in shown
        assert all(suffix in shown for suffix in suffixes)


def test_what_is_passed_over_in_a_folder_is_counted(run: Run, tmp_path: Path) -> None:
    for name in ("page.txt", "a.jpg", "b.jpg", ".hidden"):
        (tmp_path / "pages" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "pages" / name).write_text(PAGE)
    ran = run("add", tmp_path / "pages")
    assert ran.code == 0
    assert ran.err == "passed over: 2 .jpg, 1 hidden\n"
    again = json.loads(run("add", "--json", tmp_path / "pages").out)
    assert again["passed"] == {".jpg": 2, "hidden": 1}


def test_a_library_is_compacted(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text(PAGE)
    run("add", page)
    assert run("compact").out == "only the articles are left on the disk\n"
    assert json.loads(run("compact", "--json").out) == {"compacted": True}
