"""What telephone servers keep that is no call: receipts, registrations, rentals, menus, notices and vouchers."""

import random
from datetime import timedelta

from schema_matching.exhibits import Table, csv_file, dump_file, epoch, iso, jsonl_file
from schema_matching.hold_out import national, plain
from schema_matching.made_calls import drawn, make_up


def receipts():
    """Receipts for texts, as an SMPP gateway keeps them: submitted and done, parts, the state, what it cost."""
    made = make_up(seed=241, calls=900, ids=15)
    rng = random.Random(241)
    waits = {c.n: max(1, int(rng.lognormvariate(1.8, 1.1))) for c in made.calls}
    states = {"ANSWERED": "DELIVRD", "NO ANSWER": "EXPIRED", "BUSY": "UNDELIV", "FAILED": "REJECTD"}
    log = Table(
        "dlr",
        {
            "message_id": lambda c: c.uuid.replace("-", "")[:16],
            "esme": lambda c: c.account.id,
            "source_addr": lambda c: plain(c.shown),
            "dest_addr": lambda c: plain(c.called),
            "submit_date": lambda c: iso(c.start),
            "done_date": lambda c: iso(c.start + timedelta(seconds=waits[c.n])) if c.answered else None,
            "sm_parts": lambda c: 1 + (c.n * 13 % 10 > 6) + (c.n * 13 % 10 > 8),
            "latency": lambda c: waits[c.n] if c.answered else 0,
            "stat": lambda c: states[c.word],
            "err": lambda c: "000" if c.answered else f"{c.n % 40 + 1:03d}",
            "price": lambda c: f"{0.0210 * (1 + c.n % 2):.4f}",
        },
        made.calls,
    )
    clients = Table(
        "esme",
        {
            "esme": lambda a: a.id,
            "system_id": lambda a: a.login,
            "password": lambda a: a.password,
            "contact": lambda a: plain(a.phone),
            "created": lambda a: iso(a.created),
            "credit": lambda a: a.balance,
        },
        made.accounts,
    )
    return {"smpp.sql": dump_file(clients, log)}


def registrations():
    """Phones that logged in to a SIP server: the number they have, the number they are reached at, for how long."""
    made = make_up(seed=243, calls=900, ids=400)
    rng = random.Random(243)
    lines = drawn(244, "gb_other", 60)
    held = {c.n: rng.choice((60, 120, 300, 3600)) + rng.randrange(30) for c in made.calls}
    log = Table(
        "reg_log",
        {
            "id": lambda c: c.n + 1,
            "subscriber_id": lambda c: c.account.id,
            "aor": lambda c: lines[c.account.place],
            "contact_user": lambda c: plain(c.account.phone),
            "src_ip": lambda c: c.account.ip,
            "registered_at": lambda c: iso(c.start),
            "expired_at": lambda c: iso(c.start + timedelta(seconds=held[c.n])) if c.answered else None,
            "duration": lambda c: held[c.n] if c.answered else 0,
            "code": lambda c: 200 if c.answered else (401, 403)[c.n % 2],
            "user_agent": lambda c: ("Zoiper 5", "Yealink T46", "MicroSIP/3.20")[c.account.place % 3],
        },
        made.calls,
    )
    subscribers = Table(
        "subscriber",
        {
            "id": lambda a: a.id,
            "username": lambda a: lines[a.place],
            "ha1": lambda a: a.password,
            "email_address": lambda a: a.email,
            "mobile": lambda a: plain(a.phone),
        },
        made.accounts,
    )
    return {"opensips.sql": dump_file(subscribers, log)}


def rentals():
    """Numbers for hire: from when until when, for how many days, and where what comes in on them is sent."""
    made = make_up(seed=245, calls=800, ids=60)
    hired = drawn(246, "gb_other", 300)
    rented = Table(
        "did_rental",
        {
            "rental_id": lambda c: c.n + 1,
            "user_id": lambda c: c.account.id,
            "did": lambda c: hired[c.n * 37 % 300],
            "forward_to": lambda c: plain(c.called),
            "date_from": lambda c: iso(c.start),
            "date_to": lambda c: iso(c.start + timedelta(days=30 * (1 + c.n % 3))),
            "days": lambda c: 30 * (1 + c.n % 3),
            "minutes_in": lambda c: c.talk // 60,
            "seconds_in": lambda c: c.talk,
            "price": lambda c: f"{4.5 * (1 + c.n % 3):.2f}",
            "status": lambda c: ("ACTIVE", "EXPIRED", "CANCELLED")[c.n % 3],
        },
        made.calls,
    )
    users = Table(
        "users",
        {
            "user_id": lambda a: a.id,
            "login": lambda a: a.login,
            "password": lambda a: a.password,
            "email": lambda a: a.email,
            "phone": lambda a: plain(a.phone),
            "created": lambda a: iso(a.created),
        },
        made.accounts,
    )
    return {"did_rental.csv": csv_file(rented), "users.csv": csv_file(users)}


