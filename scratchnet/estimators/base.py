"""An estimator in scikit-learn's sense: its parameters can be read, set, shown and copied."""

import inspect
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, TypeVar

    Self = TypeVar("Self", bound="Estimator")


class NotFitted(ValueError, AttributeError):
    """The estimator is not fitted yet. If scikit-learn is in use, its NotFittedError is raised."""


class Estimator:
    """Parameters that can be read, set, shown and copied. Each is an attribute of the same name."""

    @classmethod
    def defaults(cls) -> "Dict[str, Any]":
        """Return the names of the parameters and their defaults."""
        parameters = list(inspect.signature(cls.__init__).parameters.values())[1:]
        return {
            p.name: p.default for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
        }

    def get_params(self, deep: bool = True) -> "Dict[str, Any]":
        """Return the constructor's arguments as they were given or set. ``deep`` has no effect."""
        return {name: getattr(self, name) for name in self.defaults()}

    def set_params(self: "Self", **params: "Any") -> "Self":
        """Change some parameters and return the estimator. ``fit`` checks the values."""
        names = self.defaults()
        for name in params:
            if name not in names:
                what = f"{type(self).__name__} has no parameter {name!r}"
                raise ValueError("{}; it has: {}".format(what, ", ".join(names)))
        for name, value in params.items():
            setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        defaults = self.defaults()
        changed = [
            f"{name}={value!r}"
            for name, value in self.get_params().items()
            if repr(value) != repr(defaults[name])
        ]
        return "{}({})".format(type(self).__name__, ", ".join(changed))


def of_sklearn(name: str, otherwise: "Any") -> "Any":
    """Return the exception or warning of scikit-learn, or ``otherwise`` if it is not in use."""
    return getattr(sys.modules.get("sklearn.exceptions"), name, otherwise)
