"""Where the command `ringback` begins: it heeds Ctrl-C first, and then loads what the command needs: up to seconds."""

import io
import signal
import sys


def main() -> None:
    """Run the command line."""
    # Until somebody can answer them, they wait.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    from ringback.cli import interrupts

    try:
        interrupts.heed_signals()
        _print_anything()
        from ringback.cli.main import main as run_command

        run_command()
    except BaseException:
        # However it shows: as KeyboardInterrupt, or as what a library made of it.
        if interrupts.is_stopped():
            interrupts.end_stopped()
        raise


def _print_anything() -> None:
    """Let what no terminal can show be shown as an escape: names in a seizure, and of its files, can hold anything."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


if __name__ == "__main__":
    main()
