"""What `explain` and `check` explain: a network, its data and a training step."""

from ...core.checks import COUNT
from ...core.losses import LOSSES
from ...core.matrix import transpose
from ...core.optimizers import OPTIMIZERS, SGD
from ...explanation.recording import explain
from ...formats import models
from ...lessons import and_gate, and_gate_network
from ...tabular.model import has_encoder, model_of
from ...tabular.recipe import loss_of
from ...tabular.repeated import training_of
from ..data import add_loading, load_network
from ..settings import parse_loss
from . import exercises
from .about import about_new_training, about_own_step, about_row, about_samples
from .samples import sample_of_table, samples

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, List, Tuple

    from ...core.network import Sequential
    from ...explanation.explanation import Explanation

    About = Callable[[], List[str]]  # returns the lines that describe what is explained

MOST_STEPS = 1000000  # which take minutes
STEP = (lambda v: COUNT[0](v) and v <= MOST_STEPS, f"a whole number from 1 to {MOST_STEPS:,}")
# The limit of steps × numbers for a worksheet, about ten seconds. Recording a step counts as 200
# steps, and the fixed cost of a step as 200 numbers.
MOST_WORK, RECORDING = 5000000, 200
# With one of these options, a step is not one of the training of a model.
OF_TRAINING = ("row", "loss", "optimizer", "learning_rate", "batch_size", "shuffle", "seed")


def add_setting(parser: "Any") -> None:
    """Add the options that define the network, the data and the training."""
    parser.add_argument(
        "model", nargs="?", metavar="MODEL", help="a saved network: " + models.ENDINGS
    )
    parser.add_argument("data", nargs="?", metavar="DATA", help="a file of samples, one per row")
    exercises.add_network(parser)
    parser.add_argument(
        "--x",
        action="append",
        default=[],
        metavar="A,B,...",
        help="the inputs of a sample; repeatable",
    )
    parser.add_argument("--y", action="append", default=[], metavar="A,...", help="its targets")
    parser.add_argument(
        "--row", type=int, metavar="N", help="the row of a table, from 1 (default 1)"
    )
    parser.add_argument(
        "--loss",
        type=parse_loss,
        metavar="NAME",
        help="the loss (default: the one that pairs with the last layer): "
        + ", ".join(sorted(LOSSES)),
    )
    parser.add_argument(
        "--optimizer", choices=sorted(OPTIMIZERS), help="the optimizer (default sgd)"
    )
    parser.add_argument(
        "--learning-rate",
        type=float,
        metavar="RATE",
        help="its learning rate (default for sgd: 0.1)",
    )
    parser.add_argument(
        "--step", type=int, metavar="N", help="the training step, from 1 (default 1)"
    )
    parser.add_argument(
        "--batch-size", type=int, metavar="N", help="samples per step (default: all)"
    )
    parser.add_argument("--shuffle", action="store_true", help="shuffle the samples, as fit does")
    parser.add_argument(
        "--seed",
        type=int,
        metavar="N",
        help="the random seed of the order, of dropout and of the weights of --layers (default 0)",
    )
    add_loading(parser)


def check_work(options: "Any", net: "Sequential", samples: int) -> None:
    """Refuse a worksheet whose step takes long to compute: it may come from a stranger."""
    if not getattr(options, "worksheet", True):  # ``check`` has no such option.
        return
    numbers = RECORDING + samples * sum([p.count for p in net.parameters()])
    most = MOST_WORK // numbers - RECORDING
    if most < 1:
        raise ValueError("the network and the samples are too large for a worksheet")
    if (options.step or 1) > most:
        raise ValueError(
            f"a worksheet of step {options.step} of this network takes too long to compute; "
            f"give a step up to {most:,}"
        )


