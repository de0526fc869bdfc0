"""Panels with calls whose tables are put together in other ways. What is right was written before the first try."""

from functools import lru_cache

from schema_matching.exhibits import Table, csv_file, dump_file, epoch, iso, jsonl_file
from schema_matching.hold_out import HoldOut, national, or_asked, plain, right, uuids
from schema_matching.made_calls import make_up


@lru_cache(maxsize=1)
def callers():
    """An Asterisk of one's own: the caller in five columns, of which one is what was shown."""
    made = make_up(seed=221, ids=100)
    calls = Table(
        "cdr_ext",
        {
            "calldate": lambda c: iso(c.start),
            "src": lambda c: str(2_000 + c.account.place),
            "cnum": lambda c: str(2_000 + c.account.place),
            "ani": lambda c: plain(c.account.phone),
            "outbound_cnum": lambda c: plain(c.shown),
            "clid": lambda c: f'"{c.account.login}" <{2_000 + c.account.place}>',
            "dst": lambda c: "00" + plain(c.called),
            "dcontext": lambda _c: "from-internal",
            "dstchannel": lambda c: f"PJSIP/trunk{c.trunk}-{c.n:08x}",
            "duration": lambda c: c.total,
            "billsec": lambda c: c.talk,
            "disposition": lambda c: c.word,
            "accountcode": lambda c: c.account.id,
            "uniqueid": lambda c: c.uniqueid,
        },
        made.calls,
    )
    accounts = Table(
        "ext_users",
        {
            "accountcode": lambda a: a.id,
            "extension": lambda a: 2_000 + a.place,
            "secret": lambda a: a.password,
            "mobile": lambda a: plain(a.phone),
            "email": lambda a: a.email,
        },
        made.accounts,
    )
    return HoldOut(
        files={"pbx.sql": dump_file(accounts, calls)},
        calls=right(("accountcode", "src", "cnum"), "calldate", "dst", or_asked("outbound_cnum"), "billsec"),
        accounts={"account": ("accountcode", "extension"), "contact_number": "mobile"},
        tables={"calls": "cdr_ext", "accounts": "ext_users"},
        key={"accountcode": lambda a: a.id},
        made=made,
        secrets={a.password for a in made.accounts},
        quarantine={"ext_users": ["secret"]},
    )


