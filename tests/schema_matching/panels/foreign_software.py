"""Software it was not made for: a Polish PHP panel, Laravel, milliseconds, numbered exports.

Written by somebody who had not read the scoring. What is right was written down before the first try.
"""

from datetime import timedelta
from functools import lru_cache

from schema_matching.exhibits import Table, csv_file, dump_file, epoch, iso, jsonl_file
from schema_matching.hold_out import HoldOut, national, or_asked, paid, plain, uuids
from schema_matching.made_calls import luhn, make_up


@lru_cache(maxsize=1)
def polish():
    """A home-made PHP panel in a dump: short Polish names, answer times, recordings, texts and a black list."""
    made = make_up(seed=61, ids=10_250)
    words = {"ANSWERED": "ODEBRANE", "NO ANSWER": "NIEODEBRANE", "BUSY": "ZAJETE", "FAILED": "BLAD"}
    calls = Table(
        "polaczenia",
        {
            "id": lambda c: c.n + 5001,
            "id_ab": lambda c: c.account.id,
            "prefiks": lambda c: "9" if c.n % 3 else "8",
            "nr_prez": lambda c: c.shown,
            "nr_doc": lambda c: c.called,
            "rozp": lambda c: iso(c.start),
            "odb": lambda c: iso(c.answer),
            "zak": lambda c: iso(c.end),
            "cz_dzw": lambda c: c.ring,
            "cz_rozm": lambda c: c.talk,
            "stan": lambda c: words[c.word],
            "koszt": lambda c: c.cost,
            "plik_nagr": lambda c: f"nagrania/{c.uuid}.wav" if c.answered else None,
            "dtmf": lambda c: c.code or None,
        },
        made.calls,
    )
    subscribers = Table(
        "abonenci",
        {
            "id": lambda a: a.id,
            "login": lambda a: a.login,
            "haslo": lambda a: a.password,
            "pin": lambda a: a.pin,
            "mail": lambda a: a.email,
            "tel": lambda a: a.phone,
            "data_rej": lambda a: iso(a.created),
            "saldo": lambda a: a.balance,
        },
        made.accounts,
    )
    payments = Table(
        "wplaty",
        {
            "id": lambda r: r[0],
            "id_ab": lambda r: r[1].id,
            "kiedy": lambda r: iso(r[2]),
            "kw_btc": lambda r: r[3],
            "kw_gbp": lambda r: r[4],
            "stan": lambda r: "zaksiegowana" if r[0] % 9 else "odrzucona",
        },
        paid(made),
    )
    texts = Table(
        "smsy",
        {
            "id": lambda c: c.n + 1,
            "id_ab": lambda c: c.account.id,
            "nadawca": lambda c: c.shown,
            "odbiorca": lambda c: c.called,
            "kiedy": lambda c: iso(c.start + timedelta(hours=3)),
            "znakow": lambda c: 40 + c.n % 120,
            "stan": lambda c: "DORECZONO" if c.n % 5 else "BLAD",
        },
        made.calls[:400],
    )
    blocked = Table(
        "czarna_lista",
        {"nr": lambda c: plain(c.called), "dodano": lambda c: iso(c.end), "powod": lambda _c: "policja"},
        made.calls[::40],
    )
    types = {"id": "int(11) NOT NULL AUTO_INCREMENT", "rozp": "datetime DEFAULT NULL", "cz_rozm": "int(11) DEFAULT 0"}
    return HoldOut(
        files={"bramka.sql": dump_file(blocked, subscribers, calls, texts, payments, types=types)},
        calls={
            "account": "id_ab",
            "started_at": "rozp",
            "called_number": "nr_doc",
            "presentation_number": or_asked("nr_prez"),
            "duration": "cz_rozm",
        },
        accounts={"account": "id", "contact_number": "tel"},
        tables={"calls": "polaczenia", "accounts": "abonenci"},
        key={"id_ab": lambda a: a.id},
        made=made,
        secrets={a.password for a in made.accounts} | {f"nagrania/{c.uuid}.wav" for c in made.calls},
        payments={"account": "id_ab", "gbp": "kw_gbp", "bitcoin": "kw_btc"},
        quarantine={"polaczenia": ["plik_nagr", "dtmf"], "abonenci": ["haslo", "pin"]},
    )


