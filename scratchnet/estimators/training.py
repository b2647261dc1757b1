"""A training run of an estimator: everything is checked first, then the epochs run."""

from copy import copy

from ..core import training
from ..core.checks import require
from ..core.functions import exp, log
from ..core.random import Generator
from ..engines.progress import warn
from .arithmetic import AdamOfRate, Momentum, Rate
from .arrays import as_lists, kind_of, rows_of
from .base import of_sklearn
from .features import Features
from .network import name_of_activation, new_network
from .penalty import engine_of_uneven_batches, set_penalty
from .samples import Samples, hold_out, sample_weights

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Tuple

    from ..core.history import Epoch
    from ..core.network import Sequential
    from .arithmetic import PersistentOptimizer
    from .learner import Learner
    from .parameters import Parameters


class Run:
    """One call of ``fit`` or ``partial_fit``.

    The constructor checks everything and sets no attribute of the estimator, so that a refused call
    leaves it as it was.

    ``restart``   whether the estimator starts over; otherwise it continues
    ``partial``   whether it is a ``partial_fit``
    ``outputs``   what the outputs of the network mean; None means what y says
    ``first``     the initial weights and the initial biases, or None
    """

    def __init__(
        self,
        mlp: "Learner",
        X: "Any",
        y: "Any",
        sample_weight: "Any",
        restart: bool,
        partial: bool = False,
        outputs: "Any" = None,
        first: "Tuple[Any, Any]" = (None, None),
        validation_data: "Any" = None,
        callbacks: "Any" = (),
    ) -> None:
        self.mlp = mlp
        self.restart = restart
        self.partial = partial
        self.check(y, callbacks)
        self.callbacks = callbacks
        self.kind = kind_of(X) or kind_of(y)
        samples = self.samples_of(X, y, sample_weight, outputs)
        self.generator = Generator(mlp._seed()) if restart else copy(mlp._generator)
        self.samples, self.held_out = self.divide(samples, validation_data)
        self.network = self.new_network(*first) if restart else mlp.network_
        continues = partial and not restart and mlp._optimizer is not None
        self.optimizer: "Any" = mlp._optimizer if continues else new_optimizer(mlp)
        self.steps = self.epochs()

    # ---- checks ----------------------------------------------------------------------------------

    def check(self, y: "Any", callbacks: "Any") -> None:
        mlp = self.mlp
        mlp._check_parameters()
        if self.partial and mlp.early_stopping:
            raise ValueError(
                "partial_fit does not support early_stopping=True, because it runs one epoch; "
                "call fit instead"
            )
        if y is None:
            raise ValueError(
                f"{type(mlp).__name__} requires y to be passed, but the target y is None"
            )
        require("callbacks", callbacks, (lambda v: all(map(callable, v)), "a list of functions"))

    def samples_of(self, X: "Any", y: "Any", sample_weight: "Any", outputs: "Any") -> "Samples":
        """Return the samples, after setting what their columns and their targets mean."""
        mlp = self.mlp
        if self.restart:
            rows = rows_of(X)
            y = mlp._flat(as_lists(y, "y"))
            self.features = Features(X, rows, type(mlp).__name__)
            self.outputs = outputs or mlp._new_outputs(y)
        else:
            rows = mlp._features.rows_of(X)
            y = mlp._flat(as_lists(y, "y"))
            self.features = mlp._features
            self.outputs = mlp._outputs
        targets = self.outputs.encode(y)
        if len(rows) != len(y):
            raise ValueError(
                f"X has {len(rows)} samples and y has {len(y)}; give one target per sample"
            )
        weights = sample_weights(sample_weight, len(y))
        if not self.partial:
            weights = mlp._weights_by_class(y, weights, self.outputs)
        return Samples(rows, y, targets, weights)

    def divide(self, samples: "Samples", validation_data: "Any") -> "Tuple[Samples, Any]":
        """Return the samples for training, and those for validation or None."""
        if validation_data is not None:
            require("validation_data", validation_data, (lambda v: len(v) == 2, "(X, y)"))
            rows = self.features.rows_of(validation_data[0])
            y = self.mlp._flat(as_lists(validation_data[1], "y"))
            return samples, Samples(rows, y, self.outputs.encode(y), None)
        if self.mlp.early_stopping:
            classes = self.mlp._strata(samples.y)
            fraction, seed = self.mlp.validation_fraction, self.generator.bits()
            return hold_out(samples, fraction, seed, classes)
        return samples, None

    # ---- parts of the training -------------------------------------------------------------------

    def new_network(self, coefs: "Any", intercepts: "Any") -> "Sequential":
        widths = self.features.count, len(self.samples.targets[0])
        last, seed = self.outputs.activation, self.generator.bits()
        return new_network(self.mlp, *widths, last, coefs, intercepts, seed)

    def epochs(self) -> "Any":
        """Return the training loop of the core."""
        mlp, (rows, _, targets, weights) = self.mlp, self.samples
        # Training leaves out samples of weight 0.
        counted = [w for w in weights or [1.0] * len(rows) if w > 0]
        size = min(200 if mlp.batch_size == "auto" else mlp.batch_size, len(counted))
        alpha = mlp.alpha * len(counted) / sum(counted)  # for samples of this mean weight
        set_penalty(self.network, alpha / size)
        run = training.prepare(
            self.network,
            rows,
            targets,
            mlp._criterion(name_of_activation(self.network.layers[-1])),
            self.optimizer,
            1 if self.partial else mlp.max_iter,
            batch_size=size,
            shuffle=mlp.shuffle and None,
            seed=self.generator.bits(),
            sample_weight=weights,
            engine=mlp.engine,
            validation_data=self.held_out and (self.held_out.rows, self.held_out.targets),
        )
        rest = len(counted) % size
        if alpha and rest:
            run.plan.engine = engine_of_uneven_batches(run.plan.engine, mlp.engine, alpha, rest)
        return run.run()

    # ---- training --------------------------------------------------------------------------------

    def begin(self) -> None:
        """Give the estimator what the constructor has prepared."""
        mlp = self.mlp
        if self.restart:
            mlp._begin(self.kind, self.features, self.outputs, self.network)
        if mlp.early_stopping and mlp.validation_scores_ is None:
            mlp.validation_scores_ = []
        mlp._generator, mlp._optimizer = self.generator, self.optimizer
        mlp.n_iter_ = 0

    def train(self) -> None:
        """Train until an epoch limit, early stopping, a callback or Ctrl-C ends it."""
        self.begin()
        parameters = self.network.parameters()
        self.best_rows = [p.rows for p in parameters]
        try:
            for epoch in self.steps:
                if self.end_epoch(epoch):
                    break
            else:
                self.warn_of_limit()
        except KeyboardInterrupt:
            warn("Training interrupted by user.")
        finally:
            self.optimizer.keep_memory()
        if self.mlp.early_stopping:
            training.set_rows(parameters, self.best_rows)

    def warn_of_limit(self) -> None:
        if not self.partial:
            text = f"the training has not converged in max_iter={self.mlp.max_iter} epochs"
            warn(text, of_sklearn("ConvergenceWarning", UserWarning))

    def end_epoch(self, epoch: "Epoch") -> bool:
        """Record the epoch, and return whether it is the last."""
        self.record(epoch)
        self.compare(-self.score() if self.mlp.early_stopping else epoch.loss)
        self.decay_rate()
        is_stale = self.mlp._stale > self.mlp.n_iter_no_change
        is_over = is_stale and not self.divide_rate()
        return any([callback(epoch) for callback in self.callbacks]) or is_over

    def record(self, epoch: "Epoch") -> None:
        mlp = self.mlp
        mlp.n_iter_ += 1
        mlp.t_ += len(self.samples.rows)
        mlp.loss_ = epoch.loss
        mlp.loss_curve_.append(epoch.loss)
        if mlp.verbose:
            print(f"Iteration {mlp.n_iter_}, loss = {epoch.loss:.8f}")
        if self.held_out:
            mlp.validation_loss_curve_.append(epoch.validation_loss)

    def score(self) -> float:
        """Return the score of the samples held out, and record it."""
        predicted = self.outputs.decode(self.network.predict(self.held_out.rows))
        score = self.mlp._score(self.held_out.y, predicted)
        self.mlp.validation_scores_.append(score)
        return score

    def compare(self, value: float) -> None:
        """Update the best value, a loss or a negative score, and count the epochs since then.

        An improvement of ``tol`` or less does not count as one.
        """
        mlp = self.mlp
        mlp._stale = mlp._stale + 1 if value > mlp._best - mlp.tol else 0
        if value < mlp._best:
            mlp._best = value
            self.best_rows = [p.rows for p in self.network.parameters()]

    def decay_rate(self) -> None:
        """Decrease an "invscaling" rate, as after each epoch."""
        mlp = self.mlp
        if mlp.solver == "sgd" and mlp.learning_rate == "invscaling":
            decay = exp(-mlp.power_t * log(mlp.t_ + 1.0))
            self.optimizer.change_rate(mlp.learning_rate_init * decay)

    def divide_rate(self) -> bool:
        """Divide an "adaptive" rate by 5 instead of ending the training; return whether it did.

        A rate of 1e-6 or less is not divided any more.
        """
        mlp = self.mlp
        if mlp.solver != "sgd" or mlp.learning_rate != "adaptive":
            return False
        rate = self.optimizer.learning_rate.value
        if rate <= 1e-6:
            return False
        self.optimizer.change_rate(rate / 5)
        mlp._stale = 0
        return True


def new_optimizer(given: "Parameters") -> "PersistentOptimizer":
    if given.solver == "adam":
        return AdamOfRate(
            given.learning_rate_init, beta1=given.beta_1, beta2=given.beta_2, epsilon=given.epsilon
        )
    rate = Rate(float(given.learning_rate_init))
    return Momentum(rate, given.momentum, bool(given.nesterovs_momentum and given.momentum))
