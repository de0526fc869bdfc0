"""What real files and a new user's mistakes come to: the right people, or a statement that says what is wrong.

A run that ends with 0 and lists the wrong people is the worst there is.
"""

from datetime import timedelta

import pytest

from real_files import OWN, PANEL, changed, csv_text, made_calls, warned, work
from tiers import first_quick

CALLS = made_calls()
RIGHT = warned(CALLS)

BY_HAND_COLUMNS = """[tables.calls]
columns = { account = "user", started_at = "start_time", called_number = "dialled", duration = "talk_time" }
"""


def answered_at(call, none=""):
    return call.text(call.start + timedelta(seconds=call.ring)) if call.answered else none


def total(call):
    return call.ring + call.talk


# Ringing taken for talk.

TIMED = {
    "times beside a whole duration": changed(
        PANEL, "talk_time", answer_time=answered_at, end_time=lambda c: c.text(c.end), duration=total
    ),
    "the preset's names": changed(OWN, duration=total, answered_at=answered_at, ended_at=lambda c: c.text(c.end)),
    "the preset's columns, and times under other names": changed(
        OWN,
        "disposition",
        duration=total,
        answer_stamp=answered_at,
        end_stamp=lambda c: c.text(c.end),
        status=lambda c: c.word,
    ),
    "seconds since 1970, nought for no answer": changed(
        PANEL,
        "talk_time",
        start_time=lambda c: int(c.start.timestamp()),
        answer_time=lambda c: int(c.start.timestamp()) + c.ring if c.answered else 0,
        end_time=lambda c: int(c.end.timestamp()),
        length=total,
    ),
    "no duration at all, zero dates for no answer": changed(
        PANEL,
        "talk_time",
        "status",
        connected_at=lambda c: answered_at(c, "0000-00-00 00:00:00"),
        hangup_time=lambda c: c.text(c.end),
    ),
}


@pytest.mark.parametrize("name", first_quick(TIMED, 1))
def test_talk_time_is_the_time_from_the_answer_to_the_end(ringback, tmp_path, name):
    done = work(ringback, tmp_path, {"calls.csv": csv_text(TIMED[name], CALLS)})
    assert (done.mapped.code, done.ran.code) == (0, 0), done.mapped.out + done.ran.out
    assert done.listed == RIGHT


