"""Figures with intervals: shares, F1, and how honest the scores are."""

import math
import random


def share(hits, n):
    """(share, low, high): Wilson's interval of 95%."""
    if not n:
        return (math.nan, math.nan, math.nan)
    p, z = hits / n, 1.96
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return (p, max(0.0, centre - half), min(1.0, centre + half))


def f1(pairs):
    """F1 of (wanted, found) pairs; nan where nothing is wanted and nothing found."""
    hits = sum(w and f for w, f in pairs)
    wrong = sum(w != f for w, f in pairs)
    return 2 * hits / (2 * hits + wrong) if hits or wrong else math.nan


def f1_with_interval(pairs, *, rounds=1000, seed=1):
    """(F1, low, high): a bootstrap over the items, 95%."""
    pairs, rng = list(pairs), random.Random(seed)
    drawn = sorted(value for _ in range(rounds) if not math.isnan(value := f1(rng.choices(pairs, k=len(pairs)))))
    return (f1(pairs), drawn[int(0.025 * len(drawn))], drawn[int(0.975 * len(drawn))])


def calibration_error(scores, labels, weights, *, bins=10):
    """Expected calibration error: how far mean score and share of scams lie apart, by tenths of the score."""
    total, error = sum(weights), 0.0
    for tenth in range(bins):
        held = [
            (s, y, w) for s, y, w in zip(scores, labels, weights, strict=True)
            if tenth / bins <= s < (tenth + 1) / bins or (tenth == bins - 1 and s == 1.0)
        ]  # fmt: skip
        weight = sum(w for _, _, w in held)
        if weight:
            mean = sum(s * w for s, _, w in held) / weight
            true = sum(w for _, y, w in held if y) / weight
            error += weight / total * abs(mean - true)
    return error


def kappa(first, second):
    """Cohen's kappa of two lists of yes and no."""
    n = len(first)
    same = sum(a == b for a, b in zip(first, second, strict=True)) / n
    yes = sum(first) / n * sum(second) / n + (1 - sum(first) / n) * (1 - sum(second) / n)
    return (same - yes) / (1 - yes) if yes < 1 else math.nan
