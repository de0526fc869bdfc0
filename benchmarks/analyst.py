"""What an analyst writes today: pandas, and phonenumbers row by row. The peer of `main_job.py`.

Everything that a fair analyst would do: read the file, make times of the times, read both numbers of each row with
phonenumbers (E.164, valid or not, kind, region), leave out the numbers of accounts, subjects, the site and the
organisations, tie accounts to subjects, and list the UK mobiles that talked for more than a minute.

Usage: python benchmarks/analyst.py SEIZURE OUT    (OUT gets readings.parquet and victims.csv)
"""

import csv
import sys
from pathlib import Path

import pandas as pd
import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

ORGANISATIONS = Path(__file__).parents[1] / "src/ringback/data/organisations.csv"
IDENTIFIED = ("identified", "arrested", "charged", "convicted")
KINDS = {
    PhoneNumberType.FIXED_LINE: "landline",
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "mobile_or_landline",
    PhoneNumberType.TOLL_FREE: "toll_free",
    PhoneNumberType.PREMIUM_RATE: "premium",
    PhoneNumberType.SHARED_COST: "shared_cost",
    PhoneNumberType.VOIP: "voip",
    PhoneNumberType.PERSONAL_NUMBER: "personal",
    PhoneNumberType.PAGER: "pager",
    PhoneNumberType.UAN: "uan",
    PhoneNumberType.VOICEMAIL: "voicemail",
}


def read(text: object) -> tuple[str | None, str | None, str | None]:
    """E.164, kind and region of one text, as phonenumbers has it for somebody in the UK."""
    if not isinstance(text, str):
        return None, None, None
    try:
        number = phonenumbers.parse(text, "GB")
    except phonenumbers.NumberParseException:
        return None, None, None
    if not phonenumbers.is_valid_number(number):
        return None, None, None
    return (
        phonenumbers.format_number(number, PhoneNumberFormat.E164),
        KINDS.get(phonenumbers.number_type(number)),
        phonenumbers.region_code_for_number(number),
    )


def load(path: Path, **options: object) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, encoding_errors="replace", on_bad_lines="skip", **options)


def main(seizure: Path, out: Path) -> None:
    calls = load(
        seizure / "calls.csv",
        usecols=["account", "started_at", "presentation_number", "called_number", "duration_s", "disposition"],
    )
    subjects = load(seizure / "subjects.csv")
    own = {read(text)[0] for text in subjects["contact_number"]}
    own |= {read(text)[0] for text in load(seizure / "accounts.csv")["contact_number"]}
    own |= {read(text)[0] for text in load(seizure / "site_numbers.csv")["number"]}
    with ORGANISATIONS.open(newline="", encoding="utf-8") as file:
        own |= {row["e164"] for row in csv.DictReader(file)}

    started_at = pd.to_datetime(calls["started_at"], errors="coerce").dt.tz_localize(
        "Europe/London", ambiguous=True, nonexistent="shift_forward"
    )
    talked_s = pd.to_numeric(calls["duration_s"], errors="coerce")
    for column, name in (("called_number", "called"), ("presentation_number", "shown")):
        found = [read(text) for text in calls[column]]
        calls[f"{name}_e164"], calls[f"{name}_kind"], calls[f"{name}_region"] = zip(*found, strict=True)
        del found

    tied = set(subjects.loc[subjects["status"].str.strip().str.lower().isin(IDENTIFIED), "account"])
    kept = calls[
        started_at.notna()
        & (calls["disposition"].isna() | (calls["disposition"] == "ANSWERED"))
        & (talked_s > 60)
        & (calls["called_region"] == "GB")
        & (calls["called_kind"] == "mobile")
        & ~calls["called_e164"].isin(own)
        & calls["account"].isin(tied)
    ]
    victims = kept.groupby("called_e164").agg(calls=("account", "size"), accounts=("account", "nunique"))
    out.mkdir(exist_ok=True)
    victims.to_csv(out / "victims.csv")
    calls[[f"{name}_{part}" for name in ("called", "shown") for part in ("e164", "kind", "region")]].to_parquet(
        out / "readings.parquet"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
