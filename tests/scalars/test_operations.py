"""scalars/operations.py, the table of operations: every line of it is recorded, computed and printed."""

import inspect
import math
import re

import pytest

from scratchnet.codegen.python.printer import Code, function
from scratchnet.core import functions
from scratchnet.explanation.text import formula
from scratchnet.scalars import Symbolic, Traced
from scratchnet.scalars.operations import COMPARISON, INFIX, OPERATIONS, Operators

VALUES = {"a": 0.7, "b": 0.2, "c": 0.4, "d": 0.9}
SEVERAL = {"dot": "abcd", "total": "abc", "max": "abc"}  # of operations with any number of operands
# What Symbolic makes of the operations that it does not record as one.
MADE_OF = {"power": {"multiply"}, "max": {"greater", "where"}}


def names_of(operation):
    """The names of some operands."""
    return SEVERAL.get(operation.name, "abcd"[: len(operation.operands)])


def recorded(operation, number):
    """The operation on named numbers of this type. Where the power is, only an integer can be."""
    operands = [number(name) for name in names_of(operation)]
    if operation.name == "power":
        operands[1] = 3
    return operation.function(*operands)


def traced(name):
    return Traced(VALUES[name], name=name)


def symbolic(name):
    return Symbolic(name=name)


def expected(operation):
    values = [VALUES[name] for name in names_of(operation)]
    return operation.function(*([values[0], 3] if operation.name == "power" else values))


@pytest.fixture(params=sorted(OPERATIONS))
def operation(request):
    return OPERATIONS[request.param]


def test_it_is_recorded_by_traced_numbers(operation, each_kernel):
    made = recorded(operation, traced)
    assert made.operation == operation.name and made.value == expected(operation)
    names = [operand.name or operand.value for operand in made.operands]
    assert names == (["a", 3] if operation.name == "power" else list(names_of(operation)))


def test_it_is_recorded_by_symbolic_numbers(operation):
    made = recorded(operation, symbolic)
    if operation.name in MADE_OF:
        assert {node.operation for node in Code([made]).numbers} - {""} == MADE_OF[operation.name]
    else:
        assert made.operation == operation.name
        assert [operand.name for operand in made.operands] == list(names_of(operation))


def test_constants_are_computed(operation):
    """Of a choice and of sums, Symbolic keeps the record."""
    if operation.name not in ("where", "dot", "total"):
        made = recorded(operation, lambda name: Symbolic(VALUES[name]))
        assert getattr(made, "value", made) == pytest.approx(expected(operation), rel=1e-15)


def test_it_is_printed_in_python(operation, portable):
    made = recorded(operation, symbolic)
    code = Code([made])
    body = code.statements() + ["return " + code.text(code.outputs[0])]
    found = {}
    exec(function(code, "run(a, b, c, d)", body), found)
    assert found["run"](**VALUES) == expected(operation)


@pytest.mark.parametrize("name", sorted(INFIX))
def test_a_plain_number_may_stand_on_either_side(name):
    x = traced("a")
    for operands in ((x, 2), (2, x)):
        made = INFIX[name].function(*operands)
        values = [operand.value for operand in made.operands]
        if operands[1] is x and INFIX[name].precedence == COMPARISON:
            assert values == [x.value, 2]  # Python turns 2 < x into x > 2.
        else:
            assert made.operation == name
            assert values == [getattr(operand, "value", operand) for operand in operands]
        assert made.value == INFIX[name].function(*[getattr(v, "value", v) for v in operands])


class E:
    """What stands for e in a formula."""

    def __pow__(self, x):
        return math.exp(x)


def test_it_is_printed_in_a_formula(operation):
    text = formula(recorded(operation, traced)).split(", since ")[0]
    text = re.sub(r"\|(\w)\|", r"abs(\1)", text).replace(" = ", " == ")
    for sign, python in zip("·−≤≥≠^", ("*", "-", "<=", ">=", "!=", "**")):
        text = text.replace(sign, python)
    names = {name: getattr(functions, name) for name in functions.ELEMENTARY}
    assert eval(text, dict(names, ln=functions.log, e=E(), **VALUES)) == pytest.approx(
        expected(operation), rel=1e-15
    )


