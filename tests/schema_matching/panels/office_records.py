"""What firms keep that has numbers, times and seconds and is no call: log-ins, bookings, tickets, leads, parcels."""

import random
from datetime import timedelta

from schema_matching.exhibits import Table, csv_file, dump_file, iso, jsonl_file
from schema_matching.hold_out import national, plain
from schema_matching.made_calls import drawn, make_up


def sessions():
    """Log-ins to a web panel: the phone that had the code, from when until when, for how many seconds."""
    made = make_up(seed=261, calls=900, ids=2_000)
    rng = random.Random(261)
    stays = {c.n: int(rng.expovariate(1 / 900)) + 5 for c in made.calls}
    log = Table(
        "login_history",
        {
            "id": lambda c: c.n + 1,
            "user_id": lambda c: c.account.id,
            "ip": lambda c: c.account.ip,
            "otp_phone": lambda c: c.account.phone,
            "login_at": lambda c: iso(c.start),
            "logout_at": lambda c: iso(c.start + timedelta(seconds=stays[c.n])) if c.answered else None,
            "session_seconds": lambda c: stays[c.n] if c.answered else 0,
            "pages": lambda c: 1 + stays[c.n] // 40,
            "result": lambda c: {"ANSWERED": "OK", "BUSY": "LOCKED"}.get(c.word, "BAD PASSWORD"),
        },
        made.calls,
    )
    users = Table(
        "users",
        {
            "id": lambda a: a.id,
            "name": lambda a: a.login,
            "password": lambda a: a.password,
            "email": lambda a: a.email,
            "phone": lambda a: a.phone,
        },
        made.accounts,
    )
    return {"login_history.csv": csv_file(log), "users.csv": csv_file(users)}


def bookings():
    """Rooms for conferences: who booked, which number to dial in on, which guest was invited, for how long."""
    made = make_up(seed=263, calls=800, ids=30)
    dialled_in = [f"0121 496 0{n:03d}" for n in range(200, 212)]

    def starts(call):
        return call.start.replace(minute=15 * (call.n % 4), second=0)

    booked = Table(
        "conference_booking",
        {
            "booking_id": lambda c: c.uuid,
            "host_id": lambda c: c.account.id,
            "dial_in": lambda c: dialled_in[c.n * 5 % 12],
            "host_pin": lambda c: f"{c.n * 7919 % 10_000:04d}",
            "guest_phone": lambda c: c.called,
            "starts_at": lambda c: iso(starts(c)),
            "ends_at": lambda c: iso(starts(c) + timedelta(minutes=(30, 45, 60, 90)[c.n * 7 % 4])),
            "length_s": lambda c: 60 * (30, 45, 60, 90)[c.n * 7 % 4],
            "attended_s": lambda c: min(c.talk * 12, 5_400),
            "status": lambda c: "HELD" if c.answered else ("CANCELLED", "NO SHOW")[c.n % 2],
        },
        made.calls,
    )
    hosts = Table(
        "hosts",
        {
            "host_id": lambda a: a.id,
            "email": lambda a: a.email,
            "password": lambda a: a.password,
            "phone": lambda a: a.phone,
            "joined": lambda a: iso(a.created),
        },
        made.accounts,
    )
    return {"conferences.sql": dump_file(hosts, booked)}


def tickets():
    """Tickets of a help desk: the number to ring back, the desk's own line, the seconds that were spent on each."""
    made = make_up(seed=265, calls=900, ids=210)
    rng = random.Random(265)
    spent = {c.n: int(rng.lognormvariate(5.5, 1)) for c in made.calls}
    opened = Table(
        "tickets",
        {
            "ticket": lambda c: c.n + 33_000,
            "agent_id": lambda c: c.account.id,
            "desk_line": lambda c: f"020 7946 07{c.n * 3 % 8:02d}",
            "callback_number": lambda c: c.called,
            "opened_at": lambda c: iso(c.start),
            "first_reply_at": lambda c: iso(c.start + timedelta(minutes=c.ring)),
            "closed_at": lambda c: iso(c.start + timedelta(hours=c.ring, seconds=c.n)) if c.answered else None,
            "handling_s": lambda c: spent[c.n] if c.answered else 0,
            "priority": lambda c: ("P1", "P2", "P3")[c.n % 3],
            "state": lambda c: "SOLVED" if c.answered else ("OPEN", "WAITING")[c.n % 2],
        },
        made.calls,
    )
    agents = Table(
        "agents",
        {
            "id": lambda a: a.id,
            "name": lambda a: a.login,
            "email": lambda a: a.email,
            "password_hash": lambda a: a.password,
            "mobile": lambda a: a.phone,
        },
        made.accounts,
    )
    return {"tickets.jsonl": jsonl_file(opened), "agents.jsonl": jsonl_file(agents)}


