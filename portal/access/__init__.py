"""Access control: rules, guard, users, sign-ins, limits."""

from portal.access import guard, limits
from portal.access.guard import LARGE_BODIES, OPEN, UPLOAD_ENDPOINT, SignedIn, needs, reader, signed_in_user
from portal.access.limits import BY_ADDRESS, BY_NAME, CHECK_LIMIT, UPLOAD_LIMIT, limiter, tried_name, was_refused
from portal.access.rules import Reader, Right, Role, may_see, may_see_raw, restrict, still_covers
from portal.access.sign_ins import Links, LinkUsed, SignIns
from portal.access.users import MIN_PASSWORD, User, UserError, Users, grants_of, users

__all__ = [
    "BY_ADDRESS",
    "BY_NAME",
    "CHECK_LIMIT",
    "LARGE_BODIES",
    "MIN_PASSWORD",
    "OPEN",
    "UPLOAD_ENDPOINT",
    "UPLOAD_LIMIT",
    "LinkUsed",
    "Links",
    "Reader",
    "Right",
    "Role",
    "SignIns",
    "SignedIn",
    "User",
    "UserError",
    "Users",
    "grants_of",
    "guard",
    "limiter",
    "limits",
    "may_see",
    "may_see_raw",
    "needs",
    "reader",
    "restrict",
    "signed_in_user",
    "still_covers",
    "tried_name",
    "users",
    "was_refused",
]
