"""The commands: arguments in, words and exit codes out."""
