"""Two columns of which one is right: seconds billed beside seconds talked, a start in UTC beside one in local time.

Written by somebody else who had not read the scoring. What is right was written down before the first try.
"""

from datetime import timedelta
from functools import lru_cache

from schema_matching.exhibits import Table, csv_file, dump_file, epoch, iso, jsonl_file
from schema_matching.hold_out import HoldOut, national, noted, or_asked, paid, plain, rounded
from schema_matching.made_calls import make_up


@lru_cache(maxsize=1)
def vietnamese():
    """Rings the holder's own phone first; seconds talked beside seconds billed in sixes; texts with a length."""
    made = make_up(seed=81, ids=20_410)
    words = {"ANSWERED": "DA_NGHE", "NO ANSWER": "KHONG_NGHE", "BUSY": "MAY_BAN", "FAILED": "LOI"}
    calls = Table(
        "cuoc_goi",
        {
            "ma_cg": lambda c: c.n + 90_001,
            "ma_kh": lambda c: c.account.id,
            "sdt_nguon": lambda c: c.account.phone,
            "so_hien": lambda c: c.shown,
            "so_nhan": lambda c: c.called,
            "nha_mang": lambda c: ("VTL", "MBF", "VNP")[c.n % 3],
            "tg_bat_dau": lambda c: iso(c.start),
            "giay_cuoc": lambda c: rounded(c.talk, 6),
            "giay_noi": lambda c: c.talk,
            "trang_thai": lambda c: words[c.word],
            "phi": lambda c: c.cost,
            "ma_xac_nhan": lambda c: c.code or None,
        },
        made.calls,
    )
    customers = Table(
        "khach_hang",
        {
            "ma_kh": lambda a: a.id,
            "ten_dn": lambda a: a.login,
            "mat_khau": lambda a: a.password,
            "thu_dt": lambda a: a.email,
            "sdt": lambda a: a.phone,
            "ngay_tao": lambda a: iso(a.created),
            "so_du": lambda a: a.balance,
        },
        made.accounts,
    )
    texts = Table(
        "tin_nhan",
        {
            "ma_tn": lambda c: c.n + 1,
            "ma_kh": lambda c: c.account.id,
            "dau_gui": lambda c: c.shown,
            "dau_nhan": lambda c: c.called,
            "gui_luc": lambda c: iso(c.start + timedelta(minutes=50)),
            "do_dai": lambda c: 20 + c.n * 31 % 130,
            "trang_thai": lambda c: "DA_GUI" if c.n % 7 else "LOI",
        },
        made.calls[100:500],
    )
    topups = Table(
        "nap_tien",
        {
            "ma_nt": lambda r: r[0],
            "ma_kh": lambda r: r[1].id,
            "luc": lambda r: iso(r[2]),
            "so_btc": lambda r: r[3],
            "so_gbp": lambda r: r[4],
        },
        paid(made),
    )
    return HoldOut(
        files={"tongdai.sql": dump_file(customers, texts, calls, topups)},
        calls={
            "account": "ma_kh",
            "started_at": "tg_bat_dau",
            "called_number": "so_nhan",
            "presentation_number": "so_hien",
            "duration": "giay_noi",
        },
        accounts={"account": "ma_kh", "contact_number": "sdt"},
        tables={"calls": "cuoc_goi", "accounts": "khach_hang"},
        key={"ma_kh": lambda a: a.id},
        made=made,
        secrets={a.password for a in made.accounts},
        payments={"account": "ma_kh", "gbp": "so_gbp", "bitcoin": "so_btc"},
        quarantine={"cuoc_goi": ["ma_xac_nhan"], "khach_hang": ["mat_khau"]},
    )


