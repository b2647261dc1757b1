"""Networks as scikit-learn estimators. They also work on lists, without scikit-learn.

    MLPClassifier   predicts classes: two, several, or several labels per sample
    MLPRegressor    predicts numbers: one or several per sample

If you know scikit-learn, you already know these estimators. Names, defaults and results are those
of its own MLPClassifier and MLPRegressor: with the same initial weights and the same order of
samples, the losses agree to rounding and training stops after the same epoch. (The exception is
weighted samples in several batches.) The network, ``network_``, and the training loop of the core
do all the arithmetic.

>>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], ["no", "yes", "yes", "no"]  # XOR
>>> classifier = MLPClassifier([4], "tanh", learning_rate_init=0.1, random_state=7).fit(X, y)
>>> print(*classifier.predict(X))
no yes yes no

Parameters that scikit-learn does not have, or that differ:

    activation           a lowercase name or an object from activations.py; a list gives one per
                         hidden layer
    output_activation    the activation of the last layer, as a name or an object
    dropout              the fraction of the outputs of a hidden layer that training drops; a list
                         gives one per hidden layer
    loss                 besides "log_loss" and "squared_error", a name or an object from losses.py
    class_weight         {class: weight}, where a class not listed has the weight 1; or "balanced",
                         which gives rarer classes larger weights
    solver               "adam" or "sgd", not "lbfgs"
    random_state         None means 0: training is always deterministic

``fit`` sets the attributes ``coefs_``, ``intercepts_``, ``loss_``, ``loss_curve_``, ``best_loss_``,
``n_iter_``, ``t_``, ``n_layers_``, ``n_outputs_``, ``out_activation_``, ``n_features_in_``,
``feature_names_in_``, ``validation_scores_``, ``best_validation_score_`` and ``classes_`` of
scikit-learn, and also ``validation_loss_curve_`` and ``network_``:

>>> import scratchnet as sn
>>> print(sn.explain(classifier.network_, X[1:2])["1.a[0][2]"].formula)
tanh(0.z[0][2])
"""

import inspect
import math
import sys
from collections import Counter
from warnings import warn

from .. import metrics
from ..codegen import own
from ..core import checks, training
from ..core.activations import ACTIVATIONS, Sigmoid, Softmax
from ..core.checks import ABOVE_0, AT_LEAST_0, BELOW_1, COUNT, look_up, require
from ..core.functions import exp, log, sqrt
from ..core.layer import Layer
from ..core.layers import Dense, Dropout
from ..core.losses import BinaryCrossEntropy, HalfSquaredError
from ..core.network import Sequential
from ..core.optimizers import SGD, Adam, Optimizer
from ..core.random import Generator
from ..selection import train_test_split

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Sequence, Tuple

    from ..core.history import Epoch
    from ..core.types import Matrix, Number, RowOrNone

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
NAMES = {name.lower(): activation for name, activation in ACTIVATIONS.items()}
NAMES["logistic"] = NAMES["sigmoid"]


class NotFitted(ValueError, AttributeError):
    """The estimator is not fitted yet. If scikit-learn is in use, its NotFittedError is raised."""


# ---- where scikit-learn's arithmetic differs -----------------------------------------------------


class PersistentOptimizer(Optimizer):
    """An optimizer that keeps its memory after training, so that ``partial_fit`` continues from it.

    ``twin`` is the copy that trains.
    """

    twin: "Any" = None

    def with_numbers(self, number: "Any", exactly: bool = False) -> "Any":
        twin = Optimizer.with_numbers(self, number, exactly)
        if number is float:  # not a symbolic number, which only generates code
            twin.states, twin.t = dict(self.states), self.t
            self.twin = twin
        return twin

    def keep_memory(self) -> None:
        """Take over the memory of the twin at the end of training."""
        self.states, self.t, self.twin = self.twin.states, self.twin.t, None


class Momentum(PersistentOptimizer, SGD):
    """SGD whose rate may change after an epoch; the velocity of the weights, rate·v, then stays."""

    def change_rate(self, rate: float) -> None:
        ratio = self.learning_rate.value / rate
        self.learning_rate.value = rate
        for name, rows in self.twin.states.items():
            self.twin.states[name] = [
                [tuple([ratio * v for v in state]) for state in row] for row in rows
            ]


class Rate:
    """A learning rate that the estimator changes."""

    def __init__(self, value: float) -> None:
        self.value = value

    def __call__(self, t: int) -> float:
        return self.value

    def __repr__(self) -> str:
        return "Rate()"


class AdamOfRate(PersistentOptimizer, Adam):
    """Adam with the bias corrections of m and v in the rate.

    The end of section 2 of the paper describes this form. It adds ε to √v, not to √v̂.
    """

    def begin(self, number: "Any") -> None:
        Adam.begin(self, number)
        self.rate = self.rate * sqrt(self.bias_correction2) / self.bias_correction1
        self.bias_correction1 = self.bias_correction2 = 1


