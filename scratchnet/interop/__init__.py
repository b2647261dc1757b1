"""Models of other libraries as objects.

sklearn  torch  keras    from_sklearn, to_sklearn, from_torch, to_torch, from_keras, to_keras
sklearn_steps            scikit-learn's steps before the last as layers
sklearn_linear           its linear models as layers
sklearn_network          a network as scikit-learn represents it
torch_modules            PyTorch's modules as layers
torch_chain              a module of any class as a chain
torch_nodes              the nodes of its trace
torch_functions          the functions and methods in these nodes as layers
keras_layers             Keras's layers as layers
keras_functions          its activation functions as layers
keras_operations         functions that a functional model calls on its tensors as layers
affine                   operations that are the same for samples of any width
names                    the names that other libraries use

Each file imports its library only when it is used. The shared part is formats/exchange.py.
"""