@lru_cache(maxsize=1)
def hungarian():
    """Every column begins with its table's name; when it rang, was taken up and ended; accounts are e-mails."""
    made = make_up(seed=82, ids=1)
    words = {"ANSWERED": "felvette", "NO ANSWER": "nem vette fel", "BUSY": "foglalt", "FAILED": "hiba"}

    def dotted(timestamp):
        return timestamp.strftime("%Y.%m.%d %H:%M:%S") if timestamp else None

    calls = Table(
        "hivasok",
        {
            "hiv_azon": lambda c: c.n + 1,
            "hiv_ugyfel": lambda c: c.account.email,
            "hiv_csorog": lambda c: dotted(c.start),
            "hiv_felvet": lambda c: dotted(c.answer),
            "hiv_letet": lambda c: dotted(c.end),
            "hiv_kijelzett": lambda c: plain(c.shown),
            "hiv_hivott": lambda c: plain(c.called),
            "hiv_csorg_mp": lambda c: c.ring,
            "hiv_besz_mp": lambda c: c.talk,
            "hiv_eredm": lambda c: words[c.word],
            "hiv_szerver": lambda c: f"sip{c.server}",
        },
        made.calls,
    )
    customers = Table(
        "ugyfelek",
        {
            "ugy_azon": lambda a: a.id,
            "ugy_email": lambda a: a.email,
            "ugy_jelszo": lambda a: a.password,
            "ugy_mobil": lambda a: a.phone,
            "ugy_regisztralt": lambda a: dotted(a.created),
            "ugy_egyenleg": lambda a: a.balance,
        },
        made.accounts,
    )
    logins = Table(
        "belepesek",
        {
            "bel_azon": lambda c: c.n + 1,
            "bel_ugyfel": lambda c: c.account.email,
            "bel_mikor": lambda c: dotted(c.start - timedelta(minutes=4)),
            "bel_ip": lambda c: c.account.ip,
            "bel_perc": lambda c: 3 + c.n % 50,
        },
        made.calls[::2],
    )
    return HoldOut(
        files={
            "hivasok.csv": csv_file(calls, delimiter=";"),
            "ugyfelek.csv": csv_file(customers, delimiter=";"),
            "belepesek.csv": csv_file(logins, delimiter=";"),
        },
        calls={
            "account": "hiv_ugyfel",
            "started_at": "hiv_csorog",
            "called_number": "hiv_hivott",
            "presentation_number": "hiv_kijelzett",
            "duration": "hiv_besz_mp",
        },
        accounts={"account": "ugy_email", "contact_number": "ugy_mobil"},
        tables={"calls": "hivasok", "accounts": "ugyfelek"},
        key={"hiv_ugyfel": lambda a: a.email},
        made=made,
        secrets={a.password for a in made.accounts},
        quarantine={"ugyfelek": ["ugy_jelszo"]},
    )


@lru_cache(maxsize=1)
def ukrainian():
    """Ukrainian in Latin letters: start in UTC and in Kyiv time, notes on half of the calls, a separate list of people.

    The case's zone is UTC, so that the column in Kyiv time would be three hours off.
    """
    made = make_up(seed=83, ids=700)
    words = {"ANSWERED": "vidpovid", "NO ANSWER": "bez vidpovidi", "BUSY": "zainyato", "FAILED": "pomylka"}
    notes = (
        "klient prosyt peredzvonyty zavtra",
        "ne poviryla, kynula slukhavku",
        "dav kod, hotovo",
        "peredzvonyty na 07700 900417 pislya 18:00",
        "staryi nomer, bilshe ne dzvonyty",
    )
    calls = Table(
        "dzvinky",
        {
            "nom": lambda c: c.n + 1,
            "abonent": lambda c: c.account.id,
            "operator": lambda c: ("Olha", "Taras", "Ihor", "Nina")[c.n % 4],
            "vykhid_nomer": lambda c: national(c.shown),
            "nabranyi": lambda c: national(c.called),
            "poch_kyiv": lambda c: iso(c.start + timedelta(hours=3)),
            "poch_utc": lambda c: iso(c.start),
            "usoho_sek": lambda c: c.total,
            "rozmova_sek": lambda c: c.talk,
            "rezultat": lambda c: words[c.word],
            "prymitka": lambda c: noted(c, notes),
        },
        made.calls,
    )
    accounts = Table(
        "abonenty",
        {
            "id": lambda a: a.id,
            "imya": lambda a: a.login,
            "parol": lambda a: a.password,
            "poshta": lambda a: a.email,
            "mobilnyi": lambda a: a.phone,
            "vidkryto": lambda a: iso(a.created),
        },
        made.accounts,
    )
    people = Table(
        "baza_lyudei",
        {
            "id": lambda c: c.n + 1,
            "telefon": lambda c: national(c.called),
            "bank": lambda c: ("A", "B", "C")[c.n % 3],
            "dodano": lambda c: iso(c.start - timedelta(days=2)),
            "sproby": lambda c: c.n % 6,
        },
        made.calls,
    )
    return HoldOut(
        files={
            "dzvinky.jsonl": jsonl_file(calls),
            "abonenty.jsonl": jsonl_file(accounts),
            "baza_lyudei.jsonl": jsonl_file(people),
        },
        calls={
            "account": "abonent",
            "started_at": "poch_utc",
            "called_number": "nabranyi",
            "presentation_number": "vykhid_nomer",
            "duration": "rozmova_sek",
        },
        accounts={"account": "id", "contact_number": "mobilnyi"},
        tables={"calls": "dzvinky", "accounts": "abonenty"},
        key={"abonent": lambda a: a.id},
        made=made,
        secrets={a.password for a in made.accounts},
        quarantine={"abonenty": ["parol"]},
    )


