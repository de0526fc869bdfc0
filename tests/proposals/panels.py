"""Ten panels whose tables are called what their makers called them, and three databases that hold no calls at all."""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache

from proposals.exhibits import Table, csv_file, dump_file, epoch, hms, iso, jsonl_file
from proposals.made_calls import drawn, luhn, make_up, spelled


@dataclass(slots=True)
class Panel:
    """Files of a seizure, and what a right mapping says.

    Attributes:
        files: Name to content.
        calls: Right columns for the fields of calls; a tuple where any of several is right.
        accounts: The same for accounts.
        tables: Role to the right table.
        key: What investigators write down for an account: the value of the right account column.
        secrets: Values that must not appear anywhere.
        made: The calls themselves.
    """

    files: dict
    calls: dict
    accounts: dict
    tables: dict
    key: object
    made: object
    secrets: set = field(default_factory=set)


def _extra(made):
    """Tables that a panel has beside its calls, and that must not be taken for them."""
    rng = made.rng
    trunks = Table(
        "x", {"id": lambda r: r, "host": lambda r: f"gw{r}.example.net", "state": lambda _r: "1"}, range(1, 6)
    )
    prefixes = Table(
        "x",
        {
            "id": lambda r: r,
            "prefix": lambda r: 44 * 10 + r,
            "rate": lambda r: f"{0.001 * (r % 40 + 1):.5f}",
            "initblock": lambda r: 1 + r % 60,
        },
        range(1, 301),
    )
    logins = Table(
        "x",
        {
            "id": lambda r: r[0],
            "uid": lambda r: r[1].id,
            "ip": lambda r: r[1].ip,
            "at": lambda r: iso(r[1].created + timedelta(hours=r[0])),
            "seconds": lambda r: (r[0] * 7919) % 3000,
        },
        [(n, rng.choice(made.accounts)) for n in range(1, 500)],
    )
    return trunks, prefixes, logins


def _named(table, name, renamed=None):
    columns = {(renamed or {}).get(column, column): read for column, read in table.columns.items()}
    return Table(name, columns, table.rows)


@lru_cache(maxsize=1)
def magnus():
    made = make_up(seed=11)
    trunks, prefixes, logins = _extra(made)
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
        _named(logins, "pkg_log", {"uid": "id_user"}),
        _named(prefixes, "pkg_prefix"),
        _named(trunks, "pkg_trunk"),
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
    trunks, prefixes, _logins = _extra(made)
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
    dump = dump_file(call, cards, refill, _named(prefixes, "cc_ratecard"), _named(trunks, "cc_trunk"))
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


