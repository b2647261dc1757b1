"""Networks of Decimals: 50 digits, the oracle for the floats of both kernels."""

from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st
from other_numbers import (
    EACH_CASE,
    EPSILON,
    PAIRED,
    D,
    Dual,
    Plain,
    Setting,
    assert_close,
    flat,
    learnt,
)
from random_networks import BUILT_IN_LAYERS

import scratchnet as sn
from scratchnet.core.optimizers import OPTIMIZERS
from scratchnet.scalars import decimals

pytestmark = pytest.mark.usefixtures("fifty_digits")


def test_an_overflow_of_decimals_is_a_divergence():
    net = sn.Sequential([sn.Dense(1, 1, weights=[[Decimal(1)]])])
    with pytest.raises(
        sn.Diverged,
        match="^epoch 2: Overflow at the learning rate 1E\\+600000; the network keeps its",
    ):
        net.fit([[1]], [0], "half_squared_error", optimizer=sn.SGD(Decimal("1e600000")), epochs=9)
    assert net.parameters()[0].value[0][0] < -Decimal("1e599999")


@pytest.mark.parametrize("value", ["Infinity", "NaN"])
def test_a_decimal_hyperparameter_is_finite(value):
    with pytest.raises(ValueError, match="^SGD: learning_rate is Decimal"):
        sn.SGD(D(value))


# A000796 (pi), A073744 (tanh 1), A002162 (log 2), A001113 (e), A049470 (cos 1) of the OEIS; all by mpmath 1.4.1.
PI = (
    "3.14159265358979323846264338327950288419716939937510"
    + "58209749445923078164062862089986280348253421170680"
)
DIGITS = {
    (
        "tanh",
        "1",
    ): "0.76159415595576488811945828260479359041276859725793655159681050012195324457663848",
    (
        "tanh",
        "-0.5",
    ): "-0.46211715726000975850231848364367254873028928033011303855273181583808090614040928",
    (
        "tanh",
        "1e-20",
    ): "9.9999999999999999999999999999999999999996666666666666666666666666666666666666667E-21",
    (
        "tanh",
        "20",
    ): "0.99999999999999999150329148941682204543855819119098725713047456422766385013396305",
    (
        "erf",
        "1",
    ): "0.84270079294971486934122063508260925929606699796630290845993789783471725409601084",
    (
        "erf",
        "-0.5",
    ): "-0.52049987781304653768274665389196452873645157575796370005880572564719352171685357",
    (
        "erf",
        "1e-20",
    ): "1.1283791670955125738961589031215451716880636460190945299357082381245142187105972E-20",
    (
        "erf",
        "6",
    ): "0.99999999999999997848026328750108688340664960081261536952248593831145789947210795",
    (
        "log1p",
        "1",
    ): "0.69314718055994530941723212145817656807550013436025525412068000949339362196969472",
    (
        "log1p",
        "1e-20",
    ): "9.9999999999999999999500000000000000000003333333333333333333308333333333333333334E-21",
    (
        "log1p",
        "-0.999",
    ): "-6.9077552789821370520539743640530926228033044658863189280999837029027178290320574",
    (
        "log1p",
        "1e20",
    ): "46.051701859880913680369829093687284152021979772575459520666558352684785526880383",
    (
        "expm1",
        "1",
    ): "1.7182818284590452353602874713526624977572470936999595749669676277240766303535476",
    (
        "expm1",
        "1e-20",
    ): "1.0000000000000000000050000000000000000000166666666666666666667083333333333333333E-20",
    (
        "expm1",
        "-20",
    ): "-0.99999999793884637756144217203405961984417902362419272440089630702775533837083598",
    (
        "expm1",
        "100",
    ): "26881171418161354484126255515800135873611117.773741922415191608615280287034909565",
    (
        "log",
        "1e-20",
    ): "-46.051701859880913680359829093687284152022029772575459520666558019351452193547050",
    (
        "cos",
        "1",
    ): "0.54030230586813971740093660744297660373231042061792222767009725538110039477447176",
    (
        "cos",
        "3",
    ): "-0.98999249660044545727157279473126130239367909661558832881408593292832919751313322",
}


@pytest.mark.parametrize("name, argument", sorted(DIGITS))
@pytest.mark.parametrize("precision", [6, 28, 50, 70])
def test_known_digits(name, argument, precision):
    with localcontext() as context:
        context.prec = precision
        assert getattr(decimals, name)(Decimal(argument)) == +Decimal(DIGITS[name, argument])


