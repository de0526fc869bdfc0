"""What the reference pages say where the program itself holds only a name: settings of case.toml, entries, alarms.

A test compares the names with those in the program.
"""

# (section, name): an example, and what it means.
CASE_SETTINGS = {
    ("alerts", "force"): ('"Example Police"', "who writes; part of every text; needed to plan"),
    ("alerts", "website"): (
        '"the Example Police website"',
        'where people are to look, in words, never a domain; without it, "the", the force, and "website"',
    ),
    ("alerts", "sender_name"): (
        '"ExamplePol"',
        "what phones show as the sender, 11 characters at most; needed for notify and for the page",
    ),
    ("alerts", "check_place"): (
        '"the Example Police website, on the page about this text"',
        "where people can check an alert, in words; needed for the page",
    ),
    ("alerts", "takes_replies"): (
        "false",
        "whether the sender can take replies at all; chooses the template's last words",
    ),
    ("alerts", "price_per_part"): ('"0.0197"', "pounds for one part of a text, for the preview; up to 1"),
    ("alerts", "quiet_from"): (
        '"20:00"',
        "British time from which nothing is sent; the two are 20:00 and 09:00 unless set",
    ),
    ("alerts", "quiet_until"): ('"09:00"', "British time until which nothing is sent; may lie past midnight"),
    ("notify", "base_url"): (
        '"https://api.notifications.service.gov.uk"',
        "where GOV.UK Notify is; this is also the default; https with a host and no more, or this machine for tests",
    ),
    ("notify", "template_id"): (
        '"b8cbd092-..."',
        "the template at Notify, whose text is the wording with ((reference))",
    ),
    ("notify", "sms_sender_id"): (
        '"4ef57550-..."',
        "which of the service's sender names; the service's default without it",
    ),
    ("notify", "key_type"): (
        '"live"',
        "live, team or test: the type of the key, which decides whom Notify texts, and which key file is read",
    ),
    ("notify", "letters"): (
        '"welsh"',
        "which letters Notify keeps for you: welsh (GSM and Welsh letters; the default) or any; other letters block a"
        " wording at planning",
    ),
    ("notify", "retention_days"): (
        "7",
        "for how many days the service at Notify keeps its texts, 3 to 90; a text as old as that, less a day, is never"
        " sent again",
    ),
    ("publishing", "security_contact"): (
        '"security@police.example"',
        "whom to tell of a hole in the public service: an e-mail address or an https page; without it there is no"
        " /.well-known/security.txt, which is good for a year from its publication",
    ),
    ("publishing", "privacy_contact"): (
        '"data.protection@police.example"',
        "whom to ask about one's data, on the page about privacy; without it, the page says to ring 101",
    ),
    ("publishing", "accessibility_contact"): (
        '"web@police.example"',
        "whom to tell of a page that one cannot use; without it, the page says to ring 101",
    ),
    ("records", "url"): (
        '"postgresql+psycopg://user@host/database"',
        "a PostgreSQL database of this case alone, without a password; set by `case new --records`",
    ),
}