def explain_setting(options: "Any", steps: int = 1) -> "Tuple[Explanation, Any, About]":
    """Return the explanation, the encoder of the table or None, and what describes both."""
    if options.layers:
        exercise = exercises.Exercise(options)
        return explain_step(options, exercise.net, exercise.X, exercise.Y, None, steps), None, list
    if not options.model:
        if options.data or options.x or options.y or options.row is not None:
            raise ValueError(
                "samples need a model; write scratchnet explain MODEL --x ... --y ... "
                "or scratchnet explain --layers 2,2,1 --x ... --y ..."
            )
        X, Y = transpose(and_gate.X), transpose(and_gate.Y)
        return explain_step(options, and_gate_network.network(), X, Y, None, steps), None, list
    net = load_network(options)
    if not (options.data and has_encoder(net)):
        X, Y = samples(net, options)
        why = explain_step(options, net, X, Y, None, steps)
        return why, None, lambda: about_samples(why, options)
    return explain_table(options, net, steps)


def explain_table(
    options: "Any", net: "Sequential", steps: int
) -> "Tuple[Explanation, Any, About]":
    """Explain a step of the training of a model, or a row of its table."""
    if options.x or options.y:
        raise ValueError(
            "both a table and --x or --y are given; give a table and --row, or --x and --y"
        )
    encoder = model_of(net, options.model).encoder
    table = encoder.read(options.data, target=None)
    given = [name for name in OF_TRAINING if exercises.is_given(options, name)]
    if options.step is not None and not given:
        model, problem = training_of(net, table)
        if problem is not None:
            return explain_own_step(options, model, problem, steps)
    X, Y = sample_of_table(encoder, table, options)
    if options.step is None and getattr(options, "steps", None) is None:
        steps = 1  # the question is about the prediction, not about a training run
    why = explain_step(options, net, X, Y, encoder, steps)
    if options.step is None:
        missing = encoder.imputed(table, (options.row or 1) - 1)
        return why, encoder, lambda: about_row(net, encoder, X, Y, missing, options)
    return why, encoder, lambda: about_new_training(why, encoder, options, given)


def explain_own_step(
    options: "Any", model: "Any", problem: "Any", steps: int
) -> "Tuple[Explanation, Any, About]":
    """Explain a step of the training of a model, which is repeated up to that step."""
    recipe, encoder = model.recipe, problem.encoder
    check_work(options, model.net, recipe.batch_size)
    why = explain(
        model.net,
        problem.training[0],
        problem.training[1],
        loss_of(encoder),
        recipe.new_optimizer(),
        recipe.epochs,
        recipe.batch_size,
        shuffle=recipe.batch_size < len(problem.training[0]),
        seed=recipe.seed,
        validation_data=problem.validation,
        patience=recipe.patience if problem.validation else None,
        step=options.step,
        steps=steps,
    )
    return why, encoder, lambda: about_own_step(why, options, recipe, problem)


def explain_step(
    options: "Any", net: "Sequential", X: "Any", Y: "Any", encoder: "Any", steps: int
) -> "Explanation":
    """Return the explanation of a training step of this network on these samples."""
    check_work(options, net, min(len(X), options.batch_size or len(X)))
    rate = options.learning_rate
    if options.optimizer in (None, "sgd"):
        optimizer = SGD(and_gate.A if rate is None else rate)
    else:
        optimizer = OPTIMIZERS[options.optimizer](*([] if rate is None else [rate]))
    if Y is None:
        if options.loss or options.step not in (None, 1):
            raise ValueError(
                "without targets there is no training step to explain; give targets with --y"
            )
        return explain(net, X)
    loss = options.loss or (loss_of(encoder) if encoder else usual_loss(net))
    return explain(
        net,
        X,
        Y,
        loss,
        optimizer,
        batch_size=options.batch_size,
        shuffle=options.shuffle,
        seed=options.seed or 0,
        step=1 if options.step is None else options.step,
        steps=steps,
    )


def usual_loss(net: "Sequential") -> str:
    """Return the name of the loss that pairs with the last layer."""
    pairs = {loss.pairs_with: name for name, loss in LOSSES.items()}
    return pairs.get(type(net.layers[-1]), "mean_squared_error")
