"""Panels built on products, and one that a programmer wrote in an afternoon."""

from datetime import timedelta
from functools import lru_cache

from schema_matching.exhibits import Table, csv_file, dump_file, epoch, iso
from schema_matching.made_calls import make_up
from schema_matching.panel import Panel, extra, named


@lru_cache(maxsize=1)
def magnus():
    made = make_up(seed=11)
    trunks, prefixes, logins = extra(made)
    users = Table(
        "pkg_user",
        {
            "id": lambda a: a.id,
            "id_group": lambda a: 1 + a.place % 3,
            "id_plan": lambda a: 1 + a.place % 3,
            "username": lambda a: a.login,
            "password": lambda a: a.password,
            "credit": lambda a: a.balance,
            "creationdate": lambda a: iso(a.created),
            "phone": lambda a: a.phone,
            "email": lambda a: a.email,
            "callingcard_pin": lambda a: a.pin,
            "active": lambda a: int(a.place % 7 != 0),
        },
        made.accounts,
    )
    cdr = Table(
        "pkg_cdr",
        {
            "id": lambda c: c.n + 1,
            "id_user": lambda c: c.account.id,
            "id_plan": lambda c: c.plan,
            "id_trunk": lambda c: c.trunk,
            "id_server": lambda c: c.server,
            "id_prefix": lambda c: c.prefix,
            "callerid": lambda c: c.shown,
            "uniqueid": lambda c: c.uniqueid,
            "starttime": lambda c: iso(c.start),
            "sessiontime": lambda c: -(-c.talk // 6) * 6,
            "calledstation": lambda c: c.called,
            "sessionbill": lambda c: c.cost,
            "sipiax": lambda _c: 0,
            "src": lambda c: c.account.login,
            "buycost": lambda c: c.cost,
            "real_sessiontime": lambda c: c.talk,
            "terminatecauseid": lambda c: 1 if c.answered else 2 + c.n % 4,
        },
        made.calls,
    )
    failed = Table(
        "pkg_cdr_failed",
        {
            "id": lambda c: c.n + 1,
            "id_user": lambda c: c.account.id,
            "callerid": lambda c: c.shown,
            "starttime": lambda c: iso(c.start),
            "calledstation": lambda c: c.called,
            "hangupcause": lambda c: 17 + c.n % 3,
        },
        [call for call in made.calls if not call.answered][:300],
    )
    dump = dump_file(
        cdr,
        failed,
        named(logins, "pkg_log", {"uid": "id_user"}),
        named(prefixes, "pkg_prefix"),
        named(trunks, "pkg_trunk"),
        users,
    )
    return Panel(
        {"mbilling.sql": dump},
        {
            "account": ("id_user", "src"),
            "started_at": "starttime",
            "called_number": "calledstation",
            "presentation_number": "callerid",
            "duration": ("sessiontime", "real_sessiontime"),
            "call_id": "uniqueid",
        },
        {"account": ("id", "username"), "contact_number": "phone", "created_at": "creationdate"},
        {"calls": "pkg_cdr", "accounts": "pkg_user"},
        {"id_user": lambda a: a.id, "src": lambda a: a.login},
        made,
        {a.password for a in made.accounts} | {a.pin for a in made.accounts},
    )


@lru_cache(maxsize=1)
def a2billing():
    made = make_up(seed=12)
    trunks, prefixes, _logins = extra(made)
    cards = Table(
        "cc_card",
        {
            "id": lambda a: a.id,
            "creationdate": lambda a: iso(a.created),
            "username": lambda a: f"{4_000_000_000 + int(a.id) * 7919 % 999_999_937}",
            "useralias": lambda a: a.login,
            "uipass": lambda a: a.password[7:17],
            "credit": lambda a: a.balance,
            "tariff": lambda a: 1 + a.place % 3,
            "lastname": lambda a: a.login.title(),
            "phone": lambda a: a.phone,
            "email": lambda a: a.email,
        },
        made.accounts,
    )
    call = Table(
        "cc_call",
        {
            "id": lambda c: c.n + 1,
            "sessionid": lambda c: f"SIP/out-{c.n:08x}",
            "uniqueid": lambda c: c.uniqueid,
            "card_id": lambda c: c.account.id,
            "nasipaddress": lambda _c: "",
            "starttime": lambda c: iso(c.start),
            "stoptime": lambda c: iso(c.end),
            "sessiontime": lambda c: c.talk,
            "calledstation": lambda c: c.called,
            "sessionbill": lambda c: c.cost,
            "id_tariffplan": lambda c: c.plan,
            "id_ratecard": lambda c: c.prefix,
            "id_trunk": lambda c: c.trunk,
            "src": lambda c: c.shown,
            "buycost": lambda c: c.cost,
            "real_sessiontime": lambda c: c.talk,
            "dnid": lambda c: c.called,
            "terminatecauseid": lambda c: 1 if c.answered else 2 + c.n % 4,
        },
        made.calls,
    )
    refill = Table(
        "cc_logpayment",
        {
            "id": lambda r: r[0],
            "date": lambda r: iso(r[1].created + timedelta(days=r[0])),
            "payment": lambda r: f"{50 + r[0] % 90}.{r[0] % 100:02d}",
            "card_id": lambda r: r[1].id,
            "description": lambda r: f"refill {r[0]}",
        },
        [(n, made.rng.choice(made.accounts)) for n in range(1, 200)],
    )
    dump = dump_file(call, cards, refill, named(prefixes, "cc_ratecard"), named(trunks, "cc_trunk"))
    return Panel(
        {"a2b.sql": dump},
        {
            "account": "card_id",
            "started_at": "starttime",
            "called_number": ("calledstation", "dnid"),
            "presentation_number": "src",
            "duration": ("sessiontime", "real_sessiontime"),
            "call_id": ("uniqueid", "sessionid"),
        },
        {"account": "id", "contact_number": "phone"},
        {"calls": "cc_call", "accounts": "cc_card"},
        {"card_id": lambda a: a.id},
        made,
        {a.password[7:17] for a in made.accounts},
    )


@lru_cache(maxsize=1)
def freepbx():
    made = make_up(seed=13, ids=2001)
    cdr = Table(
        "cdr",
        {
            "calldate": lambda c: iso(c.start),
            "clid": lambda c: f'"{c.account.login}" <{c.shown}>',
            "src": lambda c: c.shown,
            "dst": lambda c: c.called,
            "dcontext": lambda _c: "from-internal",
            "channel": lambda c: f"SIP/{c.account.id}-{c.n:08x}",
            "dstchannel": lambda c: f"SIP/trunk{c.trunk}-{c.n + 9:08x}",
            "lastapp": lambda _c: "Dial",
            "lastdata": lambda c: f"SIP/trunk{c.trunk}/{c.called},300,Tt",
            "duration": lambda c: c.total,
            "billsec": lambda c: c.talk,
            "disposition": lambda c: c.word,
            "amaflags": lambda _c: 3,
            "accountcode": lambda c: c.account.id,
            "uniqueid": lambda c: c.uniqueid,
            "userfield": lambda _c: "",
            "recordingfile": lambda c: f"out-{c.n}-{c.account.id}-{c.uniqueid}.wav" if c.answered else "",
            "cnum": lambda c: c.account.id,
            "linkedid": lambda c: c.uniqueid,
        },
        made.calls,
    )
    events = [(c, kind) for c in made.calls for kind in ("CHAN_START", "ANSWER", "HANGUP", "CHAN_END")]
    cel = Table(
        "cel",
        {
            "id": lambda e: e[0].n * 4 + len(e[1]),
            "eventtype": lambda e: e[1],
            "eventtime": lambda e: iso(e[0].start if e[1] == "CHAN_START" else e[0].end),
            "cid_num": lambda e: e[0].shown,
            "exten": lambda e: e[0].called,
            "accountcode": lambda e: e[0].account.id,
            "uniqueid": lambda e: e[0].uniqueid,
            "linkedid": lambda e: e[0].uniqueid,
        },
        events,
    )
    users = Table(
        "users",
        {
            "extension": lambda a: a.id,
            "password": lambda a: a.pin,
            "name": lambda a: a.login,
            "voicemail": lambda _a: "novm",
            "ringtimer": lambda _a: 0,
            "outboundcid": lambda _a: "",
            "sipname": lambda a: a.login,
            "mobile": lambda a: a.phone,
        },
        made.accounts,
    )
    return Panel(
        {"asteriskcdrdb.sql": dump_file(cdr, cel), "asterisk.sql": dump_file(users)},
        {
            "account": ("accountcode", "cnum"),
            "started_at": "calldate",
            "called_number": "dst",
            "presentation_number": ("src", "clid"),
            "duration": "billsec",
            "disposition": "disposition",
            "call_id": ("uniqueid", "linkedid"),
        },
        {"account": "extension", "contact_number": "mobile"},
        {"calls": "cdr", "accounts": "users"},
        {"accountcode": lambda a: a.id, "cnum": lambda a: a.id},
        made,
        {a.pin for a in made.accounts} | {f"out-{c.n}-{c.account.id}" for c in made.calls},
    )


@lru_cache(maxsize=1)
def php():
    made = make_up(seed=14, ids=7)
    members = Table(
        "tbl_members",
        {
            "mem_id": lambda a: a.id,
            "mem_nick": lambda a: a.login,
            "mem_pwd": lambda a: a.password,
            "mem_mail": lambda a: a.email,
            "mem_gsm": lambda a: a.phone,
            "mem_since": lambda a: epoch(a.created),
            "mem_lastip": lambda a: a.ip,
        },
        made.accounts,
    )
    log = Table(
        "tbl_log2",
        {
            "l_id": lambda c: c.n + 1,
            "l_mem": lambda c: c.account.id,
            "l_ts": lambda c: epoch(c.start),
            "l_f": lambda c: c.shown,
            "l_t": lambda c: c.called,
            "l_s": lambda c: 1 if c.answered else 0,
            "l_d": lambda c: c.talk,
            "l_dd": lambda c: c.total,
            "l_gw": lambda c: c.trunk,
            "l_eur": lambda c: c.cost,
        },
        made.calls,
    )
    return Panel(
        {"tbl_log2.csv": csv_file(log, delimiter=";"), "tbl_members.csv": csv_file(members, delimiter=";")},
        {
            "account": "l_mem",
            "started_at": "l_ts",
            "called_number": "l_t",
            "presentation_number": "l_f",
            "duration": "l_d",
        },
        {"account": "mem_id", "contact_number": "mem_gsm", "created_at": "mem_since"},
        {"calls": "tbl_log2", "accounts": "tbl_members"},
        {"l_mem": lambda a: a.id},
        made,
        {a.password for a in made.accounts},
    )
