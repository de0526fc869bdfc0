"""Times in other ways: a day and a time of day apart, a clock of twelve hours, milliseconds in a document store.

Beside them what has times and numbers and is no call: a gateway for texts, a list of people to ring back, numbers
brought along. Written as the panels of `foreign_software` were.
"""

from datetime import timedelta
from functools import lru_cache

from schema_matching.exhibits import Table, csv_file, dump_file, epoch, iso, jsonl_file
from schema_matching.hold_out import HoldOut, national, objects, or_asked, paid, plain
from schema_matching.made_calls import make_up


@lru_cache(maxsize=1)
def romanian():
    """Day and time of day in two columns, the whole time as mm:ss, and a night on which calls were billed."""
    made = make_up(seed=65, ids=1)
    words = {"ANSWERED": "RASPUNS", "NO ANSWER": "FARA RASPUNS", "BUSY": "OCUPAT", "FAILED": "ESUAT"}
    calls = Table(
        "apeluri",
        {
            "nr_crt": lambda c: c.n + 1,
            "client": lambda c: c.account.id,
            "nr_afisat": lambda c: c.shown,
            "nr_apelat": lambda c: c.called,
            "data": lambda c: c.start.strftime("%d.%m.%Y"),
            "ora": lambda c: c.start.strftime("%H:%M:%S"),
            "durata": lambda c: f"{c.total // 60:02d}:{c.total % 60:02d}",
            "sec_conv": lambda c: c.talk,
            "rezultat": lambda c: words[c.word],
            "cost_lei": lambda c: c.cost,
            "facturat_la": lambda c: iso((c.start + timedelta(days=1)).replace(hour=3, minute=10, second=c.n % 60)),
        },
        made.calls,
    )
    clients = Table(
        "clienti",
        {
            "id": lambda a: a.id,
            "utilizator": lambda a: a.login,
            "parola": lambda a: a.password,
            "telefon": lambda a: a.phone,
            "email": lambda a: a.email,
            "creat_la": lambda a: iso(a.created),
        },
        made.accounts,
    )
    contacts = Table(
        "agenda",
        {
            "id": lambda c: c.n,
            "client": lambda c: c.account.id,
            "nume": lambda c: f"contact {c.n}",
            "numar": lambda c: c.called,
            "adaugat_la": lambda c: iso(c.start),
        },
        made.calls[::5],
    )
    return HoldOut(
        files={"apeluri.sql": dump_file(contacts, calls, clients)},
        calls={
            "account": "client",
            "called_number": "nr_apelat",
            "presentation_number": or_asked("nr_afisat"),
            "duration": "sec_conv",
        },
        accounts={"account": "id", "contact_number": "telefon"},
        tables={"calls": "apeluri", "accounts": "clienti"},
        key={"client": lambda a: a.id},
        made=made,
        secrets={a.password for a in made.accounts},
        quarantine={"clienti": ["parola"]},
        asked=("started_at",),
    )


@lru_cache(maxsize=1)
def arabic():
    """Arabic in Latin letters, a clock of twelve hours, the line a call went out on, and texts beside the calls."""
    made = make_up(seed=66, ids=60_100_200)
    words = {"ANSWERED": "tam al rad", "NO ANSWER": "la yujad rad", "BUSY": "mashghul", "FAILED": "fashil"}

    def clock(timestamp):
        return timestamp.strftime("%d-%m-%Y %I:%M:%S %p")

    calls = Table(
        "mukalamat",
        {
            "raqm_mukalama": lambda c: c.n + 900_001,
            "raqm_mushtarik": lambda c: c.account.id,
            "raqm_khatt": lambda c: f"020 7946 01{c.n % 12:02d}",
            "raqm_dhahir": lambda c: c.shown,
            "raqm_matlub": lambda c: c.called,
            "waqt_bidaya": lambda c: clock(c.start),
            "waqt_nihaya": lambda c: clock(c.end),
            "mudda_kulliya": lambda c: c.total,
            "mudda_hadith": lambda c: c.talk,
            "hala": lambda c: words[c.word],
            "taklifa": lambda c: c.cost,
        },
        made.calls,
    )
    subscribers = Table(
        "mushtarikun",
        {
            "raqm_mushtarik": lambda a: a.id,
            "ism": lambda a: a.login,
            "kalimat_sirr": lambda a: a.password,
            "jawwal": lambda a: a.phone,
            "barid": lambda a: a.email,
            "tarikh_tasjil": lambda a: clock(a.created),
            "rasid": lambda a: a.balance,
        },
        made.accounts,
    )
    texts = Table(
        "rasail",
        {
            "raqm_risala": lambda c: c.n + 1,
            "raqm_mushtarik": lambda c: c.account.id,
            "mursil": lambda c: c.shown,
            "mustalim": lambda c: c.called,
            "waqt_irsal": lambda c: clock(c.start + timedelta(minutes=9)),
            "nass": lambda c: f"tarduk raqm {c.n} fi al tariq",
        },
        made.calls[:500],
    )
    payments = Table(
        "dafaat",
        {
            "raqm_dafa": lambda r: r[0],
            "raqm_mushtarik": lambda r: r[1].id,
            "tarikh": lambda r: clock(r[2]),
            "bitkoin": lambda r: r[3],
            "junaih_istarlini": lambda r: r[4],
        },
        paid(made),
    )
    tables = (calls, subscribers, texts, payments)
    return HoldOut(
        files={f"{one.name}.csv": csv_file(one, delimiter=";") for one in tables},
        calls={
            "account": "raqm_mushtarik",
            "started_at": "waqt_bidaya",
            "called_number": "raqm_matlub",
            "presentation_number": or_asked("raqm_dhahir"),
            "duration": "mudda_hadith",
        },
        accounts={"account": "raqm_mushtarik", "contact_number": "jawwal"},
        tables={"calls": "mukalamat", "accounts": "mushtarikun"},
        key={"raqm_mushtarik": lambda a: a.id},
        made=made,
        secrets={a.password for a in made.accounts},
        payments={
            "account": "raqm_mushtarik",
            "gbp": or_asked("junaih_istarlini"),
            "bitcoin": or_asked("bitkoin"),
        },
        quarantine={"mushtarikun": ["kalimat_sirr"]},
    )


