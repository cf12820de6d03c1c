"""What a command tells the operator instead of a traceback."""


class CommandError(Exception):
    """A command cannot go on; the message says why and what to do about it."""