@lru_cache(maxsize=1)
def laravel():
    """Sessions, each with its two legs in another table; accounts are UUIDs, times as Laravel writes JSON."""
    made = make_up(seed=62, ids=1)
    ids = uuids(made, 62)
    words = {"ANSWERED": "completed", "NO ANSWER": "no-answer", "BUSY": "busy", "FAILED": "failed"}

    def json_time(timestamp):
        return None if timestamp is None else timestamp.strftime("%Y-%m-%dT%H:%M:%S.000000Z")

    sessions = Table(
        "call_sessions",
        {
            "id": lambda c: c.n + 1,
            "uuid": lambda c: c.uuid,
            "user_uuid": lambda c: ids[c.account.place],
            "caller_id": lambda c: c.shown,
            "destination": lambda c: c.called,
            "voice_effect": lambda c: ("none", "deep", "female")[c.n % 3],
            "status": lambda c: words[c.word],
            "answered_at": lambda c: json_time(c.answer),
            "talk_time": lambda c: c.talk,
            "price": lambda c: c.cost,
            "captured_otp": lambda c: c.code or None,
            "created_at": lambda c: json_time(c.start),
            "updated_at": lambda c: json_time(c.end + timedelta(seconds=c.n % 4)),
        },
        made.calls,
    )
    legs = Table(
        "call_legs",
        {
            "id": lambda r: 2 * r[0].n + r[1] + 1,
            "call_session_uuid": lambda r: r[0].uuid,
            "leg": lambda r: ("agent", "callee")[r[1]],
            "number": lambda r: r[0].called if r[1] else r[0].account.phone,
            "cli": lambda r: r[0].shown,
            "started_at": lambda r: json_time(r[0].start + timedelta(seconds=2 * r[1])),
            "ended_at": lambda r: json_time(r[0].end),
            "seconds": lambda r: r[0].talk if r[1] else r[0].total,
            "hangup_cause": lambda r: 16 if r[0].answered else 19,
        },
        [(c, leg) for c in made.calls for leg in (0, 1)],
    )
    users = Table(
        "users",
        {
            "id": lambda a: a.id,
            "uuid": lambda a: ids[a.place],
            "name": lambda a: a.login,
            "email": lambda a: a.email,
            "password": lambda a: a.password,
            "phone_number": lambda a: a.phone,
            "two_factor_secret": lambda a: a.password[7:39].upper(),
            "created_at": lambda a: json_time(a.created),
        },
        made.accounts,
    )
    deposits = Table(
        "deposits",
        {
            "id": lambda r: r[0],
            "user_uuid": lambda r: ids[r[1].place],
            "coin": lambda _r: "BTC",
            "amount": lambda r: r[3],
            "value_gbp": lambda r: r[4],
            "confirmed_at": lambda r: json_time(r[2] + timedelta(minutes=40)),
            "created_at": lambda r: json_time(r[2]),
        },
        paid(made),
    )
    tables = (sessions, legs, users, deposits)
    return HoldOut(
        files={f"{one.name}.jsonl": jsonl_file(one) for one in tables},
        calls={
            "account": "user_uuid",
            "started_at": "created_at",
            "called_number": "destination",
            "presentation_number": or_asked("caller_id"),
            "duration": "talk_time",
        },
        accounts={"account": "uuid", "contact_number": "phone_number"},
        tables={"calls": "call_sessions", "accounts": "users"},
        key={"user_uuid": lambda a: ids[a.place]},
        made=made,
        secrets={a.password for a in made.accounts} | {a.password[7:39].upper() for a in made.accounts},
        payments={"account": "user_uuid", "gbp": "value_gbp", "bitcoin": or_asked("amount")},
        quarantine={"call_sessions": ["captured_otp"], "users": ["password", "two_factor_secret"]},
    )


