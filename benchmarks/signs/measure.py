"""Measure the five-signs check: make bench-signs. Prints the table of goals and writes benchmarks/results/signs.json.

A row says what it was measured on. "left out": the model was trained without that source. "half read": half of the
source was read while the cues were written, and only the other half is in the row. "written, not found": made for this.
"""

import hashlib
import json
import math
import re
import subprocess
import sys
import tempfile
from collections import Counter

from ringback.signs.check import check_signs
from ringback.signs.detectors import find_asks, find_signs
from ringback.signs.model import Model, read_model
from ringback.signs.turns import silent_places
from ringback.signs.verdict import Band, decide, has_means
from ringback.signs.words import Words
from signs import train
from signs.attacks import ATTACKS, attack
from signs.corpora import ROOT, SHARED, Item, at_hand, gold, load
from signs.features import counts, features, features_of, words_of
from signs.scoring import calibration_error, f1_with_interval, kappa, share

_LONG_DIGITS = re.compile(r"\d[\d \-]{5,}\d")  # order numbers look like phone numbers
CARD = ROOT / "docs" / "explanation" / "signs-model-card.md"
OUT = ROOT / "benchmarks" / "results" / "signs.json"
SIGN_GOALS = {"authority": 0.80, "emotion": 0.80, "urgency": 0.75, "scarcity": 0.65, "current_events": 0.65}
ASK_GOALS = {"click_link": 0.90, "call_back": 0.90, "personal_details": 0.75, "reply": 0.75}
READ_FOR_CUES = {"written_official_dev", "written_official_dev2", "written_scam_dev"}
HALF_READ = {"smishtank", "ftc_robocalls"}


def main():
    """Print every table, and write the figures."""
    if not at_hand():
        sys.exit(
            f"the found texts are not at {SHARED}: only written ones are here, and no row can be measured without both"
        )
    held = {"rows": [], "left_out": [], "directions": [], "attacks": [], "agreement": {}, "errors": {}}
    measure_gold(held)
    measure_agreement(held)
    models = {source: _model_without(source) for source in train.SOURCES}
    measure_bands(held, models)
    measure_directions(held)
    measure_calibration(held, models)
    measure_spans(held)
    measure_attacks(held)
    measure_speed(held)
    OUT.write_text(json.dumps(held, indent=1) + "\n", encoding="utf-8")
    for line in table_lines(held):
        print(line)
    write_card(held)
    for line in error_lines(held):
        print(line)


def _row(held, what, goal, value, met, on, n, low=None, high=None):
    held["rows"].append({
        "what": what, "goal": goal, "value": _rounded(value), "low": _rounded(low), "high": _rounded(high),
        "n": n, "on": on, "met": met,
    })  # fmt: skip


def _rounded(value):
    return None if value is None or math.isnan(value) else round(value, 4)


def unseen_gold():
    """Labelled items that were not read while the cues were written."""
    return [
        row for row in gold()
        if row["source"] not in READ_FOR_CUES and not row["enriched"] and row["id"] not in _first_gold()
        and (row["source"] not in HALF_READ or is_unread(row["id"]))
    ]  # fmt: skip


def is_unread(id_):
    """Whether a text of a half-read source is of the half that was not read."""
    return int(hashlib.sha256(id_.encode()).hexdigest(), 16) % 2 == 1


def _first_gold():
    path = SHARED / "signs_gold.jsonl"
    return (
        {json.loads(line)["id"] for line in path.read_text(encoding="utf-8").splitlines()} if path.exists() else set()
    )


def measure_gold(held):
    """F1 of signs and asks on labelled items."""
    pairs, errors = {}, Counter()
    items = unseen_gold()
    for row in items:
        call = row["kind"] == "call"
        words = Words(row["text"], silent=silent_places(row["text"]) if call else ())
        found = {str(one.name) for one in find_signs(words, call=call)}
        asked = {str(one.name) for one in find_asks(words)}
        for name in SIGN_GOALS:
            wanted = bool(row["signs"][name])
            pairs.setdefault(name, []).append((wanted, name in found))
            if wanted != (name in found):
                errors[f"{name}: {'missed' if wanted else 'seen in vain'}: {row['source']}"] += 1
        for name in {*ASK_GOALS, *row["asks"], *asked}:
            pairs.setdefault(name, [])
        for name, found_pairs in pairs.items():
            if name not in SIGN_GOALS:
                found_pairs.append((name in row["asks"], name in asked))
    on = "gold items never read for the cues: " + ", ".join(
        f"{source} {n}" for source, n in sorted(Counter(row["source"] for row in items).items())
    )
    for name, goal in SIGN_GOALS.items():
        value, low, high = f1_with_interval(pairs[name])
        _row(held, f"sign F1: {name}", f">= {goal}", value, value >= goal, on, len(pairs[name]), low, high)
    for name, goal in ASK_GOALS.items():
        value, low, high = f1_with_interval(pairs[name])
        _row(held, f"ask F1: {name}", f">= {goal}", value, value >= goal, on, len(pairs[name]), low, high)
    held["errors"]["gold"] = dict(errors.most_common())