RINGING = {
    "a panel's own names": changed(PANEL, "talk_time", duration=total),
    "words in Spanish": changed(
        PANEL, "talk_time", "status", duracion=total, estado=lambda c: "Contestada" if c.answered else "No contesta"
    ),
    "an answer and no end": changed(PANEL, "talk_time", "status", duration=total, answer_time=answered_at),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", RINGING)
def test_a_duration_that_counts_the_ringing_is_no_talk_time_and_map_says_so(ringback, tmp_path, name):
    done = work(ringback, tmp_path, {"calls.csv": csv_text(RINGING[name], CALLS)})
    assert done.mapped.code == 1
    assert "no column could be the talk time" in done.mapped.out
    assert "counts the ringing too" in " ".join(done.mapped.out.split())
    assert done.ran.code == 2


@pytest.mark.slow
def test_a_duration_of_the_presets_name_that_counts_the_ringing_is_asked_about_and_told_by_the_run(ringback, tmp_path):
    columns = changed(OWN, "disposition", duration=total, status=lambda c: c.word)
    done = work(ringback, tmp_path, {"calls.csv": csv_text(columns, CALLS)})
    assert done.mapped.code == 1
    assert "calls.duration" in done.mapped.out
    assert done.ran.code == 1
    assert "which the mapping leaves out" in " ".join(done.ran.out.split())


@pytest.mark.slow
def test_a_mapping_by_hand_with_the_ringing_in_it_is_told(ringback, tmp_path):
    columns = changed(PANEL, "talk_time", duration=total)
    mapping = BY_HAND_COLUMNS.replace('"talk_time"', '"duration", disposition = "status"')
    done = work(ringback, tmp_path, {"calls.csv": csv_text(columns, CALLS)}, mapping=mapping)
    assert done.ran.code == 1
    assert "the talk time seems to include the ringing" in " ".join(done.ran.out.split())


@pytest.mark.slow
@pytest.mark.parametrize("word", ["COMPLETED", "Erfolgreich", "16"])
def test_words_for_answered_that_nobody_knows_are_understood_by_map_and_told_by_run(ringback, tmp_path, word):
    columns = changed(PANEL, status=lambda c: word if c.answered else "NO ANSWER")
    done = work(ringback, tmp_path, {"calls.csv": csv_text(columns, CALLS)})
    assert (done.mapped.code, done.ran.code, done.listed) == (0, 0, RIGHT), done.ran.out
    by_hand = tmp_path / "by hand"
    by_hand.mkdir()
    columns = changed(OWN, disposition=lambda c: word if c.answered else "NO ANSWER")
    done = work(ringback, by_hand, {"calls.csv": csv_text(columns, CALLS)}, mapping="")
    assert done.ran.code == 1
    assert "dispositions that are not known" in " ".join(done.ran.out.split())


# Units of talk times.

UNITS = {
    "minutes with decimals, by name": changed(PANEL, "talk_time", talk_minutes=lambda c: f"{c.talk / 60:.4f}"),
    "milliseconds, by name": changed(PANEL, "talk_time", talk_ms=lambda c: c.talk * 1000),
    "microseconds, by name": changed(PANEL, "talk_time", billusec=lambda c: c.talk * 1_000_000),
    "nanoseconds, by values": changed(PANEL, "talk_time", duration=lambda c: c.talk * 1_000_000_000),
    "milliseconds, by values": changed(PANEL, "talk_time", duration=lambda c: c.talk * 1000 + c.place if c.talk else 0),
    "seconds and minutes in brackets": changed(
        PANEL, talk_time=lambda c: f"{c.talk}s ({c.talk // 60}m {c.talk % 60}s)"
    ),
    "01m14s": changed(PANEL, talk_time=lambda c: f"{c.talk // 60:02}m{c.talk % 60:02}s"),
    "minutes and seconds": changed(PANEL, talk_time=lambda c: f"{c.talk // 60:02}:{c.talk % 60:02}"),
    "ISO 8601": changed(PANEL, talk_time=lambda c: f"PT{c.talk // 60}M{c.talk % 60}S"),
    "words": changed(PANEL, talk_time=lambda c: f"{c.talk // 60} min {c.talk % 60} sec"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", UNITS)
def test_talk_times_are_read_in_their_unit(ringback, tmp_path, name):
    done = work(ringback, tmp_path, {"calls.csv": csv_text(UNITS[name], CALLS)})
    assert (done.mapped.code, done.ran.code) == (0, 0), done.mapped.out + done.ran.out
    assert done.listed == RIGHT


BY_HAND = {
    "milliseconds that nothing names": (lambda c: c.talk * 1000, "duration_unit", "milliseconds"),
    "minutes that nothing names": (lambda c: f"{c.talk / 60:.4f}", "duration_unit", "minutes"),
    "nanoseconds that nothing names": (lambda c: c.talk * 1_000_000_000, "duration_unit", "nanoseconds"),
    "minutes and seconds": (lambda c: f"{c.talk // 60}:{c.talk % 60:02}", "duration_unit", "mm:ss"),
    "a point that may be either": (
        lambda c: f"{c.talk % 80 + 1}.{c.talk % 900 + 100}" if c.talk else 0,
        "decimal_mark",
        ".",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", BY_HAND)
def test_what_no_column_tells_is_asked_for_and_can_be_said(ringback, tmp_path, name):
    made, setting, value = BY_HAND[name]
    columns = changed(OWN, duration=made)
    done = work(ringback, tmp_path, {"calls.csv": csv_text(columns, CALLS)}, mapping="")
    assert done.ran.code == 1
    assert setting in done.ran.out
    with (done.case / "case.toml").open("a") as toml:
        unit = "" if setting == "duration_unit" else 'duration_unit = "seconds"\n'
        toml.write(f'[tables.calls]\n{unit}{setting} = "{value}"\n')
    again = ringback("run", done.case)
    assert again.code == 0, again.out
    if setting == "duration_unit":
        assert f"{len(RIGHT):>22,}  UK mobiles to alert" in again.out


GROUPED = {
    "a comma": (lambda n: f"{n:,}", ","),
    "a point": (lambda n: f"{n:,}".replace(",", "."), ";"),
    "a blank": (lambda n: f"{n:,}".replace(",", " "), ","),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", GROUPED)
def test_thousands_are_read_as_the_whole_column_writes_them(ringback, tmp_path, name):
    made, delimiter = GROUPED[name]
    columns = changed(OWN, duration=lambda c: made(c.talk * 4))
    done = work(ringback, tmp_path, {"calls.csv": csv_text(columns, CALLS, delimiter=delimiter)})
    assert (done.ran.code, done.listed) == (0, warned(CALLS, talk=lambda c: c.talk * 4)), done.ran.out


# What stands beside the numbers.

INDIAN = {call.number for call in CALLS if call.place % 3 == 0}


def bare(call):
    return f"74000{call.number[-5:]}" if call.number in INDIAN else call.number[3:]


CODES = {
    "VICIdial's name": changed(PANEL, dialled=bare, phone_code=lambda c: 91 if c.number in INDIAN else 44),
    "with a plus": changed(
        PANEL, **{"dialled": bare, "Country Code": lambda c: "+91" if c.number in INDIAN else "+44"}
    ),
    "letters": changed(PANEL, dialled=bare, country=lambda c: "IN" if c.number in INDIAN else "GB"),
    "beside the preset's columns": changed(
        OWN, called_number=bare, dial_code=lambda c: "0091" if c.number in INDIAN else "0044"
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CODES)
def test_a_country_code_in_a_column_of_its_own_is_read(ringback, tmp_path, name):
    done = work(ringback, tmp_path, {"calls.csv": csv_text(CODES[name], CALLS)})
    assert (done.mapped.code, done.ran.code) == (0, 0), done.mapped.out + done.ran.out
    assert done.listed == RIGHT - INDIAN


@pytest.mark.slow
@pytest.mark.parametrize("column", ["phone_code", "country_code", "dial_code"])
def test_a_country_code_that_a_mapping_by_hand_leaves_out_is_read_all_the_same(ringback, tmp_path, column):
    columns = changed(PANEL, dialled=bare, **{column: lambda c: 91 if c.number in INDIAN else 44})
    done = work(ringback, tmp_path, {"calls.csv": csv_text(columns, CALLS)}, mapping=BY_HAND_COLUMNS)
    assert (done.ran.code, done.listed) == (0, RIGHT - INDIAN), done.ran.out


INBOUND = {call.number for call in CALLS if call.place % 7 == 0}
WAYS = {
    "direction": ("direction", "inbound", "outbound"),
    "call_type": ("call_type", "incoming", "outgoing"),
    "letters": ("call direction", "I", "O"),
    "German": ("Richtung", "eingehend", "ausgehend"),
}


@pytest.mark.parametrize("name", first_quick(WAYS, 1))
def test_calls_that_reached_an_account_make_nobody_a_victim(ringback, tmp_path, name):
    column, reached, made = WAYS[name]
    columns = changed(PANEL, **{column: lambda c: reached if c.number in INBOUND else made})
    done = work(ringback, tmp_path, {"calls.csv": csv_text(columns, CALLS)})
    assert (done.mapped.code, done.ran.code) == (0, 0), done.mapped.out + done.ran.out
    assert done.listed == RIGHT - INBOUND
    assert f"{len(INBOUND)} call that reached an" in done.ran.out


@pytest.mark.slow
def test_a_direction_that_a_mapping_by_hand_leaves_out_is_read_all_the_same(ringback, tmp_path):
    columns = changed(PANEL, direction=lambda c: "inbound" if c.number in INBOUND else "outbound")
    done = work(ringback, tmp_path, {"calls.csv": csv_text(columns, CALLS)}, mapping=BY_HAND_COLUMNS)
    assert (done.ran.code, done.listed) == (0, RIGHT - INBOUND), done.ran.out


@pytest.mark.slow
@pytest.mark.parametrize(
    ("reached", "made", "words"),
    [
        ("klingeling", "outbound", "directions that are not known"),
        ("outbound", "inbound", "are inbound and were left out"),
    ],
)
def test_directions_that_nobody_knows_and_calls_that_are_nearly_all_inbound_are_told(
    ringback, tmp_path, reached, made, words
):
    columns = changed(OWN, direction=lambda c: reached if c.number in INBOUND else made)
    done = work(ringback, tmp_path, {"calls.csv": csv_text(columns, CALLS)}, mapping="")
    assert done.ran.code == 1
    assert words in " ".join(done.ran.out.split())


# Words for nothing.


@pytest.mark.slow
@pytest.mark.parametrize("word", ["NULL", "None", "\\N", "n/a", "-"])
def test_a_word_for_nothing_is_no_account_and_no_subject(ringback, tmp_path, word):
    nameless = {call.number for call in CALLS if call.place % 4 == 0}
    columns = changed(OWN, account=lambda c: word if c.number in nameless else c.account)
    subjects = f"account,subject,status,area\n{word},S-9,arrested,London\n"
    done = work(ringback, tmp_path, {"calls.csv": csv_text(columns, CALLS), "subjects_more.csv": subjects})
    assert (done.ran.code, done.listed) == (0, RIGHT - nameless), done.ran.out


@pytest.mark.slow
def test_a_word_for_nothing_never_settles_numbers_that_have_several_readings(ringback, tmp_path):
    # Bare ten digits are American or British; whoever dials other American numbers bare means an American one.
    made = []
    for call in CALLS:
        american = f"212555{call.place:04d}"
        made.append((call, american if call.place % 2 else f"7735550{call.place % 100 + 100}"))
    columns = changed(OWN, account=lambda c: "NULL", called_number=lambda c: dict(made)[c])
    done = work(ringback, tmp_path, {"calls.csv": csv_text(columns, CALLS)}, mapping="")
    assert "with more than one reading" in " ".join(done.ran.out.split())
    assert done.listed == set()


# Who is not a victim.


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ("accounts.csv", "no exhibit says which phones are the account holders' own"),
        ("site_numbers.csv", "no exhibit says which numbers are the site's own"),
        ("subjects.csv", "no exhibit says which account is tied to which subject"),
    ],
)
def test_a_run_that_does_not_know_who_is_no_victim_says_so_first_and_ends_with_1(ringback, tmp_path, missing, words):
    done = work(ringback, tmp_path, {"calls.csv": csv_text(OWN, CALLS)}, leave_out=[missing])
    assert done.ran.code == 1
    told = " ".join(done.ran.out.split())
    assert told.startswith(f"READ THIS FIRST: {words}")
    assert "not known" in told
    report = (done.case / "out" / "report.html").read_text()
    assert "Nobody to warn" not in report
    assert "as far as is known" in report or "How many people to warn is not known" in report
    asked = ringback("explain", done.case, "--why", "test", stdin="07700 900001\n")
    assert words in " ".join(asked.out.split())


@pytest.mark.slow
def test_what_nobody_paid_is_not_known_where_no_exhibit_tells(ringback, tmp_path):
    done = work(ringback, tmp_path, {"calls.csv": csv_text(OWN, CALLS)})
    assert done.ran.code == 0
    assert "not known  pounds paid in" in done.ran.out
    assert "£0" not in (done.case / "out" / "report.html").read_text()
    figures = ringback("figures", done.case, "revenue_gbp", "--json").json["figures"]
    assert figures[0]["value"] is None


# Rows or whole exhibits lost.


def test_a_file_of_a_roles_name_that_gives_nothing_is_an_alarm(ringback, tmp_path):
    files = {"calls.csv": csv_text(OWN, CALLS), "calls-2020.csv": "call_id,account,started_at,called_number,duration\n"}
    done = work(ringback, tmp_path, files)
    assert (done.ran.code, done.listed) == (1, RIGHT)
    assert "by its name, calls-2020 holds calls, but no row of it could be read" in " ".join(done.ran.out.split())


@pytest.mark.slow
def test_a_tenth_of_an_exhibits_rows_rejected_is_an_alarm(ringback, tmp_path):
    lines = csv_text(OWN, CALLS).splitlines()
    broken = [f"{line},more,and more" if place % 8 == 1 else line for place, line in enumerate(lines)]
    done = work(ringback, tmp_path, {"calls.csv": "\n".join(broken) + "\n"})
    assert done.ran.code == 1
    assert "rows of calls could not be read" in " ".join(done.ran.out.split())


@pytest.mark.slow
def test_a_table_with_the_columns_of_the_calls_that_nobody_named_is_an_alarm(ringback, tmp_path):
    files = {"calls.csv": csv_text(OWN, CALLS[:100]), "older ones.csv": csv_text(OWN, CALLS[100:])}
    done = work(ringback, tmp_path, files, mapping="")
    assert done.ran.code == 1
    assert "older ones has the same columns as a table that was read" in " ".join(done.ran.out.split())


@pytest.mark.slow
def test_subjects_are_never_offered_as_accounts_and_leave_nothing_unsure(ringback, tmp_path):
    done = work(ringback, tmp_path, {"log.csv": csv_text(PANEL, CALLS)}, leave_out=["accounts.csv"])
    assert done.mapped.code == 0, done.mapped.out
    assert "[tables.accounts]" not in done.toml


# Asterisk keeps the number elsewhere.


@pytest.mark.slow
def test_a_number_that_only_the_last_commands_data_tell_is_read(ringback, tmp_path):
    columns = changed(
        OWN,
        called_number=lambda c: "s" if c.place % 5 == 0 else c.number,
        lastdata=lambda c: f"SIP/trunk/{c.number.removeprefix('+')},60",
    )
    done = work(ringback, tmp_path, {"calls.csv": csv_text(columns, CALLS)}, mapping="")
    assert (done.ran.code, done.listed) == (0, RIGHT), done.ran.out


# What is odd about a whole exhibit.


def late(call):
    return call.text(call.end)


ODD = {
    "a flag for an answer, and the ringing in the duration": (
        changed(OWN, "disposition", duration=total, is_answered=lambda c: int(c.answered)),
        "the talk time seems to include the ringing",
    ),
    "a flag for a missed call": (
        changed(OWN, "disposition", duration=total, missed_call=lambda c: "false" if c.answered else "true"),
        "the talk time seems to include the ringing",
    ),
    "codes of Q.850": (
        changed(OWN, duration=total, disposition=lambda c: 16 if c.answered else 17),
        "the talk time seems to include the ringing",
    ),
    "answers filled with the start": (
        changed(
            OWN,
            "disposition",
            "duration",
            answered_at=lambda c: answered_at(c, c.text(c.start)),
            ended_at=late,
        ),
        "answers are at the start of the call",
    ),
    "tenths of a second": (
        changed(OWN, duration=lambda c: c.talk * 10, ended_at=late),
        "longer than their whole call, from start to end",
    ),
    "whole minutes": (changed(OWN, duration=lambda c: -(-c.talk // 60)), "duration_unit"),
    "long calls in minutes": (
        changed(OWN, duration=lambda c: c.talk // 30),
        "none is longer than the rule's threshold",
    ),
    "a spreadsheet's hours for minutes": (
        changed(OWN, duration=lambda c: f"{c.talk // 60}:{c.talk % 60:02}:00"),
        "none has any seconds",
    ),
    "a flag for inbound": (
        changed(OWN, is_inbound=lambda c: int(c.number in INBOUND)),
        "are inbound, but they were taken as calls by accounts",
    ),
    "a kind of call among others": (
        changed(OWN, kind=lambda c: "Incoming" if c.number in INBOUND else "mobile"),
        "are inbound, but they were taken as calls by accounts",
    ),
    "legs in other words": (changed(OWN, leg=lambda c: "callee"), "legs that are neither a nor b"),
    "accounts in capitals": (
        changed(OWN, account=lambda c: c.account.upper() if c.place % 9 == 0 else c.account),
        "written almost like those of subjects",
    ),
    "accounts made numbers": (
        changed(OWN, account=lambda c: f"{c.account}.0" if c.place % 9 == 0 else c.account),
        "written almost like those of subjects",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", ODD)
def test_what_makes_a_list_doubtful_is_told_and_ends_with_1(ringback, tmp_path, name):
    columns, words = ODD[name]
    done = work(ringback, tmp_path, {"calls.csv": csv_text(columns, CALLS)}, mapping="")
    assert done.ran.code == 1
    assert words in " ".join(done.ran.out.split())


RIGHT_ALL_THE_SAME = {
    "answers of 1900 for none": changed(
        OWN, duration=total, answered_at=lambda c: answered_at(c, "1900-01-01 00:00:00"), ended_at=late
    ),
    "nothing for the talk time of unanswered calls": changed(OWN, duration=lambda c: c.talk or ""),
    "legs called A-Leg and B-Leg": changed(OWN, leg=lambda c: "B-Leg"),
    "blanks around accounts": changed(OWN, account=lambda c: f" {c.account} " if c.place % 3 else c.account),
    "several words for a direction": changed(
        OWN, direction=lambda c: "Outgoing API" if c.place % 2 else "Outgoing Dial"
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", RIGHT_ALL_THE_SAME)
def test_what_is_only_written_differently_is_read_without_a_word(ringback, tmp_path, name):
    done = work(ringback, tmp_path, {"calls.csv": csv_text(RIGHT_ALL_THE_SAME[name], CALLS)}, mapping="")
    assert (done.ran.code, done.listed) == (0, RIGHT), done.ran.out


@pytest.mark.slow
def test_a_table_of_inbound_calls_by_its_name_is_told(ringback, tmp_path):
    files = {"calls.csv": csv_text(OWN, CALLS[:100]), "calls_inbound.csv": csv_text(OWN, CALLS[100:])}
    done = work(ringback, tmp_path, files, mapping="")
    assert done.ran.code == 1
    assert "by its name, calls_inbound holds inbound calls" in " ".join(done.ran.out.split())


@pytest.mark.slow
def test_contact_numbers_that_cannot_be_read_are_told(ringback, tmp_path):
    holders = "account,contact_number\n" + "".join(f"a{n},07700 90090{n} / 07700 90091{n}\n" for n in range(9))
    done = work(
        ringback,
        tmp_path,
        {"calls.csv": csv_text(OWN, CALLS), "accounts.csv": holders},
        leave_out=["accounts.csv"],
        mapping="",
    )
    assert done.ran.code == 1
    assert "split cells that hold two numbers" in " ".join(done.ran.out.split())


# Names that are no text.


@pytest.mark.slow
def test_a_files_name_and_a_columns_name_that_are_no_text_are_kept_readably(ringback, tmp_path):
    name = b"calls-\xe4.csv".decode("utf-8", "surrogateescape")
    content = csv_text(OWN, CALLS).replace("disposition", "disposition,f\u00e4rbe", 1).encode("cp1252")
    done = work(ringback, tmp_path, {name: content.replace(b"ANSWERED\n", b"ANSWERED,\n")}, mapping="")
    assert done.ran.code in (0, 1)
    listed = ringback("exhibit", "list", done.case)
    assert "calls-\ufffd.csv" in listed.out
    assert ringback("verify", done.case).code == 0
    refused = ringback("exhibit", "add", done.case, "--in-place", tmp_path / "files" / name)
    assert "rename it" in " ".join(refused.err.split())