@pytest.mark.parametrize("name", sorted(MADE_OF))
def test_what_python_code_cannot_spell_is_named(name):
    code = Code([Symbolic(None, name, (symbolic("a"), symbolic("b")))])
    with pytest.raises(ValueError, match=f"^the operation '{name}' cannot be written in Python$"):
        code.text(code.outputs[0])


@pytest.mark.parametrize("outer", sorted(INFIX))
@pytest.mark.parametrize("inner", sorted(INFIX))
@pytest.mark.parametrize("left", [True, False])
def test_signs_and_precedences_are_those_of_python(outer, inner, left):
    """The text of two operations evaluates to what they compute, for numbers with which the grouping shows."""
    a, b, c = Symbolic(name="a"), Symbolic(name="b"), Symbolic(name="c")
    pair = OPERATIONS[inner].function(a, b)
    made = OPERATIONS[outer].function(*((pair, c) if left else (c, pair)))
    code = Code([made])
    for values in ({"a": 0.1, "b": 0.2, "c": 0.3}, {"a": 0.7, "b": -1.1, "c": 1.0}):
        inside = OPERATIONS[inner].function(values["a"], values["b"])
        operands = (inside, values["c"]) if left else (values["c"], inside)
        try:
            value = OPERATIONS[outer].function(*operands)
        except ZeroDivisionError:
            continue
        assert eval(code.text(code.outputs[0]), dict(values)) == value


@pytest.mark.parametrize("name", sorted(INFIX))
def test_a_minus_before_an_operation_and_behind_one(name):
    a, b = symbolic("a"), symbolic("b")
    function = INFIX[name].function
    for made, value in (
        (-function(a, b), -function(0.5, 0.25)),
        (function(-a, b), function(-0.5, 0.25)),
        (function(a, -b), function(0.5, -0.25)),
    ):
        code = Code([made])
        assert eval(code.text(code.outputs[0]), {"a": 0.5, "b": 0.25}) == value


def test_formulas_have_signs_of_their_own():
    signs = {name: operation.formula_sign.strip() for name, operation in INFIX.items()}
    assert len(set(signs.values())) == len(INFIX)
    assert {name: sign for name, sign in signs.items() if sign != INFIX[name].sign.strip()} == {
        "subtract": "−",
        "multiply": "·",
        "less or equal": "≤",
        "greater or equal": "≥",
        "equal": "=",
        "unequal": "≠",
    }


def test_a_sum_in_a_sum():
    """In code the order of additions decides the bits; a formula needs no parentheses."""
    a, b, c = [symbolic(name) for name in "abc"]
    code = Code([a + (b + c)])
    assert code.text(code.outputs[0]) == "a + (b + c)"
    a, b, c = [traced(name) for name in "abc"]
    assert formula(a + (b + c)) == "a + b + c"
    assert formula(a - (b + c)) == "a − (b + c)"


def test_every_method_has_a_line_in_the_table():
    methods = [v for name, v in vars(Operators).items() if name not in ("_unary", "_binary")]
    methods = [method for method in methods if inspect.isfunction(method)]
    x = symbolic("x")
    operands = [(x, 2)[: len(inspect.signature(method).parameters)] for method in methods]
    found = {method(*given).operation for method, given in zip(methods, operands)}
    assert found == set(OPERATIONS) - set(SEVERAL) - {"power", "where"}


RULES = [
    lambda x: x + 1,
    lambda x: 1 - x,
    lambda x: -x,
    lambda x: abs(x),
    lambda x: x < 1,
    lambda x: x**2,
    lambda x: x.exp(),
    lambda x: functions.exp(x),
    lambda x: functions.power(x, 2),
    lambda x: functions.where(x > 0, x, 0),
    lambda x: functions.maximum(x, 0),
    lambda x: functions.dot([x, 2.0], [x, 3.0]),
    lambda x: functions.total([x, x]),
    lambda x: functions.largest_of([x, x]),
]


@pytest.mark.parametrize("rule", RULES)
def test_a_traced_number_knows_the_line_of_its_rule(rule):
    assert rule(traced("a")).source == (__file__, rule.__code__.co_firstlineno)
