"""Where the command `ringback` begins: it heeds Ctrl-C first, and then loads what the command needs: up to seconds."""

import signal


def main() -> None:
    """Run the command line."""
    # Until somebody can answer them, they wait.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    from ringback.cli import stopping

    try:
        stopping.heed_signals()
        from ringback.cli.main import main as run_command

        run_command()
    except BaseException:
        # However it shows: as KeyboardInterrupt, or as what a library made of it.
        if stopping.is_stopped():
            stopping.end_stopped()
        raise


if __name__ == "__main__":
    main()
