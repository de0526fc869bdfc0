"""The wording of errors about cases, exhibits, runs and what comes of them."""

from ringback.errors.kinds import ErrorKind

CASE_ERRORS: dict[str, ErrorKind] = {
    "case_exists": ErrorKind("{path} already holds a case", "choose another folder, or use the case that is there"),
    "case_missing": ErrorKind(
        "{path} is not a ringback case ({problem})",
        "check the path, or restore the case from its backup; a new one is made with: ringback case new {path}",
    ),
    "backup_missing": ErrorKind(
        "{path} is not a backup of a case ({problem})",
        "name the folder that ringback case backup made; a case folder that was copied by other means needs no restore",
    ),
    "backup_newer": ErrorKind("{path} was made by a newer ringback", "update ringback, then try again"),
    "backup_damaged": ErrorKind(
        "the backup {path} has changed since it was made: {problems}",
        "use another backup; nothing was restored, and the original case, if it still exists, was not touched",
    ),
    "backup_inside": ErrorKind(
        "{path} lies in the case that is to be backed up", "name a place outside {case}, best on another disk"
    ),
    "backup_records_elsewhere": ErrorKind(
        "the records of {path} are in PostgreSQL, and are not in the case folder",
        "back them up first: pg_dump --format=custom --file records.dump '{address}'; then the rest, with:"
        " ringback case backup CASE DEST --without-records",
    ),
    "backup_without_key": ErrorKind(
        "the backup {path} holds no key", "restore without --with-key, and put the key from its own backup to {key}"
    ),
    "key_differs": ErrorKind(
        "{path} is there already, and is not the key of the backup",
        "nothing was overwritten: restore without --with-key, and find out which of the two keys is the case's",
    ),
    "file_missing": ErrorKind("there is no file {path}", "check the name and the folder, then give the command again"),
    "file_unreadable": ErrorKind(
        "{path} cannot be read: {problem}",
        "check that it is the right file and who may read it (ls -l), then give the command again",
        True,
    ),
    "path_unusable": ErrorKind(
        "{path} cannot be used: {problem}",
        "check what it is, and who may read and write it and its folder (ls -ld); or name another place",
        True,
    ),
    "path_link": ErrorKind(
        "{path} is a symbolic link, and links are not followed",
        "put the file or folder itself there, or name another place",
    ),
    "case_newer": ErrorKind(
        "{path} was written by a newer ringback (case format {found}, this program knows {known})",
        "update ringback, then try again; nothing was changed",
    ),
    "case_setting_bad": ErrorKind("{path}, {field}: {problem}", "correct that line of case.toml and run again"),
    "case_busy": ErrorKind(
        "another run holds the lock of {path} ({holder})", "wait until it has ended, then try again", True
    ),
    "exhibit_missing": ErrorKind(
        "exhibit {exhibit} is not where it was registered: {path}", "put the file back and run again", True
    ),
    "exhibit_unreadable": ErrorKind(
        "exhibit {exhibit} cannot be read: {path} ({problem})",
        "check the name, who may read the file (ls -l) and the disk, then try again",
        True,
    ),
    "exhibit_altered": ErrorKind(
        "exhibit {exhibit} is not what was registered: {path} has SHA-256 {found}, registered {registered}",
        "restore the file from the original seizure; ringback verify shows every difference",
    ),
    "exhibit_known": ErrorKind(
        "{path} is already exhibit {exhibit} of this case (same SHA-256)", "nothing needs to be added"
    ),
    "exhibits_failed": ErrorKind(
        "{count} exhibits could not be read: {problems}",
        "correct each of them and run again",
    ),
    "split_part_missing": ErrorKind(
        "{path} is one file of a split dump, and the file before it, {missing}, is not an exhibit of this case",
        "add {missing} first, or both in one command; if the file is complete by itself, name its --format",
    ),
    "source_unknown": ErrorKind(
        "exhibit {exhibit} ({path}) is in no format that ringback reads: {problem}",
        'give the format in case.toml, in [exhibits.{exhibit}], as format = "csv" or another; they are'
        " listed by: ringback exhibit add --help",
    ),
    "sqlite_unreadable": ErrorKind(
        "exhibit {exhibit} ({path}) cannot be read as an SQLite database: {problem}",
        "get it unlocked or decrypted; if it is something else, give its format in case.toml: [exhibits.{exhibit}]",
    ),
    "workbook_unreadable": ErrorKind(
        "exhibit {exhibit} ({path}) cannot be read as a workbook: {problem}",
        "open it in a spreadsheet program and save each sheet as CSV, and add those beside it",
    ),
    "json_without_rows": ErrorKind(
        "exhibit {exhibit} is a JSON document in which there are no rows: {problem}",
        "make it a list of objects, or one object a line (jq does that), and add the result beside it; if there is"
        ' nothing in it that matters, say so in case.toml: [exhibits.{exhibit}] set_aside = "why"',
    ),
    "unpack_refused": ErrorKind(
        "exhibit {exhibit} ({path}) is not unpacked further: {problem}",
        "it may have been made to fill the disk; if it is genuine, allow more: RINGBACK_UNPACK_RATIO,"
        " RINGBACK_UNPACK_BYTES, RINGBACK_UNPACK_FILES",
    ),
    "sqlite_log_unclear": ErrorKind(
        "exhibit {exhibit} is the log of a database called {name}, and {count} exhibits have that name: {found}",
        'say which in case.toml: [exhibits.{exhibit}] wal_of = "EX-..."',
    ),
    "columns_unclear": ErrorKind(
        "exhibit {exhibit} does not name the columns of {table}, and other exhibits name them differently: {found}",
        'say which one is right in case.toml: [exhibits.{exhibit}] columns_from = "EX-..."',
    ),
    "folder_empty": ErrorKind(
        "{path} holds no file that can be added", "see what was passed over, above; give another folder"
    ),
    "folder_too_full": ErrorKind(
        "{path} holds {count:,} files, and each would be an exhibit; at most {limit:,} are taken",
        "pack the folder into one file, which is one exhibit with one hash: tar -cf {name}.tar {path}",
    ),
    "source_broken": ErrorKind(
        "exhibit {exhibit} is damaged at {position}: {problem}",
        "what was read before that point is kept; get an undamaged copy for the rest",
    ),
    "mapping_unknown_preset": ErrorKind(
        "case.toml asks for the mapping preset {preset}; there are: {known}", "name one of those presets"
    ),
    "mapping_column_missing": ErrorKind(
        "exhibit {exhibit}, table {table}: no column {column}, which the mapping names for {field};"
        " the table has: {columns}",
        "correct the column's name in case.toml under [tables.{role}.columns]",
    ),
    "mapping_nothing_found": ErrorKind(
        "no exhibit holds a table that the mapping names for calls; tables seen: {tables}",
        'name the table that holds the calls in case.toml: [tables.calls] table = "..."; or have it proposed:'
        " ringback map CASE",
    ),
    "rule_unknown": ErrorKind("no rule is called {rule}; there are: {known}", "name one of those rules"),
    "figure_unknown": ErrorKind("no figure is called {figure}; there are: {known}", "name one of those figures"),
    "run_none": ErrorKind("{path} has no finished run", "run it first: ringback run {path}"),
    "run_damaged": ErrorKind(
        "table {table} of run {run} is not what the run saved", "delete the folder runs/{run} and run again"
    ),
    "run_other_version": ErrorKind(
        "run {run} was made by another version of ringback, which saved other tables",
        "run again with this version: ringback run {path}",
    ),
    "run_unreconciled": ErrorKind(
        "step {step} does not add up: {rows_in} in, {kept} kept, {fell_out} fell out",
        "this is a fault in ringback: report it; the previous run stays current",
    ),
    "key_missing": ErrorKind(
        "the key of case {case} is not in {path}",
        "restore it from its backup, or set RINGBACK_KEYS to the folder that holds it",
    ),
    "sealed_unreadable": ErrorKind(
        "what was encrypted for {about} cannot be decrypted (key {key}): it was altered, moved, or its key is missing",
        "restore the case's key file and records from their backups; nothing is sent meanwhile",
    ),
    "secret_missing": ErrorKind(
        "the secret {name} of this case is not in {path}",
        "write it there, readable by you alone (chmod 600)",
    ),
    "secret_open": ErrorKind(
        "the secret {name} in {path} can be read by others",
        "make it yours alone: chmod 600 {path}",
    ),
    "files_open": ErrorKind(
        "other users can get at files that must be yours alone: {problems}",
        "make them yours alone: {commands}; where that changes nothing (a USB stick, a Windows or network disk), copy"
        " them to a disk that keeps file modes",
    ),
    "files_foreign": ErrorKind(
        "{path} belongs to {owner}, and you are {us}: its owner can change it at any time",
        "work as {owner}, or on a copy of your own, made with cp -r; or have it handed over:"
        " sudo chown -R {us} {shell_path}",
    ),
    "file_linked": ErrorKind(
        "{path} is a link; links are not followed here, because they may lead to any file of yours",
        "see where it leads (ls -l), delete the link, and put the file or folder itself in its place",
    ),
    "key_unwritable": ErrorKind(
        "the key of a new case cannot be written to {path}: {problem}",
        "set RINGBACK_KEYS to a folder outside the case that you can write",
        True,
    ),
    "mark_missing": ErrorKind(
        "the mark of the case is missing in {path}: nobody can tell whether these records are the newest",
        "put it back from where the keys are kept; else let the provider tell what was sent: ringback alerts reconcile"
        " CASE --why TEXT; nothing was sent",
    ),
    "mark_unwritable": ErrorKind(
        "the mark of the case cannot be written to {path}: {problem}",
        "make the folder of the case's keys writable; nothing is sent until then, and nothing is lost",
    ),
    "records_rolled_back": ErrorKind(
        "these records of the case are not the newest: {what}",
        "a backup was restored, or this is a copy: use the newest records; if there are none, let the provider tell"
        " what was sent: ringback alerts reconcile CASE --why TEXT; nothing was sent",
    ),
    "records_taken": ErrorKind("{place} already holds the records of a case", "give every case a database of its own"),
    "records_foreign": ErrorKind(
        "the records that case.toml of {path} names belong to another case",
        "correct the address in case.toml under [records]",
    ),
    "records_older": ErrorKind(
        "the records of {path} were made by an older ringback (format {found}; this program uses {known})",
        "bring them up to date, after a backup: ringback case upgrade {path}",
    ),
    "records_unusable": ErrorKind(
        "the records of the case cannot be used: {problem}",
        "if the disk is full, make room and try again; else restore the records (records.sqlite, or the PostgreSQL"
        " database) from their backup",
        True,
    ),
    "records_forbidden": ErrorKind(
        "{path} may not be opened or written here: {problem}",
        "give the command as the owner of the case, and see that the case folder and its disk can be written (ls -ld);"
        " commands that only look do not need to write",
        True,
    ),
    "records_busy": ErrorKind(
        "another process holds the records of the case and does not let go of them; {suspect}",
        "a frozen process holds them until it ends: end it (kill -9; it loses nothing), then give this command again",
        True,
    ),
    "spark_missing": ErrorKind(
        "the Spark engine cannot start: {missing} is missing",
        "install it, or leave out --engine spark (and RINGBACK_ENGINE): DuckDB gives the same results",
    ),
    "spark_failed": ErrorKind(
        "Spark could not go on: {problem}",
        "give the same command again: it goes on after the last finished table, with --engine duckdb too",
        True,
    ),
    "list_format_unknown": ErrorKind(
        "{path} has {problem}, and a list is written as one of: {known}", "give the file one of these endings"
    ),
    "list_too_long": ErrorKind(
        "{path}: the list has {rows:,} rows, and a sheet of Excel holds {most:,} with its header",
        "write it as CSV or Parquet: the same file name with .csv or .parquet; nothing was written or logged",
    ),
    "output_exists": ErrorKind("{path} is there already", "choose another name, or delete it first"),
    "disk_full": ErrorKind(
        "{path} could not be written: {problem}{room}",
        "make room on the disk that holds {place}, then give the same command again; what was finished before is kept,"
        " and what was current stays current",
        True,
    ),
    "memory_short": ErrorKind(
        "the analysis needs more memory than it may use ({limit}): {problem}",
        "give it more, such as: ringback run CASE --memory-limit 8GB (or RINGBACK_MEMORY_LIMIT), or fewer threads"
        " (RINGBACK_WORKERS); tables that were finished are kept",
    ),
    "output_unwritable": ErrorKind(
        "{path} cannot be written: {problem}", "check who may write there (ls -ld), or choose another place", True
    ),
    "number_missing": ErrorKind(
        "no number came in on standard input",
        "type or pipe one number a line, for example: echo NUMBER | {command}",
    ),
    "truth_missing": ErrorKind(
        "{path} holds no truth of a synthetic seizure", "name the folder that ringback synth wrote"
    ),
    "truth_not_synthetic": ErrorKind(
        "case {path} is not synthetic, so there is no known truth to compare it with", "use a synthetic case"
    ),
    "synth_impossible": ErrorKind("a synthetic seizure of {calls} calls cannot be made: {problem}", "{hint}"),
}
