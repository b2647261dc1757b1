"""The parameters that both estimators have, and what they may be."""

import math

from ..core.checks import ABOVE_0, AT_LEAST_0, BELOW_1, COUNT, require
from .base import Estimator

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# What a parameter may be. The layers and the loss check the others.
LIMITS = {
    "solver": (
        ("adam", "sgd").__contains__,
        "'adam' or 'sgd' (lbfgs cannot train in batches, as all solvers do here)",
    ),
    "learning_rate": (
        ("constant", "invscaling", "adaptive").__contains__,
        "'constant', 'invscaling' or 'adaptive'",
    ),
    "alpha": AT_LEAST_0,
    "learning_rate_init": ABOVE_0,
    "power_t": AT_LEAST_0,
    "max_iter": COUNT,
    "tol": AT_LEAST_0,
    "batch_size": (lambda v: v == "auto" or COUNT[0](v), "'auto', or a whole number of 1 or more"),
    "n_iter_no_change": (lambda v: v == math.inf or COUNT[0](v), COUNT[1] + ", or math.inf"),
    "validation_fraction": (lambda v: 0 < v < 1, "a number between 0 and 1"),
    "momentum": BELOW_1,
    "beta_1": BELOW_1,
    "beta_2": BELOW_1,
    "epsilon": ABOVE_0,
}


class Parameters(Estimator):
    """The constructor stores its arguments unchanged; ``fit`` checks them.

    The defaults are those of MLPRegressor.
    """

    def __init__(
        self,
        hidden_layer_sizes: "Any" = (100,),
        activation: "Any" = "relu",
        *,
        solver: str = "adam",
        alpha: float = 0.0001,
        batch_size: "Any" = "auto",
        learning_rate: str = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: "Any" = None,
        tol: float = 1e-4,
        verbose: bool = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: float = 10,
        loss: "Any" = "squared_error",
        output_activation: "Any" = None,
        dropout: "Any" = 0,
        engine: str = "auto",
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.solver = solver
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_init = learning_rate_init
        self.power_t = power_t
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.tol = tol
        self.verbose = verbose
        self.warm_start = warm_start
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.n_iter_no_change = n_iter_no_change
        self.loss = loss
        self.output_activation = output_activation
        self.dropout = dropout
        self.engine = engine

    def _check_parameters(self) -> None:
        for name, limit in LIMITS.items():
            require(name, getattr(self, name), limit)

    def _seed(self) -> int:
        """Return the seed that ``random_state`` means."""
        state = self.random_state
        if hasattr(state, "randint"):  # numpy.random.RandomState
            return int(state.randint(2**31 - 1))
        if state is None:
            return 0
        return require("random_state", state, (lambda v: isinstance(v, int), "an integer"))  # type: ignore[no-any-return]