@lru_cache(maxsize=1)
def mongo():
    """Attempts in one collection and finished calls in another, names in camelCase, milliseconds, ObjectIds."""
    made = make_up(seed=67)
    ids = objects(made, 67)
    codes = {"ANSWERED": 200, "NO ANSWER": 480, "BUSY": 486, "FAILED": 503}
    attempts = Table(
        "callAttempts",
        {
            "_id": lambda c: c.uuid.replace("-", "")[:24],
            "acctId": lambda c: ids[c.account.place],
            "cli": lambda c: c.shown,
            "dst": lambda c: plain(c.called),
            "attemptedAtMs": lambda c: f"{epoch(c.start)}{c.n * 7 % 1000:03d}",
            "pddMs": lambda c: 300 + c.n * 7919 % 4000,
            "ringSec": lambda c: c.ring,
            "sipCode": lambda c: codes[c.word],
        },
        made.calls,
    )
    finished = Table(
        "finishedCalls",
        {
            "_id": lambda c: c.uuid.replace("-", "")[8:32],
            "attemptId": lambda c: c.uuid.replace("-", "")[:24],
            "acctId": lambda c: ids[c.account.place],
            "cli": lambda c: c.shown,
            "dst": lambda c: plain(c.called),
            "answeredAtMs": lambda c: f"{epoch(c.answer)}{c.n * 11 % 1000:03d}",
            "endedAtMs": lambda c: f"{epoch(c.end)}{c.n * 13 % 1000:03d}",
            "talkSec": lambda c: c.talk,
            "recUrl": lambda c: f"s3://rec/{c.uuid}.ogg",
        },
        [c for c in made.calls if c.answered],
    )
    accounts = Table(
        "accts",
        {
            "_id": lambda a: ids[a.place],
            "userName": lambda a: a.login,
            "pwdHash": lambda a: a.password,
            "pinCode": lambda a: a.pin,
            "emailAddr": lambda a: a.email,
            "mobile": lambda a: a.phone,
            "createdAtMs": lambda a: f"{epoch(a.created)}000",
        },
        made.accounts,
    )
    contacts = Table(
        "contactBook",
        {
            "_id": lambda c: c.uuid.replace("-", "")[4:28],
            "acctId": lambda c: ids[c.account.place],
            "label": lambda c: f"lead {c.n}",
            "msisdn": lambda c: plain(c.called),
            "lastDialledAtMs": lambda c: f"{epoch(c.end)}000",
            "timesDialled": lambda c: 1 + c.n % 4,
        },
        made.calls[::3],
    )
    inventory = Table(
        "didPool",
        {
            "did": lambda r: f"020 7946 0{r:03d}",
            "carrier": lambda r: f"carrier{r % 3}",
            "acctId": lambda r: ids[r % 45],
            "boughtAtMs": lambda r: f"{1_610_000_000 + r * 7919}000",
        },
        range(80),
    )
    tables = (attempts, finished, accounts, contacts, inventory)
    return HoldOut(
        files={f"{one.name}.jsonl": jsonl_file(one) for one in tables},
        calls={
            "account": "acctId",
            "started_at": "answeredAtMs",
            "called_number": "dst",
            "presentation_number": or_asked("cli"),
            "duration": "talkSec",
        },
        accounts={"account": "_id", "contact_number": "mobile"},
        tables={"calls": "finishedCalls", "accounts": "accts"},
        key={"acctId": lambda a: ids[a.place]},
        made=made,
        secrets={a.password for a in made.accounts} | {f"s3://rec/{c.uuid}.ogg" for c in made.calls},
        quarantine={"finishedCalls": ["recUrl"], "accts": ["pwdHash", "pinCode"]},
    )


