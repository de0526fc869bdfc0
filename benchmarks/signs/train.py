"""Train the model that ships with ringback: python -m signs.train (with PYTHONPATH=benchmarks), or --check.

The words that are known come out of the texts first, then the weights, then
the calibration and the two thresholds, from scores of texts whose source was left out. All of it is deterministic.
"""

import argparse
import json
import math
import re
import sys
from collections import Counter
from functools import lru_cache

import numpy as np
from scipy.optimize import minimize
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from ringback.signs.model import Model, parse_model
from ringback.signs.verdict import has_means
from ringback.text.data_files import forget_packaged
from signs.corpora import ROOT, SHARED, at_hand, load
from signs.features import answers, features

DATA = ROOT / "src" / "ringback" / "data" / "signs"
SCAMS = ("smishtank", "ftc_robocalls", "written_scam_dev")
GENUINE = ("uci_sms", "exais_sms", "enron", "nhs_templates", "written_official_dev", "written_official_dev2")
SOURCES = (*SCAMS, *GENUINE)
# How much a source weighs within its class: texts as people get them today weigh more than old personal ones.
WEIGHTS = {
    "smishtank": 1.0, "ftc_robocalls": 0.6, "written_scam_dev": 1.6,
    "written_official_dev": 1.2, "written_official_dev2": 1.2, "nhs_templates": 0.2,
    "uci_sms": 0.6, "exais_sms": 0.6, "enron": 0.4,
}  # fmt: skip
# As many texts as the sources together count for: texts of one source are alike, and ten thousand are not ten
# thousand facts.
WORTH = 600
C = 1.0
GENUINE_FEATURES = {
    "fact:link_official", "has:only_official_links", "has:no_sign", "has:no_ask", "has:code_and_no_grave_ask",
    "count:genuine", "fact:phone_published", "fact:phone_other", "fact:link_named",
}  # fmt: skip
LIKELY_AT_MOST = {"written_official_dev": 0.01, "written_official_dev2": 0.0075, "uci_sms": 0.003}
NO_SIGNS_AT_MOST = {"smishtank": 0.045, "ftc_robocalls": 0.025, "written_scam_dev": 0.03}


def make_known_words():
    """The words that messages are written with: those of three texts or more, and of the written official ones."""
    texts, sources = Counter(), {}
    for source in SOURCES:
        for item in load(source):
            for word in set(re.findall(r"[a-z]{2,}", item.text.lower().replace("'", "").replace("’", ""))):
                texts[word] += 1
                sources.setdefault(word, set()).add(source)
    known = sorted(word for word, count in texts.items() if count >= 3 or "written_official_dev" in sources[word])
    return "# Made by benchmarks/signs/train.py from the texts that the model is built with.\n" + _lines(known)


def _lines(words):
    lines, line = [], ""
    for word in words:
        if len(line) + len(word) > 118:
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    return "\n".join([*lines, line]) + "\n"


def write_known_words():
    (DATA / "known_words.txt").write_text(make_known_words(), encoding="utf-8")
    forget_packaged()


def fit(sources):
    """Weights from these sources: (name -> weight, intercept). Scams and genuine texts weigh the same together."""
    rows, labels, weights = [], [], []
    for scam, group in ((True, [s for s in sources if s in SCAMS]), (False, [s for s in sources if s in GENUINE])):
        total = sum(WEIGHTS[source] for source in group)
        for source in group:
            found = [f for f, a in zip(features(source), answers(source), strict=True) if a == scam]
            rows += found
            labels += [scam] * len(found)
            weights += [WEIGHTS[source] / total / len(found)] * len(found)
    vectoriser = DictVectorizer(sparse=True, sort=True)
    matrix = vectoriser.fit_transform(rows).tocsr()
    names = [str(name) for name in vectoriser.get_feature_names_out()]
    solved = _solve(matrix, np.array(labels, dtype=float), np.array(weights) * WORTH / 2, [_bounds(n) for n in names])
    held = {name: float(value) for name, value in zip(names, solved[:-1], strict=True)}
    return held, float(solved[-1])


def _bounds(name):
    """A sign, an ask or an odd fact never speaks for a message, and what genuine senders write never against it."""
    if name in GENUINE_FEATURES or name.startswith("genuine:"):
        return (None, 0.0)
    if name.startswith(("sign:", "cue:", "ask:", "fact:", "story:", "has:", "count:")):
        return (0.0, None)
    return (None, None)


