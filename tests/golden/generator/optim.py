"""Optimiser trajectories and clip_grad_norm_, written to optim/.

A trajectory feeds stored gradients, so that it checks the update rule alone: the parameters start at "params", step k
sees "grads"[k] (null where a parameter has no gradient) and leaves "values"[k].
"""

import torch

from .golden import FLOATS, INF, Golden, argument_to_json, normal, seeded, tensor_to_json

STEPS = 20
SHAPES = [(2, 2), (3,)]


class Trajectories(Golden):
    """Cases are {name, options, groups: [{params: indices, options}], params, grads, values}."""

    def __init__(self, function, optimizer):
        super().__init__(function, optimizer, folder="optim")

    def trajectory(self, name, groups=None, skip=(), **options):
        """groups: per group the options that differ; one parameter each. skip: (step, parameter) without a gradient."""
        for suffix, dtype in FLOATS.items():
            self.cases.append(self.run(f"{name}_{suffix}", seeded(self.function, name), dtype, groups, skip, options))

    def run(self, name, generator, dtype, groups, skip, options):
        params = [normal(*shape)(generator).to(dtype).requires_grad_() for shape in SHAPES]
        indices = [[0, 1]] if groups is None else [[i] for i in range(len(params))]
        groups = [{} for _ in indices] if groups is None else groups
        optimizer = self.call([{"params": [params[i] for i in members], **group}
                               for members, group in zip(indices, groups)], **options)
        case = {"name": name, "options": argument_options(options),
                "groups": [{"params": members, "options": argument_options(group)}
                           for members, group in zip(indices, groups)],
                "params": [tensor_to_json(p) for p in params], "grads": [], "values": []}
        for step in range(STEPS):
            for i, param in enumerate(params):
                gradient = normal(*param.shape)(generator).to(dtype)
                param.grad = None if (step, i) in skip else gradient
            optimizer.step()
            case["grads"].append([None if p.grad is None else tensor_to_json(p.grad)["data"] for p in params])
            case["values"].append([tensor_to_json(p)["data"] for p in params])
        return case


def argument_options(options):
    return {key: argument_to_json(value) for key, value in options.items()}


def sgd():
    golden = Trajectories("sgd", torch.optim.SGD)
    golden.trajectory("plain", lr=0.1)
    golden.trajectory("momentum", lr=0.1, momentum=0.9)
    golden.trajectory("momentum_dampening", lr=0.1, momentum=0.9, dampening=0.5)
    golden.trajectory("nesterov", lr=0.1, momentum=0.9, nesterov=True)
    golden.trajectory("weight_decay", lr=0.1, weight_decay=0.01)
    golden.trajectory("nesterov_weight_decay", lr=0.05, momentum=0.8, weight_decay=0.1, nesterov=True)
    golden.trajectory("two_groups", groups=[{"lr": 0.5}, {"momentum": 0.5}], lr=0.1, momentum=0.9)
    golden.trajectory("without_some_gradients", skip={(0, 1), (1, 1), (7, 0)}, lr=0.1, momentum=0.9, dampening=0.1)
    golden.trajectory("maximize", lr=0.1, momentum=0.9, weight_decay=0.1, maximize=True)
    return golden


def adam():
    golden = Trajectories("adam", torch.optim.Adam)
    golden.trajectory("default")
    golden.trajectory("lr", lr=0.1)
    golden.trajectory("betas_eps", lr=0.05, betas=(0.8, 0.95), eps=1e-3)
    golden.trajectory("weight_decay", lr=0.05, weight_decay=0.1)
    golden.trajectory("two_groups", groups=[{"lr": 0.5}, {"betas": (0.5, 0.9), "weight_decay": 0.01}], lr=0.01)
    golden.trajectory("without_some_gradients", skip={(0, 1), (1, 1), (7, 0)}, lr=0.05)
    golden.trajectory("amsgrad", lr=0.05, betas=(0.9, 0.7), weight_decay=0.1, amsgrad=True)
    golden.trajectory("maximize", lr=0.05, weight_decay=0.1, maximize=True)
    return golden


def adamw():
    golden = Trajectories("adamw", torch.optim.AdamW)
    golden.trajectory("default")
    golden.trajectory("betas_eps", lr=0.05, betas=(0.8, 0.95), eps=1e-3)
    golden.trajectory("weight_decay", lr=0.05, weight_decay=0.3)
    golden.trajectory("no_weight_decay", lr=0.05, weight_decay=0.0)
    golden.trajectory("amsgrad", lr=0.05, betas=(0.9, 0.7), weight_decay=0.1, amsgrad=True)
    golden.trajectory("two_groups", groups=[{"lr": 0.5}, {"betas": (0.5, 0.9), "weight_decay": 0.2}], lr=0.01)
    golden.trajectory("maximize_without_some_gradients", skip={(0, 1), (7, 0)}, lr=0.05, maximize=True)
    return golden


