"""Models of other libraries as objects.

sklearn  torch  keras    from_sklearn, to_sklearn, from_torch, to_torch, from_keras, to_keras

Each file imports its library only when it is used. The shared part is formats/exchange.py.
"""
