"""Messages, codes and pages that look like calls: codes by text, voicemail, faxes, parking; and one panel with calls.

Written as the panels of `billed_beside_talked` were.
"""

from datetime import timedelta
from functools import lru_cache

from schema_matching.exhibits import Table, csv_file, dump_file, iso, jsonl_file
from schema_matching.hold_out import HoldOut, national, noted, plain, rounded
from schema_matching.made_calls import drawn, make_up


@lru_cache(maxsize=1)
def notation():
    """Names that say their type; seconds billed in whole minutes; notes; "from" is the holder's own phone."""
    made = make_up(seed=85, ids=1)
    notes = (
        "no reply from branch, try again after lunch",
        "said husband deals with the account",
        "DONE. 2 x transfer",
        "call back on 020 7946 0321",
        "wrong person",
        "voicemail, did not leave anything",
    )
    codes = {"ANSWERED": "1", "NO ANSWER": "3", "BUSY": "2", "FAILED": "9"}
    calls = Table(
        "tblTraffic",
        {
            "lngTrafficID": lambda c: c.n + 1,
            "lngUserID": lambda c: c.account.id,
            "strFrom": lambda c: national(c.account.phone),
            "strMask": lambda c: national(c.shown),
            "strTo": lambda c: national(c.called),
            "dtmBegin": lambda c: f"{iso(c.start)}.000",
            "dtmConnect": lambda c: f"{iso(c.answer)}.000" if c.answered else None,
            "dtmFinish": lambda c: f"{iso(c.end)}.000",
            "lngBilled": lambda c: rounded(c.talk, 60),
            "lngActual": lambda c: c.talk,
            "bytResult": lambda c: codes[c.word],
            "curCharge": lambda c: c.cost,
            "memNotes": lambda c: noted(c, notes),
        },
        made.calls,
    )
    users = Table(
        "tblUsers",
        {
            "lngUserID": lambda a: a.id,
            "strNick": lambda a: a.login,
            "strPwd": lambda a: a.password,
            "strPin": lambda a: a.pin,
            "strMobile": lambda a: national(a.phone),
            "strEmail": lambda a: a.email,
            "dtmJoined": lambda a: f"{iso(a.created)}.000",
            "curBalance": lambda a: a.balance,
        },
        made.accounts,
    )
    return HoldOut(
        files={"tblTraffic.csv": csv_file(calls, delimiter="\t"), "tblUsers.csv": csv_file(users, delimiter="\t")},
        calls={
            "account": "lngUserID",
            "started_at": "dtmBegin",
            "called_number": "strTo",
            "presentation_number": "strMask",
            "duration": "lngActual",
        },
        accounts={"account": "lngUserID", "contact_number": "strMobile"},
        tables={"calls": "tblTraffic", "accounts": "tblUsers"},
        key={"lngUserID": lambda a: a.id},
        made=made,
        secrets={a.password for a in made.accounts},
        quarantine={"tblUsers": ["strPwd", "strPin"]},
    )


def verification():
    """Sends codes by text for other firms' apps: sender, recipient, attempts, seconds until the code was typed."""
    made = make_up(seed=91, ids=40)
    senders = drawn(92, "gb_mobile", 12)
    requests = Table(
        "request_log",
        {
            "id": lambda c: c.uuid,
            "app_id": lambda c: c.account.id,
            "from": lambda c: "+" + senders[c.n % 12],
            "to": lambda c: "+" + plain(c.called),
            "channel": lambda c: "sms" if c.n % 5 else "whatsapp",
            "carrier": lambda c: ("O2", "EE", "Three", "Vodafone")[c.n * 13 % 4],
            "sent_at": lambda c: iso(c.start),
            "approved_at": lambda c: iso(c.start + timedelta(seconds=c.talk)) if c.answered else None,
            "response_s": lambda c: c.talk,
            "attempts": lambda c: 1 + c.n % 3,
            "status": lambda c: "approved" if c.answered else ("expired", "canceled")[c.n % 2],
        },
        made.calls,
    )
    apps = Table(
        "apps",
        {
            "app_id": lambda a: a.id,
            "name": lambda a: a.login,
            "api_secret": lambda a: a.password,
            "owner_email": lambda a: a.email,
            "owner_phone": lambda a: a.phone,
            "created_at": lambda a: iso(a.created),
        },
        made.accounts,
    )
    return {"request_log.jsonl": jsonl_file(requests), "apps.jsonl": jsonl_file(apps)}


