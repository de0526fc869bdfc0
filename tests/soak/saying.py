"""What a soak says while it lasts."""

import sys


def say(text):
    # The real one: another lane may have put its hands on `sys.stdout` to read what a command says.
    sys.__stdout__.write(text + "\n")
    sys.__stdout__.flush()
