"""A mapping may name several tables, or say that there is none."""

from ringback.sources.mapping import make_mapping, project


def test_a_role_may_have_several_tables_or_none():
    made = make_mapping("ringback", {"calls": {"table": ["a", "B*"]}, "payments": {"table": []}}, toml="case.toml")
    assert made.find_role("A").role == "calls"
    assert made.find_role("b_2021").role == "calls"
    assert made.find_role("calls") is None
    assert made.find_role("payments") is None


def test_case_toml_can_say_that_a_field_has_no_column():
    made = make_mapping("ringback", {"calls": {"columns": {"leg": []}}}, toml="case.toml")
    columns = ("account", "started_at", "called_number", "duration", "leg")
    found = project(made.roles["calls"], exhibit="EX-001", table="calls", columns=columns)
    assert dict(zip(found.fields, found.positions, strict=True))["leg"] == -1