@lru_cache(maxsize=1)
def spanish():
    made = make_up(seed=15, ids=500)
    calls = Table(
        "registro_llamadas",
        {
            "id": lambda c: c.n + 1,
            "cliente_id": lambda c: c.account.id,
            "fecha_inicio": lambda c: c.start.strftime("%d/%m/%Y %H:%M:%S"),
            "fecha_fin": lambda c: c.end.strftime("%d/%m/%Y %H:%M:%S"),
            "numero_mostrado": lambda c: c.shown,
            "numero_marcado": lambda c: c.called,
            "segundos_timbre": lambda c: c.ring,
            "segundos_hablados": lambda c: c.talk,
            "segundos_total": lambda c: c.total,
            "estado": lambda c: "CONTESTADA" if c.answered else ("OCUPADO" if c.n % 3 else "NO CONTESTA"),
            "costo": lambda c: c.cost,
            "teclas": lambda c: c.code,
        },
        made.calls,
    )
    clients = Table(
        "clientes",
        {
            "cliente_id": lambda a: a.id,
            "usuario": lambda a: a.login,
            "clave": lambda a: a.password,
            "correo": lambda a: a.email,
            "movil": lambda a: a.phone,
            "alta": lambda a: a.created.strftime("%d/%m/%Y %H:%M:%S"),
            "saldo": lambda a: a.balance,
        },
        made.accounts,
    )
    pays = Table(
        "recargas",
        {
            "recarga_id": lambda r: r[0],
            "cliente_id": lambda r: r[1].id,
            "fecha": lambda r: iso(r[1].created + timedelta(days=r[0])),
            "importe_gbp": lambda r: f"{50 + r[0] % 90}.00",
            "btc": lambda r: f"{(50 + r[0] % 90) / 30000:.8f}",
            "direccion": lambda r: "bc1q" + f"{r[0] * 7919**5:x}".rjust(38, "0")[:38],
        },
        [(n, made.rng.choice(made.accounts)) for n in range(1, 200)],
    )
    return Panel(
        {
            "registro_llamadas.csv": csv_file(calls),
            "clientes.csv": csv_file(clients),
            "recargas.csv": csv_file(pays),
        },
        {
            "account": "cliente_id",
            "started_at": "fecha_inicio",
            "called_number": "numero_marcado",
            "presentation_number": "numero_mostrado",
            "duration": "segundos_hablados",
        },
        {"account": "cliente_id", "contact_number": "movil"},
        {"calls": "registro_llamadas", "accounts": "clientes", "payments": "recargas"},
        {"cliente_id": lambda a: a.id},
        made,
        {a.password for a in made.accounts} | {c.code for c in made.calls if c.code},
    )


@lru_cache(maxsize=1)
def russian():
    made = make_up(seed=16, ids=31)
    calls = Table(
        "zvonki",
        {
            "nomer_zapisi": lambda c: c.n + 1,
            "polzovatel": lambda c: c.account.login,
            "nachalo": lambda c: c.start.strftime("%d.%m.%Y %H:%M:%S"),
            "otvet": lambda c: c.answer.strftime("%d.%m.%Y %H:%M:%S") if c.answer else "",
            "konec": lambda c: c.end.strftime("%d.%m.%Y %H:%M:%S"),
            "aon": lambda c: c.shown,
            "nabrannyj": lambda c: c.called,
            "dlitelnost": lambda c: hms(c.total),
            "razgovor": lambda c: hms(c.talk),
            "rezultat": lambda c: "otvechen" if c.answered else ("zanyato" if c.n % 2 else "net otveta"),
        },
        made.calls,
    )
    users = Table(
        "polzovateli",
        {
            "polzovatel": lambda a: a.login,
            "parol": lambda a: a.password,
            "pochta": lambda a: a.email,
            "telefon": lambda a: a.phone,
            "sozdan": lambda a: a.created.strftime("%d.%m.%Y %H:%M:%S"),
        },
        made.accounts,
    )
    sms = Table(
        "soobshcheniya",
        {
            "id": lambda c: c.n,
            "polzovatel": lambda c: c.account.login,
            "otpravitel": lambda c: c.shown,
            "poluchatel": lambda c: c.called,
            "vremya": lambda c: iso(c.start),
            "tekst": lambda c: f"vash kod podtverzhdeniya nomer {c.n} nikomu ne govorite",
            "chastej": lambda c: 1 + c.n % 3,
        },
        made.calls[:700],
    )
    return Panel(
        {
            "zvonki.jsonl": jsonl_file(calls),
            "polzovateli.jsonl": jsonl_file(users),
            "soobshcheniya.jsonl": jsonl_file(sms),
        },
        {
            "account": "polzovatel",
            "started_at": "nachalo",
            "called_number": "nabrannyj",
            "presentation_number": "aon",
            "duration": "razgovor",
        },
        {"account": "polzovatel", "contact_number": "telefon"},
        {"calls": "zvonki", "accounts": "polzovateli"},
        {"polzovatel": lambda a: a.login},
        made,
        {a.password for a in made.accounts},
    )


