"""A network to a file, and back.

A file holds tensors by name: every parameter ("0.weights", "0.bias"), and every number of a layer's
configuration that is not a whole number ("1.slope"), because tensors are exact in every format. The
file also holds, as JSON:

    version     the version of this layout: 1
    layers      the type of each layer and the arguments of its constructor
    frozen      the names of the frozen parameters
    metadata    everything else in the network: labels, preprocessing, how it was trained
    loss        the type and the arguments of the loss with which it was trained, if it is one of
                the package's own
    training    only in a checkpoint: the state of the training, with additional tensors
                ("training.loss"; see checkpoints.py)

>>> import os, tempfile, scratchnet as sn
>>> net = sn.Sequential([sn.Dense(2, 3), sn.LeakyReLU(0.1), sn.Dense(3, 1)], seed=7)
>>> with tempfile.TemporaryDirectory() as folder:
...     path = os.path.join(folder, "model.safetensors")
...     sn.save(net, path)
...     sn.load(path).predict([[1, 2]]) == net.predict([[1, 2]])
True
"""

from ..core.checks import require, shown
from ..core.layer import Layer
from ..core.layers import LAYERS
from ..core.losses import LOSSES
from ..core.network import Sequential
from ..deep import LAYERS as DEEP
from . import files, json, others, safetensors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Tuple

    from .files import Path
    from .safetensors import Tensor

VERSION = 1
OWN = dict(LAYERS, **DEEP)  # the package's own layers, by name
TRAINING = "training"
FORMATS = {".safetensors": safetensors, ".json": json}
STATE_DICTS = (".safetensors", ".npz")  # formats in which tensors without layers occur
ENDINGS = ".safetensors, .json, .npz or .onnx"


def save(net: "Sequential", path: "Path", dtype: str = "float64") -> None:
    """Write the network to a file.

    The file's ending gives the format: .safetensors, .json, .npz or .onnx. An old file is kept
    until the new one is complete. ``dtype="float32"``, for .onnx only, rounds the numbers, for
    programs that compute only with 32 bits. A network that ``load`` would refuse, such as one with
    a Normalization that has a mean and no spread, raises a ValueError; a network of other numbers
    than floats raises a TypeError.

    >>> import os, tempfile, scratchnet as sn
    >>> net = sn.Sequential([sn.Dense(2, 1, weights=[[0.5], [2]])])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     sn.save(net, os.path.join(folder, "net.onnx"))
    ...     os.listdir(folder)
    ['net.onnx']
    """
    require("net", net, (lambda v: isinstance(v, Sequential), "a Sequential, and then the path"))
    codec_of(path)
    options: "Dict[str, Any]" = {"dtype": dtype} if str(path).lower().endswith(".onnx") else {}
    if not options:
        require(
            "dtype",
            dtype,
            (lambda v: v == "float64", "'float64'; only an .onnx file can have another dtype"),
        )
    if net.number is not float:
        raise TypeError(
            "net computes with {}, which no file can hold; save net.copy(float)".format(
                net.number.__name__
            )
        )
    tensors, about = describe(net)
    _network(tensors, about, [type(layer) for layer in net.layers])  # raises what load would raise
    content = codec_of(path).dumps(tensors, about, **options)
    files.write(path, content if isinstance(content, bytes) else content.encode())


