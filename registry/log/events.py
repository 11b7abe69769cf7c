"""Every act the audit log knows, and the data each may carry: references, counts and closed words, never a narrative."""

from enum import Enum


class Event(str, Enum):
    """An act, `noun:verb`, with the data keys it must carry."""

    keys: frozenset[str]

    def __new__(cls, value: str, *keys: str) -> "Event":
        """Make the member from its word and its data keys."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.keys = frozenset(keys)
        return member

    ACCOUNT_ADD = "account:add", "roles"
    ACCOUNT_DISABLE = ("account:disable",)
    ACCOUNT_ENROL = "account:enrol", "factor"
    ACCOUNT_SIGN_IN = ("account:sign_in",)
    ACCOUNT_SIGN_OUT = ("account:sign_out",)
    ACCOUNT_REFUSE = "account:refuse", "reason"
    ENTRY_ACCEPT = "entry:accept", "kind"
    ENTRY_LIST = ("entry:list",)
    ENTRY_WITHDRAW = ("entry:withdraw",)
    CLAIM_MAKE = ("claim:make",)
    CLAIM_WITHDRAW = ("claim:withdraw",)
    FEEDBACK_SUBMIT = "feedback:submit", "entry", "signal_type", "value"
    KEY_ISSUE = "key:issue", "organisation", "scopes"
    KEY_REVOKE = ("key:revoke",)
    ORGANISATION_ADD = ("organisation:add",)
    OUTCOME_CONFIRM = ("outcome:confirm",)
    OUTCOME_REPORT = "outcome:report", "entry", "decision"
    REPORT_ACCEPT = ("report:accept",)
    REPORT_WITHDRAW = ("report:withdraw",)
    REVIEW_CLAIM = ("review:claim",)
    REVIEW_DECIDE = "review:decide", "decision"
    REVIEW_OPEN = "review:open", "kind"
    REVIEW_RELEASE = ("review:release",)
    REVIEW_SUPERSEDE = ("review:supersede",)


class Change(str, Enum):
    """A change of the public list; one leaf each."""

    LIST = "list"
    WITHDRAW = "withdraw"
