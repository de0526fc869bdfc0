"""Pictures and statements that people send with a report: decoded and written again beside the case, never before."""
