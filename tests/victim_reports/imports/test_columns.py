"""Columns of exports are proposed by their names; a person's choice wins; what is unclear is left to a person."""

import pytest

from ringback.errors import RingbackError
from ringback.victim_reports.imports.columns import (
    ChosenColumns,
    propose_columns,
    read_column_options,
    read_mapping_file,
)
from ringback.victim_reports.imports.vocabulary import _NAMES, FIELDS

SEEN = {
    "a national centre": (
        "Crime reference,Date reported,Date of incident,Victim phone,Loss amount,Suspect number,Description",
        "centre_reference,received_on,called_on,called_number,loss,shown_number,story",
    ),
    "a database": (
        "crime_ref,dateReported,incidentDate,incident_time,victim_name,victim_email,contact_number,phone_called,"
        "suspect_phone,impersonated_organisation,total_loss_gbp,amount_recovered,payment_method,narrative",
        "centre_reference,received_on,called_on,called_at,name,email,contact_number,called_number,shown_number,claimed,"
        "loss,loss_returned,loss_kind,story",
    ),
    "a synthetic one": (
        "crime_reference,received_at,report_type,has_our_text,alert_reference,alert_last_four,number_called,"
        "whose_phone,call_date,call_date_certainty,call_time,part_of_day,caller_claimed,number_shown,call_length,"
        "loss_gbp,loss_method,loss_date,account_of_events,reporter_name,reporter_postcode",
        "centre_reference,received_on,kind,,reference,last_four,called_number,whose,called_on,called_on_sure,"
        "called_at,part_of_day,claimed,shown_number,talk_time,loss,loss_kind,loss_on,story,name,postcode",
    ),
    "nested": (
        "victim.name,victim.phone,suspect.number,incident.date,incident.description",
        "name,called_number,shown_number,called_on,story",
    ),
}  # fmt: skip


@pytest.mark.parametrize("export", SEEN)
def test_columns_as_centres_name_them(export):
    names, fields = (text.split(",") for text in SEEN[export])
    wanted = {field: name for name, field in zip(names, fields, strict=True) if field}
    found = propose_columns(names, ChosenColumns())
    assert dict(found.columns) == wanted
    assert found.unclear == {}
    assert set(found.not_taken) == set(names) - set(wanted.values())


@pytest.mark.parametrize("field", FIELDS)
def test_every_known_name_is_found_in_every_spelling(field):
    for name in _NAMES[field]:
        for spelt in (name, name.upper(), name.title().replace(" ", ""), name.replace(" ", "_"), f" {name}: "):
            others = [] if field == "story" else ["story"]
            found = propose_columns([spelt, *others], ChosenColumns())
            assert found.columns.get(field) == spelt, (field, spelt)


def test_two_columns_that_fit_alike_are_left_to_a_person():
    names = ["Description", "Loss", "Loss Amount", "loss_amount"]
    found = propose_columns(names, ChosenColumns())
    assert "loss" not in found.columns
    assert set(found.unclear["loss"]) == {"Loss", "Loss Amount", "loss_amount"}
    assert propose_columns(names, ChosenColumns({"loss": "loss amount"})).columns["loss"] == "Loss Amount"


def test_a_choice_wins_and_nothing_behind_it_means_none():
    names = ["Description", "Notes", "Loss"]
    found = propose_columns(names, ChosenColumns({"story": "notes", "loss": ""}))
    assert dict(found.columns) == {"story": "Notes"}
    assert found.not_taken == ("Description", "Loss")


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"colour": "Loss"}, "no field colour"), ({"loss": "Los"}, "no column Los"),
        ({"loss": "Loss", "story": "loss"}, "named twice"), ({"story": "PIN"}, "nobody may read"),
    ],
)  # fmt: skip
def test_a_choice_that_cannot_be_is_refused(chosen, said):
    with pytest.raises(RingbackError) as error:
        propose_columns(["Loss", "PIN", "Description"], ChosenColumns(chosen))
    assert error.value.code == "report_columns_bad"
    assert said in str(error.value)


def test_secrets_are_never_proposed():
    found = propose_columns(["story", "summary_pin", "description.password"], ChosenColumns())
    assert dict(found.columns) == {"story": "story"}


def test_an_export_that_says_nothing_is_refused():
    with pytest.raises(RingbackError) as error:
        propose_columns(["Shoe size", "Postcode", "Name"], ChosenColumns())
    assert error.value.code == "report_columns_missing"


def test_a_mapping_file_and_options():
    told = read_mapping_file(b'\xef\xbb\xbfdecimal = ","\n[columns]\nloss = "Verlust"\nstory = "Text"\n')
    assert (told.columns, told.decimal) == ({"loss": "Verlust", "story": "Text"}, ",")
    over = ChosenColumns(read_column_options(["story = Other", "loss="])).over(told)
    assert (over.columns, over.decimal) == ({"loss": "", "story": "Other"}, ",")
    for data in (b"no toml", b"colour = 1", b"[columns]\nloss = 5", b'decimal = ";"', b"\xff"):
        with pytest.raises(RingbackError) as error:
            read_mapping_file(data)
        assert error.value.code == "report_columns_bad"
    with pytest.raises(RingbackError):
        read_column_options(["loss"])