@lru_cache(maxsize=1)
def german():
    made = make_up(seed=17, ids=90210)
    calls = Table(
        "evn",
        {
            "vid": lambda c: c.uuid,
            "kd_nr": lambda c: c.account.id,
            "anf": lambda c: iso(c.start),
            "dau_ges": lambda c: c.total,
            "dau_gespr": lambda c: c.talk,
            "rufnr_anz": lambda c: c.shown,
            "rufnr_ziel": lambda c: c.called,
            "tarif": lambda c: c.plan,
            "betr": lambda c: c.cost,
            "stat": lambda c: "OK" if c.answered else ("BES" if c.n % 2 else "KA"),
        },
        made.calls,
    )
    customers = Table(
        "kd",
        {
            "nr": lambda a: a.id,
            "ben": lambda a: a.login,
            "kennw": lambda a: a.password,
            "mail": lambda a: a.email,
            "handy": lambda a: a.phone,
            "angel": lambda a: iso(a.created),
        },
        made.accounts,
    )
    return Panel(
        {"abzug.sql": dump_file(customers, calls)},
        {
            "account": "kd_nr",
            "started_at": "anf",
            "called_number": "rufnr_ziel",
            "presentation_number": "rufnr_anz",
            "duration": "dau_gespr",
            "call_id": "vid",
        },
        {"account": "nr", "contact_number": "handy"},
        {"calls": "evn", "accounts": "kd"},
        {"kd_nr": lambda a: a.id},
        made,
        {a.password for a in made.accounts},
    )


@lru_cache(maxsize=1)
def numbered():
    made = make_up(seed=18, ids=301)
    calls = Table(
        "t4",
        {
            "c1": lambda c: c.n + 1,
            "c2": lambda c: c.account.id,
            "c3": lambda c: c.trunk,
            "c4": lambda c: c.called,
            "c5": lambda c: c.shown,
            "c6": lambda c: c.total,
            "c7": lambda c: c.talk,
            "c8": lambda c: c.prefix,
            "c9": lambda c: iso(c.end),
            "c10": lambda c: iso(c.start),
            "c11": lambda c: 1 if c.answered else 2 + c.n % 3,
            "c12": lambda c: c.code,
            "c13": lambda c: c.cost,
        },
        made.calls,
    )
    accounts = Table(
        "t1",
        {
            "c1": lambda a: a.id,
            "c2": lambda a: a.login,
            "c3": lambda a: a.password,
            "c4": lambda a: a.email,
            "c5": lambda a: a.phone,
            "c6": lambda a: iso(a.created),
            "c7": lambda a: a.pin,
        },
        made.accounts,
    )
    trunks, prefixes, logins = _extra(made)

    def plain(table, name):
        return _named(table, name, {column: f"c{n}" for n, column in enumerate(table.names, 1)})

    return Panel(
        {"x.sql": dump_file(accounts, plain(trunks, "t2"), plain(prefixes, "t3"), calls, plain(logins, "t5"))},
        {
            "account": "c2",
            "started_at": "c10",
            "called_number": "c4",
            "presentation_number": "c5",
            "duration": "c7",
        },
        {"account": "c1", "contact_number": "c5"},
        {"calls": "t4", "accounts": "t1"},
        {"c2": lambda a: a.id},
        made,
        {a.password for a in made.accounts} | {c.code for c in made.calls if c.code},
    )


