"""What has numbers, times and seconds and is no call: enquiries, menus, data, visits, patrols, loans.

Written as the panels of `wholesale_and_short_names` were.
"""

import random
from datetime import timedelta

from schema_matching.exhibits import Table, csv_file, dump_file, epoch, iso, jsonl_file
from schema_matching.hold_out import national, plain
from schema_matching.made_calls import drawn, make_up


def lookups():
    """Enquiries whether a number is in service: asked and told when, in which network, how long the answer took."""
    made = make_up(seed=311, calls=900, ids=21)
    rng = random.Random(311)
    gates = drawn(312, "gb_mobile", 8)
    took = {c.n: rng.randrange(300, 9_000) for c in made.calls}
    asked = Table(
        "hlr_query",
        {
            "qid": lambda c: c.uuid,
            "api_user": lambda c: c.account.id,
            "gt": lambda c: gates[c.n * 5 % 8],
            "msisdn": lambda c: plain(c.called),
            "imsi": lambda c: f"23415{c.n * 104_729 % 10**10:010d}",
            "req_ts": lambda c: f"{epoch(c.start)}{c.n * 7 % 1000:03d}",
            "rsp_ts": lambda c: f"{int(epoch(c.start)) * 1000 + c.n * 7 % 1000 + took[c.n]}",
            "took_ms": lambda c: took[c.n],
            "cost": lambda _c: "0.0040",
            "result": lambda c: {"ANSWERED": "LIVE", "NO ANSWER": "ABSENT", "BUSY": "DEAD", "FAILED": "ERROR"}[c.word],
        },
        made.calls,
    )
    users = Table(
        "api_user",
        {
            "api_user": lambda a: a.id,
            "name": lambda a: a.login,
            "api_key": lambda a: a.password,
            "email": lambda a: a.email,
            "phone": lambda a: plain(a.phone),
        },
        made.accounts,
    )
    return {"hlr.sql": dump_file(users, asked)}


def ussd():
    """Menus by short code: which firm's, whose telephone, begun and ended when, how many steps, and how it ended."""
    made = make_up(seed=313, calls=900, ids=410)
    rng = random.Random(313)
    stays = {c.n: int(rng.expovariate(1 / 35)) + 2 for c in made.calls}
    log = Table(
        "ussd_session",
        {
            "sess": lambda c: c.uuid.replace("-", "")[:20],
            "sp_id": lambda c: c.account.id,
            "sc": lambda c: f"*{100 + c.account.place % 9}#",
            "sp_contact": lambda c: f"01632 9605{c.n * 3 % 30:02d}",
            "msisdn": lambda c: national(c.called),
            "begin_ts": lambda c: iso(c.start),
            "end_ts": lambda c: iso(c.start + timedelta(seconds=stays[c.n])),
            "elapsed": lambda c: stays[c.n],
            "active": lambda c: max(0, stays[c.n] - c.ring) if c.answered else 0,
            "steps": lambda c: 1 + stays[c.n] // 8,
            "close": lambda c: {"ANSWERED": "USER_END", "BUSY": "NET_ABORT"}.get(c.word, "TIMEOUT"),
        },
        made.calls,
    )
    firms = Table(
        "sp",
        {
            "sp_id": lambda a: a.id,
            "sp_name": lambda a: a.login,
            "sp_pwd": lambda a: a.password,
            "mail": lambda a: a.email,
            "tel": lambda a: a.phone,
        },
        made.accounts,
    )
    return {"ussd_session.csv": csv_file(log), "sp.csv": csv_file(firms)}


def data():
    """Data that telephones used: the line and the line it is billed to, from when until when, bytes and the cause."""
    made = make_up(seed=315, calls=900, ids=90_000)
    rng = random.Random(315)
    stays = {c.n: int(rng.lognormvariate(5, 1.3)) for c in made.calls}
    lines = drawn(316, "gb_mobile", 500)
    used = Table(
        "gprs_cdr",
        {
            "rec": lambda c: c.n + 1,
            "acct": lambda c: c.account.id,
            "billed_msisdn": lambda c: plain(c.account.phone),
            "served_msisdn": lambda c: lines[c.n * 37 % 500],
            "apn": lambda c: ("internet", "wap", "iot")[c.n % 3],
            "open_time": lambda c: c.start.strftime("%Y%m%d%H%M%S"),
            "close_time": lambda c: (c.start + timedelta(seconds=stays[c.n])).strftime("%Y%m%d%H%M%S"),
            "duration": lambda c: stays[c.n] if c.n % 11 else 0,
            "up": lambda c: stays[c.n] * 331 % 900_001,
            "down": lambda c: stays[c.n] * 7_331 % 9_000_001,
            "cause": lambda c: ("normalRelease", "abnormalRelease", "timeLimit")[c.n * 13 % 3],
        },
        made.calls,
    )
    accounts = Table(
        "acct",
        {
            "acct": lambda a: a.id,
            "holder": lambda a: a.login,
            "pin": lambda a: a.pin,
            "email": lambda a: a.email,
            "msisdn": lambda a: plain(a.phone),
            "since": lambda a: iso(a.created),
        },
        made.accounts,
    )
    return {"gprs_cdr.csv": csv_file(used, delimiter="|"), "acct.csv": csv_file(accounts, delimiter="|")}


