"""The parts of a Python module that are the same for all networks, as templates for str.format.

{name}              the name in messages
{INPUTS}, ...       numbers, and expressions for them
"""

INFINITY = 'INFINITY = float("inf")\nNAN = float("nan")\n'

# What a function of ``math`` would raise an error for.
OTHERWISE = {
    "exp": "INFINITY",
    "expm1": "INFINITY",
    "log": "-INFINITY if x == 0 else NAN",
    "log1p": "-INFINITY if x == -1 else NAN",
    "sqrt": "NAN",
    "cos": "NAN",
}
GUARDED = """\
def {function}(x):
    try:
        return math.{function}(x)
    except (OverflowError, ValueError):
        return {otherwise}
"""

HELPERS = {
    "mantissa": "def mantissa(x):\n    return frexp(x)[0]\n",
    "exponent": "def exponent(x):\n    return float(frexp(x)[1])\n",
}

WIDE = """\
if float(1) + 2.0**-52 == 1:
    raise ValueError("{name} needs floats of 64 bits; export it with the type float")
"""

# Where the floats of a device have 24 binary digits, x + SHIFT - SHIFT rounds x. Some have 22, and
# do not round to the nearest one; a PC has 53.
SHIFT = """
SHIFT, unit = float(3 / 4), float(1)
while 1 + unit > 1:
    SHIFT, unit = 2 * SHIFT, unit / 2
"""
NEAREST = """

def nearest(x):
    if SHIFT < 12582912:
        return float(floor(x + 1 / 2)) if x == x else x
    return x + SHIFT - SHIFT
"""

# The numbers of a table, whose bytes are exact: many devices misread decimals.
ROW = """\
def _row(data):
    return array("{letter}", data)


if array("{letter}", b"{one}")[0] != 1:
    raise ValueError("{name} needs floats that begin with their lowest byte")
"""

NUMBER = '''\
def _number(value, name, allowed="a finite number"):
    """Return the value as a float; anything except a finite number raises an error."""
    try:
        number = float(value + 0)
    except (TypeError, OverflowError):
        number = float("nan")
    if number - number != 0:
        name = name if isinstance(name, str) else "input " + str(name)
        raise ValueError(name + " is " + repr(value) + "; give " + allowed)
    return number
'''

OUTPUTS = '''\
def outputs(x):
    """Return the outputs of the network for a list of INPUTS finite numbers."""
    if len(x) != INPUTS:
        raise ValueError("there are " + str(len(x)) + " inputs; give {INPUTS}")
    x = [_number(x[k], k) for k in range(INPUTS)]
'''

ENCODING = '''\
def _is_missing(value):
    if isinstance(value, str):
        return value.strip().lower() in MISSING
    return value is None or value != value


def _label(value, name):
    """Return the label that a text or a number stands for."""
    if isinstance(value, (str, bool)):
        return str(value).strip()
    number = _number(value, name, "a text, a number or None")
    is_whole = abs(number) < 1e15 and number == int(number)
    return str(int(number)) if is_whole else repr(number)


def _encode(row):
    """Return the inputs of the network for the values of the columns."""
    if len(row) != len(COLUMNS):
        raise ValueError("there are " + str(len(row)) + " values; give {columns}")
    x = [0.0] * INPUTS
    for value, (name, place, labels, missing, other) in zip(row, COLUMNS):
        if labels is None:
            is_missing = _is_missing(value)
            x[place] = missing if is_missing else _number(value, name, "a finite number or None")
            continue
        k = missing
        if not _is_missing(value):
            label = _label(value, name)
            k = labels.index(label) if label in labels else other
        if k >= 0:
            x[place + k] = 1.0
    return x
'''

ENCODE = '''\
def encode({given}):
    """Return the inputs of the network for a row of the table; None is a missing value."""
    return _encode({row})
'''
DECISIONS = {
    "class": "CLASSES[out.index(max(out))]",
    "one of two": "CLASSES[int(out[0] > 1 / 2)]",
}
PREDICT = '''\
def predict({given}):
    """Return {what} for {rows}."""
    return _decide(outputs({x}))
'''
PROBABILITIES = '''\
def probabilities({given}):
    """Return {{class: probability}} for {rows}."""
    out = outputs({x})
    return dict(zip(CLASSES, {shares}))
'''

SELFTEST = '''\
def selftest():
    """Compare what the network computes with golden vectors; raise an error if a number differs."""
{vectors}    for n in range(len(inputs)):
        out = outputs(inputs[n])
        for k in range(OUTPUTS):
            if not abs(out[k] - expected[n][k]) <= {tolerance}:
                what = "{name}: vector " + str(n) + ": output " + str(k) + " is "
                raise ValueError(what + repr(out[k]) + ", but must be " + repr(expected[n][k]))
    print("all right: " + str(len(inputs)) + " vectors")


if __name__ == "__main__":
    selftest()
'''
