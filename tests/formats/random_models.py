"""Random tensors and metadata for the tests of the codecs."""

from hypothesis import strategies as st

EXTREME = [-0.0, 5e-324, -5e-324, 2.2250738585072014e-308, 1.7976931348623157e308]
TEXTS = st.text(st.characters(blacklist_categories=["Cs"]), max_size=8)


def any_tensors(floats):
    """Draw {name: a number, a list or a matrix of these floats}."""
    matrices = st.integers(1, 4).flatmap(
        lambda columns: st.lists(
            st.lists(floats, min_size=columns, max_size=columns), min_size=1, max_size=4
        )
    )
    return st.dictionaries(
        TEXTS, st.one_of(floats, st.lists(floats, max_size=5), matrices), max_size=4
    )


def any_values(floats):
    """Draw any JSON value with these floats."""
    return st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), floats, TEXTS),
        lambda parts: st.one_of(
            st.lists(parts, max_size=3), st.dictionaries(TEXTS, parts, max_size=3)
        ),
        max_leaves=10,
    )