def measure_agreement(held):
    """Kappa of two blind passes by machines; it is not agreement of people."""
    rows = [row["passes"] for row in gold()]
    for name in SIGN_GOALS:
        held["agreement"][name] = _rounded(
            kappa([name in one["a"]["signs"] for one in rows], [name in one["b"]["signs"] for one in rows])
        )
    for name in sorted({ask for one in rows for ask in (*one["a"]["asks"], *one["b"]["asks"])}):
        held["agreement"][f"ask {name}"] = _rounded(
            kappa([name in one["a"]["asks"] for one in rows], [name in one["b"]["asks"] for one in rows])
        )


def _model_without(source, sources=train.SOURCES):
    weights, intercept = train.fit(tuple(one for one in sources if one != source))
    shipped = read_model()
    return Model(weights, intercept, shipped.scale, shipped.shift, shipped.likely_from, shipped.clear_below, {})


def bands_of(source, model):
    """The band of each text of a source that is a scam or genuine."""
    items = [item for item in load(source) if item.scam is not None]
    return [
        decide(model.score(found), model, found, words=count, call=item.kind == "call")
        for item, found, count in zip(items, features(source), counts(source), strict=True)
    ]


def measure_bands(held, models):
    """How often "likely" and "no signs" are said, per source."""
    shipped = read_model()
    for source in (*train.SOURCES, "written_official_held", "written_scam_held"):
        bands = bands_of(source, models.get(source, shipped))
        items = [item for item in load(source) if item.scam is not None]
        found = Counter(map(str, bands))
        held["left_out"].append({
            "source": source, "scam": items[0].scam, "n": len(bands),
            **{str(band): _share(found[band], len(bands)) for band in (Band.likely, Band.unclear, Band.no_signs)},
        })  # fmt: skip
        _note_errors(held, source, items, bands)
    _bands_row(
        held,
        models,
        "likely on genuine UK official texts",
        "likely",
        0.02,
        ["written_official_held"],
        lambda item: item.kind != "call",
        "written, not found; blind to the cues",
    )
    _bands_row(
        held,
        models,
        "likely on one-time codes and bank alerts",
        "likely",
        0.01,
        ["written_official_held"],
        lambda item: item.category in {"otp", "bank_alert"},
        "written, not found; blind to the cues",
    )
    _bands_row(
        held,
        models,
        "likely on legitimate calls",
        "likely",
        0.03,
        ["written_official_held"],
        lambda item: item.kind == "call",
        "written, not found; blind to the cues",
    )
    _bands_row(
        held,
        models,
        "likely on personal SMS",
        "likely",
        0.005,
        ["uci_sms"],
        lambda _item: True,
        "uci_sms ham, left out",
    )
    unread = lambda item: is_unread(item.id)  # noqa: E731
    for what, source, likely, clear in (
        ("modern smishing", "smishtank", 0.55, 0.05), ("robocall transcripts", "ftc_robocalls", 0.75, 0.03),
    ):  # fmt: skip
        on = f"{source}, left out; half read: the other half"
        _bands_row(held, models, f"likely on {what}", "likely", likely, [source], unread, on)
        _bands_row(held, models, f"no signs on {what}", "no_signs", clear, [source], unread, on)
    on = "written, not found; never read for the cues"
    calls = lambda item: item.kind == "call"  # noqa: E731
    _bands_row(held, models, "likely on scam phone calls", "likely", 0.40, ["written_scam_held"], calls, on)
    _bands_row(held, models, "no signs on scam phone calls", "no_signs", 0.08, ["written_scam_held"], calls, on)


def _bands_row(held, models, what, band, goal, sources, wanted, on):
    hits = n = 0
    for source in sources:
        items = [item for item in load(source) if item.scam is not None]
        for item, found in zip(items, bands_of(source, models.get(source, read_model())), strict=True):
            if wanted(item):
                n += 1
                hits += found == {"likely": Band.likely, "no_signs": Band.no_signs}[band]
    value, low, high = share(hits, n)
    at_least = band == "likely" and "genuine" not in what and goal > 0.1
    met = value >= goal if at_least else value <= goal
    _row(held, what, f"{'>=' if at_least else '<='} {goal:.1%}", value, met, on, n, low, high)


