"""Networks as estimators, in scikit-learn's convention: with its tools where it is installed, on lists where it is not.

    MLPClassifier   classes: two, several, or any number of labels at once
    MLPRegressor    numbers: one or several a sample

Names, defaults and results are those of scikit-learn's estimators of these names: from the same first weights, in the
same order, the losses are the same to rounding, and the training stops after the same epoch. (Weighted samples in
several batches aside.) All the arithmetic is that of the network, ``network_``, and of the one training loop.

>>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], ["no", "yes", "yes", "no"]                          # XOR
>>> classifier = MLPClassifier([4], "tanh", learning_rate_init=0.1, random_state=7).fit(X, y)
>>> print(*classifier.predict(X))
no yes yes no

What these take beyond scikit-learn's, and what is otherwise:

    activation, output_activation   a name, in small letters, or object of activations.py; a list: one a hidden layer
    dropout       the share of a hidden layer's outputs that training leaves out; a list: one a hidden layer
    loss          besides "log_loss", "squared_error": a name or an object of losses.py
    class_weight  {class: weight} (the others weigh 1), or "balanced": the rarer, the heavier
    solver        "adam" or "sgd", but not "lbfgs"
    random_state  None is 0: training is always deterministic

After ``fit`` there are scikit-learn's ``coefs_``, ``intercepts_``, ``loss_``, ``loss_curve_``, ``best_loss_``,
``n_iter_``, ``t_``, ``n_layers_``, ``n_outputs_``, ``out_activation_``, ``n_features_in_``, ``feature_names_in_``,
``validation_scores_``, ``best_validation_score_``, ``classes_``; and ``validation_loss_curve_``, ``network_``:

>>> import scratchnet as sn
>>> print(sn.explain(classifier.network_, X[1:2])["1.a[0][2]"].formula)
tanh(0.z[0][2])
"""

import inspect
import math
import sys
from collections import Counter
from warnings import warn

from . import metrics
from .codegen import own
from .core import checks, training
from .core.activations import ACTIVATIONS, Sigmoid, Softmax
from .core.checks import ABOVE_0, AT_LEAST_0, BELOW_1, COUNT, look_up, require
from .core.functions import exp, log, sqrt
from .core.layer import Layer
from .core.layers import Dense, Dropout
from .core.losses import BinaryCrossEntropy, HalfSquaredError
from .core.network import Sequential
from .core.optimizers import SGD, Adam, Optimizer
from .core.random import Generator
from .selection import train_test_split

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Sequence, Tuple

    from .core.history import Epoch
    from .core.types import Matrix, Number, RowOrNone

LIMITS = {
    "solver": (("adam", "sgd").__contains__, "'adam' or 'sgd' (lbfgs is not for batches, in which all train here)"),
    "learning_rate": (("constant", "invscaling", "adaptive").__contains__, "'constant', 'invscaling' or 'adaptive'"),
    "alpha": AT_LEAST_0, "learning_rate_init": ABOVE_0, "power_t": AT_LEAST_0, "max_iter": COUNT, "tol": AT_LEAST_0,
    "batch_size": (lambda v: v == "auto" or COUNT[0](v), "'auto', or a whole number of 1 or more"),
    "n_iter_no_change": (lambda v: v == math.inf or COUNT[0](v), COUNT[1] + ", or math.inf"),
    "validation_fraction": (lambda v: 0 < v < 1, "a number between 0 and 1"),
    "momentum": BELOW_1, "beta_1": BELOW_1, "beta_2": BELOW_1, "epsilon": ABOVE_0,
}  # fmt: skip
NAMES = {name.lower(): activation for name, activation in ACTIVATIONS.items()}
NAMES["logistic"] = NAMES["sigmoid"]


class NotFitted(ValueError, AttributeError):
    """The estimator has not been fitted yet. Where scikit-learn is in use, its own NotFittedError is raised."""


# ---- what scikit-learn's arithmetic has of its own ---------------------------------------------------------------


class Remembering(Optimizer):
    """An optimizer whose memory outlives a training: ``partial_fit`` goes on with it. ``twin`` is who trains."""

    twin: "Any" = None

    def with_numbers(self, number: "Any", exactly: bool = False) -> "Any":
        twin = Optimizer.with_numbers(self, number, exactly)
        if number is float:  # and not a symbolic one, on which code is tried out
            twin.states, twin.t = dict(self.states), self.t
            self.twin = twin
        return twin

    def remember(self) -> None:
        """Take over from the twin, whose training is over."""
        self.states, self.t, self.twin = self.twin.states, self.twin.t, None


