"""Billing systems and apps with calls; burglar alarms, chats and money sent by phone without.

Written by a third person who had not read the scoring. What is right was written down before the first try.
"""

import base64
import hashlib
from datetime import timedelta
from functools import lru_cache

from schema_matching.exhibits import Table, csv_file, dump_file, epoch, iso, jsonl_file
from schema_matching.hold_out import HoldOut, national, noted, or_asked, plain, right, rounded, uuids
from schema_matching.made_calls import drawn, make_up


@lru_cache(maxsize=1)
def italian():
    """An Italian reseller's panel: seconds as talked and as billed in thirties, and the sub-reseller on each call."""
    made = make_up(seed=101, ids=1)
    endings = {"ANSWERED": "RISPOSTO", "NO ANSWER": "NESSUNA RISPOSTA", "BUSY": "OCCUPATO", "FAILED": "ERRORE"}

    def code(account):
        return f"CL{int(account.id):05d}"

    calls = Table(
        "traffico_voce",
        {
            "progr": lambda c: c.n + 410_000,
            "cod_riv": lambda c: f"RV{1 + c.account.place % 5:02d}",
            "cod_cli": lambda c: code(c.account),
            "cli_mostrato": lambda c: c.shown,
            "num_chiamato": lambda c: c.called,
            "inizio": lambda c: c.start.strftime("%d/%m/%Y %H:%M:%S"),
            "sec_fatturati": lambda c: rounded(c.talk, 30),
            "sec_conversazione": lambda c: c.talk,
            "esito": lambda c: endings[c.word],
            "importo": lambda c: c.cost.replace(".", ","),
        },
        made.calls,
    )
    customers = Table(
        "anagrafica_clienti",
        {
            "cod_cli": code,
            "cod_riv": lambda a: f"RV{1 + a.place % 5:02d}",
            "ragione_sociale": lambda a: a.login.title() + " srl",
            "utente": lambda a: a.login,
            "parola_chiave": lambda a: a.password,
            "recapito": lambda a: a.phone,
            "attivato_il": lambda a: a.created.strftime("%d/%m/%Y %H:%M:%S"),
            "credito": lambda a: a.balance.replace(".", ","),
        },
        made.accounts,
    )
    resellers = Table(
        "rivenditori",
        {"cod_riv": lambda n: f"RV{n:02d}", "recapito": lambda n: f"01632 96040{n}"},
        range(1, 6),
    )
    return HoldOut(
        files={f"{one.name}.csv": csv_file(one, delimiter=";") for one in (calls, customers, resellers)},
        calls=right("cod_cli", "inizio", "num_chiamato", "cli_mostrato", "sec_conversazione"),
        accounts={"account": "cod_cli", "contact_number": "recapito"},
        tables={"calls": "traffico_voce", "accounts": "anagrafica_clienti"},
        key={"cod_cli": code},
        made=made,
        secrets={a.password for a in made.accounts},
        quarantine={"anagrafica_clienti": ["parola_chiave"]},
    )


