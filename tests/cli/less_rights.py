"""Processes without the right to pass over the modes of files, which root has: for tests of what may not be done."""

import ctypes
import os

import pytest

_PR_CAPBSET_DROP, _DAC_OVERRIDE, _DAC_READ_SEARCH = 24, 1, 2


def less_rights():
    """To be called in a child before it begins its program (`preexec_fn`)."""
    if os.geteuid():
        return
    libc = ctypes.CDLL(None, use_errno=True)
    for right in (_DAC_OVERRIDE, _DAC_READ_SEARCH):
        if libc.prctl(_PR_CAPBSET_DROP, right, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "a right could not be dropped")


def skip_where_modes_mean_nothing(tmp_path):
    """Skip a test, loudly, where even a child with less rights may do everything."""
    place = tmp_path / "closed"
    place.mkdir(mode=0o500)
    child = os.fork()
    if not child:
        try:
            less_rights()
            os.execvp("sh", ["sh", "-c", f"! touch {place}/x 2>/dev/null"])
        finally:
            os._exit(9)
    if os.waitpid(child, 0)[1]:
        pytest.skip("NO FORBIDDEN FOLDER WAS TRIED: rights cannot be dropped here")