def _note_errors(held, source, items, bands):
    """What went wrong, by kind; the words only of written texts, which are part of the repository."""
    wrong = Band.no_signs if items[0].scam else Band.likely
    found = [item for item, band in zip(items, bands, strict=True) if band == wrong]
    kinds = Counter(f"{item.kind}: {item.category or 'no category'}" for item in found)
    held["errors"][f"{source}: {wrong}"] = dict(kinds.most_common())
    if source == "written_official_held":
        held["errors"]["official texts called likely"] = [f"[{item.category}] {item.text}" for item in found]
    if items[0].scam:
        missed = [item for item, band in zip(items, bands, strict=True) if band != Band.likely]
        held["errors"][f"{source}: not likely, by kind"] = dict(
            Counter(f"{item.kind}: {item.category or 'no category'}" for item in missed).most_common(12)
        )
        dumb = sum(not has_means(features_of(item)) for item in missed)
        held["errors"][f"{source}: not likely, and asks for nothing that could harm"] = dumb


def measure_directions(held):
    """Trained on found texts and measured on written ones, and the other way; on texts and on calls."""
    found = tuple(one for one in train.SOURCES if not one.startswith("written"))
    written = tuple(one for one in train.SOURCES if one.startswith("written"))
    calls = tuple(one for one in train.SOURCES if one not in {"smishtank", "written_scam_dev"})
    texts = tuple(one for one in train.SOURCES if one not in {"ftc_robocalls", "enron"})
    for name, built, tried in (
        ("found to written", found, (*written, "written_official_held", "written_scam_held")),
        ("written to found", written, found),
        ("texts to robocalls", texts, ("ftc_robocalls",)),
        ("robocalls and genuine texts to smishing", calls, ("smishtank",)),
    ):  # fmt: skip
        model = _model_without("", built)
        for source in tried:
            bands = Counter(map(str, bands_of(source, model)))
            n = sum(bands.values())
            held["directions"].append({
                "direction": name, "source": source, "n": n,
                "likely": _share(bands[Band.likely], n), "no_signs": _share(bands[Band.no_signs], n),
            })  # fmt: skip


def measure_calibration(held, models):
    """Calibration error where half of the messages are scams: pairs of an unseen scam and an unseen genuine source."""
    shipped = read_model()
    pairs = (
        ("written_scam_held", "written_official_held"),
        ("smishtank", "uci_sms"),
        ("smishtank", "written_official_held"),
    )
    for scams, genuine in pairs:
        scores, labels, weights = [], [], []
        for source in (scams, genuine):
            model = models.get(source, shipped)
            found = [model.score(one) for one in features(source)]
            scores += found
            labels += train.answers(source)
            weights += [1 / len(found)] * len(found)
        value = calibration_error(scores, labels, weights)
        _row(
            held,
            "calibration error",
            "<= 0.08",
            value,
            value <= 0.08,
            f"{scams} with {genuine}, half each",
            len(scores),
        )


def measure_spans(held):
    """Every quoted span is literally where it is said to be."""
    spans = wrong = 0
    for source in (*train.SOURCES, "written_official_held", "written_scam_held"):
        for item in load(source):
            check = check_signs(item.text[:20_000], kind=item.kind)
            for one in (*check.signs, *check.asks):
                spans += 1
                wrong += item.text[one.at : one.until] != one.quote or not one.quote
    _row(held, "quoted words literally in the text", "100%", 1 - wrong / spans, wrong == 0, "all texts at hand", spans)


def measure_attacks(held):
    """Recall on perturbed scams that the cues were written with, and false alarms on perturbed genuine ones."""
    model = read_model()
    scams = [*load("written_scam_dev"), *(item for item in load("smishtank") if not is_unread(item.id))]
    genuine = [*load("written_official_dev"), *load("written_official_dev2")]

    def rates(items, name):
        likely = none = 0
        for item in items:
            text = attack(name, item.text, item.id) if name else item.text
            changed = Item(item.id, item.source, item.kind, text, item.scam)
            found = features_of(changed)
            band = decide(model.score(found), model, found, words=words_of(changed), call=item.kind == "call")
            likely += band == Band.likely
            none += band == Band.no_signs
        return likely / len(items), none / len(items)

    plain, plain_false = rates(scams, ""), rates(genuine, "")
    for name in ATTACKS:
        hit, false = rates(scams, name), rates(genuine, name)
        held["attacks"].append({
            "attack": name, "likely": round(hit[0], 4), "drop": round(plain[0] - hit[0], 4),
            "no_signs": round(hit[1], 4), "false_alarms": round(false[0], 4), "false_before": round(plain_false[0], 4),
            "met": plain[0] - hit[0] <= 0.10 and false[0] <= plain_false[0] + 1e-9,
        })  # fmt: skip


