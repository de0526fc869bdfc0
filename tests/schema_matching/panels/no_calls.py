"""Databases that hold no calls at all, and one kind in which nothing tells which number was called."""

from datetime import timedelta

from schema_matching.exhibits import Table, csv_file, dump_file, iso, jsonl_file
from schema_matching.made_calls import drawn, make_up, spelled


def shop():
    made = make_up(seed=31, calls=100)
    rng = made.rng
    phones = [spelled(rng, one) for one in drawn(77, "gb_mobile", 900)]
    customers = Table(
        "customers",
        {
            "id": lambda a: a.id,
            "email": lambda a: a.email,
            "password": lambda a: a.password,
            "phone": lambda a: a.phone,
            "created_at": lambda a: iso(a.created),
        },
        made.accounts,
    )
    orders = Table(
        "orders",
        {
            "order_id": lambda r: r[0] + 10_000,
            "customer_id": lambda r: r[1].id,
            "placed_at": lambda r: iso(r[1].created + timedelta(hours=r[0])),
            "delivery_phone": lambda r: r[2],
            "items": lambda r: 1 + r[0] % 7,
            "total": lambda r: f"{5 + r[0] * 7919 % 300}.{r[0] % 100:02d}",
            "weight_g": lambda r: 100 + r[0] * 7919 % 4000,
            "status": lambda r: ("PAID", "SHIPPED", "CANCELLED")[r[0] % 3],
        },
        [(n, rng.choice(made.accounts), phones[n]) for n in range(900)],
    )
    return {"shop.sql": dump_file(customers, orders)}


def sms_marketing():
    made = make_up(seed=32, calls=900)
    rng = made.rng
    clients = Table(
        "clients",
        {
            "id": lambda a: a.id,
            "login": lambda a: a.login,
            "password": lambda a: a.password,
            "phone": lambda a: a.phone,
            "email": lambda a: a.email,
        },
        made.accounts,
    )
    messages = Table(
        "messages",
        {
            "msg_id": lambda c: c.uuid,
            "client_id": lambda c: c.account.id,
            "sender": lambda c: c.shown,
            "recipient": lambda c: c.called,
            "body": lambda c: f"Our sale ends on day {c.n}, come in now and save",
            "parts": lambda c: 1 + c.n % 3,
            "sent_at": lambda c: iso(c.start),
            "delivered_at": lambda c: iso(c.start + timedelta(seconds=rng.randrange(1, 200))),
            "seconds_to_deliver": lambda c: 0 if c.n % 5 == 0 else c.n * 7919 % 200,
            "status": lambda c: ("DELIVERED", "FAILED", "EXPIRED")[c.n % 3],
        },
        made.calls,
    )
    return {"messages.jsonl": jsonl_file(messages), "clients.csv": csv_file(clients)}


def clinic():
    made = make_up(seed=33, calls=900)
    patients = Table(
        "patients",
        {
            "patient_id": lambda a: a.id,
            "nhs_like": lambda a: f"{int(a.id) * 7919 % 10**9:09d}",
            "mobile": lambda a: a.phone,
            "email": lambda a: a.email,
            "registered": lambda a: iso(a.created),
        },
        made.accounts,
    )
    appointments = Table(
        "appointments",
        {
            "appointment_id": lambda c: c.n + 1,
            "patient_id": lambda c: c.account.id,
            "starts": lambda c: c.start.strftime("%Y-%m-%d %H:00:00"),
            "ends": lambda c: iso(c.start.replace(minute=0, second=0) + timedelta(minutes=5 * (1 + c.n % 9))),
            "minutes": lambda c: 5 * (1 + c.n % 9),
            "reminder_to": lambda c: c.called,
            "clinic_line": lambda c: c.shown,
            "outcome": lambda c: ("ATTENDED", "DID NOT ATTEND", "CANCELLED")[c.n % 3],
        },
        made.calls,
    )
    return {"appointments.csv": csv_file(appointments), "patients.csv": csv_file(patients)}


# Written after the scoring was finished, as the panels of `other_languages`.
def rides():
    """Taxis: people's mobiles, a start and an end, seconds between them, a driver, an outcome."""
    made = make_up(seed=47, calls=900)
    drivers = Table(
        "drivers",
        {
            "driver_id": lambda a: a.id,
            "email": lambda a: a.email,
            "password": lambda a: a.password,
            "mobile": lambda a: a.phone,
        },
        made.accounts,
    )
    trips = Table(
        "trips",
        {
            "trip_id": lambda c: c.uuid,
            "driver_id": lambda c: c.account.id,
            "rider_phone": lambda c: c.called,
            "pickup_at": lambda c: iso(c.answer or c.start),
            "dropoff_at": lambda c: iso(c.end),
            "ride_seconds": lambda c: c.talk,
            "wait_seconds": lambda c: c.ring,
            "state": lambda c: "DONE" if c.answered else "CANCELLED",
            "fare": lambda c: c.cost,
        },
        made.calls,
    )
    return {"trips.csv": csv_file(trips), "drivers.csv": csv_file(drivers)}


def hotspot():
    """Log-ins to a wireless network, as FreeRADIUS keeps them: calledstationid is a machine."""
    made = make_up(seed=48, calls=900)
    sessions = Table(
        "radacct",
        {
            "radacctid": lambda c: c.n + 1,
            "acctsessionid": lambda c: c.uuid,
            "username": lambda c: c.account.phone,
            "acctstarttime": lambda c: iso(c.start),
            "acctstoptime": lambda c: iso(c.end),
            "acctsessiontime": lambda c: c.total,
            "callingstationid": lambda c: ":".join(c.uuid[at : at + 2] for at in (0, 2, 4, 6, 9, 11)),
            "calledstationid": lambda c: f"00:16:3e:00:00:{c.n % 90:02d}",
            "framedipaddress": lambda c: f"10.0.{c.n % 9}.{c.n % 250}",
            "acctterminatecause": lambda c: "User-Request" if c.answered else "Idle-Timeout",
        },
        made.calls,
    )
    check = Table(
        "radcheck",
        {"id": lambda a: a.id, "username": lambda a: a.phone, "value": lambda a: a.pin},
        made.accounts,
    )
    return {"radius.sql": dump_file(sessions, check)}


WITHOUT_CALLS = {
    "shop": shop,
    "sms marketing": sms_marketing,
    "clinic": clinic,
    "rides": rides,
    "hotspot": hotspot,
}


def misleading(kind):
    """Nothing tells which number was called: names are silent, shown numbers as various as called ones, or more."""
    made = make_up(seed=49, calls=900, ids=400)
    others = [spelled(made.rng, one) for one in drawn(88, "gb_mobile", 900)]
    few = others[:30]

    def shown(call):
        return others[call.n]

    def called(call):
        return few[call.n * 7919 % 30] if kind == "the same people again" else call.called

    calls = Table(
        "t",
        {
            "a": lambda c: c.account.id,
            "b": lambda c: iso(c.start),
            "c": shown,
            "d": called,
            "e": lambda c: c.total,
            "f": lambda c: c.talk,
            "g": lambda c: c.word,
        },
        made.calls,
    )
    accounts = Table("u", {"a": lambda a: a.id, "b": lambda a: a.email, "c": lambda a: a.password}, made.accounts)
    return {"t.csv": csv_file(calls), "u.csv": csv_file(accounts)}


MISLEADING = ("both various", "the same people again")