@lru_cache(maxsize=1)
def codes():
    made = make_up(seed=19, ids=1)
    rng = made.rng
    cards = {c.n: luhn(rng) for c in made.calls if c.code}
    calls = Table(
        "call_attempts",
        {
            "ref": lambda c: c.uuid,
            "operator_login": lambda c: c.account.login,
            "when_utc": lambda c: f"{epoch(c.start)}000",
            "cli_out": lambda c: c.shown,
            "mark": lambda c: c.called,
            "ring_s": lambda c: c.ring,
            "talk_s": lambda c: c.talk,
            "outcome": lambda c: c.word.lower().replace(" ", "_"),
            "otp": lambda c: c.code,
            "grab": lambda c: cards.get(c.n, ""),
            "keys": lambda c: c.typed,
            "rec": lambda c: f"/var/spool/mon/{c.uuid}.wav" if c.answered else "",
        },
        made.calls,
    )
    logins = Table(
        "operators",
        {
            "login": lambda a: a.login,
            "hash": lambda a: a.password,
            "pin": lambda a: a.pin,
            "cc": lambda a: a.card,
            "tel": lambda a: a.phone,
            "email": lambda a: a.email,
            "joined": lambda a: f"{epoch(a.created)}000",
        },
        made.accounts,
    )
    return Panel(
        {"call_attempts.jsonl": jsonl_file(calls), "operators.csv": csv_file(logins)},
        {
            "account": "operator_login",
            "started_at": "when_utc",
            "called_number": "mark",
            "presentation_number": "cli_out",
            "duration": "talk_s",
            "call_id": "ref",
        },
        {"account": "login", "contact_number": "tel"},
        {"calls": "call_attempts", "accounts": "operators"},
        {"operator_login": lambda a: a.login},
        made,
        {a.password for a in made.accounts}
        | {a.card for a in made.accounts}
        | {a.pin for a in made.accounts}
        | {c.code for c in made.calls if c.code}
        | {c.typed for c in made.calls if c.typed}
        | set(cards.values())
        | {f"{c.uuid}.wav" for c in made.calls},
    )


@lru_cache(maxsize=1)
def freeswitch():
    made = make_up(seed=20, ids=1000)
    calls = Table(
        "fs_cdr",
        {
            "caller_id_name": lambda c: c.account.login.title(),
            "caller_id_number": lambda c: c.shown,
            "destination_number": lambda c: c.called,
            "context": lambda _c: "default",
            "start_stamp": lambda c: iso(c.start),
            "answer_stamp": lambda c: iso(c.answer) or "",
            "end_stamp": lambda c: iso(c.end),
            "start_epoch": lambda c: epoch(c.start),
            "duration": lambda c: c.total,
            "billsec": lambda c: c.talk,
            "billmsec": lambda c: c.talk * 1000 + (c.n % 900 if c.talk else 0),
            "hangup_cause": lambda c: "NORMAL_CLEARING" if c.answered else ("USER_BUSY" if c.n % 2 else "NO_ANSWER"),
            "uuid": lambda c: c.uuid,
            "bleg_uuid": lambda c: c.uuid[::-1] if c.answered else "",
            "accountcode": lambda c: c.account.login,
            "read_codec": lambda _c: "PCMA",
        },
        made.calls,
    )
    directory = Table(
        "fs_users",
        {
            "user_login": lambda a: a.login,
            "user_pass": lambda a: a.pin,
            "effective_mobile": lambda a: a.phone,
            "mail": lambda a: a.email,
            "created": lambda a: iso(a.created),
        },
        made.accounts,
    )
    return Panel(
        {"fs_cdr.csv": csv_file(calls, delimiter="\t"), "fs_users.csv": csv_file(directory)},
        {
            "account": "accountcode",
            "started_at": ("start_stamp", "start_epoch"),
            "called_number": "destination_number",
            "presentation_number": "caller_id_number",
            "duration": "billsec",
            "call_id": ("uuid", "bleg_uuid"),
        },
        {"account": "user_login", "contact_number": "effective_mobile"},
        {"calls": "fs_cdr", "accounts": "fs_users"},
        {"accountcode": lambda a: a.login},
        made,
        {a.pin for a in made.accounts},
    )


PANELS = {
    "magnusbilling": magnus,
    "a2billing": a2billing,
    "freepbx": freepbx,
    "php panel": php,
    "spanish": spanish,
    "russian": russian,
    "german": german,
    "numbered": numbered,
    "codes and cards": codes,
    "freeswitch": freeswitch,
}


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


WITHOUT_CALLS = {"shop": shop, "sms marketing": sms_marketing, "clinic": clinic}