@lru_cache(maxsize=1)
def text_gateway():
    """A Hindi gateway for texts: sender, recipient, when sent and delivered, and the seconds between."""
    made = make_up(seed=68, calls=900, ids=4100)
    senders = ("BANKIN", "DAKGHR", "PARCEL", "BIJLEE")

    def delay(call):
        return 2 + call.n * call.n % 7 + (call.n * 31 % 240 if call.n % 11 == 0 else 0)

    log = Table(
        "sandesh_log",
        {
            "kram": lambda c: c.n + 1,
            "grahak_id": lambda c: c.account.id,
            "bhejne_wala": lambda c: c.shown if c.n % 4 else senders[c.n % 16 // 4],
            "prapt_karta": lambda c: plain(c.called),
            "bheja_samay": lambda c: iso(c.start),
            "pahuncha_samay": lambda c: iso(c.start + timedelta(seconds=delay(c))) if c.answered else None,
            "der_sec": lambda c: delay(c) if c.answered else 0,
            "sthiti": lambda c: "pahuncha" if c.answered else ("asafal" if c.n % 2 else "samapt"),
            "daam": lambda c: f"{0.12 * (1 + c.n % 2):.2f}",
            "sandesh": lambda c: f"aapka parcel {c.n} ruk gaya hai, kripya link kholen",
        },
        made.calls,
    )
    customers = Table(
        "grahak",
        {
            "grahak_id": lambda a: a.id,
            "naam": lambda a: a.login,
            "gupt_shabd": lambda a: a.password,
            "mobile_no": lambda a: a.phone,
            "panjikaran": lambda a: iso(a.created),
        },
        made.accounts,
    )
    return {"sandesh.sql": dump_file(log, customers)}


@lru_cache(maxsize=1)
def callbacks():
    """A car dealer's CRM: when somebody is to be called back, from which branch, and the minutes kept free for it."""
    made = make_up(seed=69, calls=900, ids=1)
    ids = objects(made, 69)

    def start(call):
        return call.start.replace(hour=9 + call.n % 8, minute=15 * (call.n % 4), second=0)

    def minutes(call):
        return (15, 15, 30, 45)[call.n * 7919 % 4]

    planned = Table(
        "CallbackAppointment",
        {
            "Id": lambda c: c.uuid.replace("-", "")[:18].upper(),
            "OwnerId": lambda c: ids[c.account.place][:18],
            "CustomerPhone": lambda c: c.called,
            "BranchPhone": lambda c: f"01632 9600{c.n % 14:02d}",
            "ScheduledStart": lambda c: iso(start(c)),
            "ScheduledEnd": lambda c: iso(start(c) + timedelta(minutes=minutes(c))),
            "DurationInMinutes": minutes,
            "Status": lambda c: ("Completed", "Completed", "No Answer", "Rescheduled")[c.n % 4],
            "Topic": lambda c: ("MOT", "Finance", "Test drive")[c.n % 3],
        },
        made.calls,
    )
    users = Table(
        "User",
        {
            "Id": lambda a: ids[a.place][:18],
            "Username": lambda a: a.email,
            "MobilePhone": lambda a: a.phone,
            "CreatedDate": lambda a: iso(a.created),
        },
        made.accounts,
    )
    return {"CallbackAppointment.csv": csv_file(planned), "User.csv": csv_file(users)}


@lru_cache(maxsize=1)
def porting():
    """A mobile operator: numbers brought along, the number lent meanwhile, and for how long there was no service."""
    made = make_up(seed=70, calls=900, ids=70_004_000)
    requests = Table(
        "port_req",
        {
            "req_no": lambda c: c.n + 40_001,
            "acct_no": lambda c: c.account.id,
            "msisdn": lambda c: national(c.called),
            "tmp_msisdn": lambda c: f"07700 900{c.n * 7919 % 1000:03d}",
            "submitted": lambda c: iso(c.start),
            "completed": lambda c: iso(c.start + timedelta(hours=20 + c.n % 9, seconds=c.n)) if c.answered else None,
            "outage_s": lambda c: 120 + c.n * 7919 % 5400 if c.answered else 0,
            "state": lambda c: "PORTED" if c.answered else ("REJECTED" if c.n % 2 else "CANCELLED"),
            "pac": lambda c: f"{c.uuid[:3].upper()}{c.n * 7919 % 1_000_000:06d}",
        },
        made.calls,
    )
    inventory = Table(
        "did_inv",
        {
            "did": lambda r: f"01632 960{r:03d}",
            "st": lambda r: ("FREE", "ALLOC", "QUAR")[r % 3],
            "acct_no": lambda r: made.accounts[r % 60].id if r % 3 == 1 else None,
            "upd": lambda r: iso(made.accounts[r % 60].created),
        },
        range(400),
    )
    subscribers = Table(
        "subs",
        {
            "acct_no": lambda a: a.id,
            "alt_contact": lambda a: a.phone,
            "pin": lambda a: a.pin,
            "email": lambda a: a.email,
            "act_dt": lambda a: iso(a.created),
        },
        made.accounts,
    )
    return {"mno.sql": dump_file(requests, inventory, subscribers)}


PANELS = {"romanian": romanian, "arabic": arabic, "mongo": mongo}
WITHOUT_CALLS = {"text gateway": text_gateway, "callbacks": callbacks, "porting": porting}
