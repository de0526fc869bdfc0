"""A stand-in for a full disk: the system refuses to let any file of this process grow."""

import resource
from contextlib import contextmanager


@contextmanager
def full_disk(spare_bytes):
    """As a full disk: no file can grow beyond so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (spare_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
