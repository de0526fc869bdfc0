"""Panels with calls: a carrier's two numbers a leg, calls both ways in two tables, names of two and three letters.

What is right was written down, and kept, before the first try, by the person who wrote `new_languages`; the scoring
had been read by then.
"""

from datetime import timedelta
from functools import lru_cache

from schema_matching.exhibits import Table, csv_file, dump_file, epoch, iso, jsonl_file
from schema_matching.hold_out import HoldOut, national, or_asked, plain, right
from schema_matching.made_calls import drawn, make_up


@lru_cache(maxsize=1)
def chinese():
    """Chinese in Latin letters: minutes begun beside seconds talked, the fee in whole fen, entered when it ended."""
    made = make_up(seed=301, ids=8_200)
    words = {"ANSWERED": "jietong", "NO ANSWER": "weijie", "BUSY": "zhanxian", "FAILED": "shibai"}
    calls = Table(
        "huadan",
        {
            "bianhao": lambda c: c.n + 300_001,
            "zhanghu": lambda c: c.account.id,
            "zhujiao": lambda c: plain(c.shown),
            "beijiao": lambda c: "00" + plain(c.called),
            "kaishi": lambda c: c.start.strftime("%Y/%m/%d %H:%M:%S"),
            "ruku": lambda c: (c.end + timedelta(seconds=2)).strftime("%Y/%m/%d %H:%M:%S"),
            "fenzhong": lambda c: -(-c.talk // 60),
            "miao": lambda c: c.talk,
            "feiyong": lambda c: -(-c.talk // 60) * 13,
            "zhuangtai": lambda c: words[c.word],
        },
        made.calls,
    )
    holders = Table(
        "yonghu",
        {
            "zhanghu": lambda a: a.id,
            "mingcheng": lambda a: a.login,
            "mima": lambda a: a.password,
            "shouji": lambda a: plain(a.phone),
            "youxiang": lambda a: a.email,
            "kaihu": lambda a: a.created.strftime("%Y/%m/%d %H:%M:%S"),
            "yue": lambda a: a.balance,
        },
        made.accounts,
    )
    return HoldOut(
        files={"huadan.csv": csv_file(calls), "yonghu.csv": csv_file(holders)},
        calls=right("zhanghu", "kaishi", "beijiao", "zhujiao", "miao"),
        accounts={"account": "zhanghu", "contact_number": "shouji"},
        tables={"calls": "huadan", "accounts": "yonghu"},
        key={"zhanghu": lambda a: a.id},
        made=made,
        secrets={a.password for a in made.accounts},
        quarantine={"yonghu": ["mima"]},
    )


@lru_cache(maxsize=1)
def wholesale():
    """A carrier's switch: numbers as they came in and as they went out, two clients in each row, costs of both."""
    made = make_up(seed=303, ids=300)
    causes = {"ANSWERED": "16", "NO ANSWER": "19", "BUSY": "17", "FAILED": "34"}
    calls = Table(
        "client_cdr",
        {
            "id": lambda c: c.n + 1,
            "origination_call_id": lambda c: f"{c.uuid}@198.51.100.{c.trunk}",
            "ingress_client_id": lambda c: c.account.id,
            "egress_client_id": lambda c: int(c.trunk) + 352,
            "orig_ani": lambda c: national(c.shown),
            "orig_dnis": lambda c: f"{national(c.called)}",
            "term_ani": lambda c: plain(c.shown),
            "term_dnis": lambda c: plain(c.called),
            "start_time_of_date": lambda c: f"{epoch(c.start)}000",
            "answer_time_of_date": lambda c: f"{epoch(c.answer)}000" if c.answered else "0",
            "release_tod": lambda c: f"{epoch(c.end)}000",
            "pdd": lambda c: 200 + c.n * 7919 % 3_000,
            "ring_time": lambda c: c.ring,
            "call_duration": lambda c: c.talk,
            "ingress_client_bill_time": lambda c: -(-c.talk // 6) * 6,
            "egress_bill_time": lambda c: -(-c.talk // 30) * 30,
            "ingress_client_cost": lambda c: c.cost,
            "egress_cost": lambda c: f"{c.talk * 0.0014:.5f}",
            "release_cause": lambda c: causes[c.word],
        },
        made.calls,
    )
    clients = Table(
        "client",
        {
            "client_id": lambda a: a.id,
            "login": lambda a: a.login,
            "password": lambda a: a.password,
            "noc_email": lambda a: a.email,
            "noc_phone": lambda a: plain(a.phone),
            "create_time": lambda a: iso(a.created),
            "balance": lambda a: a.balance,
        },
        made.accounts,
    )
    return HoldOut(
        files={"class4.sql": dump_file(clients, calls)},
        calls=right(
            "ingress_client_id",
            "start_time_of_date",
            ("orig_dnis", "term_dnis"),
            ("orig_ani", "term_ani", None),
            "call_duration",
        ),
        accounts={"account": "client_id", "contact_number": "noc_phone"},
        tables={"calls": "client_cdr", "accounts": "client"},
        key={"ingress_client_id": lambda a: a.id},
        made=made,
        secrets={a.password for a in made.accounts},
        quarantine={"client": ["password"]},
    )


@lru_cache(maxsize=1)
def both_ways():
    """Lithuanian: calls out in one table, and calls that came in on hired numbers in another with other columns."""
    made = make_up(seed=305, ids=1_400)
    hired = drawn(306, "gb_other", 45)
    words = {"ANSWERED": "ATSILIEPE", "NO ANSWER": "NEATSILIEPE", "BUSY": "UZIMTA", "FAILED": "KLAIDA"}
    out = Table(
        "iseinantys",
        {
            "eil_nr": lambda c: c.n + 1,
            "naud_id": lambda c: c.account.id,
            "rodomas_nr": lambda c: c.shown,
            "skambino_nr": lambda c: c.called,
            "pradzia": lambda c: iso(c.start),
            "pabaiga": lambda c: iso(c.end),
            "viso_sek": lambda c: c.total,
            "pokalbio_sek": lambda c: c.talk,
            "busena": lambda c: words[c.word],
        },
        made.calls,
    )
    incoming = Table(
        "ieinantys",
        {
            "eil_nr": lambda c: c.n + 1,
            "naud_id": lambda c: c.account.id,
            "musu_nr": lambda c: hired[c.account.place],
            "kas_skambino": lambda c: plain(c.called),
            "kada": lambda c: iso(c.start + timedelta(days=2)),
            "trukme_sek": lambda c: c.n * 7919 % 200 if c.n % 3 else 0,
        },
        made.calls[::4],
    )
    users = Table(
        "naudotojai",
        {
            "naud_id": lambda a: a.id,
            "vardas": lambda a: a.login,
            "slaptazodis": lambda a: a.password,
            "el_pastas": lambda a: a.email,
            "telefonas": lambda a: a.phone,
            "sukurta": lambda a: iso(a.created),
        },
        made.accounts,
    )
    return HoldOut(
        files={f"{one.name}.jsonl": jsonl_file(one) for one in (out, incoming, users)},
        calls=right("naud_id", "pradzia", "skambino_nr", or_asked("rodomas_nr"), "pokalbio_sek"),
        accounts={"account": "naud_id", "contact_number": "telefonas"},
        tables={"calls": "iseinantys", "accounts": "naudotojai"},
        key={"naud_id": lambda a: a.id},
        made=made,
        secrets={a.password for a in made.accounts},
        quarantine={"naudotojai": ["slaptazodis"]},
    )


@lru_cache(maxsize=1)
def abbreviated():
    """Two and three letters: a start in minutes only, cents, a flag for answered, the answer and the end as seconds."""
    made = make_up(seed=307, ids=20)
    calls = Table(
        "hst",
        {
            "k": lambda c: c.uuid,
            "cu": lambda c: c.account.login,
            "pn": lambda c: plain(c.shown),
            "tn": lambda c: plain(c.called),
            "st": lambda c: c.start.strftime("%d.%m.%Y %H:%M"),
            "at": lambda c: epoch(c.answer) or "0",
            "et": lambda c: epoch(c.end),
            "rs": lambda c: c.ring,
            "ts": lambda c: c.talk,
            "an": lambda c: int(c.answered),
            "ct": lambda c: round(c.talk * 1.7),
            "gw": lambda c: c.trunk,
        },
        made.calls,
    )
    customers = Table(
        "cus",
        {
            "cu": lambda a: a.login,
            "pw": lambda a: a.password,
            "ph": lambda a: plain(a.phone),
            "em": lambda a: a.email,
            "cr": lambda a: a.created.strftime("%d.%m.%Y %H:%M"),
            "bl": lambda a: a.balance,
        },
        made.accounts,
    )
    return HoldOut(
        files={"hst.csv": csv_file(calls, delimiter=";"), "cus.csv": csv_file(customers, delimiter=";")},
        calls=right("cu", or_asked("st"), "tn", or_asked("pn"), "ts"),
        accounts={"account": "cu", "contact_number": "ph"},
        tables={"calls": "hst", "accounts": "cus"},
        key={"cu": lambda a: a.login},
        made=made,
        secrets={a.password for a in made.accounts},
        quarantine={"cus": ["pw"]},
    )


PANELS = {"chinese": chinese, "wholesale": wholesale, "both ways": both_ways, "abbreviated": abbreviated}
