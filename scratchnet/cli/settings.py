"""The options that say how a network is built and trained."""

from argparse import ArgumentTypeError

from ..core.checks import COUNT, require
from ..core.losses import LOSSES
from ..core.optimizers import OPTIMIZERS
from ..interop import names
from ..tabular.recipe import ENGINES, HIDDEN_ACTIVATIONS, LIMITS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Tuple


def add_settings(parser: "Any") -> None:
    """Add the options that a Recipe holds."""
    group = parser.add_argument_group(
        "network and training (defaults depend on the size of the data)"
    )
    add_layers(group)
    add_optimizer(group)
    add_training(group)


def add_layers(group: "Any") -> None:
    group.add_argument(
        "--hidden",
        type=widths,
        metavar="16,8",
        help="widths of the hidden layers; 0 for none (default: one layer of 8 to 64 units, "
        "or two for 20,000 rows or more)",
    )
    group.add_argument(
        "--activation",
        choices=sorted(HIDDEN_ACTIVATIONS),
        metavar="NAME",
        help="the activation after each of them (default relu for classes, tanh for numbers): "
        + ", ".join(sorted(HIDDEN_ACTIVATIONS)),
    )


def add_optimizer(group: "Any") -> None:
    group.add_argument(
        "--optimizer",
        choices=sorted(OPTIMIZERS),
        help="the optimizer (default adamw for classes, adam for numbers)",
    )
    group.add_argument(
        "--learning-rate",
        type=float,
        metavar="RATE",
        help="its learning rate (default for classes 0.006, or 0.003 with fewer than 1,000 rows "
        "and more than 32 inputs; for numbers, or with 20,000 rows or more, 0.01, or 0.0025 with "
        "more than 32 inputs; 0.1 for sgd)",
    )
    group.add_argument(
        "--weight-decay",
        type=float,
        metavar="L",
        help="its weight decay (default for adamw and classes: 60 / rows, at most 0.3)",
    )


def add_training(group: "Any") -> None:
    group.add_argument(
        "--batch-size",
        type=int,
        metavar="N",
        help="the number of samples per update (default for classes 32, or 64 from 1,000 rows; "
        "for numbers 8, 16 from 200 and 32 from 2,000 rows; 128 from 20,000 rows)",
    )
    group.add_argument(
        "--epochs",
        type=int,
        metavar="N",
        help="the largest number of passes over the data (default 300, or 3,000,000 / rows)",
    )
    group.add_argument(
        "--patience",
        type=int,
        metavar="N",
        help="stop after N epochs without a worthwhile improvement (default: epochs / 30, "
        "at least 5)",
    )
    group.add_argument(
        "--class-weight",
        choices=("balanced",),
        help="give each class the same weight, however rare it is",
    )
    group.add_argument(
        "--engine",
        choices=ENGINES,
        default="auto",
        metavar="NAME",
        help="how the training is computed: native uses a C compiler (default auto): "
        + ", ".join(ENGINES),
    )
    group.add_argument(
        "--seed", type=int, default=0, metavar="N", help="the random seed (default 0)"
    )


def parse_loss(text: str) -> str:
    """Parse the name of a loss, which may be that of another library, such as mse."""
    try:
        return names.name("loss", text, LOSSES)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from None


def widths(text: str) -> "Tuple[int, ...]":
    """Parse 16,8 as the widths of layers, and 0 as no layers."""
    if text.strip() == "0":
        return ()
    try:
        return tuple([require("--hidden", int(part), COUNT) for part in text.split(",")])
    except ValueError:
        raise ArgumentTypeError(
            f"{text!r} is not a list of widths; write them as in 16,8"
        ) from None


def check_settings(options: "Any") -> None:
    """Raise the errors of the settings, by the names of the options."""
    for name, value in settings_of(options).items():
        if value is not None:
            require("--" + name.replace("_", "-"), value, LIMITS[name])


def settings_of(options: "Any") -> "Dict[str, Any]":
    """Return the settings by name. A setting that is not given is None."""
    return {name: getattr(options, name) for name in LIMITS}