@lru_cache(maxsize=1)
def swedish():
    """Swedish, without a word for how calls ended: begun and hung up, seconds talked, the sound file; a book of leads.

    The book has numbers of people, the agents who took them and when, and is no table of calls.
    """
    made = make_up(seed=102, ids=1)
    ids = uuids(made, 102)
    calls = Table(
        "samtal",
        {
            "samtal_id": lambda c: c.n + 1,
            "kund_id": lambda c: ids[c.account.place],
            "visat_nr": lambda c: plain(c.shown),
            "uppringt_nr": lambda c: plain(c.called),
            "paborjat": lambda c: c.start.strftime("%Y-%m-%dT%H:%M:%S"),
            "avslutat": lambda c: c.end.strftime("%Y-%m-%dT%H:%M:%S"),
            "taltid_sek": lambda c: c.talk,
            "ljudfil": lambda c: f"insp/{c.uniqueid}.ogg" if c.talk > 20 else None,
        },
        made.calls,
    )
    customers = Table(
        "kunder",
        {
            "kund_id": lambda a: ids[a.place],
            "anvandarnamn": lambda a: a.login,
            "losenord": lambda a: a.password,
            "mobilnr": lambda a: plain(a.phone),
            "skapad": lambda a: a.created.strftime("%Y-%m-%dT%H:%M:%S"),
            "saldo_ore": lambda a: a.balance.replace(".", ""),
        },
        made.accounts,
    )
    leads = Table(
        "kontaktlista",
        {
            "rad": lambda c: c.n,
            "kund_id": lambda c: ids[c.account.place],
            "nummer": lambda c: plain(c.called),
            "inlagd": lambda c: iso(c.start - timedelta(days=3)),
            "anteckning": lambda c: noted(c, ("gammal dam", "bank: HSBC", "bor ensam", "ring 020 7946 0555")),
        },
        made.calls[::3],
    )
    return HoldOut(
        files={"samtal.sql": dump_file(leads, customers, calls)},
        calls=right("kund_id", "paborjat", "uppringt_nr", "visat_nr", "taltid_sek"),
        accounts={"account": "kund_id", "contact_number": "mobilnr"},
        tables={"calls": "samtal", "accounts": "kunder"},
        key={"kund_id": lambda a: ids[a.place]},
        made=made,
        secrets={a.password for a in made.accounts},
        quarantine={"kunder": ["losenord"]},
    )


@lru_cache(maxsize=1)
def columns():
    """Numbered columns: seconds since 1970 three times, SIP answers for how it ended, called before shown."""
    made = make_up(seed=103, ids=5_001)
    answers = {"ANSWERED": "200", "NO ANSWER": "480", "BUSY": "486", "FAILED": "503"}
    calls = Table(
        "t_0007",
        {
            "c01": lambda c: c.uuid,
            "c02": lambda c: c.account.id,
            "c03": lambda c: plain(c.called),
            "c04": lambda c: plain(c.shown),
            "c05": lambda c: f"198.51.100.{c.trunk}",
            "c06": lambda c: epoch(c.start),
            "c07": lambda c: epoch(c.answer) or "0",
            "c08": lambda c: epoch(c.end),
            "c09": lambda c: c.ring,
            "c10": lambda c: c.talk,
            "c11": lambda c: answers[c.word],
            "c12": lambda c: ("PCMA", "PCMU", "G729")[c.n % 3],
            "c13": lambda c: c.cost,
        },
        made.calls,
    )
    accounts = Table(
        "t_0002",
        {
            "c01": lambda a: a.id,
            "c02": lambda a: a.login,
            "c03": lambda a: a.password,
            "c04": lambda a: a.email,
            "c05": lambda a: plain(a.phone),
            "c06": lambda a: epoch(a.created),
        },
        made.accounts,
    )
    hired = Table(
        "t_0003",
        {
            "c01": lambda c: c.n + 1,
            "c02": lambda c: c.account.id,
            "c03": lambda c: plain(c.shown),
            "c04": lambda c: epoch(c.start),
            "c05": lambda c: ("4.99", "9.99")[c.n % 2],
        },
        made.calls[::9],
    )
    return HoldOut(
        files={"t.sql": dump_file(accounts, hired, calls)},
        calls=right("c02", "c06", "c03", or_asked("c04"), "c10"),
        accounts={"account": "c01", "contact_number": "c05"},
        tables={"calls": "t_0007", "accounts": "t_0002"},
        key={"c02": lambda a: a.id},
        made=made,
        secrets={a.password for a in made.accounts},
        quarantine={"t_0002": ["c03"]},
    )