class Momentum(Remembering, SGD):
    """SGD at a rate that may change after an epoch: the speed of the weights, rate·v, then stays what it is."""

    def change_rate(self, rate: float) -> None:
        ratio = self.learning_rate.value / rate
        self.learning_rate.value = rate
        for name, rows in self.twin.states.items():
            self.twin.states[name] = [
                [tuple([ratio * v for v in state]) for state in row] for row in rows
            ]


class Rate:
    """A learning rate that is changed from outside."""

    def __init__(self, value: float) -> None:
        self.value = value

    def __call__(self, t: int) -> float:
        return self.value

    def __repr__(self) -> str:
        return "Rate()"


class AdamOfRate(Remembering, Adam):
    """Adam with the corrections of m and v in the rate, as the paper's section 2 ends: so ε is beside √v, not √v̂."""

    def begin(self, number: "Any") -> None:
        Adam.begin(self, number)
        self.rate = self.rate * sqrt(self.bias_correction2) / self.bias_correction1
        self.bias_correction1 = self.bias_correction2 = 1


class SummedCrossEntropy(BinaryCrossEntropy):
    """Summed over a sample's labels, where each of them is a question of yes or no."""

    mean_over_outputs = False


class SquaredError(HalfSquaredError):
    """Half the squared error, descended as the sum over the outputs, but reported as their mean."""

    def mean(self, terms: "Matrix", weights: "RowOrNone") -> "Number":
        return HalfSquaredError.mean(self, terms, weights) / len(terms[0])


class DenseOfBatch(Dense):
    """Dense with the penalty alpha/2·Σw², shared among the samples of the batch, however many these are."""

    arguments = ("inputs", "outputs", "alpha")  # type: ignore[assignment]
    numbers = zero_by_default = ("alpha",)  # type: ignore[assignment]

    def __init__(self, inputs: int, outputs: int, alpha: "Number") -> None:
        Dense.__init__(self, inputs, outputs)
        self.alpha = alpha

    l2 = property(lambda self: self.alpha / len(self.X), lambda self, value: None)


# They are no more than their arguments say, so that code made for one training does for the next. (Not DenseOfBatch:
# what it does depends on the number of samples.)
own.OWN.update((Momentum, AdamOfRate, SummedCrossEntropy, SquaredError))


# ---- arrays ------------------------------------------------------------------------------------------------------


def of_sklearn(name: str, otherwise: "Any") -> "Any":
    """scikit-learn's exception or warning of that name, where scikit-learn is in use."""
    return getattr(sys.modules.get("sklearn.exceptions"), name, otherwise)


def kind_of(data: "Any") -> "Any":
    """The module whose ``asarray`` makes arrays like ``data``; None where lists will do.

    Lists give NumPy's arrays where scikit-learn is in use, whose tools expect them, else lists.
    """
    if hasattr(data, "__array_namespace__"):
        return data.__array_namespace__()
    module = sys.modules.get(type(data).__module__.split(".")[0])
    if hasattr(module, "asarray"):  # PyTorch, and NumPy before 2
        return module
    return (
        sys.modules.get("numpy") if hasattr(data, "__array__") or "sklearn" in sys.modules else None
    )


def array(kind: "Any", numbers: "Any") -> "Any":
    """Numbers as an array of that kind."""
    return kind.asarray(numbers, dtype=kind.float64) if kind else numbers


def array_of_labels(kind: "Any", labels: "Any") -> "Any":
    try:
        return kind.asarray(labels) if kind else labels
    except (TypeError, ValueError):  # PyTorch has no array of texts
        return labels


def listed(data: "Any", name: str) -> "List[Any]":
    """The elements of ``data`` as a list; arrays within it as lists, too."""
    if hasattr(data, "__array__") and not hasattr(data, "tolist") and not hasattr(data, "to_numpy"):
        data = sys.modules["numpy"].asarray(data)
    data = checks.accept_rows(data, name)
    return [v.tolist() if hasattr(v, "tolist") else v for v in data]


