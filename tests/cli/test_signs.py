"""ringback signs, as people type it."""

import json

SCAM = "Royal Mail: your parcel is held. Pay the £2.99 fee now at royalmail-redelivery.example or it will be returned."


def test_a_message_on_standard_input_is_answered_with_reasons_and_advice(ringback):
    done = ringback("signs", stdin=SCAM)
    assert done.code == 0
    assert done.out.startswith("This is likely to be a scam.")
    assert "royalmail-redelivery.example" in done.out
    assert "7726" in done.out


def test_json_has_places_in_the_text(ringback):
    found = ringback("signs", "-", "--json", stdin=SCAM).json
    assert found["band"] == "likely_scam"
    assert all(SCAM[one["at"] : one["until"]] == one["quote"] for one in found["signs"])


def test_files_are_read_by_their_ending(ringback, tmp_path):
    (tmp_path / "m.eml").write_bytes(b"From: a@b.example\nSubject: Hello\n\nSee you at six.\n")
    assert ringback("signs", tmp_path / "m.eml", "--json").json["band"] in {"no_signs", "unclear"}
    (tmp_path / "bad.eml").write_bytes(b"nothing")
    bad = ringback("signs", tmp_path / "bad.eml")
    assert bad.code == 2
    assert "not an e-mail" in bad.err
    call = tmp_path / "call.txt"
    call.write_text("Caller: Move your money to a safe account now, and tell nobody.\nYou: No.")
    assert ringback("signs", call, "--kind", "call", "--json").json["band"] == "likely_scam"


def test_a_list_is_counted_and_its_rejected_rows_are_told(ringback, tmp_path):
    path = tmp_path / "list.jsonl"
    path.write_text(
        "\n".join(
            [json.dumps({"id": "a", "text": SCAM}), "{", json.dumps({"text": "see you at six then, bring the dog"})]
        )
    )
    done = ringback("signs", path, "--out", tmp_path / "answers.jsonl")
    assert done.code == 1
    assert "1  rejected" in done.out
    assert "row 2" in done.err
    written = [json.loads(line) for line in (tmp_path / "answers.jsonl").read_text().splitlines()]
    assert [one.get("band") for one in written] == ["likely_scam", None, written[2]["band"]]
    assert ringback("signs", path, "--out", tmp_path / "answers.jsonl").code == 2
    assert [one["row"] for one in ringback("signs", path, "--json").json] == [1, 2, 3]


def test_what_was_done_already_changes_the_advice(ringback):
    done = ringback("signs", "--happened", "gave_access", "--json", stdin=SCAM)
    assert done.json["advice"][0]["key"] == "disconnect"
    wrong = ringback("signs", "--happened", "nothing_known", stdin=SCAM)
    assert wrong.code == 2
    assert "gave_access" in wrong.err


def test_questions_are_asked_and_answers_can_come_from_a_file(ringback, tmp_path):
    done = ringback("signs", "--questions", stdin="1\n1\n1 3\n1,2\n\n")
    assert done.code == 0, done.err
    assert "This is likely to be a scam." in done.out
    again = ringback("signs", "--questions", stdin="99\n1\n1\n1 3\n1,2\n\n")
    assert "type numbers from 1" in again.err
    path = tmp_path / "answers.json"
    path.write_text(json.dumps({"claimed": ["bank"], "asked": ["code", "stay"], "said": ["hurry"]}))
    assert ringback("signs", "--answers", path, "--json").json["band"] == "likely_scam"
    path.write_text('{"claimed": ["king"]}')
    bad = ringback("signs", "--answers", path)
    assert bad.code == 2
    assert "no choice king" in bad.err


def test_a_calendar_of_ones_own_is_used_or_named(ringback, tmp_path):
    path = tmp_path / "calendar.toml"
    path.write_text(
        '[fair]\nname = "Fair"\nreason = "It uses the county fair."\ncues = ["county fair (ticket|tickets)"]\nsource = "https://www.gov.uk"\n'
    )
    found = ringback(
        "signs", "--calendar", path, "--json", stdin="Win county fair tickets at tickets-fair.example now"
    ).json
    assert "fair" in {one["group"] for one in found["signs"]}
    path.write_text("[fair]\n")
    bad = ringback("signs", "--calendar", path, stdin="x")
    assert bad.code == 2
    assert "fair has no name" in bad.err


def test_bad_input_ends_in_a_clear_error(ringback, tmp_path):
    assert ringback("signs", stdin="").code == 2
    assert ringback("signs", stdin="a" * 20_001).code == 2
    assert ringback("signs", tmp_path / "gone.txt").code == 2
    (tmp_path / "no.csv").write_text("body\nhello\n")
    assert "no column text" in ringback("signs", tmp_path / "no.csv").err
