"""Arguments and options that many commands share.

Every path has `readable=False`, so that the command itself says, in its own words, that a file cannot be read.
"""

from pathlib import Path
from typing import Annotated

import typer

CaseArgument = Annotated[Path, typer.Argument(help="The case folder.", metavar="CASE", readable=False)]
BatchArgument = Annotated[str, typer.Argument(help="The batch, such as B-001.", metavar="BATCH")]
RuleOption = Annotated[str | None, typer.Option("--rule", help="Who counts as a victim; else the case's own rule.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Write the result as JSON to standard output.")]
WhyOption = Annotated[str, typer.Option("--why", help="Why, for the audit log.")]