def rows_of(X: "Any") -> "Matrix":
    """Samples × features as rows of floats: the one time that they are converted."""
    if hasattr(X, "toarray"):
        raise TypeError(
            "X is sparse; give a dense one: X.toarray(), or OneHotEncoder(sparse_output=False)"
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
                "X is flat. Reshape your data to samples × features; a single sample is [[...]]"
            )
        return checks.accept(rows)
    except (TypeError, ValueError) as error:
        hint = "; neither NaN nor inf is one" if "finite" in str(error) else ""
        raise type(error)(
            "{}{}{}".format("" if str(error).startswith("X") else "X: ", error, hint)
        ) from None


# ---- what both estimators have -----------------------------------------------------------------------------------


class Estimator:
    """What scikit-learn asks of an estimator: parameters that can be read, set, shown and copied."""

    @classmethod
    def defaults(cls) -> "Dict[str, Any]":
        parameters = list(inspect.signature(cls.__init__).parameters.values())[1:]
        return {
            p.name: p.default for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
        }

    def get_params(self, deep: bool = True) -> "Dict[str, Any]":
        """The constructor's arguments, as they were given or set; ``deep`` makes no difference here."""
        return {name: getattr(self, name) for name in self.defaults()}

    def set_params(self, **params: "Any") -> "Any":
        """Change some of them; what they may be is checked by ``fit``."""
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
    """A multi-layer perceptron; what the two estimators have in common."""

    if TYPE_CHECKING:
        hidden_layer_sizes = activation = solver = alpha = batch_size = learning_rate = None  # type: Any
        learning_rate_init = power_t = max_iter = shuffle = random_state = tol = verbose = None  # type: Any
        warm_start = momentum = nesterovs_momentum = early_stopping = validation_fraction = None  # type: Any
        beta_1 = beta_2 = epsilon = n_iter_no_change = loss = output_activation = dropout = None  # type: Any
        _optimizer = _kind = None  # type: Any
        # What each of the two does in its own way: y, and the rows that the network is to give for it; the activation
        # of its last layer; the loss; what its outputs mean; how good that is.
        _targets = _output = _criterion = _decided = _score = None  # type: Any

    _estimator_type = ""  # which scikit-learn asked for before 1.6

    # ---- fitting -------------------------------------------------------------------------------------------------

    def fit(self, X: "Any", y: "Any", sample_weight: "Any" = None, coefs_init: "Any" = None,
            intercepts_init: "Any" = None, validation_data: "Any" = None, callbacks: "Any" = ()) -> "Any":  # fmt: skip
        """Train: from the start, unless ``warm_start`` is set. Returns the estimator itself.

        ``X``                 samples × features: lists, or what NumPy, pandas or PyTorch hold
        ``y``                 a target a sample, or a row of them
        ``sample_weight``     a weight of 0 or more a sample, in the training loss alone
        ``coefs_init``        the first weights, layer by layer, as in ``coefs_``; ``intercepts_init``, the biases
        ``validation_data``   (X, y) that are only measured, for ``validation_loss_curve_``; with ``early_stopping``
                              they are what decides, and nothing is held out
        ``callbacks``         functions that are given the Epoch after each; one that returns True ends the training
        """
        afresh = not (self.warm_start and self.__sklearn_is_fitted__())
        return self._fit(
            X,
            y,
            sample_weight,
            afresh,
            False,
            coefs_init,
            intercepts_init,
            validation_data,
            callbacks,
        )

    def _fit(self, X: "Any", y: "Any", sample_weight: "Any", afresh: bool, partial: bool, coefs: "Any" = None,
             intercepts: "Any" = None, validation_data: "Any" = None, callbacks: "Any" = ()) -> "Any":  # fmt: skip
        former, generator = dict(vars(self)), vars(self).get("_generator")
        state = generator and generator.state
        try:
            begun = self._begin(
                X, y, sample_weight, afresh, partial, coefs, intercepts, validation_data, callbacks
            )
        except BaseException:  # what was learnt before stays as it was
            vars(self).clear()
            vars(self).update(former)
            if generator:
                generator.state = state
            raise
        self._train(*begun, callbacks=callbacks, partial=partial)
        return self

    def _begin(self, X: "Any", y: "Any", sample_weight: "Any", afresh: bool, partial: bool, coefs: "Any",
               intercepts: "Any", validation_data: "Any", callbacks: "Any") -> "Tuple[Any, int, Any]":  # fmt: skip
        """All that comes before the first update: the training, its number of samples, and what is held out."""
        for name, limit in LIMITS.items():  # layers and losses look at the other parameters
            require(name, getattr(self, name), limit)
        if partial and self.early_stopping:
            raise ValueError(
                "partial_fit does not support early_stopping=True: it is one epoch; call fit instead"
            )
        if y is None:
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is None"
            )
        require("callbacks", callbacks, (lambda v: all(map(callable, v)), "a list of functions"))
        rows, kind = self._rows(X, afresh), kind_of(X) or kind_of(y)
        y, targets = self._targets(listed(y, "y"), afresh and not partial)
        if len(rows) != len(y):
            raise ValueError(
                f"X has {len(rows)} samples and y has {len(y)}; give one target a sample"
            )
        weights = self._weights(y, sample_weight, partial)
        if afresh:
            self._generator = Generator(self._seed())
        held_out: "Any" = None
        if validation_data is not None:
            require("validation_data", validation_data, (lambda v: len(v) == 2, "(X, y)"))
            held_out = (self._rows(validation_data[0]),) + self._targets(
                listed(validation_data[1], "y"), False
            )
        elif self.early_stopping:
            rows, y, targets, weights, held_out = self._hold_out(rows, y, targets, weights)
        if afresh:
            self._forget(kind, self._network(len(rows[0]), len(targets[0]), coefs, intercepts))
        if (
            afresh or self.early_stopping and self.validation_scores_ is None
        ):  # it was not asked for before
            self.validation_scores_: "Any" = [] if self.early_stopping else None
        if not partial or self._optimizer is None:
            self._optimizer = self._new_optimizer()
        return (
            self._training(rows, targets, weights, held_out, 1 if partial else self.max_iter),
            len(rows),
            held_out,
        )

    def _forget(self, kind: "Any", network: "Sequential") -> None:
        """Nothing has been learnt yet."""
        self.network_ = network
        self._kind = getattr(kind, "__name__", "")  # a module cannot be pickled
        self._optimizer = None
        self.t_, self.loss_, self.loss_curve_ = 0, None, []  # type: int, Any, List[float]
        self.validation_loss_curve_: "List[float]" = []
        self._best, self._stale = math.inf, 0

    def _training(
        self, rows: "Matrix", targets: "Matrix", weights: "RowOrNone", held_out: "Any", epochs: int
    ) -> "Any":
        """The package's one training loop."""
        criterion = self._criterion()
        counted = [
            w for w in weights or [1.0] * len(rows) if w > 0
        ]  # samples of weight 0 are left out
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
        """Through the training, to whatever ends it."""
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
            self._optimizer.remember()
        if self.early_stopping:
            training.set_rows(parameters, best)

    def _is_over(self, epoch: "Epoch", samples: int, held_out: "Any") -> bool:
        """Whether for too long nothing was better by ``tol`` than the best: the loss, or the score of what is held out.

        An "adaptive" rate is divided by 5 instead, as long as it is large enough.
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
            score = self._score(held_out[1], self._decided(self.network_.predict(held_out[0])))
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
        """Examples to train with, and others that early stopping looks at."""
        classes = (
            y if self._estimator_type == "classifier" and not checks.is_sequence(y[0]) else None
        )
        for label, count in Counter(classes or []).items():
            if count == 1:
                what = f"early_stopping holds out a part of each class, and {label!r} has only one sample"
                raise ValueError(f"{what}; give more, or validation_data")
        parts = train_test_split(rows, y, targets, weights or [1.0] * len(y), test_size=self.validation_fraction,
                                 seed=self._generator.bits(), stratify=classes)  # fmt: skip
        if len(parts[1]) < 2:
            raise ValueError(
                "early_stopping holds out only 1 sample; give more, or a larger validation_fraction"
            )
        return (*parts[:6:2], weights and parts[6], parts[1:6:2])

    # ---- what a training needs -----------------------------------------------------------------------------------

    def _seed(self) -> int:
        state = self.random_state
        if hasattr(state, "randint"):  # numpy.random.RandomState
            return int(state.randint(2**31 - 1))
        return (
            0
            if state is None
            else require("random_state", state, (lambda v: isinstance(v, int), "an integer"))
        )

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
        """One of something for each of these layers; a single one is for all."""
        if not checks.is_sequence(given):
            return [given] * len(layers)
        if len(given) != len(layers):
            raise ValueError(
                f"{name} has {len(given)} elements for {len(layers)} layers; give one a layer"
            )
        return list(given)

    def _penalised(self, size: int, weight: float, ragged: bool) -> "Sequential":
        """The network with the penalty alpha/2·Σw²/n, of batches of n samples (with weights, of ``weight`` each)."""
        layers: "List[Any]" = []
        for layer in self.network_.layers:
            if isinstance(layer, Dense):
                layer.l2 = self.alpha / (size * weight)
                if ragged and self.alpha:  # the last batch is smaller, and the penalty larger
                    twin = DenseOfBatch(layer.inputs, layer.outputs, self.alpha / weight)
                    twin.weights, twin.bias, layer = layer.weights, layer.bias, twin
            layers.append(layer)
        return Sequential(layers) if layers != self.network_.layers else self.network_

    def _new_optimizer(self) -> "Remembering":
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
                f"sample_weight is no flat list of {len(y)} numbers; give one a sample"
            )
        weights = checks.accept_row(weights, float, "sample_weight", None)
        require("sample_weight", min(weights), AT_LEAST_0)
        if not any(weights):
            raise ValueError(
                "sample_weight: all weights are zero; give some sample a weight above 0"
            )
        return weights

    def _rows(self, X: "Any", first: bool = False) -> "Matrix":
        """X as rows, with as many features as at first, of the same names, where they have any."""
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
                what = f"a column is {given!r} that was {was!r}"
                raise ValueError(
                    f"X: {what}; the feature names should match those that were passed during fit"
                )
        if bool(names) != bool(known):
            has, fitted = ("has", "without") if names else ("does not have valid", "with")
            warn(
                f"X {has} feature names, but {name} was fitted {fitted} feature names", stacklevel=4
            )
        return rows

    # ---- what is asked of a fitted one ---------------------------------------------------------------------------

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
        """What comes out of the last hidden layer: samples × its neurons."""
        layers = self._fitted().layers
        last = max([k for k, layer in enumerate(layers) if isinstance(layer, Dense)])
        return array(kind_of(X), self.network_.propagate(self._rows(X), layers[:last]))

    def fit_transform(self, X: "Any", y: "Any" = None, **fit_options: "Any") -> "Any":
        """``fit``, then ``transform`` of the same X."""
        return self.fit(X, y, **fit_options).transform(X)

    def score(self, X: "Any", y: "Any", sample_weight: "Any" = None) -> float:
        """How good the predictions for X are: a classifier's accuracy, a regressor's R² (the mean over its outputs)."""
        y = listed(y, "y")
        score: float = self._score(
            y, self._decided(self._outputs(X)), self._weights(y, sample_weight, True)
        )
        return score

    @property
    def coefs_(self) -> "List[Any]":
        """The weights, layer by layer: inputs × outputs. To change them, change those of ``network_``."""
        return [array(sys.modules.get(self._kind), layer.weights.value) for layer in self._dense()]

    @property
    def intercepts_(self) -> "List[Any]":
        """The biases, layer by layer."""
        return [array(sys.modules.get(self._kind), layer.bias.value) for layer in self._dense()]

    def _dense(self) -> "List[Dense]":
        return [layer for layer in self._fitted().layers if isinstance(layer, Dense)]

    @property
    def best_loss_(self) -> "Any":
        """The smallest loss of ``loss_curve_``; None with ``early_stopping``, which looks at the score."""
        self._fitted()
        return None if self.validation_scores_ is not None else self._best

    @property
    def best_validation_score_(self) -> "Any":
        """The best of ``validation_scores_``; None without ``early_stopping``."""
        self._fitted()
        return None if self.validation_scores_ is None else -self._best

    def __sklearn_tags__(self) -> "Any":
        """What scikit-learn, which alone calls this, wants to know."""
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
    """Store the constructor's arguments, as they are."""
    vars(estimator).update({name: value for name, value in given.items() if name != "self"})


