"""Panels with calls, in languages that no earlier panel had.

Written by a fourth person who had not read the scoring. What is right was written down, and kept, before the first try.
"""

from datetime import timedelta
from functools import lru_cache

from schema_matching.exhibits import Table, csv_file, dump_file, epoch, iso, jsonl_file
from schema_matching.hold_out import HoldOut, national, objects, or_asked, plain, right
from schema_matching.made_calls import make_up


@lru_cache(maxsize=1)
def finnish():
    """Finnish: begun, answered and ended, seconds talked, the ringing apart, and a log of texts without length."""
    made = make_up(seed=201, ids=3_300)
    words = {"ANSWERED": "VASTATTU", "NO ANSWER": "EI VASTATTU", "BUSY": "VARATTU", "FAILED": "VIRHE"}
    calls = Table(
        "puhelut",
        {
            "rivi": lambda c: c.n + 70_001,
            "kayttaja": lambda c: c.account.id,
            "naytettava": lambda c: c.shown,
            "kohde": lambda c: c.called,
            "aloitettu": lambda c: iso(c.start),
            "vastattu": lambda c: iso(c.answer),
            "paatetty": lambda c: iso(c.end),
            "soittoaika": lambda c: c.ring,
            "puheaika": lambda c: c.talk,
            "tulos": lambda c: words[c.word],
            "hinta": lambda c: c.cost,
        },
        made.calls,
    )
    users = Table(
        "kayttajat",
        {
            "id": lambda a: a.id,
            "tunnus": lambda a: a.login,
            "salasana": lambda a: a.password,
            "sposti": lambda a: a.email,
            "puhnro": lambda a: a.phone,
            "luotu": lambda a: iso(a.created),
            "saldo": lambda a: a.balance,
        },
        made.accounts,
    )
    texts = Table(
        "viestit",
        {
            "rivi": lambda c: c.n + 1,
            "kayttaja": lambda c: c.account.id,
            "lahettaja": lambda c: c.shown,
            "kohde": lambda c: c.called,
            "lahetetty": lambda c: iso(c.start + timedelta(hours=2)),
            "tila": lambda c: "PERILLA" if c.n % 6 else "VIRHE",
        },
        made.calls[:300],
    )
    return HoldOut(
        files={"puhelut.sql": dump_file(users, texts, calls)},
        calls=right("kayttaja", "aloitettu", "kohde", "naytettava", "puheaika"),
        accounts={"account": "id", "contact_number": "puhnro"},
        tables={"calls": "puhelut", "accounts": "kayttajat"},
        key={"kayttaja": lambda a: a.id},
        made=made,
        secrets={a.password for a in made.accounts},
        quarantine={"kayttajat": ["salasana"]},
    )


@lru_cache(maxsize=1)
def czech():
    """Czech: the day in one column and the time in another, so that no column says when a call began."""
    made = make_up(seed=203, ids=880)
    words = {"ANSWERED": "spojeno", "NO ANSWER": "nezvednuto", "BUSY": "obsazeno", "FAILED": "chyba"}
    calls = Table(
        "hovory",
        {
            "cislo_radku": lambda c: c.n + 1,
            "zakaznik": lambda c: c.account.id,
            "zobrazene_c": lambda c: plain(c.shown),
            "volane_c": lambda c: plain(c.called),
            "den": lambda c: c.start.strftime("%d.%m.%Y"),
            "cas": lambda c: c.start.strftime("%H:%M:%S"),
            "vterin_celkem": lambda c: c.total,
            "vterin_hovoru": lambda c: c.talk,
            "vysledek": lambda c: words[c.word],
            "cena_kc": lambda c: f"{c.talk * 0.031:.2f}".replace(".", ","),
        },
        made.calls,
    )
    customers = Table(
        "zakaznici",
        {
            "zakaznik": lambda a: a.id,
            "prezdivka": lambda a: a.login,
            "heslo": lambda a: a.password,
            "telefon": lambda a: plain(a.phone),
            "zalozen": lambda a: a.created.strftime("%d.%m.%Y"),
        },
        made.accounts,
    )
    return HoldOut(
        files={f"{one.name}.csv": csv_file(one, delimiter=";") for one in (calls, customers)},
        calls={
            "account": "zakaznik",
            "called_number": "volane_c",
            "presentation_number": or_asked("zobrazene_c"),
            "duration": "vterin_hovoru",
        },
        accounts={"account": "zakaznik", "contact_number": "telefon"},
        tables={"calls": "hovory", "accounts": "zakaznici"},
        key={"zakaznik": lambda a: a.id},
        made=made,
        secrets={a.password for a in made.accounts},
        quarantine={"zakaznici": ["heslo"]},
        asked=("started_at",),
    )


