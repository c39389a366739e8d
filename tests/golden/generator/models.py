"""Whole models, LeNet and ResNet-20, written to models/: weights as safetensors, and what a training makes of them.

The weights have the names that examples/common/models.cpp gives them and are rounded to bfloat16, which halves the
files. Images and labels come from integers (see `batch`), so that the test makes the same ones.
"""

import copy
import json

import torch
from torch import nn
from torch.nn import functional as F

from .files import safetensors
from .golden import SOURCE, seeded

STEPS, BATCH, MOMENTUM = 20, 16, 0.9


class Block(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.stride, self.added = (1, 0) if inputs == outputs else (2, outputs - inputs)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, self.stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.added:
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.added // 2, self.added // 2))
        return F.relu(x + y)


def lenet():
    return nn.Sequential(nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(),
                         nn.MaxPool2d(2), nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(),
                         nn.Linear(84, 10))


def resnet20():
    widths = [16, 16, 16, 16, 32, 32, 32, 64, 64, 64]
    blocks = [Block(inputs, outputs) for inputs, outputs in zip(widths, widths[1:])]
    return nn.Sequential(nn.Conv2d(3, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU(), *blocks,
                         nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


def batch(step, shape, dtype):
    """Images of noise with brighter rows that tell the label."""
    places = torch.arange(BATCH * shape[0] * shape[1] * shape[2], dtype=torch.int64) + 1000003 * step
    mixed = (places * 7919 % 10007) * (places % 89 + 1) % 2003
    labels = (torch.arange(BATCH, dtype=torch.int64) * 3 + step * 7) % 10
    rows = F.one_hot(labels, 10)[:, torch.arange(shape[1]) % 10]
    return mixed.to(dtype).reshape(BATCH, *shape) / 1001 - 1 + rows[:, None, :, None], labels


def round_to_bfloat16(model):
    for tensor in model.state_dict().values():
        if tensor.is_floating_point():
            tensor.copy_(tensor.bfloat16().float())


def brain(tensor):
    """A float32 tensor of values that bfloat16 holds, or an integer, as safetensors has it."""
    if not tensor.is_floating_point():
        return "I64", tensor.shape, tensor.numpy().astype("<i8").tobytes()
    return "BF16", tensor.shape, (tensor.numpy().view("<u4") >> 16).astype("<u2").tobytes()


def train(model, shape, lr, dtype):
    """The losses of a few steps."""
    model = copy.deepcopy(model).to(dtype).train()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=MOMENTUM)
    losses = []
    for step in range(STEPS):
        images, labels = batch(step, shape, dtype)
        loss = F.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


class Models:
    def __init__(self):
        self.cases = []

    def add(self, name, make, shape, lr):
        torch.manual_seed(seeded("models", name).initial_seed() % 2**31)
        model = make()
        with torch.no_grad():
            for step in range(5):  # running statistics of some batches
                model(batch(100 + step, shape, torch.float32)[0])
            round_to_bfloat16(model)
            outputs = copy.deepcopy(model).double().eval()(batch(0, shape, torch.float64)[0])
        self.cases.append((name, {
            "image": list(shape), "lr": lr, "outputs": outputs.flatten().tolist(),
            "losses": {str(dtype).removeprefix("torch."): train(model, shape, lr, dtype)
                       for dtype in [torch.float32, torch.float64]}
        }, {key: brain(value) for key, value in model.state_dict().items()}))

    def write(self, root):
        folder = root / "models"
        folder.mkdir(exist_ok=True)
        for name, _, state in self.cases:
            (folder / f"{name}.safetensors").write_bytes(safetensors(state, {"format": "pt"}))
        text = ",\n".join(f"{json.dumps(name)}:{json.dumps(case)}" for name, case, _ in self.cases)
        path = folder / "models.json"
        path.write_text(f'{{"source":"{SOURCE}","batch":{BATCH},"momentum":{MOMENTUM},"models":{{\n{text}\n}}}}\n')
        return path


# The rates are so small that a rounding does not change which way a relu goes: float32 is to follow, too.
def goldens():
    models = Models()
    models.add("lenet", lenet, (1, 28, 28), lr=0.1)
    models.add("resnet20", resnet20, (3, 32, 32), lr=0.0002)
    return [models]