@pytest.mark.parametrize("precision", [6, 28, 50, 99])
def test_the_digits_of_pi(precision):
    with localcontext() as context:
        context.prec = precision
        assert decimals.pi(Decimal(0)) == +Decimal(PI)


@pytest.mark.parametrize(
    "name, argument, expected",
    [
        ("tanh", "0", "0"),
        ("erf", "0", "0"),
        ("log1p", "0", "0"),
        ("expm1", "0", "0"),
        ("tanh", "1e-100000", "1e-100000"),
        ("log1p", "1e-100000", "1e-100000"),
        ("expm1", "-1e-100000", "-1e-100000"),
        ("erf", "1e-100000", "1.1283791670955125738961589031215451716881012586580e-100000"),
        ("tanh", "-1e9", "-1"),
        ("erf", "1e9", "1"),
        ("expm1", "-1e9", "-1"),
        ("log", "0", "-Infinity"),
        ("log1p", "-1", "-Infinity"),
    ],
)
def test_near_zero_and_far_from_it(name, argument, expected):
    assert getattr(decimals, name)(Decimal(argument)) == Decimal(expected)


@given(st.sampled_from(["tanh", "erf", "log1p", "expm1"]), st.floats(-0.999, 12))
def test_more_digits_change_no_digit(name, x):
    function, x = getattr(decimals, name), Decimal(x)
    with localcontext() as context:
        context.prec = 75
        longer = function(x)
    with localcontext() as context:
        context.prec = 50
        assert function(x) == +longer


# At -1.3 and 0.7, from the definitions, by mpmath 1.4.1.
AT_TWO_POINTS = {
    "Sigmoid()": (
        "0.214165016957441387397911527741572831025786413",
        "0.668187772168166106530788329629872295486943659",
    ),
    "Tanh()": (
        "-0.861723159313306364294953715936751798846771105",
        "0.604367777117163496308687183103826475015566647",
    ),
    "ELU(alpha=0.75)": ("-0.545601155224490547658250124327487829680128295", "0.7"),
    "SELU()": (
        "-1.27896137515432543982798436710295022424175306",
        "0.735490691148836317481141122698318213224411011",
    ),
    "GELU(approximate='none')": (
        "-0.12584062996129343309761277159289076154913705",
        "0.530625443443848889675454700279244739682584261",
    ),
    "GELU(approximate='tanh')": (
        "-0.126070987682690601410046068988681181850433362",
        "0.530570134705116751201306831546602296188837241",
    ),
    "Softplus()": (
        "0.241008453832992205268002203717921017900691007",
        "1.10318604888545789319090632593188780327934908",
    ),
    "SiLU()": (
        "-0.278414522044673803617284986064044680333522337",
        "0.467731440517716274571551830740910606840860561",
    ),
    "Softmax()": (
        "0.119202922022117555940270858697603204793615701",
        "0.880797077977882444059729141302396795206384299",
    ),
}


@pytest.mark.parametrize("hidden", BUILT_IN_LAYERS, ids=lambda hidden: repr(hidden()))
def test_known_digits_of_activations(hidden):
    layer = hidden().with_numbers(Decimal, exactly=True)
    if repr(hidden()) in AT_TWO_POINTS:
        found = layer.forward([[Decimal("-1.3"), Decimal("0.7")]])[0]
        assert_close([found], [[D(digits) for digits in AT_TWO_POINTS[repr(hidden())]]], "1e-44")
    else:
        slope = {"Identity": 1, "ReLU": 0, "LeakyReLU": Decimal("0.125")}[type(layer).__name__]
        assert layer.forward([[Decimal("-1.3"), Decimal("0.7")]]) == [
            [slope * Decimal("-1.3"), Decimal("0.7")]
        ]


def test_known_digits_of_cross_entropies():
    """-(y·log a + (1-y)·log(1-a)) and -Σ y·log a by their definitions, with digits to spare."""
    Z, Y = (
        [[Decimal("-1.3"), Decimal("0.7")], [Decimal("2.5"), D(30)]],
        [[D(0), Decimal(1)], [Decimal("0.25"), Decimal("0.75")]],
    )
    with localcontext() as context:
        context.prec = 100
        binary = categorical = 0
        for z, y in zip(Z, Y):
            for z_k, y_k in zip(z, y):
                a = 1 / (1 + (-z_k).exp())
                binary -= (y_k * a.ln() + (1 - y_k) * (1 - a).ln()) / 4
                categorical -= y_k * (z_k.exp() / (z[0].exp() + z[1].exp())).ln() / 2
    for loss, expected in (
        (sn.BinaryCrossEntropy(), binary),
        (sn.CategoricalCrossEntropy(), categorical),
    ):
        A = loss.pairs_with().forward(Z)
        found = [loss.value_from_logits(Z, A, Y), loss.value(A, Y)]
        assert_close([found], [[expected, expected]], "1e-35")