def load(
    path: "Path",
    custom: "Sequence[Any]" = (),
    activations: "Any" = None,
    order: "Any" = None,
    prefix: str = "",
    output: "Optional[str]" = None,
) -> "Sequential":
    """Return the network in a file written by ``save`` or by another program.

    ``custom``        the classes of its user-defined layers
    ``activations``   for a .safetensors or .npz file of tensors alone, such as a state dict of
                      PyTorch or the arrays W1, b1, W2, b2: the activation after each Linear, as in
                      ``from_torch``; ``order`` and ``prefix`` are as there
    ``output``        the output that the network computes, if an .onnx file has several; it may
                      also be the name of a value within the graph

    A file that is damaged or of another kind raises a ValueError that says what is wrong.

    >>> import os, tempfile, scratchnet as sn
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "net.json")
    ...     sn.save(sn.Sequential([sn.Dense(2, 1, weights=[[0.5], [2]])]), path)
    ...     sn.load(path).predict([[1, 3]])
    [[6.5]]
    """
    if not isinstance(path, str) and not hasattr(path, "__fspath__"):
        raise TypeError("load: path is a {}; give the path of a file".format(type(path).__name__))
    others.refuse(path)
    codec = codec_of(path)
    require("custom", custom, (_are_layers, "a list of classes of layers"))
    require("prefix", prefix, (lambda v: isinstance(v, str), "the beginning of names, as a text"))
    is_onnx = str(path).lower().endswith(".onnx")
    if output is not None and not is_onnx:
        raise ValueError(f"{path}: output is {output!r}; only an .onnx file has several outputs")
    data = files.read(path)
    try:
        others.refuse_pointer(data)
        if str(path).lower().endswith(STATE_DICTS):
            tensors, about = codec.loads(
                data, lambda *tensor: _belongs(activations, prefix, *tensor)
            )
        elif is_onnx:
            tensors, about = codec.loads(data, output, lambda name: files.read_next_to(path, name))
        else:
            tensors, about = codec.loads(data)
        if "version" not in about and activations is not None:
            from . import state_dicts  # imported here, because it does not run on MicroPython

            return state_dicts.network(tensors, activations, order, prefix, "its state dict")
        if activations is not None or order is not None or prefix:
            raise ValueError(
                "the file has the layers of a network; "
                "leave out activations, order and prefix, which are for tensors alone"
            )
        return _network(tensors, about, custom)
    except (TypeError, ValueError) as error:
        raise ValueError("{}: {}".format(path, error)) from None


load_model = load  # the name in Keras


def _belongs(activations: "Any", prefix: str, name: str, integers: bool) -> bool:
    """Return whether a tensor of a file without layers is read."""
    if activations is None:  # The file is refused whatever it holds.
        return False
    from . import state_owners

    return state_owners.is_wanted(name, integers, prefix)


def _are_layers(custom: "Any") -> bool:
    return isinstance(custom, (list, tuple)) and all(
        [isinstance(c, type) and issubclass(c, Layer) for c in custom]
    )


def codec_of(path: "Path") -> "Any":
    """Return the module for files with the ending of ``path``, in upper or lower case."""
    name = str(path).lower()
    try:  # imported here, because they are large and microcontrollers do not need them
        if name.endswith(".onnx"):
            from . import onnx

            return onnx
        if name.endswith(".npz"):
            from . import npz

            return npz
    except (ImportError, SyntaxError, AttributeError) as error:
        what = f"this Python cannot read or write such files ({error})"
        raise ValueError(f"{path}: {what}; use .safetensors or .json") from None
    for ending in FORMATS:
        if name.endswith(ending):
            return FORMATS[ending]
    raise ValueError("{}: the ending gives the format; it must be {}".format(path, ENDINGS))


def is_model(path: "Path") -> bool:
    """Return whether the path has the ending of a model.

    >>> is_model("net.ONNX"), is_model("iris.csv")
    (True, False)
    """
    return str(path).lower().endswith((".safetensors", ".json", ".npz", ".onnx"))


def describe(net: "Sequential") -> "Tuple[Dict[str, Tensor], Dict[str, Any]]":
    """Return what a file holds of the network: its tensors, and the rest as JSON values."""
    tensors: "Dict[str, Tensor]" = {}
    for parameter in net.parameters():
        if parameter.value is not None:
            # The assignment checks the value, because the user may have changed a number in it.
            parameter.value = parameter.value
            tensors[parameter.name] = parameter.value
    require("metadata", net.metadata, (lambda v: isinstance(v, dict), "a dict"))
    layers = [_describe_layer(i, layer, tensors) for i, layer in enumerate(net.layers)]
    frozen = [p.name for p in net.parameters() if p.frozen]
    about = {"version": VERSION, "layers": layers, "frozen": frozen, "metadata": net.metadata}
    if type(net.loss) in LOSSES.values():
        about["loss"] = dict(net.loss.config(), type=type(net.loss).__name__)
    return tensors, about


def _describe_layer(i: int, layer: "Layer", tensors: "Dict[str, Tensor]") -> "Dict[str, Any]":
    """Return the type and the arguments of layer ``i``.

    Numbers that are not whole are added to ``tensors`` instead, because these are exact.
    """
    kind, config = type(layer), layer.config()
    if OWN.get(kind.__name__, kind) is not kind:
        raise ValueError(
            f"layer {i}: {kind.__name__} is the name of a scratchnet layer; rename your class"
        )
    if "type" in config:
        raise ValueError(
            f"layer {i}: {kind.__name__} has an argument called type, which files reserve; "
            "rename it"
        )
    description: "Dict[str, Any]" = {"type": kind.__name__}
    for name, value in config.items():
        if name not in layer.numbers or value is None:
            description[name] = value
        elif abs(value) < 1 << 53 and value == int(value):
            description[name] = int(value)
        else:
            tensors["{}.{}".format(i, name)] = value
    return description


