"""STUB until the real one lands."""
import math
PI = math.pi
def where(condition, a, b):
    if condition is True:
        return a
    if condition is False:
        return b
    return condition.where(a, b) if hasattr(condition, "where") else (a if condition else b)
def _f(f):
    def g(x):
        try:
            return f(x)
        except OverflowError:
            return math.inf
        except ValueError:
            return -math.inf if x == 0 else math.nan
    return g
exp, expm1, log, log1p, tanh, erf, sqrt, cos = map(_f, (math.exp, math.expm1, math.log, math.log1p, math.tanh, math.erf, math.sqrt, math.cos))
def dot(u, v):
    t = u[0] * v[0]
    for a, b in zip(u[1:], v[1:]):
        t = t + a * b
    return t
def total(u):
    t = u[0]
    for a in u[1:]:
        t = t + a
    return t