def _solve(matrix, labels, weights, bounds):
    """Weights and intercept of a logistic regression within bounds."""
    signed = np.where(labels > 0, 1.0, -1.0)

    def loss(point):
        margin = signed * (matrix @ point[:-1] + point[-1])
        value = float(weights @ np.logaddexp(0.0, -margin)) + 0.5 / C * float(point[:-1] @ point[:-1])
        pull = -weights * signed / (1.0 + np.exp(np.clip(margin, -50, 50)))
        return value, np.append(matrix.T @ pull + point[:-1] / C, pull.sum())

    found = minimize(
        loss, np.zeros(matrix.shape[1] + 1), jac=True, method="L-BFGS-B", bounds=[*bounds, (None, None)],
        options={"maxiter": 5000, "maxfun": 20000, "ftol": 1e-15, "gtol": 1e-8, "maxcor": 30},
    )  # fmt: skip
    return found.x


def raw_scores(weights, intercept, source):
    return [_raw(weights, intercept, f) for f in features(source)]


def _raw(weights, intercept, found):
    return intercept + sum(weights.get(n, 0.0) * v for n, v in found.items())


@lru_cache(maxsize=64)
def left_out(source):
    """Raw scores of a source by a model that never saw it."""
    weights, intercept = fit(tuple(one for one in SOURCES if one != source))
    return tuple(raw_scores(weights, intercept, source))


def calibrate(sources):
    """(scale, shift) that make left-out scores honest where half of all messages are scams."""
    scores, labels, weights = [], [], []
    for source in sources:
        group = SCAMS if source in SCAMS else GENUINE
        total = sum(WEIGHTS[one] for one in sources if one in group)
        found = left_out(source)
        scores += found
        labels += answers(source)
        weights += [WEIGHTS[source] / total / len(found)] * len(found)
    model = LogisticRegression(C=1e6, tol=1e-10, max_iter=500)
    model.fit(np.array(scores)[:, None], np.array(labels), sample_weight=np.array(weights) * len(scores))
    return float(model.coef_[0][0]), float(model.intercept_[0])


def thresholds(scale, shift):
    """The lowest score for "likely" and the highest for "no signs" that keep the limits on left-out sources."""
    likely = 0.5
    for source, most in LIKELY_AT_MOST.items():
        able = map(has_means, features(source))
        scores = zip(left_out(source), able, strict=True)
        found = sorted((_calibrated(s, scale, shift) if can else 0.0 for s, can in scores), reverse=True)
        likely = max(likely, found[math.floor(most * len(found))] + 1e-6)
    clear = 0.5
    for source, most in NO_SIGNS_AT_MOST.items():
        found = sorted(_calibrated(s, scale, shift) for s in left_out(source))
        # A little below: many robocalls are alike and have one score.
        clear = min(clear, found[math.floor(most * len(found))] - 1e-6)
    return likely, clear


def _calibrated(score, scale, shift):
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, score * scale + shift))))


def train():
    """The model, as its file has it."""
    weights, intercept = fit(SOURCES)
    scale, shift = calibrate(SOURCES)
    likely, clear = thresholds(scale, shift)
    about = {
        "made_by": "benchmarks/signs/train.py",
        "texts": {source: len(answers(source)) for source in SOURCES},
        "scams": list(SCAMS),
        "genuine": list(GENUINE),
    }
    return {
        "about": about,
        "intercept": round(intercept, 9),
        "scale": round(scale, 9),
        "shift": round(shift, 9),
        "likely_from": round(likely, 6),
        "clear_below": round(clear, 6),
        "weights": {name: round(weight, 9) for name, weight in sorted(weights.items()) if abs(weight) > 1e-4},
    }


def model_of(held) -> Model:
    return parse_model(json.dumps(held))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare with the model that is there")
    chosen = parser.parse_args()
    if not at_hand():
        sys.exit(f"the found texts are not at {SHARED}: the model cannot be trained here")
    if not chosen.check:
        write_known_words()
    held = train()
    path = DATA / "model.json"
    if chosen.check:
        there = json.loads(path.read_text(encoding="utf-8"))
        names = set(there["weights"]) | set(held["weights"])
        apart = max(abs(there["weights"].get(n, 0.0) - held["weights"].get(n, 0.0)) for n in names)
        print(f"largest difference of a weight: {apart:.2e}")
        sys.exit(apart > 1e-6)
    path.write_text(json.dumps(held, indent=0) + "\n", encoding="utf-8")
    print(f"{len(held['weights'])} weights; likely from {held['likely_from']}, clear below {held['clear_below']}")


if __name__ == "__main__":
    main()