@lru_cache(maxsize=1)
def swahili():
    """Swahili, from a document store: milliseconds since 1970 for begin, answer and end; seconds talked; object ids."""
    made = make_up(seed=205)
    ids = objects(made, 205)

    def ms(timestamp, n):
        return None if timestamp is None else int(epoch(timestamp)) * 1000 + n * 7919 % 1000

    calls = Table(
        "simu",
        {
            "_id": lambda c: c.uuid.replace("-", "")[:24],
            "mteja": lambda c: ids[c.account.place],
            "nambari_inayoonekana": lambda c: national(c.shown),
            "nambari_lengwa": lambda c: national(c.called),
            "kuanza_ms": lambda c: ms(c.start, c.n),
            "kujibiwa_ms": lambda c: ms(c.answer, c.n + 3),
            "kuisha_ms": lambda c: ms(c.end, c.n + 5),
            "sekunde": lambda c: c.talk,
            "hali": lambda c: {"ANSWERED": "imejibiwa", "BUSY": "ina shughuli"}.get(c.word, "haikujibiwa"),
            "seva": lambda c: f"node-{c.server}",
        },
        made.calls,
    )
    customers = Table(
        "wateja",
        {
            "_id": lambda a: ids[a.place],
            "jina": lambda a: a.login,
            "nenosiri": lambda a: a.password,
            "barua_pepe": lambda a: a.email,
            "simu_yake": lambda a: national(a.phone),
            "kujiunga_ms": lambda a: ms(a.created, a.place),
        },
        made.accounts,
    )
    return HoldOut(
        files={"simu.jsonl": jsonl_file(calls), "wateja.jsonl": jsonl_file(customers)},
        calls=right("mteja", "kuanza_ms", "nambari_lengwa", "nambari_inayoonekana", "sekunde"),
        accounts={"account": "_id", "contact_number": "simu_yake"},
        tables={"calls": "simu", "accounts": "wateja"},
        key={"mteja": lambda a: ids[a.place]},
        made=made,
        secrets={a.password for a in made.accounts},
        quarantine={"wateja": ["nenosiri"]},
    )


@lru_cache(maxsize=1)
def persian():
    """Persian in Latin letters: when it began, was answered and ended, and no column says for how long."""
    made = make_up(seed=207, ids=12)
    words = {"ANSWERED": "pasokh", "NO ANSWER": "bi_pasokh", "BUSY": "eshghal", "FAILED": "khata"}
    calls = Table(
        "tamas",
        {
            "radif": lambda c: c.n + 1,
            "moshtari": lambda c: c.account.id,
            "shomare_namayesh": lambda c: c.shown,
            "shomare_maghsad": lambda c: c.called,
            "shoroo": lambda c: iso(c.start),
            "pasokh_dar": lambda c: iso(c.answer),
            "payan": lambda c: iso(c.end),
            "vaziat": lambda c: words[c.word],
            "hazine": lambda c: int(c.talk * 12.5),
        },
        made.calls,
    )
    customers = Table(
        "moshtarian",
        {
            "id": lambda a: a.id,
            "nam_karbari": lambda a: a.login,
            "ramz": lambda a: a.password,
            "hamrah": lambda a: a.phone,
            "sabt": lambda a: iso(a.created),
        },
        made.accounts,
    )
    return HoldOut(
        files={"tamas.sql": dump_file(customers, calls)},
        calls={
            "account": "moshtari",
            "started_at": or_asked("shoroo"),
            "called_number": "shomare_maghsad",
            "presentation_number": or_asked("shomare_namayesh"),
        },
        accounts={"account": "id", "contact_number": "hamrah"},
        tables={"calls": "tamas", "accounts": "moshtarian"},
        key={"moshtari": lambda a: a.id},
        made=made,
        secrets={a.password for a in made.accounts},
        quarantine={"moshtarian": ["ramz"]},
        asked=("duration",),
    )


