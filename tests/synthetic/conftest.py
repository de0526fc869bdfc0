import pytest

from ringback.synthetic.seizure import make_seizure


@pytest.fixture(scope="session")
def small(tmp_path_factory):
    """A seizure of 20,000 calls as CSV."""
    folder = tmp_path_factory.mktemp("small") / "seizure"
    make_seizure(folder, calls=20_000, seed=3)
    return folder
