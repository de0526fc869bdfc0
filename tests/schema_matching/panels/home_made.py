"""Panels in the languages of their makers, or in none at all."""

from datetime import timedelta
from functools import lru_cache

from schema_matching.exhibits import Table, csv_file, dump_file, epoch, hms, iso, jsonl_file
from schema_matching.made_calls import luhn, make_up
from schema_matching.panel import Panel, extra, named


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
    trunks, prefixes, logins = extra(made)

    def plain(table, name):
        return named(table, name, {column: f"c{n}" for n, column in enumerate(table.names, 1)})

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
