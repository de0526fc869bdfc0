"""Whether a table holds payments, and whether its amounts are sterling. Amounts in an unknown currency are not used."""

from collections.abc import Sequence

from ringback.schema_matching import value_patterns
from ringback.schema_matching.account_columns import AccountKey, choose_account
from ringback.schema_matching.column_profile import Column
from ringback.schema_matching.scoring import Candidate, Choice, certainty, choose, percent
from ringback.schema_matching.table_profile import SeizedTable

REQUIRED = ("account", "gbp")
_STERLING = {"GBP", "£", "POUND", "POUNDS", "STERLING"}


def read_as_payments(
    table: SeizedTable, accounts: SeizedTable, key: Column
) -> tuple[dict[str, Choice], float, list[str]]:
    """Read a table as payments: the columns for each field, how sure it is that these are payments, and why.

    Args:
        table: The table.
        accounts: The table of accounts.
        key: The column of the accounts that the calls refer to.
    """
    account = choose_account(table, only=accounts)
    if account.join is None or account.join.key is not key:
        account = _through(table, key)
    amounts = [column for column in table.columns if _is_amount(column) and column is not account.choice.column]
    sterling = _in_sterling(table.columns)
    gbp = choose("gbp", [_gbp(column, sterling) for column in amounts])
    bitcoin = choose("bitcoin", [_bitcoin(column) for column in amounts if column is not gbp.column])
    paid = choose(
        "payment_id", [_payment_id(column) for column in table.columns if column is not account.choice.column]
    )
    points, reasons = -3.0, []
    if "payments" in table.hints:
        points += 2.0 * table.hints["payments"]
        reasons.append("the table's name speaks of payments")
    if any(column.share(value_patterns.WALLET.fullmatch) >= 0.5 for column in table.columns):
        points += 3.0
        reasons.append("it holds addresses of wallets")
    if bitcoin.column is not None and bitcoin.confidence >= 0.8:
        points += 2.5
        reasons.append(f"{bitcoin.column.name} looks like amounts in bitcoin")
    if any(column.timestamps.share >= 0.9 for column in table.columns):
        points += 0.5
    points += 2.0 * account.choice.confidence
    if gbp.column is None and not amounts:
        points = -8.0
    choices = {"account": account.choice, "gbp": gbp, "bitcoin": bitcoin, "payment_id": paid}
    return choices, round(certainty(points), 3), reasons


def _through(table: SeizedTable, key: Column) -> AccountKey:
    """The column that refers to the same key of the accounts as the calls do."""
    joins = [join for join in table.joins if join.key is key]
    candidates = []
    for join in joins:
        one = Candidate(join.column)
        one.note(5.0 if join.share >= 0.9 else 1.0, f"{percent(join.share)} of its values are accounts")
        one.note(1.5 * join.column.hints.get("account", 0.0))
        if join.reach < 0.4:
            one.note(-4.0)
        candidates.append(one)
    return AccountKey(choose("account", candidates), joins[0] if joins else None)


def _is_amount(column: Column) -> bool:
    known = [one for one in column.numbers if one is not None]
    return len(known) >= 3 and column.different >= 3 and not column.is_phone and column.timestamps.share < 0.9


def _in_sterling(columns: Sequence[Column]) -> Column | None:
    """A column that says in every row that the amount is sterling."""
    return next(
        (one for one in columns if one.filled and one.share(lambda value: value.upper() in _STERLING) == 1), None
    )


def _gbp(column: Column, sterling: Column | None) -> Candidate:
    one = Candidate(column)
    if "gbp" in column.hints:
        one.note(2.5 * column.hints["gbp"] + 1.0, "its name says pounds")
    elif sterling is not None:
        one.note(2.0, f"{sterling.name} says that all amounts are in sterling")
        one.note(1.5 * column.hints.get("money", 0.0))
    else:
        one.note(-0.5 + 0.5 * column.hints.get("money", 0.0), "nothing says in which currency it is")
    if _has_many_places(column) or "bitcoin" in column.hints:
        one.note(-4.0)
    if column.is_unique and column.whole:
        one.note(-4.0)
    if not column.hints.get("money") and not column.hints.get("gbp"):
        one.note(-1.0)
    if column.hints.get("account") or column.hints.get("payment_id") or column.hints.get("other_key"):
        one.note(-3.0)
    return one


def _bitcoin(column: Column) -> Candidate:
    one = Candidate(column)
    one.note(2.0 * column.hints.get("bitcoin", 0.0) - 1.5)
    if _has_many_places(column):
        one.note(3.0, "small amounts with many decimal places")
    return one


def _has_many_places(column: Column) -> bool:
    return column.share(lambda value: len(value.partition(".")[2]) >= 5) >= 0.5


def _payment_id(column: Column) -> Candidate:
    one = Candidate(column)
    one.note(2.0 * column.hints.get("payment_id", 0.0) - 2.0, f"{column.different} different values")
    if column.is_unique:
        one.note(1.5 if column.whole is None else 0.0)
    else:
        one.note(-4.0)
    if column.timestamps.share >= 0.9 or any(":" in value for value in list(column.counts)[:5]):
        one.note(-3.0)
    return one
