"""Messages a second on one core, and memory, in a process that has loaded nothing else: python -m signs.speed."""

import json
import re
import sys
import time
from pathlib import Path


def main():
    """Arguments: check or peer, and a file of JSON lines with text, kind and scam."""
    which, path = sys.argv[1:]
    with Path(path).open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    before = _memory_mb()
    judge = _load_check() if which == "check" else _load_peer(rows)
    start = time.process_time()
    for row in rows:
        judge(row["text"], row["kind"])
    spent = time.process_time() - start
    grown = _memory_mb() - before
    print(json.dumps({"n": len(rows), "per_second": round(len(rows) / spent, 1), "memory_mb": round(grown, 1)}))


def _memory_mb():
    """The most memory that this process has held, by the kernel's own book."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="utf-8"))
    return int(found[1]) / 1024 if found else float("nan")


def _load_check():
    from ringback import check_signs

    check_signs("a first one, so that the lists are loaded")
    return lambda text, kind: check_signs(text, kind=kind)


def _load_peer(rows):
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    vectoriser = TfidfVectorizer()
    model = LogisticRegression(max_iter=1000)
    model.fit(vectoriser.fit_transform([row["text"] for row in rows]), [row["scam"] for row in rows])
    return lambda text, _kind: model.predict_proba(vectoriser.transform([text]))


if __name__ == "__main__":
    main()