def voicemail():
    """Messages that people left in the boxes of subscribers: nobody was called by the subscriber."""
    made = make_up(seed=93, ids=6_000)
    lines = drawn(94, "gb_other", 60)
    words = ("please ring me back", "it's about the boiler", "hi, only me", "ring 01632 960123 when you can")
    messages = Table(
        "vm_msg",
        {
            "msg_id": lambda c: c.n + 1,
            "box": lambda c: c.account.id,
            "line": lambda c: "0" + lines[c.account.place][2:],
            "caller": lambda c: c.called,
            "left_at": lambda c: iso(c.start),
            "heard_at": lambda c: iso(c.start + timedelta(minutes=c.n * 17 % 2_000)) if c.n % 4 else None,
            "length": lambda c: c.total,
            "folder": lambda c: ("INBOX", "Old", "Urgent")[c.n % 3],
            "transcript": lambda c: noted(c, words),
        },
        made.calls,
    )
    boxes = Table(
        "vm_box",
        {
            "box": lambda a: a.id,
            "pin": lambda a: a.pin,
            "owner": lambda a: a.login,
            "email": lambda a: a.email,
            "mobile": lambda a: a.phone,
            "opened": lambda a: iso(a.created),
        },
        made.accounts,
    )
    return {"vm.sql": dump_file(boxes, messages)}


def fax():
    """A fax gateway: who sent pages, which station was given, where they went to, and for how many seconds."""
    made = make_up(seed=95, ids=510)
    machines = drawn(96, "gb_other", 400)
    stations = drawn(99, "gb_other", 60)
    jobs = Table(
        "fax_jobs",
        {
            "job": lambda c: c.n + 20_000,
            "usr": lambda c: c.account.id,
            "tsi": lambda c: "+" + stations[c.account.place],
            "dest": lambda c: "+" + machines[c.n * 7 % 400] if c.n % 4 else c.called,
            "queued": lambda c: iso(c.start - timedelta(seconds=c.ring)),
            "sent": lambda c: iso(c.start),
            "pages": lambda c: 1 + c.talk // 40 if c.answered else 0,
            "secs": lambda c: c.talk,
            "bps": lambda c: ("14400", "9600", "33600")[c.n % 3],
            "state": lambda c: "SENT" if c.answered else ("RETRY", "BUSY", "NO CARRIER")[c.n % 3],
            "file": lambda c: f"out/{c.uuid}.tif",
        },
        made.calls,
    )
    users = Table(
        "fax_users",
        {
            "usr": lambda a: a.id,
            "name": lambda a: a.login,
            "pass": lambda a: a.password,
            "phone": lambda a: a.phone,
            "since": lambda a: iso(a.created),
        },
        made.accounts,
    )
    return {"fax_jobs.csv": csv_file(jobs), "fax_users.csv": csv_file(users)}


def parking():
    """Parking paid by phone, with the number that reminds; and airtime put on phones by shops, in seconds."""
    made = make_up(seed=97, ids=1_500)
    reminders = drawn(98, "gb_mobile", 30)
    sessions = Table(
        "sessions",
        {
            "id": lambda c: c.n + 1,
            "operator_id": lambda c: c.account.id,
            "driver_phone": lambda c: c.called,
            "reminder_phone": lambda c: "0" + reminders[c.n % 30][2:],
            "plate": lambda c: f"AB{c.n % 50 + 10} {'CDEFGHJKLM'[c.n % 10]}XY",
            "start": lambda c: iso(c.start),
            "end": lambda c: iso(c.start + timedelta(minutes=15 * (1 + c.n % 12))),
            "minutes": lambda c: 15 * (1 + c.n % 12),
            "overstay_s": lambda c: c.talk,
            "fee": lambda c: f"{0.4 * (1 + c.n % 12):.2f}",
            "state": lambda c: "PAID" if c.answered else ("REFUNDED", "FAILED")[c.n % 2],
        },
        made.calls,
    )
    topups = Table(
        "topups",
        {
            "id": lambda c: c.n + 1,
            "shop_id": lambda c: c.account.id,
            "shop_msisdn": lambda c: plain(c.account.phone),
            "msisdn": lambda c: plain(c.called),
            "topped_up_at": lambda c: iso(c.start + timedelta(hours=1)),
            "airtime_s": lambda c: 300 * (1 + c.n % 9) if c.answered else 0,
            "amount_gbp": lambda c: 5 * (1 + c.n % 9),
            "result": lambda c: "OK" if c.answered else "DECLINED",
        },
        made.calls[::-1][:450][::-1],
    )
    shops = Table(
        "operators",
        {
            "id": lambda a: a.id,
            "name": lambda a: a.login,
            "phone": lambda a: a.phone,
            "email": lambda a: a.email,
            "joined": lambda a: iso(a.created),
        },
        made.accounts,
    )
    return {"parking.sql": dump_file(sessions, shops, topups)}


PANELS = {"notation": notation}
WITHOUT_CALLS = {"verification": verification, "voicemail": voicemail, "fax": fax, "parking": parking}
