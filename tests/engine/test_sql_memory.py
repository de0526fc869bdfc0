"""SQL is remembered where it is certain to be the same, and compiled anew wherever anything else is so."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from ringback import schemas
from ringback.engine import compiling, sql_memory
from ringback.engine.base import NamedTables
from ringback.engine.compiling import DuckDBQueries
from ringback.engine.duckdb_sql import duckdb_sql
from ringback.engine.queries import StageQuery, Tables, build
from ringback.engine.sql_memory import FILE_NAME, Compiled, SqlMemory
from ringback.pipeline.steps import SAVED, RunInputs
from ringback.schemas.table import Column, Table
from ringback.stages.calls import adjusted_rows
from ringback.stages.rules import A_MINUTE
from ringback.stages.victims import long_calls
from tiers import first_quick

RUN_INPUTS = RunInputs(A_MINUTE, datetime(2020, 12, 1, tzinfo=UTC), datetime(2022, 11, 25, tzinfo=UTC))
DAY = timedelta(days=1)
STEPS = {step.table: step for step in SAVED}


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    """A cache of the test's own, and source that is older than the process."""
    monkeypatch.setenv("RINGBACK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(sql_memory, "is_as_loaded", lambda: True)
    sql_memory._shared.cache_clear()
    yield
    sql_memory._shared.cache_clear()


@pytest.fixture
def built(monkeypatch):
    """How often an expression was built."""
    calls = []

    def counted(*arguments):
        calls.append(arguments)
        return build(*arguments)

    monkeypatch.setattr(compiling, "build", counted)
    return calls


def new_process():
    """What another process has: what the file holds."""
    sql_memory._shared.cache_clear()
    return DuckDBQueries(NamedTables())


def fitted(queries, schema, given=RUN_INPUTS):
    """A step as the engine asks for it."""
    return queries.fitted(schema, STEPS[schema].query(given), ())


def fresh(schema, given=RUN_INPUTS):
    """The SQL of a step, made without any memory."""
    expression = build(STEPS[schema].query(given), NamedTables(), ())
    return duckdb_sql(expression.select(*schema.names).cast(schema.types()))


def keep_steps(given=RUN_INPUTS):
    queries = new_process()
    for schema in STEPS:
        fitted(queries, schema, given)
    queries.keep()


def the_file(tmp_path):
    return tmp_path / "cache" / FILE_NAME


def test_every_step_is_remembered_and_is_the_sql_that_would_be_compiled(built):
    keep_steps()
    assert len(built) == len(STEPS)
    queries = new_process()
    for schema in STEPS:
        assert fitted(queries, schema).sql == fresh(schema)
    assert len(built) == len(STEPS)


def test_what_is_remembered_knows_its_order_and_the_tables_it_reads():
    keep_steps()
    found = fitted(new_process(), schemas.VICTIMS)
    assert (found.ordered, found.uses) == (True, ("account_subjects", "long_calls"))
    assert not fitted(new_process(), schemas.LONG_CALLS).ordered


@pytest.mark.parametrize(
    "given",
    first_quick(
        [
            replace(RUN_INPUTS, rule=replace(A_MINUTE, over_s=61)),
            replace(RUN_INPUTS, rule=replace(A_MINUTE, region="IE")),
            replace(RUN_INPUTS, rule=replace(A_MINUTE, name="another")),
            replace(RUN_INPUTS, first_at=RUN_INPUTS.first_at + DAY),
            replace(RUN_INPUTS, until_at=RUN_INPUTS.until_at - DAY),
        ]
    ),
    ids=["threshold", "region", "rule", "first day", "last day"],
)
def test_with_anything_else_given_it_is_compiled_anew(given, built):
    keep_steps()
    before, queries = len(built), new_process()
    for schema in STEPS:
        assert fitted(queries, schema, given).sql == fresh(schema, given)
    # A step that does not take what changed is the same.
    touched = [step for step in SAVED if step.query(given) != step.query(RUN_INPUTS)]
    assert len(built) == before + len(touched)
    assert any(fresh(step.table, given) != fresh(step.table) for step in touched), "otherwise nothing was tried"


def test_with_other_columns_it_is_compiled_anew(monkeypatch, built):
    keep_steps()
    before = len(built)
    wider = replace(schemas.LONG_CALLS, columns=(*schemas.LONG_CALLS.columns[:-1],))
    query = STEPS[schemas.LONG_CALLS].query(RUN_INPUTS)
    found = new_process().fitted(wider, query, ())
    expression = build(query, NamedTables(), ())
    assert found.sql == duckdb_sql(expression.select(*wider.names).cast(wider.types()))
    assert len(built) == before + 1
    column = schemas.PARSED_CALLS.columns[0]
    other = replace(schemas.PARSED_CALLS, columns=(replace(column, type="int64"), *schemas.PARSED_CALLS.columns[1:]))
    tables = tuple(other if table is schemas.PARSED_CALLS else table for table in schemas.TABLES)
    monkeypatch.setattr(compiling.schemas, "TABLES", tables)
    fitted(new_process(), schemas.ADJUSTED_ROWS)
    assert len(built) == before + 2


def test_another_engine_another_version_and_other_source_know_nothing_of_it(monkeypatch, tmp_path):
    def remembers(engine="duckdb"):
        sql_memory._shared.cache_clear()
        memory, asked = SqlMemory(engine, schemas.TABLES, tmp_path / "cache"), []

        def compile_():
            asked.append(True)
            return Compiled(f"of {engine}", ordered=False, uses=())

        memory.compiled(("plain",), adjusted_rows, (RUN_INPUTS,), compile_)
        memory.save()
        return not asked

    assert [remembers(), remembers()] == [False, True]
    assert [remembers("spark"), remembers("duckdb")] == [False, False]
    for name in ("python", "ibis-framework", "sqlglot", "duckdb"):
        assert remembers()
        with monkeypatch.context() as patch:
            told = sql_memory.version_of
            patch.setattr(sql_memory, "version_of", lambda one, name=name, told=told: told(one) + "9" * (one == name))
            assert not remembers(), name
        assert not remembers()
    with monkeypatch.context() as patch:
        patch.setattr(sql_memory, "source_digest", lambda: "0" * 64)
        assert not remembers()


def test_where_the_source_may_be_newer_than_the_process_nothing_is_remembered(monkeypatch, tmp_path, built):
    monkeypatch.setattr(sql_memory, "is_as_loaded", lambda: False)
    keep_steps()
    fitted(new_process(), schemas.ADJUSTED_ROWS)
    fitted(new_process(), schemas.ADJUSTED_ROWS)
    assert len(built) == len(STEPS) + 2
    assert not the_file(tmp_path).exists()


def damaged(content):
    changed = content.replace(b"60", b"61")
    assert changed != content
    return changed


@pytest.mark.parametrize(
    "change",
    first_quick(
        [
            damaged,
            lambda content: content[:-1],
            lambda content: content[: len(content) // 2],
            lambda _content: b"",
            lambda _content: b"\xff\xfe",
            lambda content: content.partition(b"\n")[2],
            lambda _content: b"null\n" + b"null",
        ]
    ),
    ids=["altered", "a byte short", "torn", "empty", "no text", "without its digest", "something else"],
)
def test_a_file_that_is_not_what_was_written_is_no_memory(change, tmp_path, built):
    keep_steps()
    file = the_file(tmp_path)
    file.write_bytes(change(file.read_bytes()))
    before = len(built)
    keep_steps()
    assert len(built) == before + len(STEPS)
    fitted(new_process(), schemas.LONG_CALLS)
    assert len(built) == before + len(STEPS), "and it is mended"


@pytest.mark.parametrize("content", ["null", "[]", "{}", '{"made_of": 1}', '{"made_of": "x", "sql": {"k": 3}}'])
def test_a_file_of_another_form_is_no_memory(content, tmp_path):
    file = the_file(tmp_path)
    keep_steps()
    made_of = json.loads(file.read_text().partition("\n")[2])["made_of"]
    content = content.replace('"x"', json.dumps(made_of))
    file.write_text(f"{sql_memory._digest(content)}\n{content}")
    assert sql_memory._read(file, made_of) == {}


def test_a_file_that_others_may_write_is_no_memory(tmp_path, built):
    keep_steps()
    the_file(tmp_path).chmod(0o666)
    before = len(built)
    fitted(new_process(), schemas.LONG_CALLS)
    assert len(built) == before + 1


def test_where_nothing_can_be_kept_everything_is_compiled(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("RINGBACK_CACHE", str(tmp_path / "file" / "cache"))
    for _turn in range(2):
        keep_steps()
        assert fitted(new_process(), schemas.LONG_CALLS).sql == fresh(schemas.LONG_CALLS)


def test_two_processes_add_to_one_file(tmp_path, built):
    one, other = SqlMemory("duckdb", schemas.TABLES, tmp_path), SqlMemory("duckdb", schemas.TABLES, tmp_path)
    one._known, other._known = {}, {}
    for memory, stage in ((one, adjusted_rows), (other, long_calls)):
        memory.compiled(("plain",), stage, (RUN_INPUTS,), lambda: Compiled("SELECT 1", ordered=False, uses=()))
    one.save()
    other.save()
    assert len(sql_memory._read(tmp_path / FILE_NAME, one._made_of or "")) == 2


def test_the_file_does_not_grow_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr(sql_memory, "_MOST_LETTERS", 100)
    keep_steps()
    queries = new_process()
    fitted(queries, schemas.ADJUSTED_ROWS, replace(RUN_INPUTS, until_at=RUN_INPUTS.until_at + DAY))
    queries.keep()
    content = json.loads(the_file(tmp_path).read_text().partition("\n")[2])
    assert len(content["sql"]) == 1


# Functions that stand elsewhere than in the program may be anything the next time.
@pytest.mark.parametrize("query", [lambda m: m.victims, adjusted_rows.__call__], ids=["elsewhere", "no function"])
def test_what_does_not_stand_in_the_program_is_never_remembered(query, tmp_path):
    memory = SqlMemory("duckdb", schemas.TABLES, tmp_path)
    assert memory._key(("plain",), query, ()) is None


def test_what_takes_something_with_it_is_never_remembered(tmp_path, monkeypatch):
    memory = SqlMemory("duckdb", schemas.TABLES, tmp_path)
    monkeypatch.setattr(sql_memory, "FOLDER", sql_memory.FOLDER.parent.parent)
    over_s = RUN_INPUTS.rule.over_s
    assert memory._key(("plain",), lambda m: m.long_calls.filter(m.long_calls.duration_s > over_s), ()) is None
    assert memory._key(("plain",), lambda m, most=9: m.victims.limit(most), ()) is None
    assert memory._key(("plain",), lambda m: m.victims, ()) is not None


def test_two_functions_of_one_line_are_two(tmp_path, monkeypatch):
    memory = SqlMemory("duckdb", schemas.TABLES, tmp_path)
    monkeypatch.setattr(sql_memory, "FOLDER", sql_memory.FOLDER.parent.parent)
    one, other = (lambda m: m.victims), (lambda m: m.calls)
    assert memory._key(("plain",), one, ()) != memory._key(("plain",), other, ())
    nameless = one.__code__.replace(co_linetable=b"")
    assert memory._key(("plain",), type(one)(nameless, globals()), ()) is None


@dataclass(frozen=True)
class Elsewhere:
    name: str = "x"


@pytest.mark.parametrize(
    "value",
    [
        "+447700900123",
        447700900123,
        Elsewhere(),
        replace(RUN_INPUTS, first_at=datetime(2020, 12, 1)),  # noqa: DTZ001
        replace(RUN_INPUTS, first_at=datetime(2020, 12, 1, tzinfo=timezone(timedelta(hours=1)))),
        replace(RUN_INPUTS, rule=replace(A_MINUTE, kinds=["mobile"])),
        replace(RUN_INPUTS, rule=replace(A_MINUTE, over_s=60.5)),
        type(A_MINUTE),
    ],
    ids=["text", "number", "of another program", "no zone", "another zone", "a list", "a fraction", "a class"],
)
def test_what_could_be_mistaken_or_could_be_somebodys_number_is_never_a_key(value, tmp_path):
    memory = SqlMemory("duckdb", schemas.TABLES, tmp_path)
    assert memory._key(("plain",), adjusted_rows, (value,)) is None
    assert memory._key(("plain",), adjusted_rows, (RUN_INPUTS, date(2022, 1, 1))) is not None


def test_different_things_never_have_one_key(tmp_path):
    memory = SqlMemory("duckdb", schemas.TABLES, tmp_path)
    keys = [
        memory._key(purpose, query, given)
        for purpose in (("plain",), ("fitted", "a"), ("fitted", "b"), ("view", "a"))
        for query in (adjusted_rows, long_calls, schemas.CALLS, schemas.ADJUSTED_ROWS)
        for given in (
            (),
            (RUN_INPUTS,),
            (RUN_INPUTS, RUN_INPUTS),
            (RUN_INPUTS.rule,),
            (RUN_INPUTS.first_at,),
            (date(2020, 12, 1),),
        )
    ]
    assert None not in keys
    assert len(set(keys)) == len(keys)


def test_a_stage_is_asked_for_by_its_tables_and_all_that_it_is_given(tmp_path):
    memory = SqlMemory("duckdb", schemas.TABLES, tmp_path)
    rule, other = RUN_INPUTS.rule, replace(RUN_INPUTS.rule, over_s=61)
    queries = [
        StageQuery(long_calls, (schemas.CALLS,), (("rule", rule),)),
        StageQuery(long_calls, (schemas.CALLS,), (("rule", other),)),
        StageQuery(long_calls, (schemas.LONG_CALLS,), (("rule", rule),)),
        StageQuery(long_calls, (schemas.CALLS, schemas.LONG_CALLS), (("rule", rule),)),
        StageQuery(adjusted_rows, (schemas.CALLS,), (("rule", rule),)),
        StageQuery(long_calls, (schemas.CALLS,), (("other", rule),)),
        StageQuery(long_calls, (schemas.CALLS,)),
    ]
    keys = [memory._key(("plain",), query, ()) for query in queries]
    assert None not in keys
    assert len(set(keys)) == len(keys)
    assert memory._key(("plain",), StageQuery(long_calls, (schemas.CALLS,), (("rule", "+447700900123"),)), ()) is None


def test_a_table_is_asked_for_by_its_columns(tmp_path):
    memory = SqlMemory("duckdb", schemas.TABLES, tmp_path)
    other = Table(schemas.VICTIMS.name, "", (Column("called_number", "int64", ""),))
    assert memory._key(("plain",), schemas.VICTIMS, ()) != memory._key(("plain",), other, ())


def test_a_table_that_no_run_has_is_an_error():
    with pytest.raises(AttributeError, match="no table 'nothing'"):
        _ = Tables(NamedTables()).nothing
