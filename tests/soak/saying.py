"""What a soak says while it lasts."""

import sys


def say(text):
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
