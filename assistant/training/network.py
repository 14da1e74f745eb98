"""The reader's network while it is trained: all-MiniLM-L6-v2 with three heads. Knows nothing of files or data sets.

At run time the same is computed by numpy. Start and end of the answer are chosen among the word pieces of all passages
of a question and "not here" (Clark and Gardner 2018, arXiv:1710.10723, "shared norm"), so that scores compare across
passages. With one passage a question this is the loss of BERT on SQuAD 2.0.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.utils import parametrize
from transformers import BertModel

from assistant.windows import Window

NEVER = -1e4  # a logit for what may not be chosen; -inf makes NaN of a passage that holds nothing


class Network(nn.Module):
    """The encoder, a head for start and end at every word piece, and one for "not here" at the first.

    Args:
        encoder: folder of all-MiniLM-L6-v2. Its word embeddings stay as they are.
        rank: of the change that its matrices may learn, the rest of it learning as ever; 0 for any change.
    """

    def __init__(self, encoder: Path, rank: int = 0) -> None:
        super().__init__()
        # Attention as plain products: on a CPU the fused kernel takes four times as long, backwards.
        self.encoder = BertModel.from_pretrained(encoder, add_pooling_layer=False, attn_implementation="eager")
        self.encoder.embeddings.word_embeddings.weight.requires_grad_(False)
        width = self.encoder.config.hidden_size
        self.span = nn.Linear(width, 2)
        self.nothing = nn.Linear(width, 1)
        for part in self.modules():
            if isinstance(part, nn.Dropout):
                part.p = 0.0  # each question is seen once
        if rank:
            for part in [part for part in self.encoder.modules() if isinstance(part, nn.Linear)]:
                part.weight.requires_grad_(False)
                parametrize.register_parametrization(part, "weight", _Adapter(part, rank))

    def forward(self, ids: Tensor, types: Tensor, mask: Tensor, readable: Tensor) -> Tensor:
        """Log-odds of start and end at each word piece against "not here".

        Args:
            ids: (windows, pieces) of word pieces.
            types: 1 for the second segment.
            mask: 1 where a word piece stands, 0 where a window is filled up.
            readable: true where an answer may stand.

        Returns:
            (windows, pieces, 2) float32.
        """
        states = self.encoder(input_ids=ids, token_type_ids=types, attention_mask=mask).last_hidden_state
        logits: Tensor = (self.span(states) - self.nothing(states[:, :1])).float()
        return logits.masked_fill(~readable[..., None], NEVER)

    def export(self) -> dict[str, NDArray[np.float32]]:
        """The tensors, by the encoder's names; the heads as ``heads.weight`` (3, width) and ``heads.bias`` (3,)."""
        state = self.encoder.state_dict()
        found = {
            name: state[name] for name in state if "word_embeddings" not in name and "parametrizations" not in name
        }
        for name, part in self.encoder.named_modules():
            if parametrize.is_parametrized(part):
                found[f"{name}.weight"] = part.weight
        found["heads.weight"] = torch.cat([self.span.weight, self.nothing.weight])
        found["heads.bias"] = torch.cat([self.span.bias, self.nothing.bias])
        return {name: tensor.detach().float().cpu().numpy() for name, tensor in found.items()}


class _Adapter(nn.Module):
    """A matrix and its change, a product of two thin ones that starts at nothing (Hu et al. 2021, arXiv:2106.09685)."""

    def __init__(self, layer: nn.Linear, rank: int) -> None:
        super().__init__()
        self.down = nn.Parameter(torch.randn(rank, layer.in_features) / layer.in_features**0.5)
        self.up = nn.Parameter(torch.zeros(layer.out_features, rank))

    def forward(self, weight: Tensor) -> Tensor:
        """The matrix as it is used."""
        return weight + self.up @ self.down


def shared_norm(logits: Tensor, right: Tensor, passages: int) -> Tensor:
    """Mean negative log-likelihood of the right start and end, of which there may be several or none.

    Args:
        logits: (windows, pieces, 2), log-odds against "not here"; a question's windows stand together.
        right: (windows, pieces, 2), true where the answer starts, and where it ends.
        passages: windows of each question.
    """
    logits = logits.reshape(-1, passages * logits.shape[1], 2)
    right = right.reshape(logits.shape)
    nothing = torch.zeros_like(logits[:, :1])
    everything = torch.cat([logits, nothing], 1).logsumexp(1)
    wanted = torch.cat([right, ~right.any(1, keepdim=True)], 1)
    chosen = torch.cat([logits, nothing], 1).masked_fill(~wanted, float("-inf")).logsumexp(1)
    return (everything - chosen).mean()


def stack(windows: Sequence[Window]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Windows as ids, types, mask and readable, each (windows, pieces), padded to the longest."""
    shape = (len(windows), max(len(window.ids) for window in windows))
    ids, types, mask, readable = (torch.zeros(shape, dtype=torch.long) for _ in range(4))
    for row, window in enumerate(windows):
        length = len(window.ids)
        ids[row, :length] = torch.tensor(window.ids)
        types[row, window.second : length] = 1
        mask[row, :length] = 1
        readable[row, window.first : window.first + len(window.offsets)] = 1
    return ids, types, mask, readable.bool()
