"""`ringback number --plan`: the interval that decided about each number that a text may mean."""

import phonenumbers


def test_the_interval_of_each_candidate_is_shown(ringback):
    done = ringback("number", "--plan", "--show", stdin="020 7946 0123\n07700 900123\n")
    trunk, british, american = (line for line in done.out.splitlines() if "0123 is one of" in line and "7946" in line)
    assert "+442079460123 is one of" in british
    assert british.endswith(f"landline, GB (metadata {phonenumbers.__version__})")
    assert "phonenumbers is asked" in trunk
    assert "no number" in american
    assert "one of Ofcom's for drama" in done.out


def test_edges_of_intervals_are_shown_only_with_the_numbers(ringback):
    done = ringback("number", "--plan", stdin="+44 20 7946 0123\n")
    assert "is one of" in done.out
    assert "2079" not in done.out


def test_intervals_as_json(ringback):
    done = ringback("number", "--plan", "--show", "--json", stdin="+44 20 7946 0123\nwithheld\n")
    looked_up, nothing = (row["plan"] for row in done.json)
    assert looked_up["metadata"] == phonenumbers.__version__
    (interval,) = looked_up["intervals"]
    assert (interval["kind"], interval["region"], interval["unsure"]) == ("landline", "GB", None)
    assert interval["drama"] is False
    assert interval["first"] <= "+442079460123" <= interval["last"]
    assert nothing["intervals"] == []
    hidden = ringback("number", "--plan", "--json", stdin="+44 20 7946 0123\n").json[0]["plan"]["intervals"][0]
    assert (hidden["first"], hidden["last"]) == (None, None)
    assert hidden["size"] == interval["size"]


def test_without_plan_there_is_none(ringback):
    assert "plan" not in ringback("number", "--json", stdin="07700 900123\n").json[0]
