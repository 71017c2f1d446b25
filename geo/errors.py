"""Errors that a user can act on; each carries one sentence: what was wrong, where, what would be right."""


class AraxesError(Exception):
    """Base of every error that Araxes raises on purpose; the command exits 2, the API answers 4xx."""


class InputError(AraxesError, ValueError):
    """Bad input: a file that cannot be read, swapped coordinates, contradictory options."""


class NotFoundError(AraxesError, LookupError):
    """An id or a name that does not exist."""


class DownloadError(AraxesError, OSError):
    """A download that failed or did not match its checksum; earlier data stays in place."""


class DataError(AraxesError, ValueError):
    """A study or a saved network that is broken: a missing place, a wrong checksum."""
