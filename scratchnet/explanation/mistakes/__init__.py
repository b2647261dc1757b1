"""Checks numbers computed by hand against the record, and recognizes common mistakes.

checking      check(why, entries): which numbers are right, missing and wrong
findings      the result of a check
accuracy      whether the digits of an entry agree with a number
common        MISTAKES: the common mistakes, each a sentence and an edit of the record
of_networks   the mistakes that depend on the network or on the digits of a number
properties    what a number of the record is
working       the numbers that follow from the record with a mistake in it

>>> import scratchnet as sn
>>> from scratchnet.explanation.recording import explain
>>> net = sn.Sequential([sn.Dense(2, 1, weights=[[0.5], [-1]], bias=[0.25]), sn.Tanh()])
>>> why = explain(net, [[3, 1]], [1], loss="half_squared_error", optimizer=sn.SGD(0.1))
>>> entries = [("0.z[0][0]", "0.75", 1), ("1.a[0][0]", "0.64", 2)]
>>> findings = check(why, entries + [("1.derivative[0][0]", "0.44", 3)])
>>> findings.right, findings.wrong.name, findings.wrong.right
(['0.z[0][0]', '1.a[0][0]'], '1.derivative[0][0]', '0.5966')
>>> findings.wrong.mistake
'this is the result if the derivative is computed with z in place of the output a'
"""

from .checking import check
from .common import MISTAKES
from .findings import Findings, Wrong
from .working import Mistake, Working

__all__ = ["check", "Findings", "MISTAKES", "Mistake", "Working", "Wrong"]
