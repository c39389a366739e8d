"""Learning rates of the schedulers, step by step, written to lr_scheduler/.

A case is {name, optimizer, lrs, schedulers: [{class, args}], changes, metrics, learning_rates, momentums}: an optimiser
with a group for each of "lrs" and the schedulers on it, which are all stepped STEPS times. "changes" are [step, group, lr]
that a program sets by hand before a step; "metrics" are what ReduceLROnPlateau sees. "learning_rates"[k] and, for
OneCycleLR, "momentums"[k] hold a number per group after k steps.
"""

import math

import torch

from .golden import Golden, argument_to_json, seeded

STEPS = 36

LAMBDAS = {  # the tests know them by these names
    "inverse": lambda t: 1 / (1 + t),
    "power": lambda t: 0.95 ** t,
    "stairs": lambda t: t // 10,
}


class Schedules(Golden):
    def __init__(self, scheduler):
        super().__init__(scheduler, getattr(torch.optim.lr_scheduler, scheduler, scheduler), folder="lr_scheduler")

    def one_and_two(self, name, lr=0.1, **args):
        """The same arguments with one group and with two."""
        self.schedule(name, [(self.function, args)], [lr])
        self.schedule(f"{name}_two_groups", [(self.function, args)], [lr, 0.03])

    def schedule(self, name, schedulers, lrs, optimizer="SGD", changes=(), metrics=None, **options):
        momentum_of = (lambda group: group["betas"][0]) if optimizer == "Adam" else (lambda group: group["momentum"])
        if optimizer == "SGD" and any(scheduler == "OneCycleLR" for scheduler, _ in schedulers):
            options["momentum"] = 0.9
        groups = [{"params": [torch.zeros(1, requires_grad=True)], "lr": lr} for lr in lrs]
        target = getattr(torch.optim, optimizer)(groups, lr=1.0, **options)
        running = [self.make(target, scheduler, args) for scheduler, args in schedulers]
        case = {"name": name, "optimizer": optimizer, "lrs": lrs,
                "schedulers": [{"class": scheduler, "args": {k: argument_to_json(v) for k, v in args.items()}}
                               for scheduler, args in schedulers],
                "changes": [list(change) for change in changes], "learning_rates": []}
        if metrics is not None:
            case["metrics"] = [argument_to_json(metric) for metric in metrics]
        cycles = any(scheduler == "OneCycleLR" for scheduler, _ in schedulers)
        if cycles:
            case["momentums"] = []
        for step in range(len(metrics) + 1 if metrics else STEPS + 1):
            if step > 0:
                for at, group, lr in changes:
                    if at == step:
                        target.param_groups[group]["lr"] = lr
                target.step()
                for scheduler in running:
                    scheduler.step(*([metrics[step - 1]] if metrics else []))
            case["learning_rates"].append([float(group["lr"]) for group in target.param_groups])
            if cycles:
                case["momentums"].append([float(momentum_of(group)) for group in target.param_groups])
        self.cases.append(case)

    @staticmethod
    def make(optimizer, scheduler, args):
        args = dict(args)
        if "lr_lambda" in args:
            names = args["lr_lambda"]
            args["lr_lambda"] = LAMBDAS[names] if isinstance(names, str) else [LAMBDAS[name] for name in names]
        return getattr(torch.optim.lr_scheduler, scheduler)(optimizer, **args)


def simple():
    step = Schedules("StepLR")
    step.one_and_two("every_7", step_size=7, gamma=0.5)
    step.one_and_two("default_gamma", step_size=15)
    multi_step = Schedules("MultiStepLR")
    multi_step.one_and_two("three_milestones", milestones=[5, 12, 30], gamma=0.3)
    multi_step.one_and_two("repeated_and_unsorted", milestones=[20, 8, 8])
    exponential = Schedules("ExponentialLR")
    exponential.one_and_two("gamma", gamma=0.9)
    linear = Schedules("LinearLR")
    linear.one_and_two("default")
    linear.one_and_two("factors", start_factor=0.1, end_factor=0.9, total_iters=20)
    linear.one_and_two("downwards_to_0", start_factor=1.0, end_factor=0.0, total_iters=12)
    cosine = Schedules("CosineAnnealingLR")
    cosine.one_and_two("down_and_up", T_max=10)
    cosine.one_and_two("eta_min", T_max=30, eta_min=0.01)
    cosine.one_and_two("shortest", T_max=1, eta_min=0.001)
    function = Schedules("LambdaLR")
    function.one_and_two("inverse", lr_lambda="inverse")
    function.one_and_two("stairs", lr_lambda="stairs")
    function.schedule("one_function_per_group", [("LambdaLR", {"lr_lambda": ["power", "inverse"]})], [0.1, 0.5])
    return [step, multi_step, exponential, linear, cosine, function]