@lru_cache(maxsize=1)
def numbered():
    """Numbered columns with a price in whole pence and seconds billed in minutes beside the talk time."""
    made = make_up(seed=223, ids=640)
    results = {"ANSWERED": "0", "NO ANSWER": "1", "BUSY": "2", "FAILED": "3"}
    calls = Table(
        "tab12",
        {
            "fld001": lambda c: c.n + 1,
            "fld002": lambda c: c.account.id,
            "fld003": lambda c: c.plan,
            "fld004": lambda c: epoch(c.start),
            "fld005": lambda c: epoch(c.end),
            "fld006": lambda c: national(c.shown),
            "fld007": lambda c: national(c.called),
            "fld008": lambda c: c.ring,
            "fld009": lambda c: -(-c.talk // 60) * 60,
            "fld010": lambda c: c.talk,
            "fld011": lambda c: -(-c.talk // 60) * 7,
            "fld012": lambda c: results[c.word],
        },
        made.calls,
    )
    accounts = Table(
        "tab03",
        {
            "fld001": lambda a: a.id,
            "fld002": lambda a: a.login,
            "fld003": lambda a: a.password,
            "fld004": lambda a: national(a.phone),
            "fld005": lambda a: a.email,
            "fld006": lambda a: epoch(a.created),
            "fld007": lambda a: int(float(a.balance) * 100),
        },
        made.accounts,
    )
    topped = Table(
        "tab07",
        {
            "fld001": lambda c: c.n + 1,
            "fld002": lambda c: c.account.id,
            "fld003": lambda c: epoch(c.start),
            "fld004": lambda c: 500 * (1 + c.n % 9),
        },
        made.calls[::5],
    )
    return HoldOut(
        files={"all.sql": dump_file(accounts, topped, calls)},
        calls=right("fld002", "fld004", "fld007", or_asked("fld006"), "fld010"),
        accounts={"account": "fld001", "contact_number": "fld004"},
        tables={"calls": "tab12", "accounts": "tab03"},
        key={"fld002": lambda a: a.id},
        made=made,
        secrets={a.password for a in made.accounts},
        quarantine={"tab03": ["fld003"]},
    )


@lru_cache(maxsize=1)
def archive():
    """Calls of this month and of the months before in tables of one form, with their sums by day beside them."""
    made = make_up(seed=225, calls=900, ids=7_700)
    columns = {
        "cdr_id": lambda c: c.uuid,
        "cust": lambda c: c.account.id,
        "a_num": lambda c: c.shown,
        "b_num": lambda c: c.called,
        "setup_ts": lambda c: c.start.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "conn_ts": lambda c: c.answer.strftime("%Y-%m-%dT%H:%M:%SZ") if c.answered else None,
        "disc_ts": lambda c: c.end.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "conn_dur": lambda c: c.talk,
        "setup_dur": lambda c: c.ring,
        "rel_cause": lambda c: {"ANSWERED": 16, "NO ANSWER": 19, "BUSY": 17, "FAILED": 34}[c.word],
        "sell": lambda c: c.cost,
        "buy": lambda c: f"{c.talk * 0.0013:.4f}",
    }
    calls = Table("cdr", columns, made.calls[600:])
    older = Table("cdr_arch", columns, made.calls[:600])
    sums = Table(
        "cdr_daily",
        {
            "day": lambda c: c.start.strftime("%Y-%m-%d"),
            "cust": lambda c: c.account.id,
            "attempts": lambda c: 1 + c.n % 60,
            "answered": lambda c: c.n % 30,
            "conn_dur": lambda c: c.talk * 12,
        },
        made.calls[::4],
    )
    customers = Table(
        "cust",
        {
            "cust": lambda a: a.id,
            "nick": lambda a: a.login,
            "passwd": lambda a: a.password,
            "msisdn": lambda a: a.phone,
            "since": lambda a: a.created.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "bal": lambda a: a.balance,
        },
        made.accounts,
    )
    return HoldOut(
        files={"billing.sql": dump_file(calls, older, sums, customers)},
        calls=right("cust", "setup_ts", "b_num", "a_num", "conn_dur"),
        accounts={"account": "cust", "contact_number": "msisdn"},
        tables={"calls": ("cdr", "cdr_arch"), "accounts": "cust"},
        key={"cust": lambda a: a.id},
        made=made,
        secrets={a.password for a in made.accounts},
        quarantine={"cust": ["passwd"]},
    )


@lru_cache(maxsize=1)
def legs():
    """A callback panel: leg A rings the holder, leg B the person; each leg in a table of its own, accounts UUIDs."""
    made = make_up(seed=227)
    ids = uuids(made, 227)
    first = Table(
        "leg_a",
        {
            "session": lambda c: c.uuid,
            "acct": lambda c: ids[c.account.place],
            "dest": lambda c: plain(c.account.phone),
            "cli": lambda c: plain(c.shown),
            "t0": lambda c: iso(c.start),
            "t1": lambda c: iso(c.start),
            "len": lambda c: c.total + 6,
            "state": lambda _c: "UP",
        },
        made.calls,
    )
    second = Table(
        "leg_b",
        {
            "session": lambda c: c.uuid,
            "acct": lambda c: ids[c.account.place],
            "dest": lambda c: plain(c.called),
            "cli": lambda c: plain(c.shown),
            "t0": lambda c: iso(c.start),
            "t1": lambda c: iso(c.answer),
            "len": lambda c: c.talk,
            "state": lambda c: {"ANSWERED": "UP", "NO ANSWER": "RINGOUT", "BUSY": "BUSY", "FAILED": "DEAD"}[c.word],
        },
        made.calls,
    )
    accounts = Table(
        "acct",
        {
            "acct": lambda a: ids[a.place],
            "user": lambda a: a.login,
            "hash": lambda a: a.password,
            "phone": lambda a: plain(a.phone),
            "made": lambda a: iso(a.created),
        },
        made.accounts,
    )
    return HoldOut(
        files={f"{one.name}.csv": csv_file(one) for one in (first, second, accounts)},
        calls=right("acct", "t0", "dest", or_asked("cli"), "len"),
        accounts={"account": "acct", "contact_number": "phone"},
        tables={"calls": "leg_b", "accounts": "acct"},
        key={"acct": lambda a: ids[a.place]},
        made=made,
        secrets={a.password for a in made.accounts},
        quarantine={"acct": ["hash"]},
    )


@lru_cache(maxsize=1)
def ngcp():
    """In the manner of a carrier's soft switch: seconds since 1970 with fractions, talk time with them, own UUIDs."""
    made = make_up(seed=229, ids=31)
    ids = uuids(made, 229)

    def fraction(timestamp, n):
        return f"{epoch(timestamp)}.{n * 7919 % 1000:03d}"

    calls = Table(
        "cdr",
        {
            "id": lambda c: c.n + 1,
            "source_user_id": lambda c: ids[c.account.place],
            "source_cli": lambda c: plain(c.shown),
            "destination_user": lambda c: plain(c.called),
            "destination_domain": lambda c: f"198.51.100.{c.trunk}",
            "call_status": lambda c: {"ANSWERED": "ok", "BUSY": "busy", "NO ANSWER": "noanswer"}.get(c.word, "other"),
            "call_code": lambda c: {"ANSWERED": 200, "BUSY": 486, "NO ANSWER": 480}.get(c.word, 503),
            "init_time": lambda c: fraction(c.start, c.n),
            "start_time": lambda c: fraction(c.answer or c.start, c.n + 9),
            "duration": lambda c: f"{c.talk}.{c.n * 31 % 1000:03d}" if c.answered else "0.000",
            "source_customer_cost": lambda c: f"{c.talk * 1.2:.2f}",
            "destination_carrier_cost": lambda c: f"{c.talk * 0.9:.2f}",
        },
        made.calls,
    )
    accounts = Table(
        "subscribers",
        {
            "uuid": lambda a: ids[a.place],
            "username": lambda a: a.login,
            "webpassword": lambda a: a.password,
            "email": lambda a: a.email,
            "contact_phone": lambda a: plain(a.phone),
            "create_timestamp": lambda a: iso(a.created),
        },
        made.accounts,
    )
    return HoldOut(
        files={"cdr.jsonl": jsonl_file(calls), "subscribers.jsonl": jsonl_file(accounts)},
        calls=right("source_user_id", "init_time", "destination_user", or_asked("source_cli"), "duration"),
        accounts={"account": "uuid", "contact_number": "contact_phone"},
        tables={"calls": "cdr", "accounts": "subscribers"},
        key={"source_user_id": lambda a: ids[a.place]},
        made=made,
        secrets={a.password for a in made.accounts},
        quarantine={"subscribers": ["webpassword"]},
    )


@lru_cache(maxsize=1)
def albanian():
    """Albanian: what was shown is an id in a table of masks, so that no column of the calls holds it."""
    made = make_up(seed=231, ids=205)
    masks = sorted({plain(c.shown) for c in made.calls if plain(c.shown).isdigit()})
    words = {"ANSWERED": "pergjigjur", "NO ANSWER": "pa pergjigje", "BUSY": "i zene", "FAILED": "deshtoi"}
    calls = Table(
        "thirrje",
        {
            "id": lambda c: c.n + 9_001,
            "perdorues_id": lambda c: c.account.id,
            "maske_id": lambda c: masks.index(plain(c.shown)) + 1 if plain(c.shown) in masks else None,
            "numri": lambda c: plain(c.called),
            "fillimi": lambda c: iso(c.start),
            "mbarimi": lambda c: iso(c.end),
            "kohezgjatja": lambda c: c.total,
            "biseda": lambda c: c.talk,
            "gjendja": lambda c: words[c.word],
            "kosto": lambda c: c.cost,
        },
        made.calls,
    )
    users = Table(
        "perdorues",
        {
            "id": lambda a: a.id,
            "emri": lambda a: a.login,
            "fjalekalimi": lambda a: a.password,
            "telefoni": lambda a: plain(a.phone),
            "posta": lambda a: a.email,
            "krijuar": lambda a: iso(a.created),
        },
        made.accounts,
    )
    shown = Table(
        "maska",
        {"id": lambda n: n + 1, "numri": lambda n: masks[n], "emertimi": lambda n: f"banka {n % 7}"},
        range(len(masks)),
    )
    return HoldOut(
        files={"sistemi.sql": dump_file(users, shown, calls)},
        calls=right("perdorues_id", "fillimi", "numri", (None,), "biseda"),
        accounts={"account": "id", "contact_number": "telefoni"},
        tables={"calls": "thirrje", "accounts": "perdorues"},
        key={"perdorues_id": lambda a: a.id},
        made=made,
        secrets={a.password for a in made.accounts},
        quarantine={"perdorues": ["fjalekalimi"]},
    )


PANELS = {
    "callers": callers,
    "more numbered": numbered,
    "archive": archive,
    "legs": legs,
    "ngcp": ngcp,
    "albanian": albanian,
}