def campaign():
    """Messages by WhatsApp in bulk: the sender's number, the recipient's, when sent, delivered and read."""
    made = make_up(seed=267, calls=900, ids=11)
    rng = random.Random(267)
    senders = drawn(268, "gb_mobile", 25)
    read = {c.n: int(rng.lognormvariate(6, 1.5)) for c in made.calls}
    sent = Table(
        "wa_queue",
        {
            "id": lambda c: c.n + 1,
            "client": lambda c: c.account.id,
            "instance": lambda c: senders[c.n * 7 % 25],
            "jid": lambda c: plain(c.called),
            "template": lambda c: ("offer_a", "offer_b", "reminder")[c.n % 3],
            "ts_sent": lambda c: iso(c.start),
            "ts_dlv": lambda c: iso(c.start + timedelta(seconds=c.ring)) if c.answered else None,
            "ts_read": lambda c: iso(c.start + timedelta(seconds=c.ring + read[c.n])) if c.answered else None,
            "t_dlv": lambda c: c.ring if c.answered else 0,
            "t_read": lambda c: read[c.n] if c.answered else 0,
            "st": lambda c: "READ" if c.answered else ("NOWA", "BLOCKED")[c.n % 2],
        },
        made.calls,
    )
    clients = Table(
        "client",
        {
            "id": lambda a: a.id,
            "user": lambda a: a.login,
            "pwd": lambda a: a.password,
            "tel": lambda a: plain(a.phone),
            "balance": lambda a: a.balance,
        },
        made.accounts,
    )
    return {"wa.sql": dump_file(clients, sent)}


def leads():
    """What a dialler is to ring: numbers, how often they were tried and when last, with the rates by prefix beside."""
    made = make_up(seed=269, calls=900, ids=50)
    listed = Table(
        "lead_list",
        {
            "lead_id": lambda c: c.n + 1,
            "owner": lambda c: c.account.id,
            "list_id": lambda c: 100 + c.n // 90,
            "phone_number": lambda c: national(c.called),
            "alt_phone": lambda c: f"01632 960{c.n * 7919 % 1000:03d}" if c.n % 3 == 0 else None,
            "entry_date": lambda c: iso(c.start - timedelta(days=4)),
            "last_local_call_time": lambda c: iso(c.start),
            "called_count": lambda c: c.n * 7 % 5,
            "gmt_offset": lambda c: c.n % 2,
            "rank": lambda c: c.n * 7919 % 300,
            "status": lambda c: ("NEW", "A", "B", "SALE", "NI", "DNC")[c.n * 11 % 6],
        },
        made.calls,
    )
    rates = Table(
        "rates",
        {
            "prefix": lambda n: 44_000 + n * 7,
            "destination": lambda n: f"UK MOBILE {n % 40}",
            "connect_fee": lambda n: f"{n % 3 * 0.01:.3f}",
            "rate": lambda n: f"{0.004 * (1 + n % 17):.4f}",
            "first": lambda n: (1, 30, 60)[n % 3],
            "effective": lambda n: f"2021-{1 + n % 12:02d}-01 00:00:00",
        },
        range(1, 700),
    )
    owners = Table(
        "owners",
        {
            "owner": lambda a: a.id,
            "user": lambda a: a.login,
            "pass": lambda a: a.password,
            "phone": lambda a: national(a.phone),
            "email": lambda a: a.email,
        },
        made.accounts,
    )
    return {f"{one.name}.csv": csv_file(one) for one in (listed, rates, owners)}


def parcels():
    """Parcels: the depot's number that recipients see, their phones, the seconds at the door and signing."""
    made = make_up(seed=271, calls=900, ids=700)
    delivered = Table(
        "stops",
        {
            "tracking": lambda c: f"JD{c.n * 104_729 + 10**9:012d}",
            "courier_id": lambda c: c.account.id,
            "depot_phone": lambda c: f"0121 496 00{c.account.place % 9:02d}",
            "recipient_phone": lambda c: c.called,
            "arrived_at": lambda c: iso(c.start),
            "handed_over_at": lambda c: iso(c.start + timedelta(seconds=c.ring)) if c.answered else None,
            "left_at": lambda c: iso(c.start + timedelta(seconds=c.ring + c.talk)),
            "at_door_s": lambda c: c.total,
            "signing_s": lambda c: c.talk,
            "outcome": lambda c: "DELIVERED" if c.answered else ("NO ANSWER", "CARDED", "REFUSED")[c.n % 3],
        },
        made.calls,
    )
    couriers = Table(
        "couriers",
        {
            "courier_id": lambda a: a.id,
            "name": lambda a: a.login,
            "password": lambda a: a.password,
            "mobile": lambda a: a.phone,
            "started": lambda a: iso(a.created),
        },
        made.accounts,
    )
    return {"stops.csv": csv_file(delivered), "couriers.csv": csv_file(couriers)}


WITHOUT_CALLS = {
    "sessions": sessions,
    "bookings": bookings,
    "tickets": tickets,
    "campaign": campaign,
    "leads": leads,
    "parcels": parcels,
}
