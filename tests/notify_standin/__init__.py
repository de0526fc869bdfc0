"""A stand-in for GOV.UK Notify: a real HTTP server that keeps the provider's rules and breaks on demand."""

from notify_standin.faults import Fault
from notify_standin.options import Options
from notify_standin.outages import Outage
from notify_standin.process import RemoteStandin, StandinProcess
from notify_standin.standin import NotifyStandin

__all__ = ["Fault", "NotifyStandin", "Options", "Outage", "RemoteStandin", "StandinProcess"]
