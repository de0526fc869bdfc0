"""Makes a case of a panel's files, and maps and runs it with the commands that a user types."""

import csv
import io

SUBJECTS = ("arrested", "identified")
# Jersey, Guernsey and the Isle of Man, as `synthetic.pools` draws them.
CROWN_DEPENDENCIES = ("447797", "447781", "4476242")


def make_case(ringback, folder, files):
    """A case with these files as exhibits, and no settings for them."""
    case = folder / "case"
    assert ringback("case", "new", case, "--name", "Test", "--time-zone", "UTC").code == 0
    for name, content in files.items():
        path = folder / "files" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        added = ringback("exhibit", "add", case, path)
        assert added.code == 0, added.err
    return case


def find_mistakes(mapped, panel, *, threshold=0.9):
    """The differences between a mapping and the right one, in words."""
    mistakes = []
    for role in ("calls", "accounts"):
        found = next((one for one in mapped["proposals"] if one["role"] == role), None)
        if found is None or role not in mapped["written"]:
            mistakes.append(f"{role}: not mapped")
            continue
        right_tables = panel.tables[role]
        if found["tables"] != ([right_tables] if isinstance(right_tables, str) else list(right_tables)):
            mistakes.append(f"{role}: {found['tables']}")
        columns = {
            one["field"]: one["column"] for one in found["fields"] if one["confidence"] >= threshold and one["column"]
        }
        for field, right in getattr(panel, role).items():
            if columns.get(field) not in ((right,) if isinstance(right, str) else right):
                mistakes.append(f"{role}.{field}: {columns.get(field)}")
    return mistakes


def add_subjects(ringback, folder, case, panel, mapped):
    """The investigators' list of subjects: it ties two accounts to people, by the mapped key."""
    calls = next(one for one in mapped["proposals"] if one["role"] == "calls")
    column = next(one["column"] for one in calls["fields"] if one["field"] == "account")
    from schema_matching.made_calls import SUBJECTS as PLACES

    lines = ["account,subject,status,area"]
    for place, status in zip(PLACES, SUBJECTS, strict=True):
        lines.append(f"{panel.key[column](panel.made.accounts[place])},S-{place},{status},London")
    path = folder / "files" / "subjects.csv"
    path.write_text("\n".join(lines) + "\n")
    site = folder / "files" / "site_numbers.csv"
    site.write_text("number,use\n020 7946 0999,help line\n")
    assert ringback("exhibit", "add", case, path, site).code == 0


def victims(ringback, folder, case):
    """The list of people to warn."""
    target = folder / "victims.csv"
    done = ringback("victims", case, "--out", target, "--why", "test")
    assert done.code == 0, done.err
    return {row["called_number"] for row in csv.DictReader(io.StringIO(target.read_text()))}


def people_who_should_be_found(made):
    """UK mobiles that an identified account talked to for over a minute, by the calls themselves."""
    from schema_matching.made_calls import SUBJECTS as PLACES

    found = set()
    own = {digits(one.phone) for one in made.accounts}
    for call in made.calls:
        number = digits(call.called)
        british = number.startswith("447") and not number.startswith(CROWN_DEPENDENCIES)
        if call.account.place in PLACES and call.answered and call.talk > 60 and british:
            found.add(number)
    return {f"+{one}" for one in found - own}


def digits(text):
    """Digits with country code, of a number as `made_calls.spelled` writes it."""
    plain = "".join(one for one in text if one.isdigit())
    if text.startswith("00"):
        return plain[2:]
    return "44" + plain[1:] if plain.startswith("0") else plain
