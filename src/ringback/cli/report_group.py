"""The group `ringback report`, to which its modules add their commands."""

import typer

report_app = typer.Typer(
    help="Reports from the public: taken by telephone, imported, read, decided on.", no_args_is_help=True
)