@lru_cache(maxsize=1)
def astpp():
    """The billing system ASTPP: the caller's number with its name, causes in words, account numbers of ten digits."""
    made = make_up(seed=104, ids=12)
    causes = {
        "ANSWERED": "NORMAL_CLEARING [16]",
        "NO ANSWER": "NO_ANSWER [19]",
        "BUSY": "USER_BUSY [17]",
        "FAILED": "NORMAL_TEMPORARY_FAILURE [41]",
    }
    calls = Table(
        "cdrs",
        {
            "uniqueid": lambda c: c.uuid,
            "accountid": lambda c: c.account.id,
            "type": lambda _c: "0",
            "callerid": lambda c: f"{plain(c.shown)} <{plain(c.shown)}>",
            "callednum": lambda c: plain(c.called),
            "billseconds": lambda c: c.talk,
            "trunk_id": lambda c: c.trunk,
            "callerip": lambda c: c.account.ip,
            "disposition": lambda c: causes[c.word],
            "callstart": lambda c: iso(c.start),
            "debit": lambda c: c.cost,
            "cost": lambda c: f"{c.talk * 0.0011:.5f}",
            "pricelist_id": lambda c: c.plan,
            "reseller_id": lambda _c: "0",
            "call_direction": lambda _c: "outbound",
            "end_stamp": lambda c: iso(c.end),
        },
        made.calls,
    )
    accounts = Table(
        "accounts",
        {
            "id": lambda a: a.id,
            "number": lambda a: 2_087_114_509 + a.place * 7_919_113,
            "reseller_id": lambda _a: "0",
            "status": lambda a: a.place % 7 // 6,
            "balance": lambda a: a.balance,
            "password": lambda a: a.password,
            "first_name": lambda a: a.login,
            "telephone_1": lambda a: plain(a.phone),
            "email": lambda a: a.email,
            "pin": lambda a: a.pin,
        },
        made.accounts,
    )
    return HoldOut(
        files={"astpp.sql": dump_file(accounts, calls)},
        calls=right("accountid", "callstart", "callednum", or_asked("callerid"), "billseconds"),
        accounts={"account": "id", "contact_number": "telephone_1"},
        tables={"calls": "cdrs", "accounts": "accounts"},
        key={"accountid": lambda a: a.id},
        made=made,
        secrets={a.password for a in made.accounts},
        quarantine={"accounts": ["password", "pin"]},
    )


@lru_cache(maxsize=1)
def app():
    """An app for changing one's number and voice: access numbers that are dialled first, no word for the ending."""
    made = make_up(seed=105)
    access = [f"+44 20 7946 0{n:03d}" for n in (610, 611, 612, 640)]

    def uid(account):
        digest = hashlib.sha256(f"105-{account.place}".encode()).digest()
        return base64.b64encode(digest, altchars=b"xY").decode()[:28]

    calls = Table(
        "calls",
        {
            "callId": lambda c: c.uuid,
            "uid": lambda c: uid(c.account),
            "accessNumber": lambda c: access[c.n % 4],
            "spoofAs": lambda c: c.shown,
            "dialled": lambda c: c.called,
            "voice": lambda c: ("normal", "normal", "female", "deep")[c.n % 4],
            "recorded": lambda c: "true" if c.n % 5 == 0 else "false",
            "createdAt": lambda c: c.start.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "durationSec": lambda c: c.talk,
            "creditsUsed": lambda c: rounded(c.talk, 60) // 60,
        },
        made.calls,
    )
    users = Table(
        "users",
        {
            "uid": uid,
            "displayName": lambda a: a.login,
            "email": lambda a: a.email,
            "phoneNumber": lambda a: "+" + plain(a.phone),
            "passwordHash": lambda a: a.password,
            "pin": lambda a: a.pin,
            "createdAt": lambda a: a.created.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "credits": lambda a: int(float(a.balance)),
        },
        made.accounts,
    )
    return HoldOut(
        files={"calls.jsonl": jsonl_file(calls), "users.jsonl": jsonl_file(users)},
        calls=right("uid", "createdAt", "dialled", "spoofAs", "durationSec"),
        accounts={"account": "uid", "contact_number": "phoneNumber"},
        tables={"calls": "calls", "accounts": "users"},
        key={"uid": uid},
        made=made,
        secrets={a.password for a in made.accounts},
        quarantine={"users": ["passwordHash", "pin"]},
    )