@lru_cache(maxsize=1)
def danish():
    """Danish: talk time as minutes and seconds alone, and the price in whole øre, which looks like seconds."""
    made = make_up(seed=209, ids=51_000)
    words = {"ANSWERED": "besvaret", "NO ANSWER": "ubesvaret", "BUSY": "optaget", "FAILED": "fejl"}
    calls = Table(
        "opkald",
        {
            "opkald_nr": lambda c: c.n + 4_000,
            "kunde_nr": lambda c: c.account.id,
            "vist_nr": lambda c: c.shown,
            "kaldt_nr": lambda c: c.called,
            "tidspunkt": lambda c: c.start.strftime("%d-%m-%Y %H:%M:%S"),
            "taletid": lambda c: f"{c.talk // 60}:{c.talk % 60:02d}",
            "pris_oere": lambda c: -(-c.talk // 60) * 35,
            "resultat": lambda c: words[c.word],
        },
        made.calls,
    )
    customers = Table(
        "kunder",
        {
            "kunde_nr": lambda a: a.id,
            "brugernavn": lambda a: a.login,
            "adgangskode": lambda a: a.password,
            "mobil": lambda a: a.phone,
            "oprettet": lambda a: a.created.strftime("%d-%m-%Y %H:%M:%S"),
        },
        made.accounts,
    )
    return HoldOut(
        files={f"{one.name}.csv": csv_file(one, delimiter=";") for one in (calls, customers)},
        calls={
            "account": "kunde_nr",
            "started_at": "tidspunkt",
            "called_number": "kaldt_nr",
            "presentation_number": or_asked("vist_nr"),
            "duration": "taletid",
        },
        accounts={"account": "kunde_nr", "contact_number": "mobil"},
        tables={"calls": "opkald", "accounts": "kunder"},
        key={"kunde_nr": lambda a: a.id},
        made=made,
        secrets={a.password for a in made.accounts},
        quarantine={"kunder": ["adgangskode"]},
    )


@lru_cache(maxsize=1)
def serbian():
    """Serbian: the shown number is a "mask", the called one "side B", no answer is all noughts, the account a login."""
    made = make_up(seed=211, ids=1)
    words = {"ANSWERED": "JAVIO SE", "NO ANSWER": "NIJE SE JAVIO", "BUSY": "ZAUZETO", "FAILED": "PREKID"}
    never = "0000-00-00 00:00:00"
    calls = Table(
        "pozivi",
        {
            "rb": lambda c: c.n + 1,
            "nalog": lambda c: c.account.login,
            "strana_a": lambda c: plain(c.account.phone),
            "maska": lambda c: plain(c.shown),
            "strana_b": lambda c: plain(c.called),
            "vreme_poziva": lambda c: iso(c.start),
            "vreme_javljanja": lambda c: iso(c.answer) or never,
            "vreme_prekida": lambda c: iso(c.end),
            "trajanje": lambda c: c.total,
            "razgovor": lambda c: c.talk,
            "ishod": lambda c: words[c.word],
            "naplata": lambda c: -(-c.talk // 30) * 30,
        },
        made.calls,
    )
    accounts = Table(
        "nalozi",
        {
            "nalog": lambda a: a.login,
            "lozinka": lambda a: a.password,
            "pin": lambda a: a.pin,
            "eposta": lambda a: a.email,
            "mob": lambda a: plain(a.phone),
            "otvoren": lambda a: iso(a.created),
            "stanje": lambda a: a.balance,
        },
        made.accounts,
    )
    return HoldOut(
        files={"pozivi.sql": dump_file(accounts, calls)},
        calls=right("nalog", "vreme_poziva", "strana_b", "maska", "razgovor"),
        accounts={"account": "nalog", "contact_number": "mob"},
        tables={"calls": "pozivi", "accounts": "nalozi"},
        key={"nalog": lambda a: a.login},
        made=made,
        secrets={a.password for a in made.accounts},
        quarantine={"nalozi": ["lozinka", "pin"]},
    )


PANELS = {
    "finnish": finnish,
    "czech": czech,
    "swahili": swahili,
    "persian": persian,
    "danish": danish,
    "serbian": serbian,
}
