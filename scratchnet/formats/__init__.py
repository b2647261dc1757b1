"""Models on disk.

models.py            save, load: a network to a file and back, the format chosen by the ending
safetensors.py       .safetensors: binary, exact, read by PyTorch, NumPy and many others
json.py              .json: readable by people
npz.py               .npz: a model in NumPy's format
onnx/                .onnx: a graph of operators, which many programs run; reads the files of other
                     programs, too
protobuf.py          the binary form of an ONNX file
npy.py               NumPy's files of one array, .npy
npy_archive.py       NumPy's files of several arrays by name, .npz
state_dicts.py       a network from tensors alone, by their names
state_owners.py      the layers to which the tensors belong
state_order.py       the order of these layers
state_activations.py the activations between them
exchange.py          what the exchange of models with other libraries shares
strict_json.py       JSON text, read strictly
checked.py           checks of user-defined classes, so that ``load`` can make them again
summary.py           a network as a table
files.py             reads files, and writes them without losing the old one
replacement.py       the same where files have links, owners and permissions
unpacked.py          compressed files of limited size
"""
