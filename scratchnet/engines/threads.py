"""One network in several threads.

    apart               a network that predicts during a training run
    borrow, give_back   layers for a prediction, which the next one reuses
    Guarded             a training run that ends if another one trains the same network

The layers keep in ``forward`` what ``backward`` needs. A prediction in another thread would change
it in the middle of a training step, so ``predict`` uses layers of its own. They share the
parameters.

>>> import scratchnet as sn
>>> net = sn.Sequential([sn.Dense(1, 1, weights=[[2]])])
>>> for epoch in sn.epochs(net, [[1]], [[2]], "mse", epochs=1):
...     net.fit([[1]], [[2]], "mse", epochs=1).loss  # between two epochs
[0.0]
"""

from ..codegen.own import is_listed
from ..core.layer import Layer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator

    from ..core.history import Epoch
    from ..core.network import Sequential
    from ..core.training import Training

BUSY = (
    "the network is being trained by another call of fit or epochs; wait for its end, or train a "
    "copy: net.copy()"
)


def apart(net: "Sequential") -> "Sequential":
    """Return a network with layers of its own, which share the parameters."""
    twin: "Sequential" = shallow_copy(net)
    twin.layers = [_layer(layer) for layer in net.layers]
    return twin


def _layer(layer: "Any") -> "Any":
    """Return a shallow copy of a layer, with copies of the layers within it."""
    twin = shallow_copy(layer)
    if is_listed(type(layer)):  # None of the package's layers has layers within it.
        return twin
    attributes = twin.__dict__
    for name, value in attributes.items():
        if isinstance(value, (Layer, list, tuple)):
            attributes[name] = _with_own_layers(value)
    return twin


def _with_own_layers(value: "Any") -> "Any":
    """Return a layer or a sequence with copies of its layers; the same sequence if it has none."""
    if isinstance(value, Layer):
        return _layer(value)
    if any([isinstance(v, Layer) for v in value]):
        return [_layer(v) if isinstance(v, Layer) else v for v in value]
    return value


def shallow_copy(thing: "Any") -> "Any":
    twin = object.__new__(type(thing))
    twin.__dict__ = thing.__dict__.copy()  # On PyPy, update() takes longer.
    return twin


# The attributes in which the package's layers store what ``backward`` needs, and "generator".
STORED = "A", "C", "S", "U", "X", "Z", "generator", "mask"
_sharing_kinds: "Dict[type, type]" = {}


class Borrowed:
    """Layers for one prediction at a time.

    A built-in layer is represented by one that shares its attributes, so nothing is copied.
    A user-defined layer is copied for each prediction, because it may store anything.
    """

    def __init__(self, net: "Sequential") -> None:
        self.originals = net.layers[:]  # Kept alive, so that no new layer gets one of the ids.
        self.ids = list(map(id, self.originals))
        self.layers: "Any" = [
            _share_attributes(layer) if is_listed(type(layer)) else None for layer in self.originals
        ]
        self.user_defined = [k for k, layer in enumerate(self.layers) if layer is None]


def borrow(net: "Sequential") -> "Borrowed":
    """Return layers for a prediction: those that an earlier one gave back, or else new ones."""
    try:
        borrowed = net.__dict__["SPARE"].pop()  # atomic: no other thread gets the same layers
    except (KeyError, IndexError):
        borrowed = Borrowed(net)
    if borrowed.ids != list(map(id, net.layers)):
        borrowed = Borrowed(net)
    for k in borrowed.user_defined:
        borrowed.layers[k] = _layer(borrowed.originals[k])
    return borrowed  # type: ignore[no-any-return]


def give_back(net: "Sequential", borrowed: "Borrowed") -> None:
    """Keep the layers for the next prediction. Pickles omit attributes with uppercase names."""
    net.__dict__.setdefault("SPARE", []).append(borrowed)


def _share_attributes(layer: "Any") -> "Any":
    """Return a layer that shares the attributes of a built-in layer, except those in STORED."""
    kind = type(layer)
    if kind not in _sharing_kinds:
        # Slots take precedence over attributes in __dict__.
        body = {"__slots__": STORED, "__module__": kind.__module__}
        _sharing_kinds[kind] = type(kind.__name__, (kind,), body)
    twin: "Any" = object.__new__(_sharing_kinds[kind])
    twin.__dict__ = layer.__dict__
    twin.generator = None  # A slot takes precedence over the default of the class.
    return twin


class Guarded:
    """A training run; an epoch raises a ValueError if another run trains its parameters meanwhile.

    ``training``   the run
    ``plan``       its Training

    ``fit`` trains from the first epoch to the last. A loop over ``epochs`` trains during each of
    them; between two of them, another call may train the network.
    """

    # {id of a parameter: a weak reference to the iterator that trains it}. Ctrl-C may come before
    # end() has removed it, so an iterator that has ended does not count. There is no lock, because
    # the garbage collector may end a run at any place of the same thread, also within begin().
    in_training: "Dict[int, Any]" = {}

    def __init__(self, training: "Any", plan: "Training") -> None:
        self.guarded, self.plan = training, plan
        self.observed = plan.observed
        # An engine may have a network of its own, but it shares the parameters.
        self.parameters = [id(p) for p in plan.engine.net.parameters()]

    def __getattr__(self, name: str) -> "Any":
        return getattr(self.guarded, name)

    def run(self) -> "Iterator[Epoch]":
        from _weakref import ref  # weakref would import more; a first prediction needs neither.

        iterator = self.epochs()
        self.iterator = ref(iterator)
        return iterator

    def epochs(self) -> "Iterator[Epoch]":
        steps = self.guarded.run()
        try:
            self.begin()
            for epoch in steps:
                if self.observed:
                    self.end()
                yield epoch
                if self.observed:
                    self.begin()
        finally:
            steps.close()
            self.end()

    def begin(self) -> None:
        """Note that this run trains the parameters."""
        for p in self.parameters:
            other = Guarded.in_training.setdefault(p, self.iterator)  # atomic
            if other is not self.iterator:
                if is_running(other):
                    raise ValueError(BUSY)
                Guarded.in_training[p] = self.iterator

    def end(self) -> None:
        """Note that this run no longer trains them."""
        for p in self.parameters:
            if Guarded.in_training.get(p) is self.iterator:
                del Guarded.in_training[p]


def is_running(iterator: "Any") -> bool:
    """Return whether the generator behind a weak reference exists and has not ended."""
    found = iterator()
    return found is not None and found.gi_frame is not None
