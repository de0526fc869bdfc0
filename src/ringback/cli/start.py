"""Where the command `ringback` begins: it heeds Ctrl-C first, and then loads the program, which takes seconds."""

from ringback.cli import stopping


def main() -> None:
    """Run the command line."""
    stopping.heed_signals()
    try:
        from ringback.cli.main import main as run_command

        run_command()
    except BaseException:
        # However it shows: as KeyboardInterrupt, or as what a library made of it.
        if stopping.is_stopped():
            stopping.end_stopped()
        raise


if __name__ == "__main__":
    main()
