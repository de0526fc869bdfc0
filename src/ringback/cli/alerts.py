"""ringback alerts: its commands in one list, so that a reader sees them all at once."""

import typer

from ringback.cli.lazy_commands import Listed, ListedGroup

COMMANDS = {
    "plan": Listed(
        "Freeze a batch: who is texted, with what words, when and how fast.",
        "ringback.cli.planning:plan",
        'ringback alerts plan op-case --window "tomorrow 09:00-19:00" --why "first batch"',
    ),
    "preview": Listed(
        "Show a batch as its approver has to see it: the exact text, who gets it, when, how fast, and what it costs.",
        "ringback.cli.batches:preview",
        "ringback alerts preview op-case B-001",
    ),
    "approve": Listed(
        "Approve a batch that somebody else planned: exactly what its hash stands for, and nothing else.",
        "ringback.cli.batches:approve",
        'ringback alerts approve op-case B-001 3f1c90aa12be --why "as agreed with gold"',
    ),
    "rehearse": Listed(
        "Send a batch's text to named members of staff, by the batch's own sender, now.",
        "ringback.cli.batches:rehearse",
        "ringback alerts rehearse op-case B-001 --to a.khan --to b.jones",
    ),
    "rehearsed": Listed(
        "Confirm a rehearsal: type the first words of the text as it stands on a phone.",
        "ringback.cli.batches:rehearsed",
        'ringback alerts rehearsed op-case B-001 --first-words "Example Police: this number was called"',
    ),
    "list": Listed(
        "List the batches of a case, rehearsals among them.",
        "ringback.cli.batches:list_",
        "ringback alerts list op-case",
    ),
    "outreach": Listed(
        "Write a batch's list of people who were called and are not texted.",
        "ringback.cli.planning:outreach",
        'ringback alerts outreach op-case B-001 --channel outreach --out landlines.csv --why "request 7"',
    ),
    "send": Listed(
        "Send an approved batch, or go on with it.",
        "ringback.cli.sending:send",
        "ringback alerts send op-case B-001",
    ),
    "status": Listed(
        "Show how batches stand: alerts in each state, deliveries, doubts, alarms.",
        "ringback.cli.sending:status",
        "ringback alerts status op-case B-001 --json",
    ),
    "stop": Listed(
        "Stop a batch, whoever is sending it: no request starts later than a second from now.",
        "ringback.cli.sending:stop",
        'ringback alerts stop op-case B-001 --why "complaints"',
    ),
    "retry-parked": Listed(
        "Ask the provider about alerts put before a person; those that it surely does not have wait again.",
        "ringback.cli.recovering:retry_parked",
        'ringback alerts retry-parked op-case B-001 --why "the provider was down all morning"',
    ),
    "reconcile": Listed(
        "Go on with records that are not the newest: the provider tells what was sent from newer ones.",
        "ringback.cli.recovering:reconcile",
        'ringback alerts reconcile op-case --why "the disk broke; restored from the backup of Monday"',
    ),
    "page": Listed(
        "Write the public campaign page of an approved batch: index.html, and the same facts as campaign.json.",
        "ringback.cli.campaign:page",
        "ringback alerts page op-case B-001 --out site",
    ),
    "check": Listed(
        "Say whether a text is genuine.",
        "ringback.cli.campaign:check",
        'echo "BCDF-GHJK-MNZ 0123" | ringback alerts check op-case',
    ),
    "replies": Listed(
        "List the texts that people sent us, numbers masked; or show one in full.",
        "ringback.cli.replies:replies",
        "ringback alerts replies op-case --kind stop",
    ),
    "poll": Listed(
        "Ask the provider about texts whose receipts never came, as long as it remembers them.",
        "ringback.cli.replies:poll_provider",
        "ringback alerts poll op-case B-001",
    ),
    "translation": Listed(
        "Read a wording in a language other than English, and confirm that you have read that exact text.",
        "ringback.cli.translation:translation",
        'ringback alerts translation op-case --language cy --template welsh.txt --why "for Wales"',
    ),
}


class _Alerts(ListedGroup):
    """The commands for alerts."""

    listed = COMMANDS


alerts_app = typer.Typer(
    cls=_Alerts, help="Batches of alerts: planned, approved, sent, followed.", no_args_is_help=True
)