@lru_cache(maxsize=1)
def greek():
    """Greek in Latin letters, from a billing system: minutes with decimals and nothing else to tell how long it was."""
    made = make_up(seed=84, ids=3_000)
    calls = Table(
        "kliseis",
        {
            "kod": lambda c: c.n + 700_000,
            "kod_pel": lambda c: c.account.id,
            "ar_emfan": lambda c: c.shown,
            "ar_klithen": lambda c: c.called,
            "enarxi": lambda c: iso(c.start),
            "lepta": lambda c: f"{c.talk / 60:.2f}",
            "timi_lepto": lambda c: f"0.{12 + int(c.plan)}",
            "xreosi": lambda c: c.cost,
            "katast": lambda c: {"ANSWERED": "OK", "NO ANSWER": "OXI", "BUSY": "KAT", "FAILED": "SFA"}[c.word],
        },
        made.calls,
    )
    customers = Table(
        "pelates",
        {
            "kod_pel": lambda a: a.id,
            "onoma": lambda a: a.login,
            "kodikos": lambda a: a.password,
            "kinito": lambda a: a.phone,
            "ypoloipo": lambda a: a.balance,
            "eggrafi": lambda a: iso(a.created),
        },
        made.accounts,
    )
    return HoldOut(
        files={"kliseis.csv": csv_file(calls), "pelates.csv": csv_file(customers)},
        calls={
            "account": "kod_pel",
            "started_at": "enarxi",
            "called_number": "ar_klithen",
            "presentation_number": or_asked("ar_emfan"),
            "duration": None,
        },
        accounts={"account": "kod_pel", "contact_number": "kinito"},
        tables={"calls": "kliseis", "accounts": "pelates"},
        key={"kod_pel": lambda a: a.id},
        made=made,
        secrets={a.password for a in made.accounts},
        quarantine={"pelates": ["kodikos"]},
        asked=("duration",),
    )


@lru_cache(maxsize=1)
def sip():
    """A SIP panel in two and three letters: seconds since 1970, cause codes, log-ins apart from the customers."""
    made = make_up(seed=86, ids=88_100)
    causes = {"ANSWERED": "16", "NO ANSWER": "19", "BUSY": "17", "FAILED": "34"}
    calls = Table(
        "cdr",
        {
            "id": lambda c: c.uuid,
            "cid": lambda c: c.account.id,
            "gw": lambda c: c.trunk,
            "ani": lambda c: plain(c.account.phone),
            "pai": lambda c: plain(c.shown),
            "dni": lambda c: plain(c.called),
            "st": lambda c: epoch(c.start),
            "at": lambda c: epoch(c.answer) or "0",
            "et": lambda c: epoch(c.end),
            "pdd": lambda c: 300 + c.n * 37 % 4_000,
            "ds": lambda c: c.total,
            "ts": lambda c: c.talk,
            "cc": lambda c: causes[c.word],
        },
        made.calls,
    )
    customers = Table(
        "cus",
        {
            "id": lambda a: a.id,
            "nm": lambda a: a.login.upper(),
            "mob": lambda a: plain(a.phone),
            "bal": lambda a: a.balance,
            "crt": lambda a: epoch(a.created),
        },
        made.accounts,
    )
    logins = Table(
        "usr",
        {
            "uid": lambda a: a.place + 1,
            "cid": lambda a: a.id,
            "usn": lambda a: a.login,
            "pwh": lambda a: a.password,
            "eml": lambda a: a.email,
        },
        made.accounts,
    )
    return HoldOut(
        files={"sip.sql": dump_file(calls, customers, logins)},
        calls={
            "account": "cid",
            "started_at": "st",
            "called_number": "dni",
            "presentation_number": or_asked("pai"),
            "duration": "ts",
        },
        accounts={"account": "id", "contact_number": "mob"},
        tables={"calls": "cdr", "accounts": "cus"},
        key={"cid": lambda a: a.id},
        made=made,
        secrets={a.password for a in made.accounts},
        quarantine={"usr": ["pwh"]},
    )


PANELS = {"vietnamese": vietnamese, "hungarian": hungarian, "ukrainian": ukrainian, "greek": greek, "sip": sip}