class SummedCrossEntropy(BinaryCrossEntropy):
    """Binary cross-entropy, summed over the labels of a sample."""

    mean_over_outputs = False


class SquaredError(HalfSquaredError):
    """Half the squared error. The gradient sums over the outputs; the value is their mean."""

    def mean(self, terms: "Matrix", weights: "RowOrNone") -> "Number":
        return HalfSquaredError.mean(self, terms, weights) / len(terms[0])


class DenseOfBatch(Dense):
    """Dense with the penalty alpha/2·Σw² divided by the number of samples in the batch."""

    arguments = ("inputs", "outputs", "alpha")  # type: ignore[assignment]
    numbers = zero_by_default = ("alpha",)  # type: ignore[assignment]

    def __init__(self, inputs: int, outputs: int, alpha: "Number") -> None:
        Dense.__init__(self, inputs, outputs)
        self.alpha = alpha

    l2 = property(lambda self: self.alpha / len(self.X), lambda self, value: None)


# The arguments of these classes define them completely, so that code generated for one training run
# serves the next. (DenseOfBatch is not among them, because it depends on the number of samples.)
own.OWN.update((Momentum, AdamOfRate, SummedCrossEntropy, SquaredError))


# ---- arrays --------------------------------------------------------------------------------------


def of_sklearn(name: str, otherwise: "Any") -> "Any":
    """Return the exception or warning of scikit-learn, or ``otherwise`` if it is not in use."""
    return getattr(sys.modules.get("sklearn.exceptions"), name, otherwise)


def kind_of(data: "Any") -> "Any":
    """Return the module whose ``asarray`` makes arrays like ``data``, or None for lists.

    For lists it is NumPy if scikit-learn is in use, because its tools expect arrays.
    """
    if hasattr(data, "__array_namespace__"):
        return data.__array_namespace__()
    module = sys.modules.get(type(data).__module__.split(".")[0])
    if hasattr(module, "asarray"):  # PyTorch, and NumPy before 2
        return module
    if hasattr(data, "__array__") or "sklearn" in sys.modules:
        return sys.modules.get("numpy")
    return None


def array(kind: "Any", numbers: "Any") -> "Any":
    """Return the numbers as an array of that module."""
    return kind.asarray(numbers, dtype=kind.float64) if kind else numbers


def array_of_labels(kind: "Any", labels: "Any") -> "Any":
    try:
        return kind.asarray(labels) if kind else labels
    except (TypeError, ValueError):  # PyTorch has no arrays of text
        return labels


def listed(data: "Any", name: str) -> "List[Any]":
    """Return the elements of ``data`` as a list, with arrays in it as lists, too."""
    if hasattr(data, "__array__") and not hasattr(data, "tolist") and not hasattr(data, "to_numpy"):
        data = sys.modules["numpy"].asarray(data)
    data = checks.accept_rows(data, name)
    return [v.tolist() if hasattr(v, "tolist") else v for v in data]


def rows_of(X: "Any") -> "Matrix":
    """Return X as rows of floats. This is the only conversion."""
    if hasattr(X, "toarray"):
        raise TypeError(
            "X is sparse; give a dense array: X.toarray(), or OneHotEncoder(sparse_output=False)"
        )
    if hasattr(X, "__array__") and not hasattr(X, "tolist"):  # pandas, polars
        X = sys.modules["numpy"].asarray(X)
    if "complex" in str(getattr(X, "dtype", "")):
        raise ValueError("X: Complex data not supported; give real numbers, such as X.real")
    shape = getattr(X, "shape", (1, 1))
    if len(shape) == 2 and shape[1] == 0:
        raise ValueError(
            f"X has 0 feature(s) (shape={tuple(shape)}) while a minimum of 1 is required."
        )
    try:
        rows = listed(X.astype(float) if hasattr(X, "astype") else X, "X")
        if not checks.is_sequence(rows[0]):
            raise ValueError(
                "X is flat. Reshape your data to samples × features; one sample is [[...]]"
            )
        return checks.accept(rows)
    except (TypeError, ValueError) as error:
        hint = "; NaN and inf are not finite" if "finite" in str(error) else ""
        raise type(error)(
            "{}{}{}".format("" if str(error).startswith("X") else "X: ", error, hint)
        ) from None


# ---- common to both estimators -------------------------------------------------------------------