# Kinds of entries in the audit log.
ENTRIES = {
    "report_duplicate_decided": "who decided that two reports are the same, or are not",
    "report_duplicates_shown": "who looked for reports told twice, how many pairs were found, and which were opened",
    "report_erased": "what a report said was erased for good; which snapshots and matches that held it were removed",
    "report_import_finished": "an export was read to its end: rows = imported + known + rejected, with the reasons",
    "report_import_started": "an export was taken up: its SHA-256, and which column serves which field",
    "report_loss_set": "who confirmed or estimated the loss of a report",
    "report_match_decided": "who confirmed or rejected what a report was matched with, in which run",
    "report_shown": "who looked at what a report says",
    "report_status_set": "who set the status of a report",
    "report_taken": "a report came in, which way, and whether it began with a text of ours; nothing of what it says",
    "reports_frozen": "a snapshot of all reports was made for matching: its hash",
    "reports_imported": "some hundred rows of an export were stored: which, and how many were new",
    "bundle_published": "a release was put into the public host's bundle: its batches with their hashes, and the seal",
    "inbox_collected": "answered questions of the public host were brought in: which rows, and how many of each answer",
    "report_files_shown": "the pictures that came with a report were looked at: whose, by whom and why",
    "reports_collected": "the public's reports were brought in from an inbox: which rows, which reports they became,"
    " and what could not be taken, with its file and why",
    "publication_approved": "who approved what was to be published, by its hash, with the seal",
    "publication_prepared": (
        "what was to be published was frozen: its hash, its batches, how many texts, with the seal; and what is shown"
        " beside them: the run, its rounded figures, how many entries the time line has"
    ),
    "sent_unpublished": "why a batch was sent although the last published bundle lacks it",
    "accepted_against_record": "a receipt says that the provider has a text which was recorded as not taken",
    "accepted_unknown": "the provider took a text and now does not know it",
    "alert_accepted_twice": "a receipt says that the provider took an alert under a second id",
    "alert_checked": "somebody asked whether a text is genuine: the answer, and keyed digests of reference and source",
    "alert_settled_by_receipt": "a receipt came before the provider's own answer was recorded",
    "batch_approved": "who approved which hash, with the seal",
    "batch_parked": "no alert of the batch waits any more, but some are left that only a person can settle",
    "parked_retried": "the provider was asked about the parked alerts of a batch, and those it has not wait again",
    "reconcile_started": "somebody goes on with records that are not the newest: what they lack, and the newer head",
    "records_reconciled": "the provider told what was sent from newer records than these; these are the newest now",
    "batch_finished": "no alert of the batch waits or is in doubt any more",
    "batch_halted": "the sender halted a batch, and why",
    "batch_planned": "a batch was frozen: its hash, list, rule, routes and sender, with the seal",
    "batch_previewed": "who looked at a batch",
    "batch_replaced": "another batch took the place of this one",
    "batch_stopped": "who stopped a batch, and how its alerts stood",
    "campaign_page_written": "the public page was written: where, and its SHA-256",
    "case_backed_up": "a backup of the case was begun: where, and whether key, run and records are in it",
    "case_created": "the case was made; says whether it is synthetic",
    "clock_confirmed": "who said that the clock is right although the log had seen a later time, with the seal",
    "exhibit_added": "an exhibit was taken in, with its SHA-256",
    "mapping_proposed": "somebody had the tables of the exhibits looked at for a mapping, and at how many rows",
    "mapping_written": "what was accepted of it was written to case.toml: which roles, which tables",
    "number_explained": "why a number is, or is not, on the list was asked; the number as a keyed digest",
    "numbers_suppressed": "numbers never to contact were added; as keyed digests, a thousand an entry",
    "outreach_listed": "the outreach or referral list was written to a file",
    "provider_tokens_made": "new tokens for the provider's callbacks",
    "receipt_contradicts": "a receipt gives the id of one text and the reference of another",
    "receipt_number_differs": "a receipt names another number than the alert's",
    "receipt_status_unknown": "a receipt has a status that ringback does not know",
    "records_upgraded": "the records were brought to this program's format",
    "refused": "something was refused, to whom, and why",
    "rehearsal_confirmed": "who read the text of which rehearsal from a phone as it was planned, with the seal",
    "rehearsal_planned": "a rehearsal was frozen: to whom, of which batch",
    "reply_shown": "who read a text that somebody sent to us",
    "reply_taken": "a text came in; its number as a keyed digest, its words not at all",
    "run_checked": "a run was asked for and nothing had changed",
    "reports_matched": "reports were tied to the calls of a run, with the hash of their manifest",
    "matches_shown": "somebody looked at what came of reports; their numbers are masked",
    "run_finished": "a run was completed, with the hash of its manifest",
    "run_made_current": "a run became the one that counts",
    "run_started": "a run began",
    "sending_started": "a process took the lease of a batch: its fence, and how many claims it found in doubt",
    "staff_added": "an account was proposed or invited",
    "staff_asked": "a change was asked for that a second administrator has to confirm",
    "staff_changed": "a role was changed",
    "staff_confirmed": "a second administrator confirmed",
    "staff_disabled": "an account was disabled",
    "staff_enrolled": "somebody made an account their own",
    "staff_init": "a first administrator was made",
    "staff_logged_in": "a log-in; its session as a keyed digest",
    "staff_logged_out": "the end of a session",
    "staff_login_failed": "a log-in was refused, with a keyed digest of where; an unknown name is not written down",
    "staff_number_stored": "somebody stored their own mobile for rehearsals",
    "staff_refused": "a change was turned down or withdrawn",
    "staff_reset": "an account was invited anew",
    "suppression_undone": "a suppression was undone",
    "translation_read": "who read which text in another language, with the seal",
    "truth_compared": "a synthetic case was compared with its truth",
    "victims_counted": "the victims were counted",
    "victims_listed": "a list of victims was written to a file",
    "windows_over": "a batch's windows are over and alerts still wait",
}

ALARMS = {
    "accepted_twice": "the provider accepted an alert more than once",
    "accepted_against_record": "the provider has a text that was recorded as one that it has not",
    "accepted_unknown": "the provider took a text and now does not know it",
    "batch_halted": "a batch was halted; the detail says why",
    "records_not_newest": "somebody would have sent from records that are not the newest, or without the mark",
    "receipt_contradicts": "a receipt gives the id of one text and the reference of another",
    "receipt_number_differs": "a receipt names another number than the alert's",
    "receipt_status_unknown": "a receipt has a status that ringback does not know",
}
