"""The losses of a small GPT's first 100 steps, written to models/gpt.json.

Weights, and which windows of the text make a batch, follow from integers, so that the test makes the same ones. One text
is the GPL of every Debian. The other, the State of the Union addresses, is not part of the project: its losses stay as they
are unless XTAPE_DATA names a folder with sotu.txt.
"""

import json
import os
import pathlib

import torch
from torch import nn
from torch.nn import functional as F

from .golden import SOURCE

STEPS, BATCH, CONTEXT, LAYERS, HEADS, WIDTH = 100, 12, 64, 4, 4, 128
GPL = "/usr/share/common-licenses/GPL-3"


class Norm(nn.Module):
    """A layer norm without bias, which PyTorch 1.13 lacks."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(WIDTH))

    def forward(self, x):
        return F.layer_norm(x, (WIDTH,), self.weight, None)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.ln_1 = Norm()
        self.attn = nn.MultiheadAttention(WIDTH, HEADS, bias=False, batch_first=True)
        self.ln_2 = Norm()
        self.fc = nn.Linear(WIDTH, 4 * WIDTH, bias=False)
        self.proj = nn.Linear(4 * WIDTH, WIDTH, bias=False)

    def forward(self, x):
        a = self.ln_1(x)
        mask = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).triu(1)
        x = x + self.attn(a, a, a, need_weights=False, attn_mask=mask)[0]
        return x + self.proj(F.gelu(self.fc(self.ln_2(x))))


class Gpt(nn.Module):
    def __init__(self, characters):
        super().__init__()
        self.wte = nn.Embedding(characters, WIDTH)
        self.wpe = nn.Embedding(CONTEXT, WIDTH)
        self.h = nn.ModuleList(Block() for _ in range(LAYERS))
        self.ln_f = Norm()
        self.lm_head = nn.Linear(WIDTH, characters, bias=False)
        self.lm_head.weight = self.wte.weight

    def forward(self, tokens):
        x = self.wte(tokens) + self.wpe(torch.arange(tokens.shape[1]))
        for block in self.h:
            x = block(x)
        return self.lm_head(self.ln_f(x))


def set_weights(model):
    """Matrices between -0.04 and 0.04, numbered in the order of their names."""
    for number, (_, weight) in enumerate(sorted(model.named_parameters())):
        if weight.dim() == 1:
            continue
        places = torch.arange(weight.numel(), dtype=torch.int64)
        mixed = (places * 7919 + number * 104729) % 10007 * (places % 89 + 1) % 2003
        weight.data = (mixed.to(weight.dtype) / 1001 - 1).reshape(weight.shape) * 0.04


def train(text, dtype):
    alphabet = sorted(set(text))
    tokens = torch.tensor([alphabet.index(c) for c in range(256) if c in alphabet], dtype=torch.int64)
    table = torch.zeros(256, dtype=torch.int64)
    table[torch.tensor(alphabet)] = tokens
    tokens = table[torch.frombuffer(bytearray(text), dtype=torch.uint8).long()]

    model = Gpt(len(alphabet)).to(dtype)
    set_weights(model)
    matrices = [p for p in model.parameters() if p.dim() > 1]
    vectors = [p for p in model.parameters() if p.dim() == 1]
    optimizer = torch.optim.AdamW([{"params": matrices}, {"params": vectors, "weight_decay": 0.0}], lr=1e-3,
                                  betas=(0.9, 0.99), weight_decay=0.1)
    losses = []
    for step in range(STEPS):
        starts = (torch.arange(BATCH) + BATCH * step) * 102947 % (len(text) - CONTEXT)
        windows = torch.stack([tokens[start:start + CONTEXT + 1] for start in starts])
        loss = F.cross_entropy(model(windows[:, :-1]).flatten(0, 1), windows[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        losses.append(loss.item())
    return losses


class Losses:
    cases = range(4)

    def write(self, root):
        path = root / "models" / "gpt.json"
        texts = json.loads(path.read_text())["texts"] if path.exists() else {}
        sotu = pathlib.Path(os.environ.get("XTAPE_DATA", "")) / "sotu.txt"
        for name, file in [("GPL-3", pathlib.Path(GPL)), ("sotu.txt", sotu)]:
            if file.is_file():
                texts[name] = {str(dtype).removeprefix("torch."): train(file.read_bytes(), dtype)
                               for dtype in [torch.float32, torch.float64]}
        lines = ",\n".join(f"{json.dumps(name)}:{json.dumps(losses)}" for name, losses in sorted(texts.items()))
        path.write_text(f'{{"source":"{SOURCE}","texts":{{\n{lines}\n}}}}\n')
        return path


def goldens():
    return [Losses()]