def measure_speed(held):
    """Messages a second on one core and memory, beside TF-IDF with logistic regression on the same texts."""
    items = [item for source in train.SOURCES for item in load(source)[:400] if item.scam is not None]
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        for item in items:
            file.write(json.dumps({"text": item.text[:20_000], "kind": item.kind, "scam": item.scam}) + "\n")
        file.flush()
        command = [sys.executable, "-m", "signs.speed"]
        held["speed"] = {
            which: json.loads(
                subprocess.run([*command, which, file.name], capture_output=True, text=True, check=True).stdout
            )
            for which in ("check", "peer")
        }
    own, on = held["speed"]["check"], "all kinds of messages, one process"
    _row(held, "messages a second a core", ">= 300", own["per_second"], own["per_second"] >= 300, on, own["n"])
    _row(held, "memory in MB", "<= 50", own["memory_mb"], own["memory_mb"] <= 50, "what it adds to Python", own["n"])


def table_lines(held):
    """The tables as people read them, line by line."""
    yield from _table(
        ("measure", "reach", "found", "95%", "n", "on", "met"),
        [
            (row["what"], row["goal"], row["value"], _between(row), f"{row['n']:,}", row["on"], _yes(row["met"]))
            for row in held["rows"]
        ],
    )
    bands = [str(band) for band in (Band.likely, Band.unclear, Band.no_signs)]
    yield from _table(
        ("source, left out of the model", "scam", "n", *bands),
        [
            (row["source"], _yes(row["scam"]), f"{row['n']:,}", *(_shown(row[band]) for band in bands))
            for row in held["left_out"]
        ],
    )
    yield from _table(
        ("direction", "measured on", "n", "likely", "no signs"),
        [
            (row["direction"], row["source"], f"{row['n']:,}", _shown(row["likely"]), _shown(row["no_signs"]))
            for row in held["directions"]
        ],
    )
    shares = ("likely", "drop", "no_signs", "false_alarms", "false_before")
    yield from _table(
        ("attack", *shares, "met"),
        [(row["attack"], *(f"{row[name]:.1%}" for name in shares), _yes(row["met"])) for row in held["attacks"]],
    )
    yield from _table(("agreement of two blind machine passes", "kappa"), list(held["agreement"].items()))
    peer = held["speed"]["peer"]
    yield ""
    yield (
        f"Beside it, TF-IDF with logistic regression on the same texts: {peer['per_second']} messages a second,"
        f" {peer['memory_mb']} MB."
    )


def error_lines(held):
    """What went wrong, by kind; the words only of written texts."""
    for name, found in held["errors"].items():
        yield f"\n{name}:"
        lines = [f"{count}  {kind}" for kind, count in found.items()] if isinstance(found, dict) else found
        yield from (f"  {line}" for line in (lines if isinstance(lines, list) else [lines]))


def write_card(held):
    """Put the tables into the model card, with the official texts that were called likely."""
    text = CARD.read_text(encoding="utf-8")
    begin, end = "<!-- figures: begin -->", "<!-- figures: end -->"
    wrong = held["errors"]["official texts called likely"]
    kinds = [
        f"- {name}: {', '.join(f'{kind} {count}' for kind, count in found.items()) or 'none'}"
        for name, found in held["errors"].items()
        if isinstance(found, dict) and name != "gold"
    ]
    shown = ["", "## Figures", *table_lines(held), "", "### Genuine official texts that it calls likely a scam", ""]
    shown += [f"- {_LONG_DIGITS.sub('...', ' '.join(one.split())[:300])}" for one in wrong]
    shown += ["", "### Errors by kind", "", *kinds, ""]
    head, rest = text.split(begin)
    CARD.write_text(head + begin + "\n" + "\n".join(shown) + "\n" + end + rest.split(end)[1], encoding="utf-8")


def _table(head, rows):
    yield ""
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(map(str, row))} |"


def _share(hits, n):
    """[share, low, high] of the 95% interval."""
    return [round(one, 4) for one in share(hits, n)]


def _shown(held):
    value, low, high = held
    return f"{value:.1%} ({low:.1%}-{high:.1%})"


def _between(row):
    return "" if row["low"] is None else f"{row['low']:.3f}-{row['high']:.3f}"


def _yes(met):
    return "yes" if met else "NO"


if __name__ == "__main__":
    main()
