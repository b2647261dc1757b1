"""784-30-10 of pixels with Adam: gradients by lanes of bits, and the rule of Adam alone.

A sample of pixels is one integer with a lane of 64 bits for each input. One sum of products of integers then gives the
gradients of all weights of a unit. So many bits for each input are few: a gradient that is much smaller than the largest
of its unit loses digits, and the rule of Adam, which divides it by its own size, passes the loss on to the weight.
"""

from math import frexp, ldexp, sqrt
from struct import Struct

from ..measure import Contender
from ..workloads import ADAM, workload
from . import Limit, training
from .large import GRAYS, WithAdam, bare, sumprod
from .small import BETA1, BETA2


def rule(weights, m, v, gradients, rate, epsilon):
    for k, g in enumerate(gradients):
        m[k] = a = BETA1 * m[k] + g
        v[k] = b = BETA2 * v[k] + g * g
        weights[k] -= rate * (a / (sqrt(b) + epsilon))


class ByLanes(WithAdam):
    def __init__(self, work):
        WithAdam.__init__(self, work)
        inputs = work.sizes[0]
        self.size = 8 * inputs
        pack, self.unpack = Struct("<%dQ" % inputs).pack, Struct("<%dd" % inputs).unpack
        ones = int.from_bytes(pack(*[1] * inputs), "little")
        self.half, self.mask = ones << 63, ones * ((1 << 52) - 1)
        self.exponent = ones * (0x433 << 52)  # that of the float 2^52, whose last bit is 1
        self.integers = {
            id(x): int.from_bytes(pack(*[round(GRAYS * v) for v in x]), "little") for x in work.X
        }

    def change(self, C, memory, X, D, rate, epsilon):
        if C is not self.C1:
            return WithAdam.change(self, C, memory, X, D, rate, epsilon)
        integers = [self.integers[id(x)] for x in X]
        for c, (m, v), d in zip(C, memory, zip(*D)):
            rule(c, m, v, self.gradients(d, integers), rate, epsilon)
        return None

    def gradients(self, d, integers):
        bits = 62 - frexp(GRAYS * sum(map(abs, d)) or 1.0)[1]
        scale, unit = ldexp(1.0, bits), ldexp(1 / GRAYS, 12 - bits)
        total = sumprod([round(scale * v) for v in d], integers) + self.half
        lanes = (total >> 12) & self.mask | self.exponent
        zero = unit * (2.0**52 + 2.0**51)
        return [unit * h - zero for h in self.unpack(lanes.to_bytes(self.size, "little"))]


class RuleAlone(WithAdam):
    """No forward pass and no gradients."""

    def step(self, X, Y, factor):
        rate, epsilon = next(self.rates)
        gradients = [factor] * len(self.C1[0])
        for c, (m, v) in zip(self.C1, self.memory[0]):
            rule(c, m, v, gradients, rate, epsilon)


def rule_alone(name, quick):
    work, with_sgd = workload(name + ADAM, quick), workload(name, quick)
    others = [("SGD in lanes", Contender(with_sgd.training()))]
    return Limit("the rule of Adam alone, " + name, Contender(bare(RuleAlone)(work)), others)


def limits(quick):
    for name in ("784-30-10 pixels", "784-30-10 sparse pixels"):
        yield training(name + ADAM, bare(ByLanes), [], quick, 1e-9)
        yield rule_alone(name, quick)
