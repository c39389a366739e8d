"""Modules of attention. A case's inputs are those of the module, and then its parameters, named in args["names"]."""

import torch
from torch.nn.utils.stateless import functional_call

from .golden import Golden, INF, seeded, uniform

FOLDER = "transformer"


def bools(name, *shape):
    """True for about a third, and never for the first of a row."""
    mask = torch.rand(shape, generator=seeded("bools", name)) < 0.35
    mask[..., 0] = False
    return mask


def causal(size):
    return torch.ones(size, size, dtype=torch.bool).triu(1)


def added(mask):
    return torch.zeros(mask.shape, dtype=torch.float64).masked_fill(mask, -INF)


def parameters(module):
    """Uniform values of a Linear's size for each, and their names for the args."""
    named = dict(module.named_parameters())
    return [uniform(-0.5, 0.5, *p.shape) for p in named.values()], ",".join(named)


class ModuleGolden(Golden):
    """make(**options) gives the module; `arguments` names the keyword arguments of its call."""

    def __init__(self, function, make, arguments):
        super().__init__(function, self.run, FOLDER)
        self.make, self.arguments = make, arguments

    def run(self, *tensors, names, **args):
        call = {key: args.pop(key) for key in self.arguments if key in args}
        module = self.make(**args).to(tensors[0].dtype)
        names = names.split(",")
        inputs, values = tensors[:-len(names)], tensors[-len(names):]
        outputs = functional_call(module, dict(zip(names, values)), inputs, call)
        return outputs if isinstance(outputs, torch.Tensor) else [y for y in outputs if y is not None]

    def add(self, name, *inputs, **args):
        options = {key: value for key, value in args.items() if key not in self.arguments}
        values, names = parameters(self.make(**options))
        self.floats(name, *inputs, *values, names=names, **args)


def multihead_attention():
    golden = ModuleGolden("multihead_attention", torch.nn.MultiheadAttention,
                          ("key_padding_mask", "need_weights", "attn_mask", "average_attn_weights"))
    size = {"embed_dim": 4, "num_heads": 2}
    q, k = (3, 2, 4), (4, 2, 4)
    padding, mask = bools("padding", 2, 4), bools("mask", 3, 4)
    golden.add("default", q, k, k, **size)
    golden.add("without_weights", q, k, k, need_weights=False, **size)
    golden.add("weights_of_heads", q, k, k, average_attn_weights=False, **size)
    golden.add("batch_first", (2, 3, 4), (2, 4, 4), (2, 4, 4), batch_first=True, **size)
    golden.add("no_bias", q, k, k, bias=False, **size)
    golden.add("other_sizes", q, (4, 2, 3), (4, 2, 5), kdim=3, vdim=5, **size)
    golden.add("other_sizes_no_bias", q, (4, 2, 3), k, kdim=3, bias=False, need_weights=False, **size)
    golden.add("one_head", q, k, k, embed_dim=4, num_heads=1)
    golden.add("unbatched", (3, 4), (4, 4), (4, 4), **size)
    golden.add("unbatched_masks", (3, 4), (4, 4), (4, 4), attn_mask=mask, key_padding_mask=padding[0], **size)
    golden.add("bias_kv", q, k, k, add_bias_kv=True, attn_mask=mask, **size)
    golden.add("zero_attn", q, k, k, add_zero_attn=True, key_padding_mask=padding, **size)
    golden.add("both_more", q, k, k, add_bias_kv=True, add_zero_attn=True, need_weights=False, **size)
    for need in (True, False):
        more = {"need_weights": need, **size}
        golden.add(f"mask_{need}", q, k, k, attn_mask=mask, **more)
        golden.add(f"added_mask_{need}", q, k, k, attn_mask=added(mask) + 0.5, **more)
        golden.add(f"mask_of_heads_{need}", q, k, k, attn_mask=bools("heads", 4, 3, 4), **more)
        golden.add(f"padding_{need}", q, k, k, key_padding_mask=padding, **more)
        golden.add(f"added_padding_{need}", q, k, k, key_padding_mask=added(padding), **more)
        golden.add(f"both_{need}", q, k, k, attn_mask=mask, key_padding_mask=padding, **more)
        golden.add(f"added_both_{need}", q, k, k, attn_mask=added(mask), key_padding_mask=padding, **more)
    return golden


def self_attention():
    """The three inputs are one tensor, and so may be projected at once."""
    class Self(torch.nn.MultiheadAttention):
        def forward(self, x, **arguments):
            return super().forward(x, x, x, **arguments)

    golden = ModuleGolden("self_attention", Self, ("attn_mask", "need_weights"))
    size = {"embed_dim": 4, "num_heads": 2}
    golden.add("default", (3, 2, 4), **size)
    golden.add("causal", (3, 2, 4), attn_mask=causal(3), need_weights=False, **size)
    golden.add("batch_first", (2, 3, 4), batch_first=True, attn_mask=causal(3), **size)
    golden.add("no_bias", (3, 2, 4), bias=False, **size)
    return golden


def encoder_layer(**options):
    return torch.nn.TransformerEncoderLayer(4, 2, dim_feedforward=6, dropout=0.0, **options)


def transformer_encoder_layer():
    golden = ModuleGolden("transformer_encoder_layer", encoder_layer, ("src_mask", "src_key_padding_mask"))
    golden.add("default", (3, 2, 4))
    golden.add("batch_first", (2, 3, 4), batch_first=True)
    golden.add("unbatched", (3, 4))
    golden.add("norm_first", (3, 2, 4), norm_first=True)
    golden.add("gelu", (3, 2, 4), activation="gelu")
    golden.add("eps", (3, 2, 4), layer_norm_eps=0.1)
    golden.add("mask", (3, 2, 4), src_mask=causal(3))
    golden.add("padding", (2, 3, 4), batch_first=True, src_key_padding_mask=bools("encoder", 2, 3))
    golden.add("both_norm_first", (3, 2, 4), norm_first=True, src_mask=causal(3),
               src_key_padding_mask=bools("encoder", 2, 3))
    return golden


def transformer_encoder():
    def encoder(norm=False, **options):
        return torch.nn.TransformerEncoder(encoder_layer(**options), 2, torch.nn.LayerNorm(4) if norm else None)

    golden = ModuleGolden("transformer_encoder", encoder, ("mask", "src_key_padding_mask"))
    golden.add("default", (3, 2, 4))
    golden.add("norm", (2, 3, 4), norm=True, norm_first=True, batch_first=True, mask=causal(3))
    golden.add("padding", (3, 2, 4), norm=True, src_key_padding_mask=bools("encoder", 2, 3))
    return golden


def goldens():
    return [multihead_attention(), self_attention(), transformer_encoder_layer(), transformer_encoder()]
