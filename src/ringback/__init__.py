"""ringback.

>>> import ringback
>>> str(ringback.check_signs("Your parcel is held. Pay £1.99 now at parcel-pay.example").band)
'likely_scam'
"""

from typing import TYPE_CHECKING, Any

from ringback.program import load_time as load_time

if TYPE_CHECKING:
    from ringback.signs.check import check_signs

__all__ = ["check_signs"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the public name stands for
    """The public names, loaded when they are asked for: the commands start quicker."""
    if name == "check_signs":
        from ringback.signs.check import check_signs

        return check_signs
    raise AttributeError(f"module 'ringback' has no attribute {name!r}")
