"""Three panels that were written after the scoring was finished, and first tried then: see decision 041."""

from datetime import timedelta
from functools import lru_cache

from schema_matching.exhibits import Table, csv_file, dump_file, epoch, hms, iso, jsonl_file
from schema_matching.made_calls import make_up
from schema_matching.panel import Panel


@lru_cache(maxsize=1)
def turkish():
    """Rings the caller's own phone first; German-style times without seconds; the whole time as h:mm:ss."""
    made = make_up(seed=41, ids=8800)
    calls = Table(
        "aramalar",
        {
            "kayit_no": lambda c: c.n + 1,
            "uye_no": lambda c: c.account.id,
            "baglanti_no": lambda c: c.account.phone,
            "gosterilen_no": lambda c: c.shown,
            "aranan_no": lambda c: c.called,
            "baslama": lambda c: c.start.strftime("%d.%m.%Y %H:%M"),
            "bitis": lambda c: c.end.strftime("%d.%m.%Y %H:%M"),
            "sure": lambda c: hms(c.total),
            "konusma_sn": lambda c: c.talk,
            "sonuc": lambda c: "CEVAPLANDI" if c.answered else ("MESGUL" if c.n % 2 else "CEVAPSIZ"),
            "girilen_kod": lambda c: c.code,
        },
        made.calls,
    )
    members = Table(
        "uyeler",
        {
            "no": lambda a: a.id,
            "kullanici": lambda a: a.login,
            "sifre": lambda a: a.password,
            "eposta": lambda a: a.email,
            "cep": lambda a: a.phone,
            "kayit": lambda a: a.created.strftime("%d.%m.%Y %H:%M"),
        },
        made.accounts,
    )
    return Panel(
        {"aramalar.csv": csv_file(calls, delimiter=";"), "uyeler.csv": csv_file(members, delimiter=";")},
        {
            "account": "uye_no",
            "started_at": "baslama",
            "called_number": "aranan_no",
            "presentation_number": "gosterilen_no",
            "duration": "konusma_sn",
        },
        {"account": "no", "contact_number": "cep"},
        {"calls": "aramalar", "accounts": "uyeler"},
        {"uye_no": lambda a: a.id},
        made,
        {a.password for a in made.accounts} | {c.code for c in made.calls if c.code},
    )


@lru_cache(maxsize=1)
def french():
    """A table of calls for each month, the site's own numbers, and a text log beside them."""
    made = make_up(seed=42)
    columns = {
        "ref_appel": lambda c: c.uniqueid,
        "compte": lambda c: c.account.login,
        "ts_debut": lambda c: iso(c.start),
        "ts_fin": lambda c: iso(c.end),
        "tel_emis": lambda c: c.shown,
        "tel_compose": lambda c: c.called,
        "tps_sonnerie": lambda c: c.ring,
        "tps_comm": lambda c: c.talk,
        "prix_eur": lambda c: c.cost,
        "code_fin": lambda c: 16 if c.answered else 17 + c.n % 4,
        "enreg": lambda c: f"/srv/enr/{c.uuid}.mp3" if c.answered else None,
    }
    half = len(made.calls) // 2
    first = Table("appels_2021", columns, made.calls[:half])
    second = Table("appels_2022", columns, made.calls[half:])
    accounts = Table(
        "comptes",
        {
            "num": lambda a: a.place + 1,
            "compte": lambda a: a.login,
            "mdp": lambda a: a.password,
            "courriel": lambda a: a.email,
            "portable": lambda a: a.phone,
            "cree_le": lambda a: iso(a.created),
            "solde": lambda a: a.balance,
        },
        made.accounts,
    )
    numbers = Table(
        "sda",
        {"id": lambda r: r[0], "numero": lambda r: r[1], "usage": lambda _r: "support"},
        list(enumerate((f"020 7946 0{n:03d}" for n in range(8)), 1)),
    )
    journal = Table(
        "journal",
        {
            "id": lambda c: c.n,
            "compte": lambda c: c.account.login,
            "quand": lambda c: iso(c.start),
            "texte": lambda c: f"le compte a ouvert la page des appels numero {c.n}",
        },
        made.calls[:300],
    )
    return Panel(
        {"panel.sql": dump_file(first, second, accounts, journal, numbers)},
        {
            "account": "compte",
            "started_at": "ts_debut",
            "called_number": "tel_compose",
            "presentation_number": "tel_emis",
            "duration": "tps_comm",
            "call_id": "ref_appel",
        },
        {"account": "compte", "contact_number": "portable"},
        {"calls": ("appels_2021", "appels_2022"), "accounts": "comptes"},
        {"compte": lambda a: a.login},
        made,
        {a.password for a in made.accounts} | {f"/srv/enr/{c.uuid}.mp3" for c in made.calls},
    )