def activation_of(given: "Any") -> "Layer":
    return look_up("activation", given, NAMES, Layer)  # type: ignore[no-any-return]


# ---- the two -----------------------------------------------------------------------------------------------------


class MLPClassifier(MLP):
    """A network that tells classes: numbers, texts, or (y a matrix of 0 and 1) any number of labels at once.

    The network has an output a class, and ends in softmax; a single one for two classes, and one a label, and ends in
    "logistic"; unless ``output_activation`` says otherwise. A loss other than "log_loss" compares outputs with 0 and 1.

    >>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0, 1], [1, 1], [1, 1], [1, 0]]                # or, nand
    >>> labels = MLPClassifier([4], "tanh", learning_rate_init=0.1, random_state=7).fit(X, y)
    >>> print(*labels.predict(X)[1])
    1 1
    """

    _estimator_type = "classifier"

    def __init__(self, hidden_layer_sizes: "Any" = (100,), activation: "Any" = "relu", *, solver: str = "adam",
                 alpha: float = 0.0001, batch_size: "Any" = "auto", learning_rate: str = "constant",
                 learning_rate_init: float = 0.001, power_t: float = 0.5, max_iter: int = 200,
                 shuffle: bool = True, random_state: "Any" = None, tol: float = 1e-4, verbose: bool = False,
                 warm_start: bool = False, momentum: float = 0.9, nesterovs_momentum: bool = True,
                 early_stopping: bool = False, validation_fraction: float = 0.1, beta_1: float = 0.9,
                 beta_2: float = 0.999, epsilon: float = 1e-8, n_iter_no_change: int = 10,
                 loss: "Any" = "log_loss", output_activation: "Any" = None, dropout: "Any" = 0,
                 class_weight: "Any" = None) -> None:  # fmt: skip
        self.class_weight = class_weight
        _keep(self, locals())

    def partial_fit(
        self, X: "Any", y: "Any", sample_weight: "Any" = None, classes: "Any" = None
    ) -> "Any":
        """One epoch more, of these samples. The first call names all ``classes`` that there will be."""
        afresh = not self.__sklearn_is_fitted__()
        if afresh:
            several = checks.is_sequence(listed(y, "y")[0])
            if not several and classes is None:
                raise ValueError(
                    "partial_fit: name all the classes in the first call, classes=[...]"
                )
            self._set_classes(listed(y, "y") if several else listed(classes, "classes"))
        elif classes is not None and sorted(listed(classes, "classes")) != self._classes:
            raise ValueError(
                f"partial_fit: the classes are no longer those of the first call, {self._classes}"
            )
        return self._fit(X, y, sample_weight, afresh, True)

    def predict(self, X: "Any") -> "Any":
        """The class of each sample; or a row of 0 and 1, a number a label. An array where X is one."""
        said = self._decided(self._outputs(X))
        known = [] if self._multilabel else self._classes
        return array_of_labels(kind_of(X), said + known)[
            : len(said)
        ]  # NumPy has texts as long as the longest of them

    def predict_proba(self, X: "Any") -> "Any":
        """The probability of each class (or label): samples × classes, in the order of ``classes_``."""
        outputs = self._outputs(X)
        if self.out_activation_ not in ("logistic", "softmax"):
            what = f"predict_proba: {self.out_activation_} gives no probabilities"
            raise ValueError(f"{what}; take output_activation='logistic' or 'softmax'")
        return array(kind_of(X), [metrics.class_probabilities(row) for row in outputs])

    def predict_log_proba(self, X: "Any") -> "Any":
        """The logarithm of each probability."""
        rows = listed(self.predict_proba(X), "X")
        return array(
            kind_of(X), [[math.log(p) if p > 0 else -math.inf for p in row] for row in rows]
        )

    @property
    def classes_(self) -> "Any":
        """The classes, sorted; of labels, their places."""
        self._fitted()
        return array_of_labels(sys.modules.get(self._kind), self._classes)

    def _set_classes(self, y: "List[Any]") -> None:
        """The classes are those in y."""
        self._multilabel = checks.is_sequence(y[0])
        if self._multilabel:
            self._classes: "List[Any]" = list(range(len(y[0])))
            return
        for label in y:
            if isinstance(label, float) and not label == label // 1:
                what = "y: Unknown label type: continuous, such as {!r}; a class is a whole number or a text"
                raise ValueError(f"{what.format(label)}; for numbers there is MLPRegressor")
        try:
            self._classes = sorted(set(y))
        except TypeError:
            raise ValueError(
                "y: Unknown label type: the classes are not all numbers, or all texts"
            ) from None

    def _targets(self, y: "List[Any]", afresh: bool) -> "Tuple[List[Any], Matrix]":
        if checks.is_sequence(y[0]) and len(y[0]) == 1:
            text = "A column-vector y was passed when a 1d array was expected; give a flat list of classes"
            warn(text, of_sklearn("DataConversionWarning", UserWarning), stacklevel=4)
            y = [row[0] for row in y]
        if afresh:
            self._set_classes(y)
        if self._multilabel:
            if not all([checks.is_sequence(row) and len(row) == len(self._classes) for row in y]):
                raise ValueError(
                    f"y has rows of other lengths than {len(self._classes)}, the number of labels"
                )
            if not all([v in (0, 1) for row in y for v in row]):
                raise ValueError(
                    "y is a matrix of other numbers than 0 and 1 (multi-output targets); give a flat y"
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
                f"y has other classes than {self._classes}, those of the first fit"
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
                f"y has only one class, {present[0]!r} (of weight above 0); give samples of two or more"
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
        if unknown and not all(
            [label in given for label in counts]
        ):  # else it is a part of the data without them
            raise ValueError(
                f"class_weight: there is no class {unknown[0]!r}; there are {self._classes}"
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
        return (
            "categorical_cross_entropy"
            if self.out_activation_ == "softmax"
            else SummedCrossEntropy()
        )

    def _decided(self, outputs: "Matrix") -> "List[Any]":
        if self._multilabel:
            return [[int(a > 0.5) for a in row] for row in outputs]
        if self.n_outputs_ == 1:
            return [self._classes[row[0] > 0.5] for row in outputs]
        return [self._classes[row.index(max(row))] for row in outputs]

    def _score(self, y: "List[Any]", said: "List[Any]", weights: "RowOrNone" = None) -> float:
        if self._multilabel:  # a sample is right where all its labels are
            y, said = [str(row) for row in self._targets(y, False)[0]], [str(row) for row in said]
        return metrics.accuracy(y, said, weights)


class MLPRegressor(MLP):
    """A network that tells numbers: one a sample, or, y a matrix, several.

    The network ends in "identity", unless ``output_activation`` says otherwise.

    >>> X, y = [[0], [1], [2], [3]], [1, 3, 5, 7]
    >>> line = MLPRegressor([], solver="sgd", learning_rate_init=0.05, alpha=0, n_iter_no_change=math.inf).fit(X, y)
    >>> round(float(line.predict([[10]])[0]), 2)
    21.0
    """

    _estimator_type = "regressor"

    def __init__(self, hidden_layer_sizes: "Any" = (100,), activation: "Any" = "relu", *, solver: str = "adam",
                 alpha: float = 0.0001, batch_size: "Any" = "auto", learning_rate: str = "constant",
                 learning_rate_init: float = 0.001, power_t: float = 0.5, max_iter: int = 200,
                 shuffle: bool = True, random_state: "Any" = None, tol: float = 1e-4, verbose: bool = False,
                 warm_start: bool = False, momentum: float = 0.9, nesterovs_momentum: bool = True,
                 early_stopping: bool = False, validation_fraction: float = 0.1, beta_1: float = 0.9,
                 beta_2: float = 0.999, epsilon: float = 1e-8, n_iter_no_change: int = 10,
                 loss: "Any" = "squared_error", output_activation: "Any" = None,
                 dropout: "Any" = 0) -> None:  # fmt: skip
        _keep(self, locals())

    def partial_fit(self, X: "Any", y: "Any", sample_weight: "Any" = None) -> "Any":
        """One epoch more, of these samples."""
        return self._fit(X, y, sample_weight, not self.__sklearn_is_fitted__(), True)

    def predict(self, X: "Any") -> "Any":
        """The number said of each sample; of several outputs, a row of them. An array where X is one."""
        return array(kind_of(X), self._decided(self._outputs(X)))

    def _targets(self, y: "List[Any]", afresh: bool) -> "Tuple[List[Any], Matrix]":
        return y, [row if checks.is_sequence(row) else [row] for row in y]

    def _output(self) -> "Any":
        return self.output_activation or "identity"

    def _criterion(self) -> "Any":
        return SquaredError() if self.loss == "squared_error" else self.loss

    def _decided(self, outputs: "Matrix") -> "List[Any]":
        return [row[0] for row in outputs] if self.n_outputs_ == 1 else outputs

    def _score(self, y: "List[Any]", said: "List[Any]", weights: "RowOrNone" = None) -> float:
        truth, told = [list(zip(*self._targets(data, False)[1])) for data in (y, said)]
        if len(truth) != len(told):
            raise ValueError(
                f"y has rows of {len(truth)} where {len(told)} are predicted; give a number for each"
            )
        scores = [metrics.r2(t, a, weights) for t, a in zip(truth, told)]
        return sum(scores) / len(scores)
