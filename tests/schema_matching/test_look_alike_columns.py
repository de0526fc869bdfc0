"""Columns that look like others: documents beside calls, keys that look like hashes; and reasons in words."""

import hashlib

import pytest

from real_files import CALLS_OF_PANEL as CALLS
from real_files import HOLDERS, PANEL, changed, csv_text, warned, work
from tiers import first_quick

RIGHT = warned(CALLS)
SENTENCE = "Hello and welcome to our bank, please hold the line"
DOCUMENTS = {
    "JSON": lambda c: f'{{"app": "bridge", "note": "{SENTENCE} {c.place}"}}',
    "a list": lambda c: f'["{SENTENCE}", {c.place}, "one and two and three"]',
    "XML": lambda c: f"<cdr><note>{SENTENCE}</note><n>{c.place}</n></cdr>",
}


@pytest.mark.parametrize("name", first_quick(DOCUMENTS, 1))
def test_a_document_beside_each_call_makes_it_no_message(ringback, tmp_path, name):
    columns = changed(PANEL, json=DOCUMENTS[name])
    done = work(ringback, tmp_path, {"v_xml_cdr.csv": csv_text(columns, CALLS)})
    assert (done.mapped.code, done.ran.code, done.listed) == (0, 0, RIGHT), done.mapped.out


def test_sentences_are_still_messages(ringback, tmp_path):
    columns = changed(PANEL, note=lambda c: f"{SENTENCE} {c.place}")
    done = work(ringback, tmp_path, {"calls.csv": csv_text(columns, CALLS)}, only_map=True)
    assert "note holds sentences, as messages do" in " ".join(done.mapped.out.split())


def key(account):
    return hashlib.sha256(account.encode()).hexdigest()[:32]


def with_keys(text):
    """A list of accounts with their keys instead of their logins."""
    head, *lines = text.splitlines()
    return "\n".join([head, *(f"{key(line.partition(',')[0])},{line.partition(',')[2]}" for line in lines)]) + "\n"


@pytest.mark.parametrize("name", first_quick(["k", "account_hash", "user_id"], 1))
def test_keys_of_32_hex_digits_are_accounts_and_no_passwords(ringback, tmp_path, name):
    columns = changed(PANEL, "user", **{name: lambda c: key(c.account)})
    files = {"log.csv": csv_text(columns, CALLS), "accounts.csv": with_keys(HOLDERS)}
    files["subjects.csv"] = "account,subject,status,area\n" + "".join(
        f"{key(account)},S-{account},arrested,London\n" for account in ("fox", "owl", "elk", "ram", "hen")
    )
    done = work(ringback, tmp_path, files, leave_out=["accounts.csv", "subjects.csv"])
    assert (done.mapped.code, done.ran.code, done.listed) == (0, 0, RIGHT), done.mapped.out


@pytest.mark.parametrize("name", ["h", "pwd_md5", "field7"])
def test_hashes_that_are_no_key_are_quarantined(ringback, tmp_path, name):
    head, *lines = HOLDERS.splitlines()
    lines = [f"{line},{key(str(at))}" for at, line in enumerate(lines * 4)]
    files = {"log.csv": csv_text(PANEL, CALLS), "logins.csv": "\n".join([f"{head},{name}", *lines])}
    done = work(ringback, tmp_path, files, only_map=True)
    assert f"quarantined: {name}" in " ".join(done.mapped.out.split())


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ("talk_time", "the talk time"),
        ("dialled", "the number called"),
        ("start_time", "the start"),
        ("user", "the account"),
    ],
)
def test_a_table_says_which_column_it_lacks_to_be_calls(ringback, tmp_path, missing, words):
    done = work(ringback, tmp_path, {"log.csv": csv_text(changed(PANEL, missing), CALLS)}, only_map=True)
    assert done.mapped.code == 1
    assert f"no column could be {words}" in " ".join(done.mapped.out.split())


@pytest.mark.parametrize("strange", first_quick(["N/A", "unknown", "x1"], 1))
def test_one_word_among_digits_is_nothing_special(ringback, tmp_path, strange):
    columns = changed(PANEL, lead=lambda c: strange if c.place == 5 else f"{10_000 + c.place * 7919 % 80_000}")
    done = work(ringback, tmp_path, {"calls.csv": csv_text(columns, CALLS)})
    assert (done.mapped.code, done.ran.code, done.listed) == (0, 0, RIGHT), done.mapped.out
