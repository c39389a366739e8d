"""Golden: the cases of one function, how they are computed and how they are written as JSON.

    {"function", "source", "cases": [
      {"name",
       "inputs": [tensor],         a tensor is {"dtype", "shape", "data": flat and row-major, "requires_grad"}
       "args": {},                 by PyTorch's Python names: numbers, lists, texts, tensors
       "outputs": [tensor],
       "grad_output": tensor,      of output 0, or of output "grad_of"; missing where nothing is differentiated
       "grads": [tensor or null]   one per input
      }]}

NaN and the infinities are the strings "nan", "inf" and "-inf".
"""

import json
import math
import zlib

import torch

SOURCE = "PyTorch 1.13.1, tests/golden/make_golden.py"
FLOATS = {"f32": torch.float32, "f64": torch.float64}
DTYPES = {"f32": torch.float32, "f64": torch.float64, "i64": torch.int64, "i32": torch.int32, "i16": torch.int16,
          "i8": torch.int8, "u8": torch.uint8, "bool": torch.bool}
NAN, INF = math.nan, math.inf


def number_to_json(value):
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    return value


def tensor_to_json(tensor):
    """The flat values, row-major; a float32 gets the few digits that identify a float32."""
    values = tensor.detach().reshape(-1)
    if tensor.dtype == torch.float32:
        values = [float(str(v)) for v in values.numpy()]
    else:
        values = values.tolist()
    result = {"dtype": str(tensor.dtype).removeprefix("torch."), "shape": list(tensor.shape),
              "data": [number_to_json(v) for v in values]}
    if tensor.requires_grad and tensor.is_leaf:
        result["requires_grad"] = True
    return result


def argument_to_json(value):
    if isinstance(value, torch.Tensor):
        return tensor_to_json(value)
    if isinstance(value, (list, tuple)):
        return [argument_to_json(v) for v in value]
    return number_to_json(value)


def seeded(*names):
    """A generator that depends on these names alone."""
    return torch.Generator().manual_seed(zlib.crc32("/".join(names).encode()))


def rounded(values):
    """Four decimals are enough for a random number, and keep the files small."""
    return (values * 1e4).round() / 1e4


def normal(*shape):
    """An input of standard normal values; a plain tuple means the same."""
    return lambda generator: rounded(torch.randn(shape, generator=generator, dtype=torch.float64))


def uniform(low, high, *shape):
    """An input of values in [low, high)."""
    return lambda generator: rounded(low + (high - low) * torch.rand(shape, generator=generator, dtype=torch.float64))


def distinct(*shape):
    """An input without ties: a shuffled arithmetic sequence around 0."""
    def make(generator):
        order = torch.randperm(math.prod(shape), generator=generator).double()
        return rounded((order - 0.5 * (order.numel() - 1)) * 0.37).reshape(shape)
    return make


def make_input(spec, dtype, generator):
    """A tensor as it is, a tuple as the shape of normal values, a function of the generator, or plain numbers."""
    if isinstance(spec, torch.Tensor):
        return spec.clone()
    if isinstance(spec, tuple):
        spec = normal(*spec)
    if callable(spec):
        return spec(generator).to(dtype)
    return torch.tensor(spec, dtype=dtype)


class Golden:
    """One golden file: call(*inputs, **args) gives a tensor or several."""

    def __init__(self, function, call=None, folder=""):
        self.function = function
        self.call = call or getattr(torch, function)
        self.folder = folder
        self.cases = []

    def floats(self, name, *inputs, **options):
        """The same case in float32 and in float64."""
        for suffix, dtype in FLOATS.items():
            self.case(f"{name}_{suffix}", *inputs, float_dtype=dtype, seed=name, **options)

    def case(self, name, *inputs, float_dtype=torch.float32, seed=None, grad=True, grad_of=0, **args):
        """grad: True for all floating inputs, False, or the indices of those that require it.
        grad_of: the output whose gradient is given."""
        generator = seeded(self.function, seed or name)
        tensors = [make_input(spec, float_dtype, generator) for spec in inputs]
        for i, tensor in enumerate(tensors):
            wanted = grad if isinstance(grad, bool) else i in grad
            tensor.requires_grad_(wanted and tensor.is_floating_point())
        args = {key: value.to(float_dtype) if isinstance(value, torch.Tensor) and value.is_floating_point() else value
                for key, value in args.items()}

        outputs = self.call(*tensors, **args)
        outputs = [outputs] if isinstance(outputs, torch.Tensor) else list(outputs)
        case = {"name": name, "inputs": [tensor_to_json(t) for t in tensors],
                "args": {key: argument_to_json(value) for key, value in args.items()},
                "outputs": [tensor_to_json(t) for t in outputs]}
        if any(t.requires_grad for t in tensors) and outputs[grad_of].requires_grad:
            case.update(self.gradients(tensors, outputs[grad_of], grad_of, generator))
        assert all(name != other["name"] for other in self.cases), f"{self.function}: two cases {name}"
        self.cases.append(case)

    @staticmethod
    def gradients(tensors, output, grad_of, generator):
        grad_output = make_input(tuple(output.shape), output.dtype, generator)
        wanted = [t for t in tensors if t.requires_grad]
        grads = iter(torch.autograd.grad(output, wanted, grad_output, allow_unused=True))
        grads = [next(grads) if t.requires_grad else None for t in tensors]
        result = {"grad_output": tensor_to_json(grad_output),
                  "grads": [None if g is None else tensor_to_json(g) for g in grads]}
        if grad_of != 0:
            result["grad_of"] = grad_of
        return result

    def write(self, root):
        """One case a line, so that a change reads well."""
        path = root / self.folder / f"{self.function}.json"
        path.parent.mkdir(exist_ok=True)
        lines = ",\n".join(json.dumps(case, separators=(",", ":"), allow_nan=False) for case in self.cases)
        path.write_text(f'{{"function":"{self.function}","source":"{SOURCE}","cases":[\n{lines}\n]}}\n')
        return path