class Estimator:
    """Parameters that can be read, set, shown and copied, as scikit-learn expects."""

    @classmethod
    def defaults(cls) -> "Dict[str, Any]":
        parameters = list(inspect.signature(cls.__init__).parameters.values())[1:]
        return {
            p.name: p.default for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
        }

    def get_params(self, deep: bool = True) -> "Dict[str, Any]":
        """Return the constructor's arguments as they were given or set. ``deep`` has no effect."""
        return {name: getattr(self, name) for name in self.defaults()}

    def set_params(self, **params: "Any") -> "Any":
        """Change some parameters and return the estimator. ``fit`` checks the values."""
        names = self.defaults()
        for name in params:
            if name not in names:
                what = f"{type(self).__name__} has no parameter {name!r}"
                raise ValueError("{}; it has: {}".format(what, ", ".join(names)))
        vars(self).update(params)
        return self

    def __repr__(self) -> str:
        changed = [
            (name, getattr(self, name), default) for name, default in self.defaults().items()
        ]
        given = [
            f"{name}={value!r}" for name, value, default in changed if repr(value) != repr(default)
        ]
        return "{}({})".format(type(self).__name__, ", ".join(given))


class MLP(Estimator):
    """A multi-layer perceptron: the part that both estimators share."""

    if TYPE_CHECKING:
        hidden_layer_sizes = activation = solver = alpha = batch_size = learning_rate = None  # type: Any
        learning_rate_init = power_t = max_iter = shuffle = random_state = tol = verbose = None  # type: Any
        warm_start = momentum = nesterovs_momentum = early_stopping = validation_fraction = None  # type: Any
        beta_1 = beta_2 = epsilon = n_iter_no_change = loss = output_activation = dropout = None  # type: Any
        _optimizer = _kind = None  # type: Any
        # Each estimator defines: the targets for y, the last activation, the loss, the predictions
        # for the outputs of the network, and their score.
        _targets = _output = _criterion = _decode = _score = None  # type: Any

    _estimator_type = ""  # scikit-learn before 1.6 reads it

    # ---- fitting ---------------------------------------------------------------------------------

    def fit(
        self,
        X: "Any",
        y: "Any",
        sample_weight: "Any" = None,
        coefs_init: "Any" = None,
        intercepts_init: "Any" = None,
        validation_data: "Any" = None,
        callbacks: "Any" = (),
    ) -> "Any":
        """Train and return the estimator. Without ``warm_start``, training starts from scratch.

        ``X``                 samples × features: lists, or an array of NumPy, pandas or PyTorch
        ``y``                 one target or one row of targets per sample
        ``sample_weight``     one weight of 0 or more per sample, used in the training loss only
        ``coefs_init``        the initial weights, layer by layer, as in ``coefs_``
        ``intercepts_init``   the initial biases, layer by layer
        ``validation_data``   (X, y), on which the loss is only measured, for
                              ``validation_loss_curve_``; ``early_stopping`` uses them instead of
                              samples held out
        ``callbacks``         functions that are called with the Epoch after each epoch; one that
                              returns True ends the training
        """
        restart = not (self.warm_start and self.__sklearn_is_fitted__())
        return self._fit(
            X,
            y,
            sample_weight,
            restart,
            False,
            coefs_init,
            intercepts_init,
            validation_data,
            callbacks,
        )

    def _fit(
        self,
        X: "Any",
        y: "Any",
        sample_weight: "Any",
        restart: bool,
        partial: bool,
        coefs: "Any" = None,
        intercepts: "Any" = None,
        validation_data: "Any" = None,
        callbacks: "Any" = (),
    ) -> "Any":
        former, generator = dict(vars(self)), vars(self).get("_generator")
        state = generator and generator.state
        try:
            prepared = self._prepare(
                X, y, sample_weight, restart, partial, coefs, intercepts, validation_data, callbacks
            )
        except BaseException:  # the estimator stays as it was
            vars(self).clear()
            vars(self).update(former)
            if generator:
                generator.state = state
            raise
        self._train(*prepared, callbacks=callbacks, partial=partial)
        return self

    def _prepare(
        self,
        X: "Any",
        y: "Any",
        sample_weight: "Any",
        restart: bool,
        partial: bool,
        coefs: "Any",
        intercepts: "Any",
        validation_data: "Any",
        callbacks: "Any",
    ) -> "Tuple[Any, int, Any]":
        """Check all arguments. Return the training, the number of samples, the validation data."""
        for name, limit in LIMITS.items():  # layers and losses check the other parameters
            require(name, getattr(self, name), limit)
        if partial and self.early_stopping:
            raise ValueError(
                "partial_fit does not support early_stopping=True, because it runs one epoch; "
                "call fit instead"
            )
        if y is None:
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is None"
            )
        require("callbacks", callbacks, (lambda v: all(map(callable, v)), "a list of functions"))
        rows, kind = self._rows(X, restart), kind_of(X) or kind_of(y)
        y, targets = self._targets(listed(y, "y"), restart and not partial)
        if len(rows) != len(y):
            raise ValueError(
                f"X has {len(rows)} samples and y has {len(y)}; give one target per sample"
            )
        weights = self._weights(y, sample_weight, partial)
        if restart:
            self._generator = Generator(self._seed())
        held_out: "Any" = None
        if validation_data is not None:
            require("validation_data", validation_data, (lambda v: len(v) == 2, "(X, y)"))
            held_out = (self._rows(validation_data[0]),) + self._targets(
                listed(validation_data[1], "y"), False
            )
        elif self.early_stopping:
            rows, y, targets, weights, held_out = self._hold_out(rows, y, targets, weights)
        if restart:
            self._reset(kind, self._network(len(rows[0]), len(targets[0]), coefs, intercepts))
        # early_stopping may be new in this call.
        if restart or self.early_stopping and self.validation_scores_ is None:
            self.validation_scores_: "Any" = [] if self.early_stopping else None
        if not partial or self._optimizer is None:
            self._optimizer = self._new_optimizer()
        return (
            self._training(rows, targets, weights, held_out, 1 if partial else self.max_iter),
            len(rows),
            held_out,
        )

    def _reset(self, kind: "Any", network: "Sequential") -> None:
        """Set the attributes of an estimator that has learned nothing yet."""
        self.network_ = network
        self._kind = getattr(kind, "__name__", "")  # a module cannot be pickled
        self._optimizer = None
        self.t_, self.loss_, self.loss_curve_ = 0, None, []  # type: int, Any, List[float]
        self.validation_loss_curve_: "List[float]" = []
        self._best, self._stale = math.inf, 0

    def _training(
        self, rows: "Matrix", targets: "Matrix", weights: "RowOrNone", held_out: "Any", epochs: int
    ) -> "Any":
        """Return the training loop of the core."""
        criterion = self._criterion()
        # Training leaves out samples of weight 0.
        counted = [w for w in weights or [1.0] * len(rows) if w > 0]
        size = min(200 if self.batch_size == "auto" else self.batch_size, len(counted))
        net = self._penalised(size, sum(counted) / len(counted), len(counted) % size > 0)
        given = dict(
            batch_size=size,
            shuffle=self.shuffle,
            seed=self._generator.bits(),
            sample_weight=weights,
        )
        given.update(validation_data=held_out and (held_out[0], held_out[2]))
        return training.epochs(net, rows, targets, criterion, self._optimizer, epochs, **given)

    def _train(
        self, steps: "Any", samples: int, held_out: "Any", callbacks: "Any", partial: bool
    ) -> None:
        """Train until an epoch limit, early stopping, a callback or Ctrl-C ends it."""
        parameters = self.network_.parameters()
        self.n_iter_, best = 0, [p.rows for p in parameters]
        try:
            for epoch in steps:
                former = self._best
                over = self._is_over(epoch, samples, held_out)
                best = [p.rows for p in parameters] if self._best < former else best
                if any([callback(epoch) for callback in callbacks]) or over:
                    break
            else:
                if not partial:
                    text = f"the training has not converged in max_iter={self.max_iter} epochs"
                    warn(text, of_sklearn("ConvergenceWarning", UserWarning), stacklevel=4)
        except KeyboardInterrupt:
            warn("Training interrupted by user.", stacklevel=4)
        finally:
            self._optimizer.keep_memory()
        if self.early_stopping:
            training.set_rows(parameters, best)

    def _is_over(self, epoch: "Epoch", samples: int, held_out: "Any") -> bool:
        """Return whether training ends, because ``n_iter_no_change`` epochs brought no improvement.

        An improvement changes the loss, or with early stopping the validation score, by more than
        ``tol``. An "adaptive" rate is first divided by 5, as long as it is above 1e-6.
        """
        self.n_iter_ += 1
        self.t_ += samples
        self.loss_ = value = epoch.loss
        self.loss_curve_.append(value)
        if self.verbose:
            print(f"Iteration {self.n_iter_}, loss = {value:.8f}")
        if held_out:
            self.validation_loss_curve_.append(epoch.validation_loss)
        if self.early_stopping:
            score = self._score(held_out[1], self._decode(self.network_.predict(held_out[0])))
            self.validation_scores_.append(score)
            value = -score
        self._stale = self._stale + 1 if value > self._best - self.tol else 0
        self._best = value if value < self._best else self._best
        changing = self.learning_rate if self.solver == "sgd" else "constant"
        if changing == "invscaling":
            self._optimizer.change_rate(
                self.learning_rate_init * exp(-self.power_t * log(self.t_ + 1.0))
            )
        if self._stale <= self.n_iter_no_change:
            return False
        if changing == "adaptive" and self._optimizer.learning_rate.value > 1e-6:
            self._optimizer.change_rate(self._optimizer.learning_rate.value / 5)
            self._stale = 0
            return False
        return True

    def _hold_out(
        self, rows: "Matrix", y: "List[Any]", targets: "Matrix", weights: "RowOrNone"
    ) -> "Tuple[Any, ...]":
        """Return samples for training, and samples held out for early stopping."""
        classes = (
            y if self._estimator_type == "classifier" and not checks.is_sequence(y[0]) else None
        )
        for label, count in Counter(classes or []).items():
            if count == 1:
                raise ValueError(
                    f"early_stopping holds out a part of each class, but {label!r} has only one "
                    "sample; give more, or give validation_data"
                )
        parts = train_test_split(
            rows,
            y,
            targets,
            weights or [1.0] * len(y),
            test_size=self.validation_fraction,
            seed=self._generator.bits(),
            stratify=classes,
        )
        if len(parts[1]) < 2:
            raise ValueError(
                "early_stopping holds out only 1 sample; give more, or a larger validation_fraction"
            )
        return (*parts[:6:2], weights and parts[6], parts[1:6:2])

    # ---- parts of a training run -----------------------------------------------------------------

    def _seed(self) -> int:
        state = self.random_state
        if hasattr(state, "randint"):  # numpy.random.RandomState
            return int(state.randint(2**31 - 1))
        if state is None:
            return 0
        return require("random_state", state, (lambda v: isinstance(v, int), "an integer"))  # type: ignore[no-any-return]

    def _network(self, inputs: int, outputs: int, coefs: "Any", intercepts: "Any") -> "Sequential":
        sizes = self.hidden_layer_sizes
        hidden = [
            require("hidden_layer_sizes", n, COUNT)
            for n in (sizes if checks.is_sequence(sizes) else [sizes])
        ]
        widths = [inputs] + hidden + [outputs]
        first = (
            self._of_each("coefs_init", coefs, widths[1:]),
            self._of_each("intercepts_init", intercepts, widths[1:]),
        )
        activations = self._of_each("activation", self.activation, hidden)
        dropout = self._of_each("dropout", self.dropout, hidden)
        layers: "List[Layer]" = []
        for k, given in enumerate(activations + [self._output()]):
            layers.append(Dense(widths[k], widths[k + 1], weights=first[0][k], bias=first[1][k]))
            layers.append(activation_of(given).with_numbers(float))
            layers += [Dropout(rate) for rate in dropout[k : k + 1] if rate]
        last = type(layers[-1])
        self.n_layers_, self.n_outputs_ = len(widths), outputs
        self.out_activation_ = "logistic" if last is Sigmoid else last.__name__.lower()
        return Sequential(layers, seed=self._generator.bits())

    def _of_each(self, name: str, given: "Any", layers: "Sequence[int]") -> "List[Any]":
        """Return a list with one element per layer. A single element is repeated."""
        if not checks.is_sequence(given):
            return [given] * len(layers)
        if len(given) != len(layers):
            raise ValueError(
                f"{name} has {len(given)} elements for {len(layers)} layers; give one per layer"
            )
        return list(given)

    def _penalised(self, size: int, weight: float, ragged: bool) -> "Sequential":
        """Return the network with the penalty alpha/2·Σw²/n for batches of n samples.

        ``weight`` is the mean weight of a sample, and ``ragged`` says whether the last batch is
        smaller than the others.
        """
        layers: "List[Any]" = []
        for layer in self.network_.layers:
            if isinstance(layer, Dense):
                layer.l2 = self.alpha / (size * weight)
                if ragged and self.alpha:  # a smaller batch has a larger penalty
                    twin = DenseOfBatch(layer.inputs, layer.outputs, self.alpha / weight)
                    twin.weights, twin.bias, layer = layer.weights, layer.bias, twin
            layers.append(layer)
        return Sequential(layers) if layers != self.network_.layers else self.network_

    def _new_optimizer(self) -> "PersistentOptimizer":
        if self.solver == "adam":
            return AdamOfRate(
                self.learning_rate_init, beta1=self.beta_1, beta2=self.beta_2, epsilon=self.epsilon
            )
        rate = Rate(float(self.learning_rate_init))
        return Momentum(rate, self.momentum, bool(self.nesterovs_momentum and self.momentum))

    def _weights(self, y: "List[Any]", given: "Any", partial: bool) -> "RowOrNone":
        if given is None:
            return None
        weights = listed(given, "sample_weight")
        if checks.is_sequence(weights[0]) or len(weights) != len(y):
            raise ValueError(
                f"sample_weight is not a flat list of {len(y)} numbers; give one per sample"
            )
        weights = checks.accept_row(weights, float, "sample_weight", None)
        require("sample_weight", min(weights), AT_LEAST_0)
        if not any(weights):
            raise ValueError(
                "sample_weight: all weights are zero; give at least one sample a weight above 0"
            )
        return weights

    def _rows(self, X: "Any", first: bool = False) -> "Matrix":
        """Return X as rows, after comparing its width and column names with the first X."""
        rows = rows_of(X)
        names = [name for name in getattr(X, "columns", ()) if isinstance(name, str)]
        names = names if len(names) == len(rows[0]) else []
        if first:
            self.n_features_in_ = len(rows[0])
            vars(self).pop("feature_names_in_", None)
            if names:
                self.feature_names_in_ = sys.modules["numpy"].array(names, dtype=object)
        known, name = list(getattr(self, "feature_names_in_", ())), type(self).__name__
        if len(rows[0]) != self.n_features_in_:
            expected = f"{name} is expecting {self.n_features_in_} features as input"
            raise ValueError(f"X has {len(rows[0])} features, but {expected}")
        for was, given in zip(known, names):
            if was != given:
                raise ValueError(
                    f"X: a column is {given!r}, but was {was!r} before; "
                    "the feature names should match those that were passed during fit"
                )
        if bool(names) != bool(known):
            has, fitted = ("has", "without") if names else ("does not have valid", "with")
            warn(
                f"X {has} feature names, but {name} was fitted {fitted} feature names", stacklevel=4
            )
        return rows

    # ---- using a fitted estimator ----------------------------------------------------------------

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "network_")

    def _fitted(self) -> "Sequential":
        if not self.__sklearn_is_fitted__():
            name = type(self).__name__
            raise of_sklearn("NotFittedError", NotFitted)(
                f"this {name} is not fitted yet; call fit with data first"
            )
        return self.network_

    def _outputs(self, X: "Any") -> "Matrix":
        net = self._fitted()
        return net.predict(self._rows(X))

    def transform(self, X: "Any") -> "Any":
        """Return the output of the last hidden layer: samples × its neurons."""
        layers = self._fitted().layers
        last = max([k for k, layer in enumerate(layers) if isinstance(layer, Dense)])
        return array(kind_of(X), self.network_.propagate(self._rows(X), layers[:last]))

    def fit_transform(self, X: "Any", y: "Any" = None, **fit_options: "Any") -> "Any":
        """Call ``fit``, then return ``transform(X)``."""
        return self.fit(X, y, **fit_options).transform(X)

    def score(self, X: "Any", y: "Any", sample_weight: "Any" = None) -> float:
        """Return the accuracy of a classifier, or R² of a regressor (the mean over its outputs)."""
        y = listed(y, "y")
        score: float = self._score(
            y, self._decode(self._outputs(X)), self._weights(y, sample_weight, True)
        )
        return score

    @property
    def coefs_(self) -> "List[Any]":
        """The weights, layer by layer: inputs × outputs. To change them, change ``network_``."""
        return [array(sys.modules.get(self._kind), layer.weights.value) for layer in self._dense()]

    @property
    def intercepts_(self) -> "List[Any]":
        """The biases, layer by layer."""
        return [array(sys.modules.get(self._kind), layer.bias.value) for layer in self._dense()]

    def _dense(self) -> "List[Dense]":
        return [layer for layer in self._fitted().layers if isinstance(layer, Dense)]

    @property
    def best_loss_(self) -> "Any":
        """The lowest loss in ``loss_curve_``; None with ``early_stopping``."""
        self._fitted()
        return None if self.validation_scores_ is not None else self._best

    @property
    def best_validation_score_(self) -> "Any":
        """The highest score in ``validation_scores_``; None without ``early_stopping``."""
        self._fitted()
        return None if self.validation_scores_ is None else -self._best

    def __sklearn_tags__(self) -> "Any":
        """Return the tags of the estimator. Only scikit-learn calls this."""
        from sklearn import utils  # type: ignore

        classifies = self._estimator_type == "classifier"
        return utils.Tags(
            estimator_type=self._estimator_type,
            target_tags=utils.TargetTags(required=True, multi_output=not classifies),
            transformer_tags=utils.TransformerTags(preserves_dtype=[]),
            classifier_tags=utils.ClassifierTags(multi_label=True) if classifies else None,
            regressor_tags=None if classifies else utils.RegressorTags(),
        )


