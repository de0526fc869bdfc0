"""Lists of messages: an answer for each row, a reason for each row without one."""

import json

import pytest

from ringback.cli.message_file import check_rows, read_rows
from ringback.errors import RingbackError


def answers(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return [answer.as_dict() for answer in check_rows(read_rows(path))]


def test_a_csv_is_answered_row_by_row(tmp_path):
    found = answers(
        tmp_path,
        "a.csv",
        'id,text,kind\nx,"Pay £2.99 now at royalmail-fee.example, your parcel is held",text\ny,,\nz,hi,fax\n',
    )
    assert [one["id"] for one in found] == ["x", "y", "z"]
    assert found[0]["band"] == "likely_scam"
    assert found[1]["band"] == "unclear"
    assert "no kind of message fax" in found[2]["rejected"]


def test_json_lines_with_faults_lose_nothing(tmp_path):
    lines = [
        json.dumps({"text": "see you at six"}),
        "{broken",
        "[1]",
        json.dumps({"text": 5}),
        json.dumps({"text": "a" * 20_001}),
        "",
        json.dumps({"id": 7, "text": "bye"}),
    ]
    found = answers(tmp_path, "a.jsonl", "\n".join(lines))
    assert [one["row"] for one in found] == [1, 2, 3, 4, 5, 7]
    assert [one.get("rejected") for one in found] == [
        None,
        "the line is not JSON",
        "the line is no JSON object",
        "it has no text",
        "it has 20,001 characters; at most 20,000 can be checked",
        None,
    ]
    assert found[-1]["id"] == "7"


@pytest.mark.parametrize("content", [b"", b"body\nhi\n", b'"a' * 10, b"\xff\xfe\x00"])
def test_a_csv_without_text_names_what_is_missing(tmp_path, content):
    with pytest.raises(RingbackError, match="no column text"):
        answers(tmp_path, "a.csv", content)


def test_a_file_that_is_not_there_is_a_clear_error(tmp_path):
    with pytest.raises(RingbackError, match="there is no such file"):
        list(read_rows(tmp_path / "gone.csv"))
