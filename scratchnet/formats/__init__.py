"""Models on disk.

models.py         save, load: a network to a file and back, the format by the ending
safetensors.py    .safetensors: binary, exact, read by PyTorch, NumPy and many others
json.py           .json: for people
onnx.py           .onnx: a graph of operators, which many programs run; what others write is read, too
protobuf.py       the binary form of such a file; onnx_graph.py, onnx_operators.py and onnx_reader.py, its parts
npz.py            .npz: NumPy's
exchange.py       what readers of the models of other programs share
strict_json.py    the JSON text in both, read by every rule
files.py          writing a file so that nothing is lost
"""