def alarms():
    """Burglar alarms: the SIM in the box, the keyholder who is told by the app, minutes until it was put right."""
    made = make_up(seed=106, ids=300)
    sims = drawn(107, "gb_mobile", 60)
    events = Table(
        "alarm_events",
        {
            "event_id": lambda c: c.n + 1,
            "customer_id": lambda c: c.account.id,
            "panel_sim": lambda c: sims[c.account.place],
            "keyholder": lambda c: plain(c.called),
            "raised_at": lambda c: iso(c.start),
            "restored_at": lambda c: iso(c.start + timedelta(minutes=c.total)) if c.answered else None,
            "open_minutes": lambda c: c.total if c.answered else 0,
            "result": lambda c: {"ANSWERED": "RESTORED", "BUSY": "POLICE"}.get(c.word, "UNCONFIRMED"),
        },
        made.calls,
    )
    customers = Table(
        "customers",
        {"customer_id": lambda a: a.id, "name": lambda a: a.login, "phone": lambda a: plain(a.phone)},
        made.accounts,
    )
    return {"alarms.sql": dump_file(customers, events)}


def chats():
    """Conversations by WhatsApp: the firm's number, the customer's, who dealt with them and for how many seconds."""
    made = make_up(seed=108, ids=40)
    conversations = Table(
        "conversations",
        {
            "conversation_id": lambda c: c.uuid,
            "agent_id": lambda c: c.account.id,
            "business_number": lambda c: plain(c.shown) if plain(c.shown).isdigit() else None,
            "customer_wa_id": lambda c: plain(c.called),
            "opened_at": lambda c: iso(c.start),
            "closed_at": lambda c: iso(c.end),
            "messages": lambda c: 1 + c.talk // 25,
            "handling_seconds": lambda c: c.talk,
            "status": lambda c: "RESOLVED" if c.answered else "NO REPLY",
        },
        made.calls,
    )
    agents = Table(
        "agents",
        {
            "agent_id": lambda a: a.id,
            "name": lambda a: a.login,
            "mobile": lambda a: a.phone,
            "pwd": lambda a: a.password,
        },
        made.accounts,
    )
    return {"conversations.csv": csv_file(conversations), "agents.csv": csv_file(agents)}


def money():
    """Money sent from phone to phone: sender, recipient, the agent's till, seconds until it was confirmed."""
    made = make_up(seed=109, ids=77_000)
    senders = drawn(110, "gb_mobile", 90)
    transfers = Table(
        "transfers",
        {
            "receipt": lambda c: hashlib.sha256(c.uuid.encode()).hexdigest()[:10].upper(),
            "agent": lambda c: c.account.id,
            "sender_msisdn": lambda c: national(senders[c.n * 31 % 90]),
            "recipient_msisdn": lambda c: national(c.called),
            "initiated": lambda c: epoch(c.start),
            "confirmed": lambda c: epoch(c.answer),
            "confirm_secs": lambda c: c.ring if c.answered else 0,
            "amount": lambda c: f"{5 + c.n * 37 % 400}.00",
            "state": lambda c: "COMPLETED" if c.answered else ("EXPIRED", "REVERSED")[c.n % 2],
        },
        made.calls,
    )
    agents = Table(
        "agents",
        {
            "agent": lambda a: a.id,
            "shop": lambda a: a.login,
            "msisdn": lambda a: national(a.phone),
            "pin": lambda a: a.pin,
        },
        made.accounts,
    )
    return {"money.sql": dump_file(agents, transfers)}


PANELS = {"italian": italian, "swedish": swedish, "columns": columns, "astpp": astpp, "app": app}
WITHOUT_CALLS = {"alarms": alarms, "chats": chats, "money": money}
