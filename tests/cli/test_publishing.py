"""ringback publish, collect: frozen, approved by a second person, put there in one step; collected once."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from ringback.alerting.model import references
from ringback.clock import SystemClock
from ringback.errors import RingbackError
from ringback.numbers.masking import NUMBER
from ringback.publishing.bundle_files import KNOWN, MANIFEST, ORGANISATIONS, find_current, open_release
from ringback.publishing.collection import collect
from ringback.publishing.genuine_alerts import COST, FILE_NAME, SYNTHETIC_COST, read_head
from ringback.publishing.inbox.questions import GENUINE, NOT_CONFIRMED, Inbox
from ringback.publishing.inbox.tables import about, open_inbox
from ringback.publishing.sign_files import FOLDER
from ringback.records.db import writing
from ringback.signs.judging_data import NEEDED
from ringback.text.data_files import PACKAGED, DataFiles, read_data, use_data
from ringback.web.public.app import create_app
from ringback.web.public.releases import Releases
from tiers import examples

LATER = timedelta(seconds=5)


@pytest.fixture
def bundle(tmp_path):
    return tmp_path / "bundle"


def prepare(case, bundle, name="alice"):
    return case.run(name, "publish", bundle, "--why", "a test", "--json")


def approve(case, bundle, hash_, name="bob"):
    return case.run(name, "publish", bundle, "--why", "a test", "--approve", hash_, "--json")


def publish(case, bundle):
    """Prepare and approve; what the approval said."""
    done = approve(case, bundle, prepare(case, bundle).json["hash"][:12])
    assert done.code == 0, done.err
    return done.json


def cost_of(case, bundle):
    case.approved()
    publish(case, bundle)
    release = open_release(bundle)
    assert len(release.alerts) > 0
    return read_head((release.folder / FILE_NAME).read_bytes()).cost


def test_real_texts_are_slow_to_guess(people_case, bundle):
    assert cost_of(people_case, bundle) == COST


def test_made_up_texts_are_quick_to_publish(case, bundle):
    assert cost_of(case, bundle) == SYNTHETIC_COST


def approve_another(case):
    """Stop the first batch; plan and approve one that the bundle knows nothing of."""
    case.alerts("alice", "stop", "B-001", "--why", "a test")
    made = case.planned("alice", "--again", "a test")
    assert case.approve(batch=made["batch"]).code == 0
    return made


@pytest.fixture
def case(drama_case):
    return drama_case


def texts_of(case):
    """Reference and last four digits of every text in the outbox."""
    return [
        (references.read(re.search(r"[BCDFGHJKMNPQRSTVWXZ]{4}(?:-[BCDFGHJKMNPQRSTVWXZ]{3,4}){2}", one["text"])[0]),
         one["to"][-4:])
        for one in case.outbox()
    ]  # fmt: skip


def test_prepared_approved_published_and_checked(case, bundle):
    case.approved()
    told = publish(case, bundle)
    release = open_release(bundle, key=told["public_key"])
    assert told["release"] == release.name == find_current(bundle)
    assert told["batches"] == ["B-001"]
    assert len(release.alerts) == told["alerts"] == 4
    assert case.alerts("alice", "send", "B-001").code == 0
    for reference, last_four in texts_of(case):
        found = release.alerts.find(reference, last_four)
        assert (found.campaign, found.sent_on) == ("B-001", None), "published before it was sent"
        wrong = f"{(int(last_four) + 1) % 10000:04}"
        assert release.alerts.find(reference, wrong) is None
        assert release.alerts.find(references.new_reference(), last_four) is None
    publish(case, bundle)
    again = open_release(bundle)
    assert again.name.startswith("P-002-")
    assert all(again.alerts.find(*one).sent_on for one in texts_of(case))
    assert again.manifest["previous"] == release.name
    assert [one["publication"] for one in case.log("bundle_published")] == ["P-001", "P-002"]
    assert case.run("vera", "verify", "--json").code == 0


def test_whoever_prepares_a_publication_reads_which_contacts_it_lacks(case, bundle):
    case.approved()
    done = case.run("alice", "publish", bundle, "--why", "a test")
    assert done.code == 0
    assert "no security_contact under [publishing]: there will be no /.well-known/security.txt" in words(done.err)
    assert "no privacy_contact under [publishing]" in words(done.err)
    toml = case.path / "case.toml"
    toml.write_text(toml.read_text() + '\n[publishing]\nsecurity_contact = "security@police.example"\n')
    done = case.run("alice", "publish", bundle, "--why", "a test")
    assert "contact for security: security@police.example" in words(done.out)
    assert "no security_contact" not in words(done.err)
    publish(case, bundle)
    assert open_release(bundle).site["contacts"] == {"security": "security@police.example"}


def words(text):
    return " ".join(text.split())


def test_nothing_in_a_bundle_is_a_number_a_list_or_a_key_of_the_case(case, bundle):
    case.approved()
    publish(case, bundle)
    secret = next(case.keys.glob("*.keys")).read_text().split()[1]
    for path in (one for one in bundle.rglob("*") if one.is_file()):
        content = path.read_bytes()
        if FOLDER in path.parts:
            # Copies of what the program ships: published numbers, and nothing of a case.
            assert content == read_data(path.as_posix().partition(f"/{FOLDER}/")[2])
            continue
        text = content.decode("utf-8", "replace")
        assert secret not in text
        assert str(case.path) not in text, path
        assert not [one for one in ("07700900123", "447700900123", "900123") if one in text], path
        if path.name == KNOWN:
            text = text.replace(json.loads(content)["run"], "")
        if path.name == ORGANISATIONS:
            # The only numbers in a bundle are those that organisations publish.
            for one in (one for row in json.loads(content) for one in row["numbers"]):
                text = text.replace(one["number"], "")
        if path.name.endswith((".json", ".html")) and path.name != MANIFEST:
            assert not NUMBER.search(re.sub(r"[0-9a-f]{32,}|0300 123 2040|\d{4}-\d\d-\d\dT[^\"]*", "", text)), path
    modes = {path.name: path.stat().st_mode & 0o777 for path in bundle.rglob("check.keys")}
    assert modes == {"check.keys": 0o600}


TIME_LINE = '[[entry]]\ndate = 2022-11-08\ntext = "The site was taken down."\nsource = "Example Police"\n'


def test_the_figures_on_the_page_are_those_of_the_published_run(case, bundle):
    case.approved()
    (case.path / "timeline.toml").write_text(TIME_LINE)
    prepared = prepare(case, bundle)
    shown = prepared.json["shown"]
    assert (shown["timeline"], shown["first"], shown["no_figures"]) == (1, "2022-11-08", "")
    told = approve(case, bundle, prepared.json["hash"])
    assert told.json["shown"] == shown
    (entry,) = case.log("publication_prepared")
    assert entry["shown"] == shown
    figures = json.loads((case.path / "out" / "figures.json").read_text())
    assert open_release(bundle).known["run"] == shown["run"] == figures["run"] == case.open().case.find_current_run()
    inbox = Inbox(open_inbox(bundle / "inbox.sqlite"))
    app = create_app(Releases(bundle, clock=SystemClock()), inbox, clock=SystemClock())
    page = app.test_client().get("/what-we-know", base_url="https://localhost").get_data(as_text=True)
    on_page = dict(re.findall(r'data-figure="(\w+)">([^<]*)<', page))
    values = {one["key"]: one["value"] for one in figures["figures"]}
    assert on_page.keys() == shown["figures"].keys()
    for key, text in on_page.items():
        least = 0 if text == "fewer than 10" else int(text.replace(",", ""))
        assert least == values[key] - values[key] % 10
    assert "The site was taken down." in page


def test_whoever_approves_is_shown_what_the_public_will_read(case, bundle):
    case.approved()
    (case.path / "timeline.toml").write_text(TIME_LINE)
    done = case.run("alice", "publish", bundle, "--why", "a test")
    assert "public figures, of run" in done.out
    assert re.search(r"fewer than 10  calls_total", done.out)
    assert "time line: 1 entry, 2022-11-08 to 2022-11-08" in done.out
    hash_ = re.search(r"hash ([0-9a-f]{64})", done.out)[1]
    done = case.run("bob", "publish", bundle, "--why", "a test", "--approve", hash_)
    assert "time line: 1 entry" in done.out


def test_a_time_line_with_a_number_in_it_is_not_published_and_the_refusal_is_logged(case, bundle):
    case.approved()
    (case.path / "timeline.toml").write_text(TIME_LINE.replace("The site", "07700 900123"))
    done = prepare(case, bundle)
    assert (done.code, done.json["error"]) == (2, "timeline_bad")
    assert "entry 1: text" in done.json["happened"]
    assert "900123" not in done.out + done.err
    assert case.log("refused")[-1]["error"] == "timeline_bad"
    assert not list(case.path.glob("publications/*/timeline.json"))


def test_a_run_that_was_altered_gives_no_figures_and_texts_can_be_checked_all_the_same(case, bundle):
    case.approved()
    run = case.path / "runs" / case.open().case.find_current_run()
    next(run.glob("victims*.parquet")).write_bytes(b"altered")
    prepared = prepare(case, bundle).json
    assert (prepared["shown"]["no_figures"], prepared["shown"]["figures"]) == ("run_damaged", {})
    assert prepared["alerts"] == 4
    assert approve(case, bundle, prepared["hash"]).code == 0
    assert open_release(bundle).known == {"no_figures": "run_damaged"}


def test_nobody_publishes_alone(case, bundle):
    case.approved()
    prepared = prepare(case, bundle, "bob").json
    for name in ("bob", "alice", "olga", "vera"):
        done = approve(case, bundle, prepared["hash"][:12], name)
        assert done.code == 2, name
        assert done.json["error"] == ("publisher_is_preparer" if name == "bob" else "staff_right_missing")
    assert not bundle.exists()
    assert prepare(case, bundle, "vera").json["error"] == "staff_right_missing"


def test_what_was_changed_after_it_was_prepared_is_not_published(case, bundle):
    case.approved()
    prepared = prepare(case, bundle).json
    (site,) = case.path.glob("publications/*/site.json")
    site.write_text(site.read_text().replace("Example Police", "Exemple Police"))
    done = approve(case, bundle, prepared["hash"])
    assert (done.code, done.json["error"]) == (2, "publication_altered")
    assert not bundle.exists()
    for wrong in ("0" * 12, prepared["hash"][:11], ""):
        assert approve(case, bundle, wrong or "x").json["error"] == "publication_unknown"


def test_advice_without_a_source_stops_the_preparation_and_the_refusal_is_logged(case, bundle):
    case.approved()
    files = {name: PACKAGED.read(name) for name in NEEDED}
    files["signs/advice.toml"] = files["signs/advice.toml"].replace(b"https://stopscamsuk.org.uk/159", b"", 1)
    with use_data(DataFiles(files)):
        done = prepare(case, bundle)
    assert (done.code, done.json["error"]) == (2, "scam_check_faulty")
    assert "statement ring_159 has no source" in done.json["happened"]
    assert not list(case.path.glob("publications/P-*"))
    assert case.log("publication_prepared") == []


def test_who_approves_sees_whether_messages_would_be_judged_by_something_else(case, bundle):
    case.approved()
    assert "It is the first that the bundle gets." in case.run("alice", "publish", bundle, "--why", "a test").out
    told = publish(case, bundle)
    manifest = open_release(bundle, key=told["public_key"]).manifest
    assert manifest["scam_check"] == prepare(case, bundle).json["scam_check"]
    assert "It is the same that the bundle has now." in case.run("alice", "publish", bundle, "--why", "a test").out
    files = {name: PACKAGED.read(name) for name in NEEDED}
    files["signs/advice.toml"] = files["signs/advice.toml"].replace(b"Take your time.", b"Rest.")
    with use_data(DataFiles(files)):
        said = case.run("alice", "publish", bundle, "--why", "a test").out
    assert "It differs from what the bundle has now: advice." in said


def test_without_an_approved_batch_there_is_nothing_to_publish(case, bundle):
    assert prepare(case, bundle).json["error"] == "nothing_to_publish"
    case.planned()
    assert prepare(case, bundle).json["error"] == "nothing_to_publish"


def test_a_stopped_batch_keeps_only_what_may_have_gone_out(case, bundle):
    case.approved()
    publish(case, bundle)
    assert case.alerts("alice", "stop", "B-001", "--why", "a test").code == 0
    assert publish(case, bundle)["alerts"] == 0


def test_a_batch_that_the_bundle_lacks_is_not_sent_unless_somebody_says_why(case, bundle):
    case.approved()
    publish(case, bundle)
    made = approve_another(case)
    done = case.alerts("alice", "send", made["batch"])
    assert (done.code, done.json["error"]) == (2, "batch_not_published")
    assert case.sent() == []
    assert case.alerts("alice", "send", made["batch"], "--unpublished-why", "the host is down").code == 0
    (told,) = case.log("sent_unpublished")
    assert (told["batch"], told["who"]) == (made["batch"], "alice")


def test_an_entry_that_somebody_wrote_into_the_log_publishes_nothing(case, bundle):
    case.approved()
    publish(case, bundle)
    made = approve_another(case)
    opened = case.open()
    forged = {
        "publication": "P-009",
        "hash": "0" * 64,
        "batches": {made["batch"]: made["hash"]},
        "seal": "k1:" + "0" * 32,
    }
    opened.log.add("bundle_published", why="forged", facts=forged)
    assert case.alerts("alice", "send", made["batch"]).json["error"] == "batch_not_published"


def test_a_bundle_that_was_changed_is_not_served(case, bundle):
    case.approved()
    told = publish(case, bundle)
    folder = bundle / "releases" / told["release"]
    for name in ("site.json", "alerts.digests", "check.keys", "manifest.json", "notices/victims.html"):
        before = (folder / name).read_bytes()
        (folder / name).write_bytes(before.replace(b"e", b"f", 1).replace(b"0", b"1", 1))
        with pytest.raises(RingbackError) as error:
            open_release(bundle)
        assert error.value.code == "bundle_damaged"
        (folder / name).write_bytes(before)
    open_release(bundle)
    with pytest.raises(RingbackError):
        open_release(bundle, key="A" * 43 + "=")


def test_two_cases_do_not_share_a_bundle_and_none_lies_in_its_case(case, bundle):
    case.approved()
    inside = prepare(case, case.path / "bundle").json
    done = approve(case, case.path / "bundle", inside["hash"])
    assert done.json["error"] == "bundle_inside_case"
    bundle.mkdir()
    (bundle / "public_key").write_text("A" * 43 + "=\n")
    done = approve(case, bundle, inside["hash"])
    assert done.json["error"] == "bundle_of_another_case"


# What is killed at a random moment: the approval of a publication, time and again.
@pytest.mark.slow
def test_a_bundle_is_old_or_new_whenever_its_publishing_is_killed(case, bundle):
    case.approved()
    publish(case, bundle)
    environment = {**os.environ, "RINGBACK_SESSION": case.tokens["bob"], "RINGBACK_KEYS": str(case.keys)}
    for turn in range(examples(20)):
        prepared = prepare(case, bundle).json
        old = open_release(bundle).name
        new = f"{prepared['publication']}-{prepared['hash'][:12]}"
        command = [sys.executable, "-m", "ringback.cli.main", "publish", str(case.path), str(bundle)]
        command += ["--why", "a test", "--approve", prepared["hash"]]
        with subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            try:
                process.wait(0.4 + 0.05 * turn)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
        assert open_release(bundle).name in (old, new)
        assert approve(case, bundle, prepared["hash"]).json["release"] == new
        assert open_release(bundle).name == new
    assert not list((bundle / "releases").glob(".*"))


def test_what_people_asked_is_collected_once(case, bundle):
    case.approved()
    publish(case, bundle)
    case.alerts("alice", "send", "B-001")
    now = datetime.now(UTC)
    inbox = Inbox(open_inbox(bundle / "inbox.sqlite"))
    release = open_release(bundle)
    for place, (reference, last_four) in enumerate(texts_of(case)):
        inbox.ask(reference, last_four, source=f"192.0.2.{place}", now=now)
    inbox.ask(references.new_reference(), "0000", source="192.0.2.9", now=now)
    assert inbox.answer_due(release.alerts, now=now + LATER) == 5
    done = case.run("alice", "collect", bundle, "--json")
    told = {"reports": [], "reference_not_confirmed": [], "files": 0, "files_refused": [], "aside": []}
    assert done.json == {"rows": 5, "checks": {GENUINE: 4, NOT_CONFIRMED: 1}, "until": 5, **told}
    assert case.run("alice", "collect", bundle, "--json").json["rows"] == 0
    (told,) = case.log("inbox_collected")
    assert told["answers"] == {"alert_checked: genuine": 4, "alert_checked: not_confirmed": 1}
    assert json.dumps(told).count("192.0.2") == 0


def test_who_dies_between_log_and_emptying_counts_nothing_twice(case, bundle, monkeypatch):
    case.approved()
    publish(case, bundle)
    inbox = Inbox(open_inbox(bundle / "inbox.sqlite"))
    now = datetime.now(UTC)
    inbox.ask(references.new_reference(), "0000", source="192.0.2.9", now=now)
    inbox.answer_due(open_release(bundle).alerts, now=now + LATER)

    def die(*_arguments, **_options):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("ringback.publishing.collection.empty_log", die)
        with pytest.raises(KeyboardInterrupt):
            collect(case.open(), inbox, why="a test")
    assert collect(case.open(), inbox, why="a test").rows == 0
    assert len(case.log("inbox_collected")) == 1
    inbox.ask(references.new_reference(), "0000", source="192.0.2.9", now=now)
    inbox.answer_due(open_release(bundle).alerts, now=now + LATER)
    assert collect(case.open(), inbox, why="a test").rows == 1


def test_a_case_that_was_put_back_notices_that_more_was_collected(case, bundle):
    case.approved()
    publish(case, bundle)
    inbox = Inbox(open_inbox(bundle / "inbox.sqlite"))
    now = datetime.now(UTC)
    inbox.ask(references.new_reference(), "0000", source="192.0.2.9", now=now)
    inbox.answer_due(open_release(bundle).alerts, now=now + LATER)
    collect(case.open(), inbox, why="a test")
    with writing(inbox.engine).begin() as connection:
        connection.execute(update(about).where(about.c.key == "collected").values(value="7"))
    with pytest.raises(RingbackError) as error:
        collect(case.open(), inbox, why="a test")
    assert error.value.code == "inbox_of_another_time"


@pytest.mark.parametrize("runs", ["", "--without-runs"])
def test_a_publication_that_was_prepared_can_be_approved_in_a_case_that_was_put_back(case, bundle, tmp_path, runs):
    case.approved()
    first = publish(case, bundle)
    prepared = prepare(case, bundle).json
    (case.path / "publications" / ".P-003.part").mkdir()
    assert case.ringback("case", "backup", case.path, tmp_path / "backup", *filter(None, [runs])).code == 0
    assert len(list((tmp_path / "backup").glob("publications/*"))) == 2
    shutil.rmtree(case.path)
    assert case.ringback("case", "restore", tmp_path / "backup", case.path).code == 0
    assert {path.stat().st_mode & 0o777 for path in case.path.glob("publications/P-00*/site.json")} == {0o600}
    assert approve(case, bundle, prepared["hash"]).json["release"].startswith("P-002-")
    assert open_release(bundle).manifest["previous"] == first["release"]


def test_a_link_among_the_publications_is_not_followed_into_a_backup(case, bundle, tmp_path):
    case.approved()
    prepare(case, bundle)
    (case.path / "publications" / "P-002").symlink_to(case.keys)
    done = case.ringback("case", "backup", case.path, tmp_path / "backup", "--json")
    assert (done.code, done.json["error"]) == (2, "path_link")
    assert not (tmp_path / "backup").exists()
