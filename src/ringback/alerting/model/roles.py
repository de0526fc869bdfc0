"""Roles and their rights, in one table. There are no other rights."""

from types import MappingProxyType

RIGHTS = MappingProxyType(
    {
        "plan": "plan a batch",
        "preview": "look at a batch and its text",
        "rehearse": "send a rehearsal to staff's own phones",
        "approve": "approve a batch that somebody else planned",
        "send": "start the sender of an approved batch",
        "stop": "stop a batch",
        "status": "see how sending goes",
        "page": "write the public campaign page",
        "publish": "prepare what the public host may know, and collect its inbox",
        "outreach": "write the outreach and referral lists",
        "check": "check an alert reference",
        "suppress": "add numbers never to contact",
        "undo_suppression": "undo a suppression",
        "replies": "read and handle replies",
        "look": "look at called numbers and their calls, or write their list",
        "report": "take reports, read them, import them, and decide about them",
        "erase": "erase what a report says, for good",
        "staff": "manage staff accounts",
    }
)
_SEE = frozenset({"preview", "status", "page", "check"})
_PLAN = _SEE | {"plan", "rehearse", "send", "stop", "publish", "outreach", "suppress", "replies", "look", "report"}
ROLES = MappingProxyType(
    {
        # An administrator could make an account to plan, approve or send with, and so has none of these three rights.
        "administrator": _SEE - {"preview"} | {"stop", "suppress", "undo_suppression", "staff"},
        "planner": _PLAN,
        "approver": _PLAN | {"approve", "undo_suppression", "erase"},
        "operator": _SEE | {"send", "stop", "suppress"},
        "viewer": _SEE,
    }
)
# Two administrators must agree before somebody becomes, or stops being, one of these.
GUARDED_ROLES = frozenset({"administrator", "approver"})


def has_right(role: str, right: str) -> bool:
    """Whether a role has a right; an unknown role has none.

    >>> has_right("approver", "approve"), has_right("administrator", "approve"), has_right("owner", "status")
    (True, False, False)
    """
    return right in RIGHTS and right in ROLES.get(role, frozenset())


def roles_with(right: str) -> list[str]:
    """The roles that have a right, in the table's order.

    >>> roles_with("send")
    ['planner', 'approver', 'operator']
    """
    return [role for role in ROLES if has_right(role, right)]