def one_cycle():
    golden = Schedules("OneCycleLR")
    golden.one_and_two("default", max_lr=0.5, total_steps=STEPS)
    golden.one_and_two("linear", max_lr=0.5, epochs=9, steps_per_epoch=4, anneal_strategy="linear", pct_start=0.4)
    golden.one_and_two("three_phase", max_lr=0.5, total_steps=STEPS, three_phase=True, div_factor=10.0,
                       final_div_factor=100.0)
    golden.one_and_two("three_phase_linear", max_lr=0.5, total_steps=STEPS, three_phase=True, anneal_strategy="linear",
                       pct_start=0.25)
    golden.one_and_two("no_warm_up", max_lr=0.5, total_steps=40, pct_start=0.0)
    golden.one_and_two("momentum_stays", max_lr=0.5, total_steps=40, cycle_momentum=False)
    per_group = {"max_lr": [0.5, 0.05], "total_steps": 40, "base_momentum": [0.8, 0.7], "max_momentum": [0.9, 0.99]}
    golden.schedule("lists", [("OneCycleLR", per_group)], [0.1, 0.1])
    golden.schedule("adam", [("OneCycleLR", {"max_lr": 0.01, "total_steps": 40})], [0.1, 0.2], optimizer="Adam")
    golden.schedule("rmsprop", [("OneCycleLR", {"max_lr": 0.01, "total_steps": 40})], [0.1], optimizer="RMSprop")
    return golden


def plateau():
    """The metrics: a noisy loss that stalls, and the accuracy that goes with it."""
    golden = Schedules("ReduceLROnPlateau")
    noise = torch.rand(40, generator=seeded("plateau"), dtype=torch.float64)
    losses = [round(max(0.4, 2 * 0.8 ** k) + 0.02 * float(noise[k]), 4) for k in range(40)]
    cases = {
        "default": {},
        "impatient": {"patience": 1, "factor": 0.5},
        "cooldown": {"patience": 2, "factor": 0.3, "cooldown": 4},
        "threshold_abs": {"patience": 2, "factor": 0.5, "threshold": 0.05, "threshold_mode": "abs"},
        "threshold_rel": {"patience": 2, "factor": 0.5, "threshold": 0.1},
        "min_lr": {"patience": 0, "factor": 0.1, "min_lr": 1e-3},
        "eps": {"patience": 0, "factor": 0.1, "eps": 0.02},
    }
    for name, args in cases.items():
        golden.schedule(name, [("ReduceLROnPlateau", args)], [0.1], metrics=losses)
        golden.schedule(f"{name}_max", [("ReduceLROnPlateau", {"mode": "max", **args})], [0.1, 0.03],
                        metrics=[round(1 - loss / 3, 4) for loss in losses])
    golden.schedule("min_lr_per_group", [("ReduceLROnPlateau", {"patience": 0, "min_lr": [1e-2, 1e-4]})], [0.1, 0.03],
                    metrics=losses)
    golden.schedule("nan", [("ReduceLROnPlateau", {"patience": 2})], [0.1], metrics=losses[:8] + [math.nan] * 8)
    return golden


def together():
    """Several schedulers on one optimiser, and learning rates that are set by hand in between."""
    golden = Schedules("chained")
    golden.schedule("warm_up_and_decay", [("LinearLR", {"start_factor": 0.2, "total_iters": 8}),
                                          ("ExponentialLR", {"gamma": 0.95})], [0.1, 0.03])
    golden.schedule("warm_up_and_cosine", [("LinearLR", {"total_iters": 4}), ("CosineAnnealingLR", {"T_max": 12})],
                    [0.1])
    golden.schedule("three", [("StepLR", {"step_size": 10}), ("MultiStepLR", {"milestones": [3, 7], "gamma": 0.5}),
                              ("ExponentialLR", {"gamma": 0.99})], [0.1])
    golden.schedule("function_overrides", [("ExponentialLR", {"gamma": 0.5}), ("LambdaLR", {"lr_lambda": "power"})],
                    [0.1])
    by_hand = [(4, 0, 0.7), (15, 1, 0.2), (16, 0, 0.05)]
    for scheduler, args in {"StepLR": {"step_size": 5, "gamma": 0.5}, "ExponentialLR": {"gamma": 0.9},
                            "LinearLR": {"total_iters": 20}, "CosineAnnealingLR": {"T_max": 9, "eta_min": 0.001},
                            "LambdaLR": {"lr_lambda": "power"}}.items():
        golden.schedule(f"by_hand_{scheduler}", [(scheduler, args)], [0.1, 0.03], changes=by_hand)
    return golden


def goldens():
    return [*simple(), one_cycle(), plateau(), together()]
