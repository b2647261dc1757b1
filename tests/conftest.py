"""What all tests share: which files are tests, and hypothesis without chance or haste."""

from hypothesis import settings

# The same examples in every run; `pytest --hypothesis-profile=explore` looks for new ones.
# No deadlines: an interpreter may be ten times slower than another, and its machine busy.
settings.register_profile("repeatable", deadline=None, derandomize=True, database=None, max_examples=30)
settings.register_profile("explore", deadline=None, max_examples=1000)
settings.load_profile("repeatable")


def pytest_ignore_collect(collection_path):
    """Only test_*.py are tests here; to look for doctests in the other files would run them."""
    return collection_path.suffix == ".py" and not collection_path.name.startswith("test_") or None