def _keep(estimator: "MLP", given: "Dict[str, Any]") -> None:
    """Store the constructor's arguments unchanged."""
    vars(estimator).update({name: value for name, value in given.items() if name != "self"})


def activation_of(given: "Any") -> "Layer":
    return look_up("activation", given, NAMES, Layer)  # type: ignore[no-any-return]


# ---- the estimators ------------------------------------------------------------------------------


class MLPClassifier(MLP):
    """A network that predicts classes: numbers, strings, or several labels per sample.

    For labels, y is a matrix of 0 and 1. The network has one output per class and ends in softmax.
    With two classes it has a single output, and with labels one per label, and ends in "logistic".
    ``output_activation`` overrides the last activation. A loss other than "log_loss" compares the
    outputs with 0 and 1.

    >>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0, 1], [1, 1], [1, 1], [1, 0]]  # OR, NAND
    >>> labels = MLPClassifier([4], "tanh", learning_rate_init=0.1, random_state=7).fit(X, y)
    >>> print(*labels.predict(X)[1])
    1 1
    """

    _estimator_type = "classifier"

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
        n_iter_no_change: int = 10,
        loss: "Any" = "log_loss",
        output_activation: "Any" = None,
        dropout: "Any" = 0,
        class_weight: "Any" = None,
    ) -> None:
        self.class_weight = class_weight
        _keep(self, locals())

    def partial_fit(
        self, X: "Any", y: "Any", sample_weight: "Any" = None, classes: "Any" = None
    ) -> "Any":
        """Train for one epoch on these samples. The first call must give all ``classes``."""
        restart = not self.__sklearn_is_fitted__()
        if restart:
            several = checks.is_sequence(listed(y, "y")[0])
            if not several and classes is None:
                raise ValueError(
                    "partial_fit: the first call has no classes; give all of them as classes=[...]"
                )
            self._set_classes(listed(y, "y") if several else listed(classes, "classes"))
        elif classes is not None and sorted(listed(classes, "classes")) != self._classes:
            raise ValueError(
                "partial_fit: the classes differ from those of the first call; "
                f"give {self._classes}"
            )
        return self._fit(X, y, sample_weight, restart, True)

    def predict(self, X: "Any") -> "Any":
        """Return the class, or the row of labels, of each sample: an array if X is an array."""
        predicted = self._decode(self._outputs(X))
        known = [] if self._multilabel else self._classes
        # NumPy makes strings as wide as the widest in the array; all classes give a fixed width.
        return array_of_labels(kind_of(X), predicted + known)[: len(predicted)]

    def predict_proba(self, X: "Any") -> "Any":
        """Return the probabilities: samples × classes (or labels), in the order of ``classes_``."""
        outputs = self._outputs(X)
        if self.out_activation_ not in ("logistic", "softmax"):
            what = f"predict_proba: {self.out_activation_} gives no probabilities"
            raise ValueError(f"{what}; set output_activation='logistic' or 'softmax'")
        return array(kind_of(X), [metrics.class_probabilities(row) for row in outputs])

    def predict_log_proba(self, X: "Any") -> "Any":
        """Return the logarithm of each probability."""
        rows = listed(self.predict_proba(X), "X")
        return array(
            kind_of(X), [[math.log(p) if p > 0 else -math.inf for p in row] for row in rows]
        )

    @property
    def classes_(self) -> "Any":
        """The sorted classes; for labels, the indices of their columns."""
        self._fitted()
        return array_of_labels(sys.modules.get(self._kind), self._classes)

    def _set_classes(self, y: "List[Any]") -> None:
        """Set the classes to those in y."""
        self._multilabel = checks.is_sequence(y[0])
        if self._multilabel:
            self._classes: "List[Any]" = list(range(len(y[0])))
            return
        for label in y:
            if isinstance(label, float) and not label == label // 1:
                raise ValueError(
                    f"y: Unknown label type: continuous, such as {label!r}; "
                    "give whole numbers or strings as classes, or use MLPRegressor"
                )
        try:
            self._classes = sorted(set(y))
        except TypeError:
            raise ValueError(
                "y: Unknown label type: the classes mix types; give only numbers or only strings"
            ) from None

    def _targets(self, y: "List[Any]", restart: bool) -> "Tuple[List[Any], Matrix]":
        if checks.is_sequence(y[0]) and len(y[0]) == 1:
            text = (
                "A column-vector y was passed when a 1d array was expected; "
                "give a flat list of classes"
            )
            warn(text, of_sklearn("DataConversionWarning", UserWarning), stacklevel=4)
            y = [row[0] for row in y]
        if restart:
            self._set_classes(y)
        if self._multilabel:
            if not all([checks.is_sequence(row) and len(row) == len(self._classes) for row in y]):
                raise ValueError(
                    f"y has rows of different lengths; give {len(self._classes)} labels in each row"
                )
            if not all([v in (0, 1) for row in y for v in row]):
                raise ValueError(
                    "y is a matrix with numbers other than 0 and 1 (multi-output targets); "
                    "give a flat y, or labels of 0 and 1"
                )
            return [[int(v) for v in row] for row in y], [[float(v) for v in row] for row in y]
        single = len(self._classes) == 2 and not isinstance(activation_of(self._output()), Softmax)
        hot = [
            [float(i == k) for i in range(len(self._classes))][single:]
            for k in range(len(self._classes))
        ]
        row_of = dict(zip(self._classes, hot))
        try:
            return y, [row_of[label] for label in y]
        except (KeyError, TypeError):
            raise ValueError(
                f"y has classes that the first fit did not have; give only {self._classes}"
            ) from None

    def _weights(self, y: "List[Any]", given: "Any", partial: bool) -> "RowOrNone":
        weights = MLP._weights(self, y, given, partial)
        if partial or self._multilabel:
            return weights
        counts = {label: 0 for label in self._classes}
        for label, weight in zip(y, weights or [1.0] * len(y)):
            counts[label] += weight > 0
        present = [label for label in counts if counts[label]]
        if len(present) < 2:
            raise ValueError(
                f"y has only one class with weight above 0, {present[0]!r}; "
                "give samples of two classes or more"
            )
        if self.class_weight is None:
            return weights
        of_class = self._class_weights(counts)
        return [w * of_class[label] for w, label in zip(weights or [1.0] * len(y), y)]

    def _class_weights(self, counts: "Dict[Any, int]") -> "Dict[Any, float]":
        given = self.class_weight
        if given == "balanced":
            present = {label: n for label, n in counts.items() if n}
            return {
                label: sum(present.values()) / (len(present) * n) if n else 0.0
                for label, n in counts.items()
            }
        require(
            "class_weight", given, (lambda v: isinstance(v, dict), "{class: weight} or 'balanced'")
        )
        unknown = [label for label in given if label not in counts]
        # If all classes are given, the unknown ones may be missing from this part of the data.
        if unknown and not all([label in given for label in counts]):
            raise ValueError(
                f"class_weight: there is no class {unknown[0]!r}; the classes are {self._classes}"
            )
        return {
            label: float(require("class_weight", given.get(label, 1.0), AT_LEAST_0))
            for label in counts
        }

    def _output(self) -> "Any":
        several = len(self._classes) != 2 and not self._multilabel
        return self.output_activation or ("softmax" if several else "logistic")

    def _criterion(self) -> "Any":
        if self.loss != "log_loss":
            return self.loss
        if self.out_activation_ == "softmax":
            return "categorical_cross_entropy"
        return SummedCrossEntropy()

    def _decode(self, outputs: "Matrix") -> "List[Any]":
        if self._multilabel:
            return [[int(a > 0.5) for a in row] for row in outputs]
        if self.n_outputs_ == 1:
            return [self._classes[row[0] > 0.5] for row in outputs]
        return [self._classes[row.index(max(row))] for row in outputs]

    def _score(self, y: "List[Any]", predicted: "List[Any]", weights: "RowOrNone" = None) -> float:
        if self._multilabel:  # a sample is right if all its labels are right
            y = [str(row) for row in self._targets(y, False)[0]]
            predicted = [str(row) for row in predicted]
        return metrics.accuracy(y, predicted, weights)


