"""The reader's network during training: all-MiniLM-L6-v2 with three heads.

At run time numpy computes the same. The start and end of the answer are chosen among "not here" and
the word pieces of all passages of a question, so that scores compare across passages ("shared
norm", Clark and Gardner 2018, arXiv:1710.10723). With one passage per question, this is the loss of
BERT on SQuAD 2.0.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from transformers import BertModel

from assistant.reading.network import unpack
from assistant.reading.windows import Window

NEVER = -1e4  # the logit of what may not be chosen; -inf would give NaN for an empty passage


class TrainableNetwork(nn.Module):
    """The encoder with its heads.

    Start and end are predicted at every word piece, "not here" at the first one.

    Args:
        encoder: folder of all-MiniLM-L6-v2. Its word embeddings are frozen.
        start: reader weights to start from; None takes the encoder as it is, with new heads.
        dropout: the dropout rate of each layer during training.
    """

    def __init__(self, encoder: Path, *, start: Path | None = None, dropout: float = 0.0) -> None:
        super().__init__()
        # Eager attention: on a CPU the backward pass of the fused kernel takes four times as long.
        self.encoder = BertModel.from_pretrained(
            encoder, add_pooling_layer=False, attn_implementation="eager"
        )
        self.encoder.embeddings.word_embeddings.weight.requires_grad_(False)
        width = self.encoder.config.hidden_size
        self.span = nn.Linear(width, 2)
        self.nothing = nn.Linear(width, 1)
        for part in self.modules():
            if isinstance(part, nn.Dropout):
                part.p = dropout
        for layer in self.encoder.encoder.modules():
            if isinstance(layer, nn.Linear):
                layer.register_forward_pre_hook(_quantize)
        if start is not None:
            self._begin_with(unpack(start))

    @torch.no_grad()
    def _begin_with(self, tensors: dict[str, NDArray[np.float32]]) -> None:
        """Load the weights of a reader."""
        weight, bias = (
            torch.from_numpy(tensors.pop(f"heads.{name}")) for name in ("weight", "bias")
        )
        for head, rows in ((self.span, slice(0, 2)), (self.nothing, slice(2, 3))):
            head.weight.copy_(weight[rows])
            head.bias.copy_(bias[rows])
        own = self.encoder.state_dict()
        for name, tensor in tensors.items():
            # Positions beyond the longest window keep their values.
            own[name][: len(tensor)].copy_(torch.from_numpy(tensor))

    def forward(self, ids: Tensor, types: Tensor, mask: Tensor, readable: Tensor) -> Tensor:
        """Log-odds of start and end at each word piece against "not here".

        Args:
            ids: (windows, pieces) of word pieces.
            types: 1 for the second segment.
            mask: 1 for a word piece, 0 for padding.
            readable: true where an answer may be.

        Returns:
            (windows, pieces, 2) float32.
        """
        states = self.encoder(
            input_ids=ids, token_type_ids=types, attention_mask=mask
        ).last_hidden_state
        logits: Tensor = (self.span(states) - self.nothing(states[:, :1])).float()
        return logits.masked_fill(~readable[..., None], NEVER)

    def export(self) -> dict[str, NDArray[np.float32]]:
        """The tensors, by the encoder's names.

        The heads are ``heads.weight`` (3, width) and ``heads.bias`` (3,).
        """
        state = self.encoder.state_dict()
        found = {name: state[name] for name in state if "word_embeddings" not in name}
        found["heads.weight"] = torch.cat([self.span.weight, self.nothing.weight])
        found["heads.bias"] = torch.cat([self.span.bias, self.nothing.bias])
        return {name: tensor.detach().float().cpu().numpy() for name, tensor in found.items()}


def _quantize(layer: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """A layer's input, rounded to 8 bits for each window as at run time.

    This lets the weights adapt to the rounding.

    Gradients pass as if nothing was rounded (Bengio et al. 2013, arXiv:1308.3432).
    """
    (states,) = inputs
    with torch.no_grad():
        low, high = (
            extreme.clamp(*bound)
            for extreme, bound in (
                (states.amin((1, 2), keepdim=True), (None, 0)),
                (states.amax((1, 2), keepdim=True), (0, None)),
            )
        )
        scale = (high - low).clamp_min(1e-12) / 255
        error = (states / scale).round_().mul_(scale).sub_(states)
    return (states + error,)


def shared_norm(
    logits: Tensor, right: Tensor, passages: int, unsure: Tensor | None = None
) -> Tensor:
    """Mean negative log-likelihood of the right start and end; there may be several or none.

    Args:
        logits: (windows, pieces, 2), log-odds against "not here". A question's windows are
            consecutive.
        right: (windows, pieces, 2), true where an answer starts, and where it ends.
        passages: number of windows per question.
        unsure: like ``right``, true where an answer may start or end. The loss ignores these.
    """
    if unsure is not None:
        logits = logits.masked_fill(unsure, NEVER)
    logits = logits.reshape(-1, passages * logits.shape[1], 2)
    right = right.reshape(logits.shape)
    nothing = torch.zeros_like(logits[:, :1])
    everything = torch.cat([logits, nothing], 1).logsumexp(1)
    wanted = torch.cat([right, ~right.any(1, keepdim=True)], 1)
    chosen = torch.cat([logits, nothing], 1).masked_fill(~wanted, float("-inf")).logsumexp(1)
    return (everything - chosen).mean()


def stack(windows: Sequence[Window]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The ids, types, mask and readable of windows, each (windows, pieces), padded."""
    shape = (len(windows), max(len(window.ids) for window in windows))
    ids, types, mask, readable = (torch.zeros(shape, dtype=torch.long) for _ in range(4))
    for row, window in enumerate(windows):
        length = len(window.ids)
        ids[row, :length] = torch.tensor(window.ids)
        types[row, window.second : length] = 1
        mask[row, :length] = 1
        readable[row, window.first : window.first + len(window.offsets)] = 1
    return ids, types, mask, readable.bool()
