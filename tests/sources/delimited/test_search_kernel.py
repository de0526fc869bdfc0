"""Values are found in any field of a block, quoted or not."""

import csv

from hypothesis import given, settings
from hypothesis import strategies as st

from ringback.sources.delimited.blocks import split_block

FIELDS = st.sampled_from(["", "a", "ab", "account", '"account"', '"a"', "accounts", '"a ""b"""', "duration", "b"])


@settings(deadline=None)
@given(
    st.lists(st.lists(FIELDS, min_size=3, max_size=3), min_size=1, max_size=12),
    st.sets(st.sampled_from(["account", "duration", "a", "zz"]), max_size=3),
)
def test_rows_with_a_value_are_found(rows, values):
    plain = list(csv.reader(",".join(row) for row in rows))
    block = split_block("".join(",".join(row) + "\n" for row in rows).encode(), delimiter=44, width=3, most_lines=100)
    expected = [at for at in range(len(rows)) if set(plain[at]) & values]
    assert block.find_rows([value.encode() for value in values]).tolist() == expected
    left = block.without(block.find_rows([value.encode() for value in values]))
    kept = [at for at in range(len(rows)) if at not in expected]
    assert [left.fields.row(at) for at in range(len(kept))] == [plain[at] for at in kept]
    assert left.numbers.tolist() == [at + 1 for at in kept]