class MLPRegressor(MLP):
    """A network that predicts numbers: one per sample or, if y is a matrix, several.

    The network ends in "identity". ``output_activation`` overrides it.

    >>> X, y = [[0], [1], [2], [3]], [1, 3, 5, 7]
    >>> line = MLPRegressor([], solver="sgd", learning_rate_init=0.05, alpha=0)
    >>> line = line.set_params(n_iter_no_change=math.inf).fit(X, y)
    >>> round(float(line.predict([[10]])[0]), 2)
    21.0
    """

    _estimator_type = "regressor"

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
        n_iter_no_change: int = 10,
        loss: "Any" = "squared_error",
        output_activation: "Any" = None,
        dropout: "Any" = 0,
    ) -> None:
        _keep(self, locals())

    def partial_fit(self, X: "Any", y: "Any", sample_weight: "Any" = None) -> "Any":
        """Train for one epoch on these samples."""
        return self._fit(X, y, sample_weight, not self.__sklearn_is_fitted__(), True)

    def predict(self, X: "Any") -> "Any":
        """Return a number or a row of numbers per sample: an array if X is an array."""
        return array(kind_of(X), self._decode(self._outputs(X)))

    def _targets(self, y: "List[Any]", restart: bool) -> "Tuple[List[Any], Matrix]":
        return y, [row if checks.is_sequence(row) else [row] for row in y]

    def _output(self) -> "Any":
        return self.output_activation or "identity"

    def _criterion(self) -> "Any":
        return SquaredError() if self.loss == "squared_error" else self.loss

    def _decode(self, outputs: "Matrix") -> "List[Any]":
        return [row[0] for row in outputs] if self.n_outputs_ == 1 else outputs

    def _score(self, y: "List[Any]", predicted: "List[Any]", weights: "RowOrNone" = None) -> float:
        # One tuple per output.
        truth, guess = [list(zip(*self._targets(data, False)[1])) for data in (y, predicted)]
        if len(truth) != len(guess):
            raise ValueError(
                f"y has rows of {len(truth)} numbers, but the network predicts {len(guess)}; "
                "give one number per output"
            )
        scores = [metrics.r2(t, a, weights) for t, a in zip(truth, guess)]
        return sum(scores) / len(scores)
