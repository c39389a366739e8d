#!/usr/bin/python3
"""Trains the nets of examples/char_gpt and examples/char_lstm by the same recipe with PyTorch: what their validation losses
are compared with. Run by hand, for it takes minutes; both programs start from the weights that it leaves in a file.

    tests/golden/train_char.py gpt sotu.txt gpt.pt       and then: char_gpt --text sotu.txt --initial gpt.pt
    tests/golden/train_char.py lstm sotu.txt lstm.pt               char_lstm --text sotu.txt --initial lstm.pt
"""

import argparse
import math
import pathlib
import sys

sys.dont_write_bytecode = True

import torch  # noqa: E402
from torch import nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402

from generator.gpt import LAYERS, Gpt  # noqa: E402


class CharLstm(nn.Module):
    """As in examples/char_lstm.cpp."""

    def __init__(self, characters, hidden=128):
        super().__init__()
        self.embedding = nn.Embedding(characters, hidden)
        self.lstm = nn.LSTM(hidden, hidden, 2, batch_first=True)
        self.head = nn.Linear(hidden, characters)

    def forward(self, tokens):
        return self.head(self.lstm(self.embedding(tokens))[0])


def gpt(characters, steps):
    """The net with its first weights, its optimiser and the schedule of examples/char_gpt.cpp."""
    net = Gpt(characters)
    for name, weight in net.named_parameters():
        if weight.dim() > 1:
            nn.init.normal_(weight, 0, 0.02 / math.sqrt(2 * LAYERS) if name.endswith("proj.weight") else 0.02)
    groups = [{"params": [p for p in net.parameters() if p.dim() > 1]},
              {"params": [p for p in net.parameters() if p.dim() == 1], "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=1e-3, betas=(0.9, 0.99), weight_decay=0.1)

    def share_of_lr(step, warmup=100):
        if step < warmup:
            return (step + 1) / (warmup + 1)
        return 0.1 + 0.45 * (1 + math.cos(math.pi * min((step - warmup) / max(1, steps - warmup), 1)))

    return net, optimizer, torch.optim.lr_scheduler.LambdaLR(optimizer, share_of_lr)


def lstm(characters, steps):
    net = CharLstm(characters)
    optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
    return net, optimizer, torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)


def loss_on(net, windows):
    return F.cross_entropy(net(windows[:, :-1]).flatten(0, 1), windows[:, 1:].flatten())


def validation_loss(net, tokens, begin, batch, most, length=64):
    """As mean_loss of examples/common/char_text.cpp: windows spread over what stands behind `begin`."""
    windows = (len(tokens) - begin - 1) // length
    starts = range(begin, begin + windows * length, length * max(1, windows // (most * batch)))
    with torch.no_grad():
        losses = [loss_on(net, torch.stack([tokens[s:s + length + 1] for s in starts[i:i + batch]]))
                  for i in range(0, len(starts) - batch + 1, batch)]
    return torch.stack(losses).double().mean().item()


NETS = {"gpt": (gpt, 2000, 12, 200), "lstm": (lstm, 1000, 32, 100)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("net", choices=NETS)
    parser.add_argument("text", type=pathlib.Path)
    parser.add_argument("initial", help="where the first weights go")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    make, steps, batch, most = NETS[options.net]
    torch.manual_seed(options.seed)

    data = torch.frombuffer(bytearray(options.text.read_bytes()), dtype=torch.uint8)
    alphabet, tokens = data.unique(return_inverse=True)
    cut = len(tokens) * 9 // 10
    net, optimizer, schedule = make(len(alphabet), steps)
    torch.save(net.state_dict(), options.initial)
    for step in range(1, steps + 1):
        starts = torch.randint(0, cut - 64, (batch,)).tolist()
        loss = loss_on(net, torch.stack([tokens[s:s + 65] for s in starts]))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % 500 == 0:
            print(step, f"loss {loss.item():.4f}  validation {validation_loss(net, tokens, cut, batch, most):.4f}",
                  flush=True)


if __name__ == "__main__":
    main()
