"""Recurrent layers, their cells, and packed sequences."""

import torch
from torch.nn.utils import rnn, stateless

from .golden import FLOATS, Golden

FOLDER = "recurrent"
KINDS = ("RNN", "GRU", "LSTM")


def layer_call(kind):
    """The output, padded where there are lengths, and the last states, of {x, states..., weights...}."""
    def call(x, *tensors, input_size, hidden_size, names, states, lengths=None, **options):
        module = getattr(torch.nn, kind)(input_size, hidden_size, **options).to(x.dtype)
        weights = dict(zip(names.split(), tensors[states:]))
        module._flat_weights = [weights[name] for name in module._flat_weights_names]  # what forward reads
        initial = tensors[:states] if kind == "LSTM" else (tensors[0] if states else None)
        batch_first = options.get("batch_first", False)
        if lengths is not None:
            x = rnn.pack_padded_sequence(x, torch.tensor(lengths), batch_first, enforce_sorted=False)
        output, last = module(x, initial) if states else module(x)
        if lengths is not None:
            output = rnn.pad_packed_sequence(output, batch_first, 0.5)[0]
        return (output, *last) if kind == "LSTM" else (output, last)
    return call


def add(golden, kind, name, x, *, hidden_size=2, states=True, grad_of=0, types=("f32", "f64"), lengths=None, **options):
    parameters = dict(getattr(torch.nn, kind)(x[-1], hidden_size, **options).named_parameters())
    layers = options.get("num_layers", 1) * (2 if options.get("bidirectional") else 1)
    batch = (x[0 if options.get("batch_first") else 1],) if len(x) == 3 else ()
    count = (2 if kind == "LSTM" else 1) if states else 0
    packed = {} if lengths is None else {"lengths": lengths}
    for suffix in types:
        golden.case(f"{name}_{suffix}", x, *[(layers, *batch, hidden_size)] * count,
                    *[tuple(p.shape) for p in parameters.values()], float_dtype=FLOATS[suffix], seed=name,
                    grad_of=grad_of, input_size=x[-1], hidden_size=hidden_size, names=" ".join(parameters), states=count,
                    **options, **packed)


def layer(kind):
    golden = Golden(kind.lower(), layer_call(kind), FOLDER)
    both = {"num_layers": 2, "bidirectional": True}
    add(golden, kind, "plain", (4, 3, 3))
    add(golden, kind, "no_states", (4, 3, 3), states=False)
    add(golden, kind, "no_bias", (4, 3, 3), bias=False)
    add(golden, kind, "batch_first", (3, 4, 2), hidden_size=3, batch_first=True)
    add(golden, kind, "layers", (3, 2, 3), num_layers=3)
    add(golden, kind, "bidirectional", (3, 2, 3), bidirectional=True)
    add(golden, kind, "all", (2, 3, 2), batch_first=True, **both)
    add(golden, kind, "unbatched", (4, 3))
    add(golden, kind, "unbatched_all", (3, 2), batch_first=True, **both)
    add(golden, kind, "one_step", (1, 2, 3))
    add(golden, kind, "last_h", (3, 2, 3), grad_of=1, **both)
    add(golden, kind, "wide", (3, 19, 2), hidden_size=9, types=("f32",))
    if kind == "LSTM":
        add(golden, kind, "last_c", (3, 2, 3), grad_of=2, **both)
    if kind == "RNN":
        add(golden, kind, "relu", (4, 3, 3), nonlinearity="relu")
        add(golden, kind, "relu_all", (3, 2, 2), nonlinearity="relu", **both)
    return golden


def packed(kind):
    golden = Golden(f"{kind.lower()}_packed", layer_call(kind), FOLDER)
    add(golden, kind, "sorted", (4, 3, 2), lengths=[4, 2, 1])
    add(golden, kind, "any_order", (4, 3, 2), lengths=[2, 4, 3], num_layers=2, bidirectional=True)
    add(golden, kind, "ties", (3, 4, 2), lengths=[2, 3, 2, 3], bidirectional=True)
    add(golden, kind, "batch_first", (3, 5, 2), lengths=[3, 5, 1], batch_first=True)
    add(golden, kind, "no_states", (3, 2, 2), lengths=[1, 3], states=False, bidirectional=True)
    add(golden, kind, "last_h", (4, 3, 2), lengths=[2, 4, 3], grad_of=1, bidirectional=True)
    return golden


