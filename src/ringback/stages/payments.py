"""Payments: each counted once, with its sterling value."""

from ringback.expressions import Table, ibis
from ringback.stages.calls import ORIGIN


def payment_rows(raw_payments: Table) -> Table:
    """One row per seized payment row, with the reason why it is no payment of its own, or null.

    A row without a readable sterling value is `bad_amount`; a repeated payment (same identifier, account,
    time and value) is `duplicate` (the first by origin stays; rows without an identifier are all kept).

    Args:
        raw_payments: RAW_PAYMENTS.

    Returns:
        PAYMENT_ROWS.
    """
    text = raw_payments.gbp.strip().replace("£", "")
    # A comma may only separate thousands: 12,50 is rejected, not read as 1250.
    amount = text.re_extract(r"^(\d{1,3}(,\d{3})+|\d+)(\.\d+)?$", 0).replace(",", "")
    rows = raw_payments.mutate(pounds=amount.try_cast("decimal(18,2)"))
    good = rows.pounds.notnull()
    same = ibis.window(
        group_by=[rows.pounds.notnull(), rows.payment_id, rows.account.fill_null(""), rows.paid_at, rows.pounds],
        order_by=[rows[name] for name in ORIGIN],
    )
    repeated = rows.payment_id.notnull() & (ibis.row_number().over(same) > 0)
    rejected = ibis.cases((~good, "bad_amount"), (repeated, "duplicate"), else_=None).cast("string")
    return rows.select(*ORIGIN, "payment_id", "account", gbp=rows.pounds, rejected=rejected)
