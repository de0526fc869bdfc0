"""By which files the public host judges messages: those of its release, whole and unchanged, or none."""

import json
import threading
import time
from importlib import resources
from pathlib import Path

import pytest

from public_case import make_bundle
from ringback.errors import RingbackError
from ringback.publishing import sign_files as module
from ringback.publishing.bundle_files import open_release
from ringback.publishing.sign_files import FOLDER, open_sign_files, sign_files
from ringback.signs.advice import read_advice
from ringback.signs.check import check_signs
from ringback.signs.judging_data import NEEDED
from ringback.text.data_files import PACKAGED, DataFiles, use_data
from scam_forms import SCAM, changed, send, words


def test_a_release_with_other_advice_is_served_without_a_restart(service):
    assert "Take your time." in words(send(service, message=SCAM))
    make_bundle(service.bundle, publication="P-002", judged_by=changed("signs/advice.toml", "Take your time.", "Rest."))
    service.clock.sleep(2)
    assert "Rest." in words(send(service, message=SCAM))
    assert "Take your time." not in words(send(service, message=SCAM))


def test_the_public_host_judges_by_the_release_and_not_by_what_its_program_ships(service):
    other = changed("signs/model.json", '"likely_from": 0.', '"likely_from": 2.')
    # The questions name this one.
    courier = other[f"{FOLDER}/signs/stories.toml"].partition(b"[card_courier]")[2].partition(b"\n\n")[0]
    other |= {f"{FOLDER}/signs/stories.toml": b"[card_courier]" + courier}
    make_bundle(service.bundle, publication="P-002", judged_by=other)
    service.clock.sleep(2)
    assert "We cannot tell" in words(send(service, message=SCAM))
    assert check_signs(SCAM).band == "likely_scam"


def test_a_check_in_progress_keeps_to_its_release():
    one, two = (
        open_sign_files(changed("signs/advice.toml", "Take your time.", f"Release {name}.")) for name in ("one", "two")
    )
    faults, ended = [], threading.Event()

    def judge(files, name):
        while not ended.is_set():
            with use_data(files):
                text = " ".join(one.text for one in check_signs(SCAM).advice)
            if f"Release {name}." not in text:
                faults.append(text)

    threads = [threading.Thread(target=judge, args=args) for args in ((one, "one"), (two, "two"), (one, "one"))]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    ended.set()
    for thread in threads:
        thread.join()
    assert faults == []


@pytest.mark.parametrize("name", ["signs/model.json", "signs/advice.toml", "organisations.csv"])
def test_a_bundle_with_a_tampered_file_is_refused(service, name):
    path = service.bundle / "releases" / service.releases.current().name / FOLDER / name
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(RingbackError) as error:
        open_release(service.bundle)
    assert error.value.code == "bundle_damaged"


def test_a_release_that_this_program_cannot_judge_by_leaves_the_one_before(service, caplog):
    before = service.releases.current().name
    lacking = sign_files()
    del lacking[f"{FOLDER}/signs/lure_words.txt"]
    make_bundle(service.bundle, publication="P-002", judged_by=lacking)
    service.clock.sleep(2)
    assert service.get("/scam-check").status_code == 200
    assert service.releases.current().name == before
    assert "signs/lure_words.txt: there is no file" in caplog.text


def test_a_release_of_the_time_before_offers_no_check_and_serves_the_rest(service, caplog):
    make_bundle(service.bundle, publication="P-002", judged_by={})
    service.clock.sleep(2)
    assert service.get("/").status_code == 200
    assert "/scam-check" not in service.get("/").text
    assert service.get("/scam-check").status_code == 404
    assert service.get("/check").status_code == 200
    assert "nothing to judge messages by" in caplog.text


def test_the_manifest_says_what_messages_are_judged_by(service):
    told = service.releases.current().manifest["scam_check"]
    assert told["files"] == len(NEEDED)
    assert set(told) == {"files", "digest", "advice", "questions", "model"}
    other = module.tell_sign_files(changed("signs/advice.toml", "Take your time.", "Rest."))
    assert (other["model"], other["advice"] != told["advice"]) == (told["model"], True)
    json.dumps(told)


def test_every_statement_of_advice_names_its_public_source():
    assert all(one["source"].startswith("https://") for one in read_advice()["statements"].values())


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("signs/advice.toml", 'source = "https://stopscamsuk.org.uk/159"', 'source = ""', "ring_159 has no source"),
        ("signs/advice.toml", '["opened_link"]', '["nowhere"]', "refers to nowhere, which is not there"),
        ("signs/questions.toml", '["crypto"]', '["gold"]', "shows gold, which is no sign"),
        ("signs/questions.toml", '"story.card_courier"', '"story.gold"', "shows story.gold, which is no sign"),
        (
            "signs/advice.toml",
            '["somebody_coming", ',
            '["nobody_coming", ',
            "refers to nobody_coming, which is not there",
        ),
        ("signs/model.json", '"intercept"', '"other"', "intercept is missing"),
        ("signs/cues/asks.txt", "[", "(", "signs/cues/asks.txt"),
    ],
)
def test_faulty_files_are_not_published(name, old, new, said):
    broken = {path.removeprefix(f"{FOLDER}/"): content for path, content in changed(name, old, new).items()}
    with use_data(DataFiles(broken)), pytest.raises(RingbackError) as error:
        sign_files()
    assert error.value.code == "scam_check_faulty"
    assert said in str(error.value)
    assert name in str(error.value)


def test_what_is_published_is_all_that_the_check_reads():
    read = []

    class Watched(DataFiles):
        def read(self, name):
            read.append(name)
            return super().read(name)

    with use_data(Watched({name: PACKAGED.read(name) for name in NEEDED})):
        for message in (SCAM, "barclays-login.co.uk b.a.n.k acc0unt bit.ly/2 07700 900123 xn--brclays-6ya.example"):
            for kind in ("text", "email", "call"):
                check_signs(message, kind=kind)
    assert set(read) <= set(NEEDED)
    folder = Path(str(resources.files("ringback").joinpath("data")))
    shipped = {path.relative_to(folder).as_posix() for path in (folder / "signs").rglob("*") if path.is_file()}
    assert shipped <= set(NEEDED)