def cell(kind):
    def call(x, *tensors, names, states, hidden_size, **options):
        module = getattr(torch.nn, kind)(x.shape[-1], hidden_size, **options).to(x.dtype)
        initial = tensors[:states] if kind == "LSTMCell" else (tensors[0] if states else None)
        weights = dict(zip(names.split(), tensors[states:]))
        return stateless.functional_call(module, weights, (x, initial) if states else (x,))

    golden = Golden(kind.lower(), call, FOLDER)

    def add_cell(name, x, *, states=True, grad_of=0, **options):
        parameters = dict(getattr(torch.nn, kind)(x[-1], 2, **options).named_parameters())
        count = (2 if kind == "LSTMCell" else 1) if states else 0
        golden.floats(name, x, *[(*x[:-1], 2)] * count, *[tuple(p.shape) for p in parameters.values()], grad_of=grad_of,
                      hidden_size=2, names=" ".join(parameters), states=count, **options)
    add_cell("plain", (3, 4))
    add_cell("no_states", (3, 4), states=False)
    add_cell("no_bias", (3, 4), bias=False)
    add_cell("unbatched", (4,))
    if kind == "LSTMCell":
        add_cell("of_c", (3, 4), grad_of=1)
    if kind == "RNNCell":
        add_cell("relu", (3, 4), nonlinearity="relu")
    return golden


def pad_sequence():
    golden = Golden("pad_sequence", lambda *x, **options: rnn.pad_sequence(x, **options), FOLDER)
    golden.floats("steps_first", (2, 3), (4, 3), (1, 3))
    golden.floats("batch_first", (2, 3), (4, 3), (0, 3), batch_first=True, padding_value=-1.5)
    golden.floats("plain", (3,), (2,))
    golden.case("integers", torch.tensor([[1, 2]]), torch.tensor([[3, 4], [5, 6]]), padding_value=7)
    return golden


def pack_padded_sequence():
    def call(x, lengths, **options):
        packed = rnn.pack_padded_sequence(x, lengths, **options)
        return [tensor for tensor in packed if tensor is not None]
    golden = Golden("pack_padded_sequence", call, FOLDER)
    golden.floats("sorted", (4, 3, 2), torch.tensor([4, 2, 1]))
    golden.floats("any_order", (4, 3, 2), torch.tensor([2, 4, 3]), enforce_sorted=False)
    golden.floats("batch_first", (3, 4, 2), torch.tensor([2, 4, 3]), batch_first=True, enforce_sorted=False)
    golden.floats("shorter", (4, 2, 1), torch.tensor([2, 2]))
    golden.floats("many_dims", (3, 2, 2, 2), torch.tensor([3, 1]))
    golden.floats("no_features", (3, 2), torch.tensor([3, 1]))
    return golden


def pad_packed_sequence():
    def call(data, batch_sizes, *indices, **options):
        return rnn.pad_packed_sequence(rnn.PackedSequence(data, batch_sizes, *indices), **options)
    golden = Golden("pad_packed_sequence", call, FOLDER)
    sizes = torch.tensor([3, 2, 1])
    golden.floats("sorted", (6, 2), sizes)
    golden.floats("options", (6, 2), sizes, batch_first=True, padding_value=-2.5, total_length=5)
    golden.floats("any_order", (6, 2), sizes, torch.tensor([2, 0, 1]))
    return golden


def goldens():
    return [*map(layer, KINDS), *map(packed, KINDS), *(cell(f"{kind}Cell") for kind in KINDS), pad_sequence(),
            pack_padded_sequence(), pad_packed_sequence()]
