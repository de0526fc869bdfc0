"""`ringback map` never ends in a traceback: each run tries thousands of random tables.

`make soak` looks at twenty thousand with seeds of their own.
"""

import pytest

from map_fuzz import fuzz


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_no_table_crashes_the_mapping(seed):
    assert fuzz(500, seed_=seed) >= 500
