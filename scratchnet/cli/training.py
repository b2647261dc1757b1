"""A training run at the command line: what `train` does, prints and saves."""

import os
import warnings
from math import isfinite

from ..core.checks import require
from ..core.history import Diverged
from ..formats import models, replacement
from ..tabular import trials
from ..tabular.defaults import recipe_for
from ..tabular.model import Model
from ..tabular.problem import Problem
from ..tabular.recipe import Recipe, history_of
from ..texts import plural
from . import terminal
from .data import data_to_learn
from .progress import Course, Line, Reading, Watched
from .settings import settings_of
from .training_texts import Measures, beginning, ending, sizes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Optional


class Work:
    """A training run of the command line, and what it prints.

    ``problem``    the data, divided and encoded
    ``recipe``     how ``model`` is built and trained
    ``found``      the report that --json prints
    """

    def __init__(self, options: "Any", write: "Callable[..., None]") -> None:
        self.options, self.write = options, write
        self.path, self.checkpoint = options.output, checkpoint_of(options.output)
        self.found: "Dict[str, Any]" = {}

    def tell(self, text: str) -> None:
        """Write the text, unless --json asks for the report only."""
        if not self.options.json:
            self.write(text)

    def prepare(self) -> None:
        """Read the data, fit the encoder, and choose the recipe."""
        options, line = self.options, Reading(quiet=self.options.quiet)
        data = data_to_learn(options, line)
        line.clear()
        self.problem = Problem(data, options.task, options.validation, options.seed)
        self.recipe = recipe_for(*self.problem.sizes, **settings_of(options))
        encoder = self.problem.encoder
        self.found["decisions"] = [list(decision) for decision in encoder.decisions]
        self.tell(beginning(data, encoder))

    def compare(self) -> None:
        """Run --cross-validate or --search if requested; a search replaces the recipe."""
        if self.options.cross_validate:
            self.cross_validate()
        if self.options.search:
            found = recipe_in(self.checkpoint) if self.options.resume else None
            self.recipe = found._replace(epochs=self.recipe.epochs) if found else self.search()

    def cross_validate(self) -> None:
        """Score the recipe on each fold."""
        folds = self.options.cross_validate
        require("--cross-validate", folds, trials.folds_limit(self.problem.data.with_target()))
        result = self.run_trials(trials.cross_validate, folds)
        self.tell(f"{result}\n")
        self.found["cross_validation"] = {
            "of": result.measure,
            "scores": [finite(score) for score in result.scores],
            "mean": finite(result.mean),
            "deviation": finite(result.deviation),
        }

    def search(self) -> "Recipe":
        """Try random settings, and return the best recipe."""
        candidates = self.run_trials(trials.search, self.options.search)
        self.tell("search: validation loss of each setting, best first")
        self.tell("\n".join([f"  {loss:.4g}  {recipe}" for loss, recipe in candidates]) + "\n")
        self.found["search"] = [
            dict(recipe.to_dict(), validation_loss=finite(loss)) for loss, recipe in candidates
        ]
        return candidates[0][1]  # type: ignore[no-any-return]

    def run_trials(self, method: "Callable[..., Any]", count: int) -> "Any":
        """Return the result of a cross-validation or a search, and show its progress."""
        line = Line(quiet=self.options.quiet)

        def progress(done: int, runs: int) -> None:
            line.show(f"{done} of {runs} training runs done")

        workers = self.options.workers or trials.processors()
        result = method(self.problem, self.recipe, count, workers, progress)
        line.clear()
        return result

    def learn(self) -> bool:
        """Train and show the progress. Return whether Ctrl-C ended the training.

        A training run that diverges leaves no checkpoint.
        """
        problem, recipe = self.problem, self.recipe
        self.model = Model.untrained(problem.encoder, recipe)
        self.tell(sizes(problem, recipe, self.model.net))
        measures = Measures(self.model, problem.validation)
        course = Course(recipe.epochs, quiet=self.options.quiet, measures=measures)
        watched = Watched(self.checkpoint, self.options.checkpoint_every, course)
        try:
            with warnings.catch_warnings():
                warnings.showwarning = course.warn  # type: ignore[assignment]  # on one line
                self.model.fit(problem, watched, course.epoch_done)
        except Diverged as error:
            replacement.remove(self.checkpoint)
            what = str(error).split(";")[0]
            raise ValueError(f"{what}; nothing is saved; try a smaller --learning-rate") from None
        finally:
            course.clear()
        return self.model.interrupted

    def end_interrupted(self) -> int:
        """Save the model after Ctrl-C. Return the exit status.

        The model is not saved if it has learned nothing, or if it would replace a finished model
        and there is a checkpoint.
        """
        can_resume = os.path.exists(self.checkpoint)
        finished = is_finished(self.path)
        if can_resume:
            advice = "the same command with --resume continues"
        else:
            advice = "there is no checkpoint to continue from"
        if not self.model.has_learned or can_resume and finished:
            Line().say(f"{self.path}: not written; {advice}")
            return 130
        if finished:
            self.path = "{}.interrupted{}".format(*os.path.splitext(self.path))
        self.model.save(self.path)
        done = plural(len(self.model.epochs), "epoch")
        Line().say(f"{self.path}: saved after {done}; {advice}")
        return 130

    def end(self) -> int:
        """Save and evaluate the model. Return the exit status."""
        model = self.model
        model.save(self.path)
        replacement.remove(self.checkpoint)
        self.tell(ending(model, self.recipe, self.options))
        self.found.update(
            model=self.path,
            recipe=self.recipe.to_dict(),
            history=history_of(model.epochs),
            report=model.report.to_dict(),
        )
        if self.options.json:
            self.write(terminal.json_text(self.found, 2))
        return 0


def recipe_in(checkpoint: str) -> "Optional[Recipe]":
    """Return the recipe in a checkpoint, so that it need not be searched again, or None."""
    try:
        return Recipe.from_dict(models.load(checkpoint).metadata["recipe"])
    except (LookupError, OSError, TypeError, ValueError):  # resuming reports the error
        return None


def is_finished(path: str) -> bool:
    """Return whether there is a file other than the model of an interrupted training run."""
    if not os.path.exists(path):
        return False
    try:
        metadata = models.load(path).metadata
    except (OSError, ValueError):
        return True
    history = metadata.get("history", {})  # missing if no epoch was done
    return (
        "recipe" not in metadata
        or not isinstance(history, dict)
        or history.get("best_epoch") is not None
    )


def finite(number: float) -> "Optional[float]":
    """Return the number, or None if JSON cannot hold it."""
    return number if isfinite(number) else None


def checkpoint_of(model: str) -> str:
    """Return the path of the checkpoint of that model."""
    return os.path.splitext(model)[0] + ".checkpoint.safetensors"
