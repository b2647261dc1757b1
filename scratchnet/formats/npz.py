"""A model as an .npz file: its arrays by name, as NumPy reads and writes them.

    dumps  loads     a model to the bytes of a file, and back

``numpy.load("model.npz")["0.weights"]`` is the first layer's weights. The metadata are one more
array, the bytes of JSON text: ``json.loads(bytes(numpy.load("model.npz")["scratchnet"]))``. No
array needs ``allow_pickle``. The numbers are 64-bit floats; 32-bit floats and whole numbers are
read, too.

>>> loads(dumps({"0.bias": [1.0], "0.weights": [[0.5], [0.25]]}, {"layers": ["Dense"]}))
({'0.bias': [1.0], '0.weights': [[0.5], [0.25]]}, {'layers': ['Dense']})
"""

from array import array

from ..core.checks import shown
from . import files, npy, npy_archive, strict_json
from .safetensors import flatten
from .unpacked import most_unpacked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional, Tuple

    from .safetensors import Tensor, Wanted

KEY = "scratchnet"
SOURCE = "the file"  # in messages, after its path


def dumps(tensors: "Dict[str, Tensor]", metadata: "Dict[str, Any]") -> bytes:
    """Return the file that holds ``tensors`` (as in safetensors.py) and ``metadata``."""
    if KEY in tensors:
        raise ValueError(f"npz: a tensor is called {KEY}, the name of the metadata; rename it")
    arrays = {}
    for name in sorted(tensors):
        shape, numbers = flatten(name, tensors[name])
        arrays[name] = npy.Array(tuple(shape), array("d", numbers))
    text = strict_json.dumps(metadata, "metadata").encode()
    arrays[KEY] = npy.Array((len(text),), array("B", text))
    return npy_archive.dumps(arrays)


def loads(
    data: bytes, wanted: "Optional[Wanted]" = None
) -> "Tuple[Dict[str, Tensor], Dict[str, Any]]":
    """Return the tensors and the metadata in the file ``data``.

    The metadata of a file that scratchnet did not write are {}; of such a file, ``wanted(name,
    integers)`` says which tensors are returned.
    """
    if wanted is None or npy_archive.loads(data, SOURCE, lambda name: name == KEY):
        arrays = npy_archive.loads(data, SOURCE)
    else:
        arrays = npy_archive.loads(data, SOURCE, lambda name: wanted(name, False))
        arrays = {n: a for n, a in arrays.items() if wanted(n, a.numbers.typecode not in "fd")}
    about = arrays.pop(KEY, None)
    count = sum([len(a.numbers) for a in arrays.values()])
    limit = min(files.MOST_NUMBERS, most_unpacked(len(data)) // 64)  # A list takes 32 bytes each.
    if count > limit:
        raise ValueError(f"npz: {count} numbers; a model file of this size has at most {limit}")
    metadata = {} if about is None else strict_json.loads(about.numbers.tobytes(), f"npz: {KEY}")
    if not isinstance(metadata, dict):
        raise ValueError(f"npz: the array {KEY} must hold a JSON object")
    tensors = {}
    for name, numbers in arrays.items():
        if len(numbers.shape) > 2:
            raise ValueError(
                f"npz: {shown(name)} has {len(numbers.shape)} dimensions; at most 2 can be read"
            )
        tensors[name] = numbers.nested()
    return tensors, metadata
