"""Run commands as a user types them, with keys in a folder of the test's own."""

import json
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from cli.alert_case import DRAMA, PEOPLE, copy_case, made_up, make_alert_case
from ringback.cli.main import app


@pytest.fixture(scope="session")
def keys(tmp_path_factory):
    return tmp_path_factory.mktemp("keys")


def _parse(output):
    """One JSON document, or a list of the lines where each is one."""
    try:
        return json.loads(output)
    except json.JSONDecodeError:
        return [json.loads(line) for line in output.splitlines()]


@pytest.fixture(scope="session")
def ringback(keys):
    """A function: words of a command in, exit code and output out; `json` where the output is JSON."""

    def run(*words, stdin=None):
        done = CliRunner().invoke(
            app, [str(word) for word in words], input=stdin, env={"RINGBACK_KEYS": str(keys), "RINGBACK_WORKERS": "2"}
        )
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        parsed = _parse(done.stdout) if "--json" in words and done.stdout.strip() else None
        return SimpleNamespace(code=done.exit_code, out=done.stdout, err=done.stderr, json=parsed)

    return run


@pytest.fixture(scope="session")
def seizures(ringback, tmp_path_factory):
    """The same synthetic seizure in every format."""
    folder = tmp_path_factory.mktemp("seizures")
    for format_ in ("csv", "jsonl", "parquet", "mysqldump"):
        done = ringback("synth", folder / format_, "--calls", 12000, "--seed", 7, "--format", format_)
        assert done.code == 0, done.err
    return folder


def make_case(ringback, path, seizure, *, synthetic=True, in_place=False):
    """A case with every file of a seizure, through the commands a user would type."""
    words = ["case", "new", path, "--name", "Test", "--first-day", "2020-12-01", "--last-day", "2022-11-24"]
    assert ringback(*words, *(["--synthetic"] if synthetic else [])).code == 0
    files = [one for one in sorted(seizure.iterdir()) if one.is_file() and one.name != "case_settings.json"]
    added = ringback("exhibit", "add", path, *(["--in-place"] if in_place else []), *files)
    assert added.code == 0, added.err
    return path


@pytest.fixture(scope="session")
def cases(ringback, seizures, tmp_path_factory):
    """A case that was run, for every format. Read-only: tests that change a case make their own."""
    folder = tmp_path_factory.mktemp("cases")
    for seizure in sorted(seizures.iterdir()):
        case = make_case(ringback, folder / seizure.name, seizure)
        done = ringback("run", case)
        assert done.code == 0, done.out + done.err
    return folder


# Who is no victim, as a run has to know before it ends with 0: the accounts' own phones, and the site's numbers.
NO_VICTIMS = {
    "accounts.csv": "account,contact_number\nfox,07700 900999\n",
    "site_numbers.csv": "number,use\n020 7946 0999,help line\n",
}


def make_run_case(ringback, folder, files):
    """A case of files, name to text, and of who is no victim, that was run; for tests that copy it."""
    case = folder / "case"
    life = ["--first-day", "2020-12-01", "--last-day", "2022-11-24"]
    assert ringback("case", "new", case, "--name", "Test", *life).code == 0
    for name, content in (files | NO_VICTIMS).items():
        (folder / name).write_text(content)
    assert ringback("exhibit", "add", case, *(folder / name for name in files | NO_VICTIMS)).code == 0
    assert ringback("run", case).code == 0
    return case


@pytest.fixture
def new_case(ringback, tmp_path):
    """A function that makes a case from files: name to text or bytes; and who is no victim, unless `known` is False."""

    def make(files, *, preset="ringback", name="case", known=True, **options):
        words = ["case", "new", tmp_path / name, "--name", "Test", "--preset", preset]
        for option, value in options.items():
            words += [f"--{option.replace('_', '-')}", value]
        made = ringback(*words)
        assert made.code == 0, made.err
        others = {file: content for file, content in NO_VICTIMS.items() if known and file not in files}
        for file, content in (files | others).items():
            path = tmp_path / f"{name}-files" / file
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
            added = ringback("exhibit", "add", tmp_path / name, path)
            assert added.code == 0, added.err
        return tmp_path / name

    return make


@pytest.fixture(scope="session")
def _prepared_drama(ringback, keys, tmp_path_factory):
    return make_alert_case(ringback, keys, tmp_path_factory.mktemp("drama"), DRAMA, synthetic=True)


@pytest.fixture(scope="session")
def _prepared_people(ringback, keys, tmp_path_factory):
    numbers = [*made_up(PEOPLE), DRAMA[0]]
    return make_alert_case(ringback, keys, tmp_path_factory.mktemp("people"), numbers, synthetic=False)


@pytest.fixture
def drama_case(_prepared_drama, tmp_path, ringback, keys, monkeypatch):
    """A synthetic case with staff in which four numbers for drama were called."""
    copy = copy_case(_prepared_drama, tmp_path, ringback, keys, monkeypatch)
    yield copy
    copy.close()


@pytest.fixture
def people_case(_prepared_people, tmp_path, ringback, keys, monkeypatch):
    """A case with staff that was not declared synthetic; its numbers are made up for the test."""
    copy = copy_case(_prepared_people, tmp_path, ringback, keys, monkeypatch)
    yield copy
    copy.close()