@lru_cache(maxsize=1)
def indonesian():
    """Talk time in milliseconds and in minutes begun; the number typed, and as dialled with the trunk's prefix."""
    made = make_up(seed=63, ids=330)
    calls = Table(
        "panggilan",
        {
            "id": lambda c: c.n + 1,
            "plg_id": lambda c: c.account.id,
            "no_tampil": lambda c: c.shown,
            "no_tujuan": lambda c: c.called,
            "no_dial": lambda c: f"7712{plain(c.called)}",
            "mulai": lambda c: f"{epoch(c.start)}{c.n * 37 % 1000:03d}",
            "selesai": lambda c: f"{epoch(c.end)}{c.n * 53 % 1000:03d}",
            "lama_ms": lambda c: c.talk * 1000 + c.n * 61 % 1000 if c.talk else 0,
            "menit_tagih": lambda c: -(-c.talk // 60),
            "sts": lambda c: "terjawab" if c.answered else ("sibuk" if c.n % 3 else "tidak dijawab"),
            "biaya_rp": lambda c: c.talk * 35,
        },
        made.calls,
    )
    customers = Table(
        "pelanggan",
        {
            "id": lambda a: a.id,
            "nama": lambda a: a.login,
            "sandi": lambda a: a.password,
            "surel": lambda a: a.email,
            "no_hp": lambda a: a.phone,
            "tgl_daftar": lambda a: iso(a.created),
            "saldo": lambda a: a.balance,
        },
        made.accounts,
    )
    return HoldOut(
        files={
            "panggilan.txt": csv_file(calls, delimiter="|"),
            "pelanggan.txt": csv_file(customers, delimiter="|"),
        },
        calls={
            "account": "plg_id",
            "started_at": "mulai",
            "called_number": "no_tujuan",
            "presentation_number": or_asked("no_tampil"),
            "duration": "lama_ms",
        },
        accounts={"account": "id", "contact_number": "no_hp"},
        tables={"calls": "panggilan", "accounts": "pelanggan"},
        key={"plg_id": lambda a: a.id},
        made=made,
        secrets={a.password for a in made.accounts},
        quarantine={"pelanggan": ["sandi"]},
    )


@lru_cache(maxsize=1)
def fields():
    """Exports whose columns are numbered: accounts are e-mails, times British, cards and codes among the rest."""
    made = make_up(seed=64)
    cards = {c.n: luhn(made.rng) for c in made.calls if c.code}
    calls = Table(
        "export_17",
        {
            "field_01": lambda c: c.n + 1,
            "field_02": lambda c: c.account.email,
            "field_03": lambda c: national(c.shown),
            "field_04": lambda c: plain(c.called),
            "field_05": lambda c: c.start.strftime("%d/%m/%Y %H:%M:%S"),
            "field_06": lambda c: c.end.strftime("%d/%m/%Y %H:%M:%S"),
            "field_07": lambda c: c.total,
            "field_08": lambda c: c.ring,
            "field_09": lambda c: c.talk,
            "field_10": lambda c: ("ANSWERED", "NO ANSWER", "BUSY", "FAILED").index(c.word),
            "field_11": lambda c: c.cost,
            "field_12": lambda c: c.code,
            "field_13": lambda c: cards.get(c.n),
            "field_14": lambda c: c.server,
        },
        made.calls,
    )
    accounts = Table(
        "export_03",
        {
            "field_01": lambda a: a.id,
            "field_02": lambda a: a.email,
            "field_03": lambda a: a.password,
            "field_04": lambda a: national(a.phone),
            "field_05": lambda a: a.pin,
            "field_06": lambda a: a.created.strftime("%d/%m/%Y %H:%M:%S"),
            "field_07": lambda a: a.balance,
        },
        made.accounts,
    )
    shown = Table(
        "export_08",
        {
            "field_01": lambda c: c.n,
            "field_02": lambda c: c.account.email,
            "field_03": lambda c: national(c.shown),
            "field_04": lambda c: c.start.strftime("%d/%m/%Y %H:%M:%S"),
        },
        made.calls[::7],
    )
    return HoldOut(
        files={f"{one.name}.tsv": csv_file(one, delimiter="\t") for one in (calls, accounts, shown)},
        calls={
            "account": "field_02",
            "started_at": "field_05",
            "called_number": "field_04",
            "presentation_number": or_asked("field_03"),
            "duration": "field_09",
        },
        accounts={"account": "field_02", "contact_number": "field_04"},
        tables={"calls": "export_17", "accounts": "export_03"},
        key={"field_02": lambda a: a.email},
        made=made,
        secrets={a.password for a in made.accounts} | set(cards.values()) | {c.code for c in made.calls if c.code},
        quarantine={"export_17": ["field_12", "field_13"], "export_03": ["field_03"]},
    )


PANELS = {"polish": polish, "laravel": laravel, "indonesian": indonesian, "fields": fields}
