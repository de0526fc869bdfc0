"""The public service under load; writes benchmarks/results/public_service.json.

The service runs as people run it (`ringback serve public`), with 70,000 texts to check, behind one hop that is trusted
to tell addresses, so that every client stands for many visitors. Load goes to loopback only.

pages     50 clients read the start page: pages a second, and how long one takes (median, p99)
forms     50 clients open the form, each time with a token of its own
flood     50 clients send the form without a pause, each time from another address, while one visitor reads the start
          page once every tenth of a second: how long that takes, and how many questions were taken and answered
floor     50 clients ask /health, which makes no page: what the server and this machine do at most
day       the day of an announcement, reckoned from the above: a million visitors who read four pages each, a fifth of
          them in one hour, and a tenth of 70,000 people who check their text in one hour
guessing  a thief of the bundle tries pairs of reference and digits with what is in it, on one processor: how many a
          second, and how many years of a processor one pair that is ours takes on average
answers   hits, near misses and misses through HTTP: status, headers and length of each answer to the form, whether any
          differ, and how well their times tell hits from the others (area under the curve; .5 tells nothing)

Usage: python benchmarks/public_service.py [--seconds 15] [--clients 50] [--answers 10000]
"""

import argparse
import http.client
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from sqlalchemy import func, select

from public_case import GENUINE, LAST_FOUR, make_bundle
from ringback.alerting.model import references
from ringback.publishing.bundle_files import INBOX, open_release
from ringback.publishing.genuine_alerts import COST
from ringback.publishing.inbox.tables import log, open_inbox

RESULTS = Path(__file__).parent / "results"
TEXTS = 70_000
VISITORS, PAGES_EACH, PEAK_HOUR = 1_000_000, 4, 0.2
TOKEN = re.compile(r'name="csrf_token" value="([^"]*)"')


class Client:
    """One connection that stays open, as a proxy's does; it tells an address of its own for each visitor."""

    def __init__(self, port, number):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.random = random.Random(number)
        self.cookie = self.token = ""

    def address(self):
        return ".".join(str(self.random.randrange(1, 255)) for _part in range(4))

    def ask(self, method, path, body=None):
        headers = {"X-Forwarded-For": self.address(), "X-Forwarded-Proto": "https"}
        if self.cookie:
            headers["Cookie"] = self.cookie
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        begun = time.perf_counter()
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        return answer, content, time.perf_counter() - begun

    def open_form(self):
        answer, content, _took = self.ask("GET", "/check")
        self.cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0] or self.cookie
        self.token = TOKEN.search(content.decode())[1]

    def send_form(self, reference, last_four):
        body = urlencode({"csrf_token": self.token, "reference": reference, "last_four": last_four})
        return self.ask("POST", "/check", body)


