"""A case whose clock stands still, and one with texts of ours in it."""

import pytest
from sqlalchemy import insert, update

from alert_rows import NOON, add_alert, add_batch, make_case_file, number_of
from ringback.alerting.model.references import check_digest, new_reference
from ringback.records.alert_tables import alerts, routes
from ringback.records.db import writing


@pytest.fixture
def case_file(tmp_path):
    made = make_case_file(tmp_path)
    yield made
    made.records.dispose()


@pytest.fixture
def our_text(case_file):
    """Reference and last four digits of a text of ours, and the number that it went to."""
    add_batch(case_file)
    alert = add_alert(case_file, 7, state="accepted", outcomes=("accepted",))
    reference, number, ring = new_reference(), number_of(7), case_file.keys()
    with writing(case_file.records).begin() as connection:
        digest = check_digest(ring, reference, number[-4:])
        connection.execute(update(alerts).where(alerts.c.id == alert).values(check_digest=digest, accepted_at=NOON))
        # A place counts all numbers of a batch here, and only those that are texted there: they differ.
        for place, one, channel in ((9, number, "text"), (7, "+441214960007", "outreach")):
            connection.execute(
                insert(routes).values(
                    batch="B-001", place=place, number_digest=ring.newest.digest(one),
                    number_sealed=ring.seal(one, about=f"route:B-001:{place}"), channel=channel, reason="a",
                    kind="mobile", region="GB",
                )
            )  # fmt: skip
    return reference, number[-4:], number
