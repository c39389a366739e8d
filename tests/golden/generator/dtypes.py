"""Conversions between dtypes: to."""

import torch

from .golden import DTYPES, Golden


def to():
    golden = Golden("to", lambda x, dtype: x.to(getattr(torch, dtype)))
    for source, source_dtype in DTYPES.items():
        for target, target_dtype in DTYPES.items():
            x = torch.tensor([0.0, 0.75, 1.0, 2.5, 100.0]).to(source_dtype)
            golden.case(f"{source}_to_{target}", x, dtype=str(target_dtype).removeprefix("torch."))
    return golden


def goldens():
    return [to()]
