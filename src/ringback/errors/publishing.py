"""The wording of errors about what is published, and about the inbox of the public host."""

from ringback.errors.kinds import ErrorKind

PUBLISHING_ERRORS: dict[str, ErrorKind] = {
    "synthetic_only": ErrorKind(
        "only a synthetic case can be warned in one go: a real one needs two people",
        "ringback alerts plan, then approve, publish and send",
    ),
    "nothing_to_publish": ErrorKind(
        "no batch of this case has been approved yet, so there is nothing to publish",
        "approve one first: ringback alerts approve CASE BATCH HASH",
    ),
    "scam_check_faulty": ErrorKind(
        "what the public's check for scams is to judge by has faults, so nothing was prepared: {problem}",
        "put the file right, then prepare again: ringback publish CASE BUNDLE",
    ),
    "publication_unknown": ErrorKind(
        "the newest publication that was prepared has another hash, or none was prepared",
        "prepare it, and give at least the first 12 characters of its hash: ringback publish CASE BUNDLE",
    ),
    "publication_altered": ErrorKind(
        "{publication} is not what was prepared: its files or its audit entry were changed",
        "look into who changed it, then prepare it again: ringback publish CASE BUNDLE",
    ),
    "publisher_is_preparer": ErrorKind(
        "{member} prepared {publication}, and may not approve it", "somebody else who may approve has to do this"
    ),
    "timeline_bad": ErrorKind(
        "the time line {path} cannot be published: {problems}",
        "put it right and prepare again. No program can tell whether a name is a victim's: read it for that, too",
    ),
    "organisation_numbers_bad": ErrorKind(
        "the list of organisations' numbers {path} cannot be published: {problems}",
        "put it right, or take the file away: then the program's own list is published alone",
    ),
    "bundle_inside_case": ErrorKind(
        "the bundle {path} would lie inside the case folder, which the public host must not see",
        "name a folder outside the case",
    ),
    "bundle_of_another_case": ErrorKind(
        "the bundle {path} belongs to another case: its public key is another one",
        "name the bundle of this case, or a new folder",
    ),
    "bundle_missing": ErrorKind(
        "there is no bundle to use at {path}: {problem}", "publish one: ringback publish CASE BUNDLE"
    ),
    "bundle_damaged": ErrorKind(
        "the bundle cannot be trusted: {what}: {problem}",
        "publish again from the case, and look into who changed it",
    ),
    "batch_not_published": ErrorKind(
        "the last published bundle lacks {batch} as it was approved, so the public would be told that its texts"
        " could not be confirmed",
        'publish it first: ringback publish CASE BUNDLE; or say why it has to go now: --unpublished-why "..."',
    ),
    "uploads_missing": ErrorKind(
        "reports with files wait in the inbox, and the libraries that clean files are not installed: {missing}",
        "install them: pip install 'ringback[uploads]'; until then everything stays in the inbox",
    ),
    "report_key_missing": ErrorKind(
        "the key that opens the public's reports to the case {case} is not at {path}, or holds nothing",
        "put it back from where it was kept; without it nobody can open the reports that wait, and they stay there",
    ),
    "inbox_newer": ErrorKind(
        "the inbox has format {found}, and this program knows {known}", "use the newer program, as on the public host"
    ),
    "inbox_of_another_time": ErrorKind(
        "more was collected from the inbox {inbox} than this case knows of: one of the two was put back",
        "find out which one; ringback verify CASE tells whether it is the case",
    ),
}