# Where the floats lose no digits. GELU takes 1 + erf(z/√2), which cancels below 0, as PyTorch's does.
TO_THE_LAST_DIGITS = [hidden for hidden in BUILT_IN_LAYERS if not isinstance(hidden(), sn.GELU)]
POINTS = [0.0, 1e-300, 1e-9, 1e-3, 0.3, 0.5, 1.0, 1.7, 3.0, 6.5, 11.0, 30.0, 700.0]
POINTS += [-z for z in POINTS[1:]]


def in_decimals(layer, rows):
    layer = layer.with_numbers(Decimal, exactly=True)
    return layer, layer.forward([[Decimal(z) for z in row] for row in rows])


def in_floats(layer, rows):
    layer = layer.with_numbers(float)
    return layer, layer.forward(rows)


@pytest.mark.parametrize("hidden", TO_THE_LAST_DIGITS, ids=lambda hidden: repr(hidden()))
def test_activations_to_the_last_digits(hidden, each_kernel):
    rows = [[z, 0.25] for z in POINTS]
    exact, found = in_decimals(hidden(), rows)[1], in_floats(hidden(), rows)[1]
    for a, e in zip(flat(found), flat(exact)):
        assert abs(Decimal(a) - e) <= 4 * Decimal(EPSILON) * abs(e) + Decimal("1e-307")


@pytest.mark.parametrize("hidden", BUILT_IN_LAYERS, ids=lambda hidden: repr(hidden()))
def test_activations_and_their_derivatives(hidden, each_kernel):
    """The error is a few units in the last place of the largest number involved, or of 1."""
    for z in POINTS:
        rows = [[z, 0.25]]
        (exact, E), (approximate, A) = in_decimals(hidden(), rows), in_floats(hidden(), rows)
        gradient = exact.backward([[Decimal(1), Decimal("0.5")]])
        allowed = 4 * Decimal(EPSILON) * max(1, abs(Decimal(z)))
        for a, e in zip(A[0] + approximate.backward([[1.0, 0.5]])[0], E[0] + gradient[0]):
            assert abs(Decimal(a) - e) <= allowed


LOGITS = [
    [1e-9, -0.5],
    [3.0, 2.5],
    [40.0, -40.0],
    [1000.0, -1000.0],
    [-700.0, 0.0],
    [1000.3, 1000.1],
]


@pytest.mark.parametrize("loss", PAIRED, ids=lambda loss: type(loss).__name__)
def test_paired_losses_whatever_the_size_of_the_logits(loss, each_kernel):
    for z in LOGITS:
        for y in ([0.0, 1.0], [1.0, 0.0], [0.25, 0.75]):
            found = {}
            for number in (float, Decimal):
                Z, Y = [[number(v) for v in z]], [[number(v) for v in y]]
                A = loss.pairs_with().forward(Z)
                found[number] = (
                    [loss.value_from_logits(Z, A, Y)],
                    loss.gradient_in_logits(A, Y)[0],
                )
            # The 1 beside each: what is smaller may be lost beside it.
            assert_close(
                [a + [1.0] for a in found[float]],
                [e + [Decimal(1)] for e in found[Decimal]],
                4 * EPSILON,
            )


def test_a_cross_entropy_of_certain_outputs():
    """0·log 0 is 0, also for Decimal, where log 0 or its product with 0 is an error."""
    for number in (float, Decimal, Plain, Dual):
        zero, one = number(0), number(1)
        assert sn.BinaryCrossEntropy().value([[zero, one]], [[zero, one]]) == 0
        assert sn.CategoricalCrossEntropy().value([[zero, one]], [[zero, one]]) == 0