@lru_cache(maxsize=1)
def nameless():
    """Names that say nothing, no words for how calls ended, and shown numbers that are no organisation's."""
    made = make_up(seed=43, ids=77_001)
    lines = [f"+4420794604{n:02d}" for n in range(40)]
    calls = Table(
        "q",
        {
            "f01": lambda c: c.uuid,
            "f02": lambda c: f"{epoch(c.end)}000",
            "f03": lambda c: f"{epoch(c.start)}000",
            "f04": lambda c: c.account.id,
            "f05": lambda c: lines[(c.n * 7919) % 40],
            "f06": lambda c: c.called,
            "f07": lambda c: c.server,
            "f08": lambda c: c.talk,
            "f09": lambda c: c.cost,
        },
        made.calls,
    )
    accounts = Table(
        "p",
        {
            "f01": lambda a: a.id,
            "f02": lambda a: a.email,
            "f03": lambda a: a.password,
            "f04": lambda a: f"{epoch(a.created + timedelta(days=1))}000",
            "f05": lambda a: a.phone,
        },
        made.accounts,
    )
    return Panel(
        {"q.jsonl": jsonl_file(calls), "p.jsonl": jsonl_file(accounts)},
        {
            "account": "f04",
            "started_at": "f03",
            "called_number": "f06",
            "presentation_number": "f05",
            "duration": "f08",
            "call_id": "f01",
        },
        {"account": "f01", "contact_number": "f05"},
        {"calls": "q", "accounts": "p"},
        {"f04": lambda a: a.id},
        made,
        {a.password for a in made.accounts},
    )


PANELS = {"turkish": turkish, "french": french, "nameless": nameless}


# Written after the first three had been looked at and learnt from.


@lru_cache(maxsize=1)
def dutch():
    """Times with a T, talk time as h:mm:ss, and a table of texts that looks nearly like the calls."""
    made = make_up(seed=44, ids=1)
    calls = Table(
        "gesprekken",
        {
            "oproep_nr": lambda c: c.n + 1,
            "klant": lambda c: c.account.id,
            "van": lambda c: c.shown,
            "naar": lambda c: c.called,
            "tijdstip": lambda c: iso(c.start).replace(" ", "T"),
            "wachttijd": lambda c: hms(c.ring),
            "gesprekstijd": lambda c: hms(c.talk),
            "uitkomst": lambda c: "beantwoord" if c.answered else ("bezet" if c.n % 2 else "geen antwoord"),
            "bedrag": lambda c: c.cost,
        },
        made.calls,
    )
    texts = Table(
        "sms_berichten",
        {
            "nr": lambda c: c.n + 1,
            "klant": lambda c: c.account.id,
            "van": lambda c: c.shown,
            "naar": lambda c: c.called,
            "tijdstip": lambda c: iso(c.start),
            "delen": lambda c: 1 + c.n % 3,
            "bericht": lambda c: f"uw pakket nummer {c.n} kon niet worden bezorgd, kijk op de site",
        },
        made.calls[:600],
    )
    customers = Table(
        "klanten",
        {
            "nr": lambda a: a.id,
            "naam": lambda a: a.login,
            "wachtwoord": lambda a: a.password,
            "mail": lambda a: a.email,
            "mobiel": lambda a: a.phone,
            "sinds": lambda a: iso(a.created),
        },
        made.accounts,
    )
    return Panel(
        {"db.sql": dump_file(calls, customers, texts)},
        {
            "account": "klant",
            "started_at": "tijdstip",
            "called_number": "naar",
            "presentation_number": "van",
            "duration": "gesprekstijd",
        },
        {"account": "nr", "contact_number": "mobiel"},
        {"calls": "gesprekken", "accounts": "klanten"},
        {"klant": lambda a: a.id},
        made,
        {a.password for a in made.accounts},
    )


