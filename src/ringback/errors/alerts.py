"""The wording of errors about staff, batches, alerts and what comes back."""

from ringback.errors.kinds import ErrorKind

ALERT_ERRORS: dict[str, ErrorKind] = {
    "callback_bad": ErrorKind("a callback's {field} {problem}", "the provider should never send this: ask it why"),
    "tokens_missing": ErrorKind(
        "{path} holds no tokens for the provider's callbacks",
        "make them, and give them to the provider: ringback serve provider {case} --new-tokens",
    ),
    "tokens_unwritable": ErrorKind(
        "the tokens for the provider's callbacks cannot be written to {path}: {problem}",
        "set RINGBACK_KEYS to a folder outside the case that you can write",
        True,
    ),
    "port_unusable": ErrorKind(
        "ringback cannot listen at {host}, port {port}: {problem}", "name another with --host or --port", True
    ),
    "reply_missing": ErrorKind("there is no reply {reply}", "ringback alerts replies lists them"),
    "poll_impossible": ErrorKind(
        "the sender {sender} cannot be asked what became of a text", "there is nothing to poll in this batch"
    ),
    "staff_exists": ErrorKind(
        "case {path} has, or had, staff already",
        "log in: ringback staff login {path} NAME; two administrators add everybody else",
    ),
    "staff_none": ErrorKind("case {path} has no staff yet", "make it: ringback staff init {path} NAME NAME"),
    "staff_name_bad": ErrorKind(
        "that cannot be the name of a staff account",
        "use 1 to 40 letters (a to z), digits, dots, hyphens or underscores, starting with a letter or a digit;"
        " it must not look like a phone number",
    ),
    "staff_names_same": ErrorKind("the two administrators have the same name", "name two different people"),
    "staff_known": ErrorKind("there is an account {name} already", "choose another name, or change that account"),
    "staff_unknown": ErrorKind("there is no account {name}", "see the names: ringback staff list CASE"),
    "staff_role_unknown": ErrorKind("there is no role {role}; there are: {known}", "name one of those roles"),
    "staff_password_weak": ErrorKind(
        "that password cannot be used: {problem}", "choose another, such as four or five words that mean nothing"
    ),
    "staff_enrolment_refused": ErrorKind(
        "the enrolment code is wrong, was used already, or has expired",
        "type it again; else ask an administrator for a new one: ringback staff reset CASE NAME",
    ),
    "staff_code_wrong": ErrorKind(
        "the one-time code does not fit the secret",
        "check that the device's clock is right, then enrol again with the same enrolment code",
        True,
    ),
    "staff_login_failed": ErrorKind(
        "the log-in was refused: name, password or code is wrong, the code was used before, or it came too soon"
        " after one that failed",
        "wait for a minute, then try again with the next code",
        True,
    ),
    "staff_login_needed": ErrorKind(
        "nobody is logged in to this case, or the log-in has ended", "log in: ringback staff login CASE NAME"
    ),
    "staff_right_missing": ErrorKind(
        "{name} ({role}) may not do this (right: {right})",
        "ask somebody who may: {roles}; the table is shown by: ringback staff roles",
    ),
    "staff_altered": ErrorKind(
        "the account {name} does not agree with the audit log: somebody altered the records",
        "let nobody work with this case until that is explained; restore the records from their backup",
    ),
    "staff_change_waits": ErrorKind(
        "a change of {name} waits for a second administrator",
        "confirm it (ringback staff confirm CASE {name}) or withdraw it (ringback staff refuse CASE {name}) first",
    ),
    "staff_change_none": ErrorKind(
        "no change of {name} waits to be confirmed", "see what waits: ringback staff list CASE"
    ),
    "staff_change_impossible": ErrorKind(
        "{name} cannot be changed that way: {problem}", "see the accounts: ringback staff list CASE"
    ),
    "staff_second_needed": ErrorKind(
        "{name} cannot confirm this change: {problem}", "ask another administrator to run: ringback staff confirm"
    ),
    "staff_last_administrators": ErrorKind(
        "without {name} fewer than two administrators could log in", "make another administrator first"
    ),
    "staff_number_bad": ErrorKind(
        "the input is not one UK mobile number", "pipe one UK mobile: ringback staff number CASE < FILE"
    ),
    "staff_number_missing": ErrorKind(
        "{name} has not stored a mobile number", "ask {name} to run: ringback staff number CASE"
    ),
    "staff_input_missing": ErrorKind(
        "{wanted} was expected on standard input, on a line of its own",
        "see the order of the lines: ringback staff enrol --help, ringback staff login --help",
    ),
    "suppression_unclear": ErrorKind(
        "this number cannot be read, or may be one of several", "give it with a plus and its country code"
    ),
    "suppressions_unreadable": ErrorKind(
        "the list of numbers cannot be read: {problem}",
        "give one number a line, or a CSV with a column named number (and, if you like, one named reason)",
    ),
    "suppression_unknown": ErrorKind(
        "no suppression of this number is active", "see the active ones: ringback suppress list CASE"
    ),
    "suppression_several": ErrorKind(
        "this number is suppressed from several sources: {sources}",
        "name the one to undo: --source NAME; the others stay",
    ),
    "suppressions_altered": ErrorKind(
        "the list of numbers never to contact does not agree with the audit log: {differences}",
        "somebody altered the records: restore them from their backup, or import the list again; nothing was sent",
    ),
    "page_setting_missing": ErrorKind(
        "the public page cannot be written: case.toml does not say {names}",
        'say it in {path} under [alerts]: sender_name = "what a phone shows as the sender",'
        ' check_place = "where people check a reference, in words"',
    ),
    "check_reference_mistyped": ErrorKind(
        "there is a typing mistake in the alert reference",
        "compare it with the text, letter by letter: it has eleven letters, such as BCDF-GHJK-MNZ",
    ),
    "check_digits_wrong": ErrorKind(
        "the last four digits of the number must be exactly four digits",
        "type the last four digits of the number that the text came to, such as 0123",
    ),
    "check_input_missing": ErrorKind(
        "no reference with last four digits came in on standard input",
        'pipe both in one line: echo "REFERENCE LAST4" | ringback alerts check CASE',
    ),
    "synthetic_never_sent": ErrorKind(
        "this case is synthetic: none of its texts may go to the provider {sender}",
        "use the sender outbox, which writes to a file what would be sent",
    ),
    "sender_unknown": ErrorKind(
        "no sender is called {sender}; there are: {known}",
        "name one of those",
    ),
    "sender_differs": ErrorKind(
        "the sender does not agree with batch {batch}: {differences}",
        "put it right at the provider, or plan a new batch; nothing was sent",
    ),
    "api_key_differs": ErrorKind(
        "batch {batch} was planned with the {key_type} key {key_name}, but the key file now holds another API key:"
        " the provider would not show it what the first key has sent",
        "put back the key that the batch was planned with, or plan the waiting alerts again: ringback alerts plan"
        " --replace {batch}; the provider was not asked, and nothing was sent",
    ),
    "notify_setting_bad": ErrorKind(
        "the settings for GOV.UK Notify cannot be used: {problems}",
        "correct [notify] in case.toml, or the key file, and try again",
    ),
    "notify_unreachable": ErrorKind(
        "GOV.UK Notify gave no usable answer: {problem}",
        "check the network, the key and the template, then try again",
        True,
    ),
    "clock_went_back": ErrorKind(
        "this machine's clock says {now} UTC, but the records have already seen {seen} UTC",
        "set the clock right (it must agree with a time server), then try again; nothing was sent. If the clock is"
        " right now and ran ahead before, an administrator confirms that: ringback case clock CASE --why TEXT",
    ),
    "clock_fits": ErrorKind(
        "the clock says {now} UTC, and the audit log has seen no later time", "nothing needs to be confirmed"
    ),
    "windows_bad": ErrorKind(
        "the windows cannot be used: {problems}",
        'correct them; a window is typed as "2022-11-24 09:00-19:00", "tomorrow 09:00-19:00" or "now+2h"',
    ),
    "windows_quiet": ErrorKind(
        "nothing is left of the windows: they lie within the quiet hours {quiet}",
        "choose windows outside them; shorter quiet hours need --quiet and a reason, --quiet-why",
    ),
    "windows_short": ErrorKind(
        "{fits} of {texts} texts fit into the windows, at {rate} a second and {daily} a day: {missing} more are needed",
        "add a window with --window, or make one longer",
    ),
    "windows_over": ErrorKind(
        "all windows of batch {batch} are over", "plan it again with later windows: --replace {batch}"
    ),
    "quiet_why_missing": ErrorKind(
        "quiet hours {quiet} are shorter than the usual {usual}",
        "say why people may be disturbed then: --quiet-why TEXT",
    ),
    "pace_bad": ErrorKind("the pace cannot be used: {problem}", "correct it and plan again"),
    "alert_setting_missing": ErrorKind(
        "case.toml does not say {missing}", "write it there, under [alerts]; ringback alerts plan --help shows options"
    ),
    "wording_unwritable": ErrorKind(
        "{sender} cannot send this wording ({language}) as it stands: phones would show something else instead of"
        " {characters}",
        "write it without these characters. If {sender} cannot write the language, reach its readers by another sender,"
        " on the page, or through people who speak it. If your GOV.UK Notify keeps every letter, set"
        ' letters = "any" under [notify] in case.toml, and rehearse. Nothing was planned',
    ),
    "wording_field_unknown": ErrorKind(
        "the wording has an unknown field: {fields}", "use only these fields, in braces: {known}"
    ),
    "wording_brace_left": ErrorKind(
        "the wording has a brace that belongs to no field", "take it out, or complete the field: {{reference}}"
    ),
    "alert_wording_blocked": ErrorKind(
        "the wording is blocked: {faults}", "change the wording; nobody can approve it as it is"
    ),
    "language_bad": ErrorKind(
        "{language} is not a language code", "use two or three small letters, such as cy; English is en"
    ),
    "template_missing": ErrorKind(
        "there is no template in the language {language} to start from", "give the wording in a file: --template FILE"
    ),
    "translation_english": ErrorKind(
        "a wording in English is checked by the linter, and needs no translation approval",
        "name the language that the wording is in: --language cy",
    ),
    "translation_unread": ErrorKind(
        "the audit log does not hold the translation approval that came with this text (language {language})",
        "an approver who reads the language has to read this exact text: ringback alerts translation",
    ),
    "translation_unconfirmed": ErrorKind(
        "nobody confirmed that they read {language} and have read all of this text",
        "read it, and answer yes; without a terminal: --yes",
    ),
    "reader_is_planner": ErrorKind(
        "{member} has read this translation, and so cannot plan a batch with it", "ask another planner"
    ),
    "template_unreadable": ErrorKind(
        "the wording in {path} cannot be read: {problem}", "name a plain text file, UTF-8"
    ),
    "list_unfit": ErrorKind(
        "it is not certain who is a victim: {gaps}",
        "add what is missing and run again. Or say why the list is fit nevertheless:"
        ' ringback alerts plan ... --fit-because "..."; the reason is logged and shown to the approver',
    ),
    "run_outdated": ErrorKind(
        "the case has changed since its current run {run}", "run it again first: ringback run {path}"
    ),
    "batch_unknown": ErrorKind("there is no batch {batch}", "see what there is: ringback alerts list CASE"),
    "batch_unreconciled": ErrorKind(
        "the routes do not add up: {what}", "this is a fault in ringback: report it; nothing was planned"
    ),
    "batch_empty": ErrorKind(
        "batch {batch} holds no texts", "there is nothing to send; its lists are written by: ringback alerts outreach"
    ),
    "batch_state_wrong": ErrorKind(
        "{batch} (kind {kind}) is {state}: it cannot be {what}", "see its state: ringback alerts list CASE"
    ),
    "batch_hash_differs": ErrorKind(
        "that is not the hash of batch {batch}",
        "read the preview, and type the first {length} characters of the hash that it shows",
    ),
    "batch_not_approved": ErrorKind(
        "batch {batch} is {state}, not approved", "somebody other than its planner approves it: ringback alerts approve"
    ),
    "batch_altered": ErrorKind(
        "batch {batch} is not what was planned: {what}",
        "somebody altered the records: find out who, then plan again; nothing was sent",
    ),
    "approval_invalid": ErrorKind(
        "the approval of {batch} does not hold: {what}",
        "find out who altered the records, then approve the batch again; nothing was sent",
    ),
    "approver_is_planner": ErrorKind(
        "{member} planned batch {batch}, and so cannot approve it", "ask another approver"
    ),
    "audit_broken": ErrorKind(
        "the audit log was tampered with: {faults}",
        "see every fault: ringback verify; nothing is approved or sent until they are explained",
    ),
    "rehearsal_missing": ErrorKind(
        "batch {batch} was not rehearsed: no text with this wording and sender has reached a member of staff",
        "rehearse it first: ringback alerts rehearse CASE {batch} --to NAME",
    ),
    "rehearsal_unconfirmed": ErrorKind(
        "nobody has confirmed what a phone shows of batch {batch}: something may be put in front of a text on its way,"
        " such as the service's name, and the provider does not tell us that",
        "the person who has the phone types the first words of the text: ringback alerts rehearsed CASE {batch}",
    ),
    "rehearsal_words_few": ErrorKind(
        "that is too little of the text to tell what a phone shows of batch {batch}",
        "type its first {least} words or more, exactly as the phone shows them: ringback alerts rehearsed CASE {batch}",
    ),
    "rehearsal_text_differs": ErrorKind(
        "the phone does not show batch {batch} as it was planned: {problem}",
        "after a typing mistake, type it again. Otherwise the service's name may stand in front of texts (switch that"
        " off in the text message settings of GOV.UK Notify), or somebody changed the template (find out who). Then"
        " rehearse again, and type what the phone shows: ringback alerts rehearse CASE {batch} --to NAME",
    ),
    "confirmation_needless": ErrorKind(
        "no phone shows a text of batch {batch}: there is nothing to confirm",
        "read the preview instead, and go on: ringback alerts preview CASE {batch}",
    ),
    "rehearsal_impossible": ErrorKind(
        "batch {batch} cannot be rehearsed that way: {problem}", "name other members of staff, or another --key-type"
    ),
    "provider_refuses": ErrorKind(
        "the provider refuses us: {problem}", "put the key or the clock right, then give the same command again"
    ),
    "retry_impossible": ErrorKind(
        "the sender {sender} of batch {batch} cannot be asked what it has: nobody can tell which parked alerts it took",
        "leave the parked alerts as they are; alerts that still wait can go into a new batch",
    ),
    "batches_lost": ErrorKind(
        "texts of {batches} were handed over, but these records do not hold these batches",
        "look once more for newer records. To go on without them, name the batches: {options}; a later batch may then"
        " text the people in them a second time",
    ),
    "reconcile_unclear": ErrorKind(
        "nobody can tell what was sent of these batches after the records end: {batches}",
        "look once more for newer records. To go on, name the batches: {options}; alerts that wait in them are then put"
        " before a person and not sent",
    ),
    "batch_not_running": ErrorKind(
        "batch {batch} is {state}: there is nothing to stop",
        "see its state with: ringback alerts status",
    ),
}
