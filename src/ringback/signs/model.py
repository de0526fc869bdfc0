"""The model that gives the score: weights of features, learned by `benchmarks/signs/train.py` and shipped as a file."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ringback.text.data_files import kept_with_data
from ringback.text.wordlists import read_content


@dataclass(frozen=True)
class Model:
    """A calibrated logistic regression.

    Attributes:
        weights: Feature to weight.
        intercept: Added to the sum of the weights.
        scale: Factor for the sum, for calibration.
        shift: Added after the factor, for calibration.
        likely_from: Lowest score of a likely scam.
        clear_below: Scores below this report no signs.
        about: How the model was made.
    """

    weights: Mapping[str, float]
    intercept: float
    scale: float
    shift: float
    likely_from: float
    clear_below: float
    about: Mapping[str, Any]

    def score(self, features: Mapping[str, float]) -> float:
        """The probability, 0 to 1, that a message with these features is a scam, if half of all messages are scams."""
        weights = self.weights
        total = self.intercept + sum(weights.get(name, 0.0) * value for name, value in features.items())
        return 1 / (1 + math.exp(-max(-40.0, min(40.0, total * self.scale + self.shift))))


@kept_with_data(1)
def read_model() -> Model:
    """The model that ships with the package."""
    return parse_model(read_content("signs/model.json"))


def parse_model(text: str) -> Model:
    """Read a model from the text of its file."""
    held = json.loads(text)
    return Model(
        weights=held["weights"],
        intercept=held["intercept"],
        scale=held["scale"],
        shift=held["shift"],
        likely_from=held["likely_from"],
        clear_below=held["clear_below"],
        about=held["about"],
    )