def menus():
    """Keys that callers of a help line pressed: one row for each menu they heard, with the seconds they were in it."""
    made = make_up(seed=247, calls=450, ids=8)
    rng = random.Random(247)
    rows = []
    for call in made.calls:
        at = call.start
        for step, menu in enumerate(("main", "language", "account", "agent")[: rng.randrange(1, 5)]):
            stay = rng.randrange(3, 40)
            rows.append((call, step, menu, at, stay, rng.choice(("1", "2", "3", "9", "#", "t", "i"))))
            at += timedelta(seconds=stay)
    presses = Table(
        "ivr_event",
        {
            "event_id": lambda r: f"{r[0].n}-{r[1]}",
            "session": lambda r: r[0].uuid,
            "tenant": lambda r: r[0].account.id,
            "ddi": lambda r: plain(r[0].account.phone),
            "caller": lambda r: plain(r[0].called),
            "menu": lambda r: r[2],
            "entered_at": lambda r: iso(r[3]),
            "key": lambda r: r[5],
            "seconds": lambda r: r[4],
            "result": lambda r: {"t": "TIMEOUT", "i": "INVALID"}.get(r[5], "OK"),
        },
        rows,
    )
    tenants = Table(
        "tenant",
        {
            "id": lambda a: a.id,
            "company": lambda a: a.login,
            "admin_email": lambda a: a.email,
            "admin_password": lambda a: a.password,
            "admin_phone": lambda a: plain(a.phone),
        },
        made.accounts,
    )
    return {"ivr.sql": dump_file(tenants, presses)}


def missed():
    """Notices by text that somebody rang while a phone was off: who rang, whose phone, when it could be told."""
    made = make_up(seed=249, calls=900, ids=3_000_100)
    rng = random.Random(249)
    later = {c.n: rng.choice((rng.randrange(5, 90), rng.randrange(90, 30_000))) for c in made.calls}
    log = Table(
        "mca_log",
        {
            "seq": lambda c: c.n + 800_000,
            "sub_id": lambda c: c.account.id,
            "a_party": lambda c: national(c.shown),
            "b_party": lambda c: national(c.called),
            "missed_ts": lambda c: epoch(c.start),
            "notified_ts": lambda c: epoch(c.start + timedelta(seconds=later[c.n])) if c.n % 7 else None,
            "wait_s": lambda c: later[c.n] if c.n % 7 else 0,
            "tries": lambda c: 1 + c.n % 4,
            "attempts_by_a": lambda c: 1 + c.n * 7 % 3,
            "status": lambda c: "SENT" if c.n % 7 else "EXPIRED",
        },
        made.calls,
    )
    subscribers = Table(
        "sub",
        {
            "sub_id": lambda a: a.id,
            "msisdn": lambda a: national(a.phone),
            "email": lambda a: a.email,
            "pin": lambda a: a.pin,
            "since": lambda a: epoch(a.created),
        },
        made.accounts,
    )
    return {"mca_log.jsonl": jsonl_file(log), "sub.jsonl": jsonl_file(subscribers)}


def vouchers():
    """Vouchers for airtime: the shop's phone, the phone that was topped up, and how many seconds that bought."""
    made = make_up(seed=251, calls=900, ids=70)
    redeemed = Table(
        "voucher",
        {
            "serial": lambda c: 90_000_000 + c.n * 7919,
            "secret_code": lambda c: f"{c.n * 104_729_000_033 % 10**14:014d}",
            "dealer": lambda c: c.account.id,
            "dealer_msisdn": lambda c: plain(c.account.phone),
            "credited_msisdn": lambda c: plain(c.called),
            "sold_at": lambda c: iso(c.start),
            "used_at": lambda c: iso(c.start + timedelta(seconds=c.ring)) if c.answered else None,
            "valid_until": lambda c: iso(c.start + timedelta(days=90)),
            "airtime_secs": lambda c: 600 * (1 + c.n * 7 % 6) if c.answered else 0,
            "face": lambda c: 5 * (1 + c.n * 7 % 6),
            "state": lambda c: "USED" if c.answered else ("SOLD", "BLOCKED")[c.n % 2],
        },
        made.calls,
    )
    dealers = Table(
        "dealer",
        {
            "dealer": lambda a: a.id,
            "shop": lambda a: a.login,
            "pass": lambda a: a.password,
            "msisdn": lambda a: plain(a.phone),
            "joined": lambda a: iso(a.created),
        },
        made.accounts,
    )
    return {"vouchers.sql": dump_file(dealers, redeemed)}


WITHOUT_CALLS = {
    "receipts": receipts,
    "registrations": registrations,
    "rentals": rentals,
    "menus": menus,
    "missed": missed,
    "vouchers": vouchers,
}