@lru_cache(maxsize=1)
def portuguese():
    """Accounts that count from one, the caller's own phone beside the number shown, and no words for the ending."""
    made = make_up(seed=45, ids=1)
    calls = Table(
        "ligacoes",
        {
            "codigo": lambda c: c.n + 1,
            "assinante": lambda c: c.account.id,
            "ramal_cel": lambda c: c.account.phone,
            "bina": lambda c: c.shown,
            "discado": lambda c: c.called,
            "inicio": lambda c: epoch(c.start),
            "fim": lambda c: epoch(c.end),
            "duracao": lambda c: c.total,
            "tempo_falado": lambda c: c.talk,
            "situacao": lambda c: int(c.answered),
            "tronco": lambda c: c.trunk,
        },
        made.calls,
    )
    subscribers = Table(
        "assinantes",
        {
            "codigo": lambda a: a.id,
            "apelido": lambda a: a.login,
            "senha": lambda a: a.password,
            "celular": lambda a: a.phone,
            "cadastro": lambda a: epoch(a.created),
        },
        made.accounts,
    )
    trunks = Table("troncos", {"codigo": lambda r: r, "host": lambda r: f"t{r}.example.net"}, range(1, 6))
    return Panel(
        {
            "ligacoes.csv": csv_file(calls, delimiter=";"),
            "assinantes.csv": csv_file(subscribers, delimiter=";"),
            "troncos.csv": csv_file(trunks, delimiter=";"),
        },
        {
            "account": "assinante",
            "started_at": "inicio",
            "called_number": "discado",
            "presentation_number": "bina",
            "duration": "tempo_falado",
        },
        {"account": "codigo", "contact_number": "celular"},
        {"calls": "ligacoes", "accounts": "assinantes"},
        {"assinante": lambda a: a.id},
        made,
        {a.password for a in made.accounts},
    )


@lru_cache(maxsize=1)
def dialler():
    """An English predictive dialler: milliseconds, a wrap-up time, two spellings of each number."""
    made = make_up(seed=46, ids=9000)
    attempts = Table(
        "attempt",
        {
            "attempt_uuid": lambda c: c.uuid,
            "agent_ref": lambda c: c.account.login,
            "queued_ms": lambda c: f"{epoch(c.start - timedelta(seconds=c.n % 50))}{c.n % 1000:03d}",
            "dial_ms": lambda c: f"{epoch(c.start)}{c.n % 1000:03d}",
            "hang_ms": lambda c: f"{epoch(c.end)}{c.n % 1000:03d}",
            "party": lambda c: c.called,
            "party_norm": lambda c: "".join(one for one in c.called if one.isdigit()),
            "as": lambda c: c.shown,
            "secs": lambda c: c.talk,
            "wrap": lambda c: c.n * 7919 % 45,
            "res": lambda c: c.word,
        },
        made.calls,
    )
    agents = Table(
        "agent",
        {
            "agent_ref": lambda a: a.login,
            "secret": lambda a: a.pin,
            "email": lambda a: a.email,
            "cell": lambda a: a.phone,
        },
        made.accounts,
    )
    return Panel(
        {"attempt.jsonl": jsonl_file(attempts), "agent.jsonl": jsonl_file(agents)},
        {
            "account": "agent_ref",
            "started_at": ("queued_ms", "dial_ms"),
            "called_number": "party",
            "presentation_number": "as",
            "duration": "secs",
            "call_id": "attempt_uuid",
        },
        {"account": "agent_ref", "contact_number": "cell"},
        {"calls": "attempt", "accounts": "agent"},
        {"agent_ref": lambda a: a.login},
        made,
        {a.pin for a in made.accounts},
    )


LATER_PANELS = {"dutch": dutch, "portuguese": portuguese, "dialler": dialler}
