"""Numbers that belong to accounts, subjects, the site or an organisation: counted apart, never alerted."""

from ringback.expressions import Table, ibis

OWNERS = ("account", "subject", "site", "organisation")


def own_numbers(
    raw_accounts: Table,
    raw_subjects: Table,
    raw_site_numbers: Table,
    organisation_numbers: Table,
    readings: Table,
    reading_options: Table,
) -> Table:
    """One row per number with an owner; a number of several owners goes to the first of `OWNERS`.

    Args:
        raw_accounts: RAW_ACCOUNTS.
        raw_subjects: RAW_SUBJECTS.
        raw_site_numbers: RAW_SITE_NUMBERS.
        organisation_numbers: ORGANISATION_NUMBERS.
        readings: READINGS of their raw texts.
        reading_options: READING_OPTIONS; every reading of an ambiguous contact number counts as own, since one's own
            number must not be alerted.

    Returns:
        OWN_NUMBERS.
    """
    raws = ibis.union(
        raw_accounts.select(raw=raw_accounts.contact_number, rank=ibis.literal(0, "int64")),
        raw_subjects.select(raw=raw_subjects.contact_number, rank=ibis.literal(1, "int64")),
        raw_site_numbers.select(raw=raw_site_numbers.number, rank=ibis.literal(2, "int64")),
    )
    read = raws.join(readings, "raw")
    certain = read.filter(read.e164.notnull()).select("e164", "rank")
    options = reading_options.select(option_raw="raw", option="e164")
    possible = raws.join(options, raws.raw == options.option_raw).select(e164="option", rank="rank")
    published = organisation_numbers.select("e164", rank=ibis.literal(3, "int64"))
    owned = ibis.union(certain, possible, published)
    first = owned.group_by("e164").aggregate(rank=owned["rank"].min())
    owner = first["rank"].cases(*enumerate(OWNERS))
    return first.select("e164", owner=owner)