def _network(
    tensors: "Dict[str, Tensor]", about: "Dict[str, Any]", custom: "Sequence[Any]"
) -> "Sequential":
    layers, frozen, metadata = _sections_of(about)
    classes = dict(OWN)
    classes.update({layer.__name__: layer for layer in custom})
    left = {
        name: tensor
        for name, tensor in tensors.items()
        if TRAINING not in about or not of_training(name)
    }
    net = Sequential(
        [_layer(i, description, classes, left) for i, description in enumerate(layers)]
    )
    for parameter in net.parameters():
        parameter.frozen = False
        if parameter.name in left:  # a parameter that its layer made only inside the network
            parameter.value = left.pop(parameter.name)
        elif parameter.value is not None and parameter.name not in tensors:
            raise ValueError(f"tensor {shown(parameter.name)} is missing")
    if left:
        raise ValueError(f"tensor {shown(sorted(left)[0])} belongs to no layer")
    net.freeze(*frozen)
    net.metadata = metadata
    if "loss" in about:
        net.loss = _loss(about["loss"])
    return net


def _loss(description: "Any") -> "Any":
    kinds = {kind.__name__: kind for kind in LOSSES.values()}
    arguments = dict(description) if isinstance(description, dict) else {}
    kind = kinds.get(str(arguments.pop("type", None)))
    if kind is None or set(arguments) != set(kind.arguments):
        raise ValueError(f"the loss is {shown(description)}, which this scratchnet does not know")
    return kind(**arguments)


def of_training(name: str) -> bool:
    """Return whether a tensor belongs to the training and not to the network."""
    return name.startswith(TRAINING + ".")


def _sections_of(about: "Dict[str, Any]") -> "Tuple[List[Any], List[Any], Dict[str, Any]]":
    if "version" not in about:
        raise ValueError(
            "the file holds no scratchnet network, only tensors; if they are those of Linear "
            'layers, name the activation after each: activations=["relu", ..., "identity"] '
            "(at the command line, convert it first: --activations relu,identity)"
        )
    if type(about["version"]) is not int or about["version"] != VERSION:
        raise ValueError(
            f"the file has version {shown(about['version'])} of the format; "
            f"this scratchnet reads version {VERSION}"
        )
    for name, kind in (("layers", list), ("frozen", list), ("metadata", dict)):
        if not isinstance(about.get(name), kind):
            raise ValueError(f"{name} must be a {kind.__name__} in a model")
    return about["layers"], about["frozen"], about["metadata"]


def _layer(
    i: int, description: "Any", classes: "Dict[str, Any]", left: "Dict[str, Tensor]"
) -> "Layer":
    """Return layer ``i``. The tensors that it uses are removed from ``left``."""
    kind = description.get("type") if isinstance(description, dict) else None
    if not isinstance(kind, str) or kind not in classes:
        raise ValueError(
            f"layer {i} has the unknown type {shown(kind)}; "
            "for a user-defined layer give its class: load(path, custom=[...])"
        )
    arguments = {name: value for name, value in description.items() if name != "type"}
    for name in classes[kind].numbers:
        if name not in arguments and f"{i}.{name}" in left:
            arguments[name] = left.pop(f"{i}.{name}")
    # Files of earlier versions lack the switches that were added since.
    optional = set(classes[kind].zero_by_default) - set(classes[kind].numbers)
    # A parameter that the layer does without, such as a bias, is False.
    optional.update([n for n in classes[kind].in_parameters if arguments.get(n) is False])
    if set(arguments) | optional != set(classes[kind].arguments) | optional:
        needed = ", ".join(classes[kind].arguments) or "none"
        raise ValueError(
            f"layer {i}: {kind} has the arguments {shown(sorted(arguments))}; it needs {needed}"
        )
    layer: "Layer" = classes[kind](**arguments)
    for parameter in layer.parameters():
        parameter.name = f"{i}.{parameter.role}"
        if parameter.name in left:
            parameter.value = left.pop(parameter.name)
        elif parameter.shape is not None:  # A parameter without a shape has no value yet.
            raise ValueError(f"tensor {shown(parameter.name)} is missing")
    return layer
