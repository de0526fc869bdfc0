"""/.well-known/security.txt, as RFC 9116 has it."""

from datetime import UTC, datetime, timedelta

from public_visitor import Service
from ringback.web.kernel.kernel_app import Front

PLACE = "/.well-known/security.txt"


def fields(answer):
    assert answer.status_code == 200
    return [tuple(line.split(": ", 1)) for line in answer.text.splitlines()]


def test_it_says_whom_to_tell_and_until_when(service):
    answer = service.get(PLACE)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    told = dict(fields(answer))
    assert told["Contact"] == "mailto:security@police.example"
    assert told["Preferred-Languages"] == "en"
    expires = datetime.fromisoformat(told["Expires"])
    published = datetime(2022, 11, 25, 11, 30, tzinfo=UTC)
    assert timedelta(0) < expires - published < timedelta(days=365)
    assert "Canonical" not in told, "nobody said by what name it is reached"


def test_it_names_itself_by_the_names_that_it_is_reached_by(tmp_path):
    front = Front(hosts=("localhost", "help.police.example", ".police.example"))
    told = fields(Service(tmp_path / "bundle", front=front).get(PLACE))
    assert [value for name, value in told if name == "Canonical"] == [
        f"https://localhost{PLACE}",
        f"https://help.police.example{PLACE}",
    ]


def test_a_page_can_stand_in_place_of_an_address(tmp_path):
    service = Service(tmp_path / "bundle", contacts={"security": "https://www.police.example/security"})
    assert dict(fields(service.get(PLACE)))["Contact"] == "https://www.police.example/security"


def test_a_release_from_before_there_were_contacts_has_no_such_file(tmp_path):
    service = Service(tmp_path / "bundle")
    del service.releases.current().site["contacts"]
    assert service.get(PLACE).status_code == 404
    assert service.get("/privacy").status_code == 200
