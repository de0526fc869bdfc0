"""The entry point of `ringback`: it handles Ctrl-C first, then loads what the command needs, which can take seconds."""

import io
import signal
import sys


def main() -> None:
    """Run the command line."""
    # Signals wait until their handlers are installed.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    from ringback.cli import interrupts

    try:
        interrupts.heed_signals()
        _print_anything()
        from ringback.cli.main import main as run_command

        run_command()
    except BaseException:
        # Ctrl-C may show as KeyboardInterrupt, or as an error that a library made of it.
        if interrupts.is_stopped():
            interrupts.end_stopped()
        raise


def _print_anything() -> None:
    """Escape what a terminal cannot show: names in a seizure, and names of its files, can hold anything."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


if __name__ == "__main__":
    main()