def rmsprop():
    golden = Trajectories("rmsprop", torch.optim.RMSprop)
    golden.trajectory("default")
    golden.trajectory("alpha_eps", lr=0.05, alpha=0.7, eps=1e-3)
    golden.trajectory("momentum_weight_decay", lr=0.05, weight_decay=0.1, momentum=0.9)
    golden.trajectory("centered", lr=0.05, alpha=0.9, centered=True)
    golden.trajectory("centered_momentum", lr=0.02, alpha=0.9, momentum=0.5, centered=True)
    golden.trajectory("two_groups", groups=[{"lr": 0.1, "centered": True}, {"alpha": 0.5, "momentum": 0.8}], lr=0.01)
    golden.trajectory("maximize_without_some_gradients", skip={(0, 1), (7, 0)}, lr=0.05, momentum=0.9, maximize=True)
    return golden


def adagrad():
    golden = Trajectories("adagrad", torch.optim.Adagrad)
    golden.trajectory("default")
    golden.trajectory("lr_decay", lr=0.5, lr_decay=0.1)
    golden.trajectory("weight_decay_eps", lr=0.2, weight_decay=0.1, eps=1e-3)
    golden.trajectory("initial_accumulator_value", lr=0.2, initial_accumulator_value=0.5)
    golden.trajectory("two_groups", groups=[{"lr": 0.5, "lr_decay": 0.2}, {"weight_decay": 0.1}], lr=0.1)
    golden.trajectory("maximize_without_some_gradients", skip={(0, 1), (7, 0)}, lr=0.2, lr_decay=0.1, maximize=True)
    return golden


def adadelta():
    golden = Trajectories("adadelta", torch.optim.Adadelta)
    golden.trajectory("default")
    golden.trajectory("rho_eps", lr=0.5, rho=0.7, eps=1e-3)
    golden.trajectory("weight_decay", lr=2.0, weight_decay=0.1)
    golden.trajectory("two_groups", groups=[{"lr": 0.5, "rho": 0.5}, {"weight_decay": 0.1}], lr=3.0)
    golden.trajectory("maximize_without_some_gradients", skip={(0, 1), (7, 0)}, weight_decay=0.05, maximize=True)
    return golden


class Descents(Golden):
    """Steps on f = sum 10 (x[i + 1] - x[i]^2)^2 + (1 - x[i])^2, x the parameters in a row, by a closure.

    Cases are {name, options, params, losses[step], values[step]}; a loss is what step() gives.
    """

    def descent(self, name, steps, **options):
        params = [torch.tensor(x, dtype=torch.float64).requires_grad_() for x in ([-1.2, 1.0], [[0.5], [-0.7]])]
        optimizer = self.call(params, **options)

        def closure():
            optimizer.zero_grad()
            x = torch.cat([p.reshape(-1) for p in params])
            loss = (10 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()
            loss.backward()
            return loss

        case = {"name": name, "options": argument_options(options), "params": [tensor_to_json(p) for p in params],
                "losses": [], "values": []}
        for _ in range(steps):
            case["losses"].append(optimizer.step(closure).item())
            case["values"].append([tensor_to_json(p)["data"] for p in params])
        self.cases.append(case)


def lbfgs():
    golden = Descents("lbfgs", torch.optim.LBFGS, folder="optim")
    golden.descent("default", 4, lr=0.1)
    golden.descent("short_history", 6, lr=0.05, max_iter=5, history_size=2)
    golden.descent("strong_wolfe", 5, max_iter=4, line_search_fn="strong_wolfe")
    golden.descent("few_evaluations", 6, max_eval=3, line_search_fn="strong_wolfe")
    golden.descent("strong_wolfe_lr", 4, lr=30.0, max_iter=3, history_size=2, line_search_fn="strong_wolfe")
    return golden


def clip_grad_norm():
    """Inputs are the gradients; outputs the total norm, then the clipped gradients."""
    def call(*grads, **args):
        params = [torch.zeros_like(g).requires_grad_() for g in grads]
        for param, gradient in zip(params, grads):
            param.grad = gradient.clone()
        total = torch.nn.utils.clip_grad_norm_(params, **args)
        return [total, *(p.grad for p in params)]

    golden = Golden("clip_grad_norm_", call, folder="optim")
    golden.floats("above", (2, 3), (3,), max_norm=1.0, grad=False)
    golden.floats("below", (2, 3), (3,), max_norm=100.0, grad=False)
    golden.floats("one_parameter", (4,), max_norm=0.5, grad=False)
    golden.floats("norm_type_1", (2, 3), (3,), max_norm=1.0, norm_type=1.0, grad=False)
    golden.floats("norm_type_inf", (2, 3), (3,), max_norm=0.5, norm_type=INF, grad=False)
    golden.floats("zeros", [0.0, 0.0], max_norm=1.0, grad=False)
    golden.floats("three_four_five", [3.0], [4.0], max_norm=5.0, grad=False)
    return golden


def goldens():
    return [sgd(), adam(), adamw(), rmsprop(), adagrad(), adadelta(), lbfgs(), clip_grad_norm()]