def hammer(port, clients, seconds, step):
    """Have clients do something over and over. Returns the seconds that each turn took, and faults."""
    took, faults, until = [], [], time.perf_counter() + seconds

    def go_on(number):
        client = Client(port, number)
        prepare = getattr(step, "prepare", None)
        if prepare:
            prepare(client)
        while time.perf_counter() < until:
            try:
                answer, _content, spent = step(client)
                (took if answer.status < 400 else faults).append(spent if answer.status < 400 else answer.status)
            except OSError as error:
                faults.append(str(error))
                client.connection.close()

    threads = [threading.Thread(target=go_on, args=(number,)) for number in range(clients)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return took, faults


def told(took, seconds, faults=()):
    ordered = sorted(took) or [0.0]
    at = lambda share: round(ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000, 1)  # noqa: E731
    return {"a_second": round(len(took) / seconds, 1), "median_ms": at(0.5), "p99_ms": at(0.99), "faults": len(faults)}


def read_page(path):
    return lambda client: client.ask("GET", path)


def send_any(client):
    return client.send_form(references.new_reference(), "0123")


send_any.prepare = Client.open_form


def flood(port, clients, seconds):
    """The form without a pause, and a visitor beside it."""
    visits, ended = [], threading.Event()

    def visit():
        client = Client(port, -1)
        while not ended.wait(0.1):
            visits.append(client.ask("GET", "/")[2])

    visitor = threading.Thread(target=visit)
    visitor.start()
    took, faults = hammer(port, clients, seconds, send_any)
    ended.set()
    visitor.join()
    return {"questions": told(took, seconds, faults), "visitor": told(visits, seconds)}


def compare_answers(port, count):
    """Hits, near misses and misses, mixed: what is different about the answers to the form."""
    from sklearn.ensemble import GradientBoostingClassifier
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import cross_val_predict

    client, draw = Client(port, 1), random.Random(1)
    client.open_form()
    rows, kinds, seen = [], [], set()
    for _turn in range(count):
        kind = draw.choice(("hit", "near miss", "miss"))
        reference = references.new_reference() if kind == "miss" else GENUINE
        answer, content, spent = client.send_form(
            reference, LAST_FOUR if kind == "hit" else f"{draw.randrange(10_000):04}"
        )
        headers = sorted(
            (name, re.sub(r"[0-9a-f]{32}|\w{3}, .* GMT", "", value)) for name, value in answer.getheaders()
        )
        seen.add((answer.status, str(headers), len(content)))
        rows.append([spent, len(content)])
        kinds.append(kind)
    areas = {}
    for one, other in (("hit", "miss"), ("hit", "near miss"), ("near miss", "miss")):
        chosen = [place for place, kind in enumerate(kinds) if kind in (one, other)]
        wanted = [kinds[place] == one for place in chosen]
        values = [rows[place] for place in chosen]
        guesses = cross_val_predict(
            GradientBoostingClassifier(random_state=1), values, wanted, cv=5, method="predict_proba"
        )
        areas[f"{one} or {other}"] = round(float(roc_auc_score(wanted, guesses[:, 1])), 4)
    return {"requests": count, "kinds_of_answer": len(seen), "area_under_the_curve": areas}


def count_answered(bundle):
    engine = open_inbox(bundle / INBOX)
    with engine.connect() as connection:
        count = connection.scalar(select(func.count()).select_from(log))
    engine.dispose()
    return count


def reckon_day(report):
    """What the day asks for, and how many times as much was measured."""
    pages, checks = VISITORS * PAGES_EACH * PEAK_HOUR / 3600, TEXTS / 10 / 3600
    return {
        "pages_a_second": round(pages, 1), "pages_to_spare": round(report["pages"]["a_second"] / pages, 1),
        "checks_a_second": round(checks, 1),
        "answers_to_spare": round(report["flood"]["answered_a_second"] / checks, 1),
    }  # fmt: skip


def guess(bundle, seconds):
    """What a thief does who has the bundle and nothing else."""
    alerts = open_release(bundle).alerts
    tries, begun = 0, time.perf_counter()
    while (took := time.perf_counter() - begun) < seconds:
        alerts.find(references.new_reference(), f"{tries % 10_000:04}")
        tries += 1
    for_one = references.POSSIBLE * 10_000 / TEXTS
    return {
        "tries_a_second": round(tries / took, 1), "tries_for_one": round(for_one),
        "years_for_one": round(for_one * took / tries / (365.25 * 86_400)),
    }  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--answers", type=int, default=10_000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bundle = make_bundle(Path(folder) / "bundle", more=TEXTS, cost=COST)
        command = [
            sys.executable,
            "-m",
            "ringback.cli.main",
            "serve",
            "public",
            str(bundle),
            "--port",
            "0",
            "--trusted-hops",
            "1",
        ]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=os.environ) as process:
            line = next(line for line in process.stderr if "at http" in line)
            port = int(re.search(r":(\d+)/", line)[1])
            threading.Thread(target=process.stderr.read, daemon=True).start()
            try:
                report = measure(port, bundle, chosen)
            finally:
                process.terminate()
        print("measuring guessing ...", file=sys.stderr)
        report["guessing"] = guess(bundle, chosen.seconds)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "public_service.json").write_text(json.dumps(report, indent=1) + "\n")
    print(json.dumps(report, indent=1))


def measure(port, bundle, chosen):
    report = {"processors": os.cpu_count(), "clients": chosen.clients, "texts": TEXTS, "seconds": chosen.seconds}
    report["answers"] = compare_answers(port, chosen.answers)
    for name, path in (("floor", "/health"), ("pages", "/"), ("forms", "/check")):
        print(f"measuring {name} ...", file=sys.stderr)
        took, faults = hammer(port, chosen.clients, chosen.seconds, read_page(path))
        report[name] = told(took, chosen.seconds, faults)
    print("measuring flood ...", file=sys.stderr)
    answered = count_answered(bundle)
    report["flood"] = flood(port, chosen.clients, chosen.seconds)
    report["flood"]["answered_a_second"] = round((count_answered(bundle) - answered) / chosen.seconds, 1)
    report["day"] = reckon_day(report)
    for name in ("pages", "forms"):
        report[name]["share_of_the_floor"] = round(report[name]["a_second"] / report["floor"]["a_second"], 2)
    return report


if __name__ == "__main__":
    main()
