"""The states of an alert and of a batch, and which may follow which.

waiting -> claimed -> accepted                  the provider has it
   ^          |-----> rejected                  the provider will never take it
   |          |-----> in_doubt -> accepted      it may have it: asked by reference before anything else
   |          |           |-----> needs_human   nobody can tell
   +----------+-----------+                     it certainly has not got it: to be tried again
   |-----> suppressed                           the number was suppressed after planning
"""

WAITING = "waiting"
CLAIMED = "claimed"
IN_DOUBT = "in_doubt"
ACCEPTED = "accepted"
REJECTED = "rejected"
SUPPRESSED = "suppressed"
NEEDS_HUMAN = "needs_human"
ALERT_STATES = (WAITING, CLAIMED, IN_DOUBT, ACCEPTED, REJECTED, SUPPRESSED, NEEDS_HUMAN)
ENDED = (ACCEPTED, REJECTED, SUPPRESSED, NEEDS_HUMAN)

PLANNED = "planned"
APPROVED = "approved"
STOPPED = "stopped"
HALTED = "halted"
FINISHED = "finished"
BATCH_STATES = (PLANNED, APPROVED, STOPPED, HALTED, FINISHED)

# Delivery statuses of a text that the provider took. The first final one stays.
FINAL_DELIVERIES = ("delivered", "permanent-failure", "temporary-failure", "technical-failure", "sent")