@EACH_CASE
def test_every_derivative_is_the_limit_of_its_difference_quotient(case):
    """With h = 1e-16 and 60 digits the quotient differs from the derivative by about h² = 1e-32."""
    with localcontext() as context:
        context.prec = 60
        net, backpropagate = Setting(*case, samples=2).of(Decimal)
        backpropagate()
        gradients = [flat(p.gradient_rows) for p in net.parameters()]
        h, quotients = Decimal("1e-16"), []
        for p in net.parameters():
            quotients.append([])
            for row in p.rows:
                for j, middle in enumerate(row):
                    row[j] = middle + h
                    above = backpropagate()
                    row[j] = middle - h
                    quotients[-1].append((above - backpropagate()) / (2 * h))
                    row[j] = middle
        # A derivative of 0 beside others of 0 leaves only the rounding of the values: hence the 1.
        assert_close(
            [g + [Decimal(1)] for g in gradients], [q + [Decimal(1)] for q in quotients], "1e-29"
        )


DECIMAL_OPTIMIZERS = [
    sn.SGD(
        Decimal("0.1"),
        momentum=Decimal("0.9"),
        nesterov=True,
        weight_decay=Decimal("0.01"),
        clip_norm=Decimal(1),
    ),
    sn.Adagrad(Decimal("0.1"), epsilon=Decimal("1e-10")),
    sn.RMSprop(Decimal("0.1"), alpha=Decimal("0.99"), epsilon=Decimal("1e-8")),
    sn.Adam(Decimal("0.1"), beta1=Decimal("0.9"), beta2=Decimal("0.999"), epsilon=Decimal("1e-8")),
    sn.AdamW(
        Decimal("0.1"),
        beta1=Decimal("0.9"),
        beta2=Decimal("0.999"),
        epsilon=Decimal("1e-8"),
        weight_decay=Decimal("0.01"),
    ),
]


@pytest.mark.parametrize(
    "optimizer", DECIMAL_OPTIMIZERS, ids=lambda optimizer: type(optimizer).__name__
)
def test_training_in_decimals(optimizer):
    nets = {}
    for number in (Decimal, float):
        net = sn.Sequential(
            [sn.Dense(2, 2), sn.Tanh(), sn.Dense(2, 1), sn.Sigmoid()], seed=7, number=number
        )
        stepper = optimizer if number is Decimal else optimizer.with_numbers(float)
        history = net.fit(
            [[0, 1], [1, 2], [2, 0]],
            [0, 1, 1],
            "binary_cross_entropy",
            optimizer=stepper,
            epochs=20,
        )
        nets[number] = [history.loss, learnt(net)]
    assert_close(nets[float], nets[Decimal], 1e-12)
    assert all(type(v) is Decimal for v in flat(nets[Decimal]))


@pytest.mark.parametrize(
    "schedule",
    [
        lambda number: sn.StepDecay(number("0.5"), 2, number("0.25")),
        lambda number: sn.ExponentialDecay(number("0.5"), number("0.9")),
        lambda number: sn.CosineDecay(number("0.5"), 5, number("0.125")),
        lambda number: sn.WarmUp(3, sn.ExponentialDecay(number("0.5"), number("0.9"))),
    ],
)
def test_schedules_in_decimals(schedule):
    for t in range(8):
        assert_close([[schedule(float)(t)]], [[schedule(Decimal)(t)]], 1e-15)


def test_every_optimizer_and_layer_by_default():
    """In 28 digits they do what they do in floats, to rounding."""
    for optimizer in OPTIMIZERS:
        nets = []
        for number in (Decimal, float):
            layers = [sn.Dense(1, 2, weights=[[number(1) / 2, -number(1) / 4]]), sn.LeakyReLU()]
            net = sn.Sequential(layers + [sn.Dense(2, 1, weights=[[number(1)], [number(2)]])])
            net.fit([[1], [-2]], [2, 1], "huber", optimizer=optimizer, epochs=3)
            nets.append([float(v) for p in net.parameters() for row in p.rows for v in row])
        assert nets[0] == pytest.approx(nets[1], rel=1e-9)


def test_gradients_are_checked():
    layers = [
        sn.Dense(1, 2, weights=[[Decimal("0.5"), Decimal("-0.25")]]),
        sn.Tanh(),
        sn.LeakyReLU(),
    ]
    net = sn.Sequential(
        layers + [sn.Dense(2, 1, weights=[[Decimal(1)], [Decimal(2)]]), sn.Sigmoid()]
    )
    check = sn.check_gradients(net, [[1], [-2]], [1, 0], "binary_cross_entropy")
    assert check.passed and all([c.worst < 1e-15 for c in check.parameters])
    assert sn.check_gradients(net, [[1]], [1], sn.Huber(Decimal(2))).passed