def visits():
    """Doctors who see patients by video: whose phone has the link, the surgery's line, waiting and seen how long."""
    made = make_up(seed=317, calls=900, ids=60)
    seen = Table(
        "video_visit",
        {
            "visit_id": lambda c: c.uuid,
            "clinician_id": lambda c: c.account.id,
            "surgery_line": lambda c: f"0121 496 03{c.n * 7 % 40:02d}",
            "patient_mobile": lambda c: c.called,
            "joined_at": lambda c: iso(c.start),
            "admitted_at": lambda c: iso(c.answer),
            "left_at": lambda c: iso(c.end),
            "waiting_s": lambda c: c.ring,
            "consultation_s": lambda c: c.talk,
            "outcome": lambda c: {"ANSWERED": "COMPLETED", "NO ANSWER": "DNA", "BUSY": "LEFT", "FAILED": "TECH"}[
                c.word
            ],
        },
        made.calls,
    )
    clinicians = Table(
        "clinician",
        {
            "clinician_id": lambda a: a.id,
            "name": lambda a: a.login,
            "password_hash": lambda a: a.password,
            "email": lambda a: a.email,
            "mobile": lambda a: a.phone,
        },
        made.accounts,
    )
    return {"visits.sql": dump_file(clinicians, seen)}


def patrols():
    """Cars that broke down: the member's phone, the line that sent a patrol, asked for, there and done when."""
    made = make_up(seed=319, calls=900, ids=900)
    rng = random.Random(319)
    there = {c.n: rng.randrange(900, 5_400) for c in made.calls}
    mended = {c.n: rng.randrange(300, 4_000) for c in made.calls}
    jobs = Table(
        "breakdown",
        {
            "ref": lambda c: f"BD{c.n + 100_000}",
            "patrol": lambda c: c.account.id,
            "dispatch_line": lambda c: f"020 7946 08{c.n * 11 % 25:02d}",
            "member_phone": lambda c: c.called,
            "requested": lambda c: iso(c.start),
            "on_scene": lambda c: iso(c.start + timedelta(seconds=there[c.n])) if c.answered else None,
            "cleared": lambda c: iso(c.start + timedelta(seconds=there[c.n] + (mended[c.n] if c.answered else 60))),
            "response_s": lambda c: there[c.n],
            "repair_s": lambda c: mended[c.n] if c.answered else 0,
            "fix": lambda c: "FIXED" if c.answered else ("CANCELLED", "TOWED", "NO TRACE")[c.n % 3],
        },
        made.calls,
    )
    patrol = Table(
        "patrol",
        {
            "patrol": lambda a: a.id,
            "driver": lambda a: a.login,
            "app_password": lambda a: a.password,
            "mobile": lambda a: a.phone,
            "joined": lambda a: iso(a.created),
        },
        made.accounts,
    )
    return {"breakdown.jsonl": jsonl_file(jobs), "patrol.jsonl": jsonl_file(patrol)}


def loans():
    """Who asked a broker's agents for a loan: their phones and their employers', decided when and after how long."""
    made = make_up(seed=321, calls=900, ids=5_100)
    rng = random.Random(321)
    employers = drawn(322, "gb_other", 200)
    decided = {c.n: int(rng.lognormvariate(4.5, 0.8)) + 1 for c in made.calls}
    asked = Table(
        "application",
        {
            "app_no": lambda c: c.n + 7_000_000,
            "agent": lambda c: c.account.id,
            "applicant_tel": lambda c: plain(c.called),
            "employer_tel": lambda c: plain(c.shown) if c.n % 4 == 0 else employers[c.n * 17 % 200],
            "applied": lambda c: c.start.strftime("%d/%m/%Y %H:%M:%S"),
            "decided": lambda c: (c.start + timedelta(seconds=decided[c.n])).strftime("%d/%m/%Y %H:%M:%S"),
            "decision_secs": lambda c: decided[c.n],
            "form_secs": lambda c: decided[c.n] // 2 if c.answered else 0,
            "amount": lambda c: 50 * (1 + c.n * 7 % 60),
            "decision": lambda c: "ACCEPT" if c.answered else ("DECLINE", "REFER")[c.n % 2],
        },
        made.calls,
    )
    agents = Table(
        "agent",
        {
            "agent": lambda a: a.id,
            "login": lambda a: a.login,
            "pwd": lambda a: a.password,
            "email": lambda a: a.email,
            "tel": lambda a: plain(a.phone),
        },
        made.accounts,
    )
    return {"application.csv": csv_file(asked), "agent.csv": csv_file(agents)}


WITHOUT_CALLS = {
    "lookups": lookups,
    "ussd": ussd,
    "data": data,
    "visits": visits,
    "patrols": patrols,
    "loans": loans,
}
