"""Every act the audit log knows, and the data each may carry: references, counts, closed words, never a narrative."""

from enum import StrEnum
from typing import Self


class Event(StrEnum):
    """An act, `noun:verb`, with the data keys it must carry."""

    keys: frozenset[str]

    def __new__(cls, value: str, *keys: str) -> Self:
        """Make the member from its word and its data keys."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.keys = frozenset(keys)
        return member

    ACCOUNT_ADD = "account:add", "roles"
    ACCOUNT_DISABLE = ("account:disable",)
    ACCOUNT_ENROL = "account:enrol", "factor"
    ACCOUNT_INVITE = ("account:invite",)
    ACCOUNT_JOIN = ("account:join",)
    ACCOUNT_REMOVE_FACTOR = "account:remove_factor", "factor"
    ACCOUNT_RENEW = ("account:renew",)
    ACCOUNT_SET_ROLES = "account:set_roles", "roles"
    ACCOUNT_SIGN_IN = ("account:sign_in",)
    ACCOUNT_SIGN_OUT = ("account:sign_out",)
    ACCOUNT_REFUSE = "account:refuse", "reason"
    ACCOUNT_STEP_UP = ("account:step_up",)
    ENTRY_ACCEPT = "entry:accept", "kind"
    ENTRY_EXPIRE = ("entry:expire",)
    ENTRY_FETCH_FEATURES = ("entry:fetch_features",)
    ENTRY_LIST = ("entry:list",)
    ENTRY_PAUSE = ("entry:pause",)
    ENTRY_QUARANTINE = "entry:quarantine", "reason"
    ENTRY_REJECT = "entry:reject", "reason"
    ENTRY_REOPEN = "entry:reopen", "reason"
    ENTRY_RESTORE = "entry:restore", "reason"
    ENTRY_RESUME = ("entry:resume",)
    ENTRY_REVEAL = ("entry:reveal",)
    ENTRY_WEIGH = "entry:weigh", "confidence"
    ENTRY_WITHDRAW = ("entry:withdraw",)
    ALARM_CLOSE = ("alarm:close",)
    ALARM_RAISE = "alarm:raise", "kind", "key"
    BENIGN_ADD = "benign:add", "reason"
    BENIGN_REMOVE = ("benign:remove",)
    CANARY_PLANT = "canary:plant", "organisation", "count"
    CLAIM_EXPIRE = ("claim:expire",)
    CLAIM_MAKE = ("claim:make",)
    CLAIM_PAUSE = ("claim:pause",)
    CLAIM_RESUME = ("claim:resume",)
    CLAIM_SET_EXPIRY = ("claim:set_expiry",)
    CLAIM_WITHDRAW = ("claim:withdraw",)
    EXPORT_TAKE = "export:take", "records"
    FEEDBACK_SUBMIT = "feedback:submit", "entry", "signal_type", "value"
    FIGURES_PUBLISH = "figures:publish", "until"
    FLAG_CLOSE = "flag:close", "entry"
    FLAG_OPEN = "flag:open", "entry", "kind"
    HOLD_AGREE = "hold:agree", "verb", "count"
    HOLD_DECLINE = "hold:decline", "verb", "count"
    HOLD_PROPOSE = "hold:propose", "verb", "count"
    GUIDE_WRITE = "guide:write", "language"
    LANGUAGE_SIGN = "language:sign", "digest"
    LANGUAGE_WITHHOLD = ("language:withhold",)
    LINE_CHECK = ("line:check",)
    LINE_REMOVE = ("line:remove",)
    LINE_SAVE = "line:save", "country"
    LINK_READ = "link:read", "count"
    LINK_SETTLE = "link:settle", "is_passed"
    KEY_ISSUE = "key:issue", "organisation", "scopes"
    KEY_REVOKE = ("key:revoke",)
    KEY_ROTATE = "key:rotate", "successor"
    KEY_WARN = "key:warn", "expires"
    LOG_COMMIT_STATE = "log:commit_state", "after"
    LOG_RECOVER = "log:recover", "changes", "erased", "lost"
    ORGANISATION_ADD = ("organisation:add",)
    ORGANISATION_BREACH = ("organisation:breach",)
    BUNDLE_MAKE = "bundle:make", "organisation", "digest", "lines"
    ERASURE_REPORT = "erasure:report", "state"
    MATCH_ASK = "match:ask", "asked", "found"
    MATCH_REPORT = "match:report", "method"
    RECEIPT_GIVE = ("receipt:give",)
    ORGANISATION_PAUSE_READS = ("organisation:pause_reads",)
    ORGANISATION_RESUME_READS = ("organisation:resume_reads",)
    ORGANISATION_REINSTATE = ("organisation:reinstate",)
    ORGANISATION_SUSPEND = ("organisation:suspend",)
    OUTCOME_ASK_AGAIN = ("outcome:ask_again",)
    OUTCOME_CONFIRM = ("outcome:confirm",)
    OUTCOME_REPORT = "outcome:report", "entry", "decision", "digest"
    OUTCOME_RETRACT = ("outcome:retract",)
    MESSAGE_ANSWER = ("message:answer",)
    MESSAGE_SET_ASIDE = ("message:set_aside",)
    MESSAGE_WRITE = ("message:write",)
    SANDBOX_FILL = "sandbox:fill", "count"
    SANDBOX_NAME = ("sandbox:name",)
    SANDBOX_PLANT = ("sandbox:plant",)
    POLICY_OFFER_REASON = "policy:offer_reason", "word"
    POLICY_RETIRE_REASON = "policy:retire_reason", "word"
    POLICY_SET_WINDOW = "policy:set_window", "hours"
    SNAPSHOT_MAKE = "snapshot:make", "bytes"
    SNAPSHOT_REMOVE = ("snapshot:remove",)
    APPLICATION_RECEIVE = ("application:receive",)
    APPLICATION_TAKE = ("application:take",)
    APPLICATION_NOTE = "application:note", "checks"
    APPLICATION_APPROVE = ("application:approve",)
    APPLICATION_ACCEPT_AGREEMENT = "application:accept_agreement", "version"
    APPLICATION_TEST = "application:test", "passed"
    APPLICATION_CERTIFY = ("application:certify",)
    APPLICATION_PROPOSE_ACTIVATION = ("application:propose_activation",)
    APPLICATION_PUT_BACK = ("application:put_back",)
    APPLICATION_ACTIVATE = "application:activate", "organisation"
    APPLICATION_DECLINE = ("application:decline",)
    PLATFORM_SAVE = ("platform:save",)
    WORDING_SET = "wording:set", "language", "digest"
    PERSON_CHANGE = "person:change", "role"
    PERSON_INVITE = "person:invite", "organisation", "role"
    PERSON_JOIN = "person:join", "organisation", "role"
    PERSON_REMOVE = ("person:remove",)
    PERSON_UNINVITE = ("person:uninvite",)
    WEBHOOK_ADD = "webhook:add", "organisation", "topics"
    WEBHOOK_REMOVE = ("webhook:remove",)
    WEBHOOK_REPLAY = "webhook:replay", "count"
    WEBHOOK_SWITCH_OFF = ("webhook:switch_off",)
    WEBHOOK_SWITCH_ON = ("webhook:switch_on",)
    WEBHOOK_TEST = ("webhook:test",)
    REPORT_ACCEPT = ("report:accept",)
    REPORT_ADD = ("report:add",)
    REPORT_ALLOW_READER = ("report:allow_reader",)
    REPORT_FORGET_MAIL = ("report:forget_mail",)
    REPORT_PAUSE = ("report:pause",)
    REPORT_RATE = ("report:rate",)
    REPORT_RESUME = ("report:resume",)
    REPORT_SET_EXPIRY = ("report:set_expiry",)
    REPORT_WITHDRAW = ("report:withdraw",)
    REVIEW_AGREE = "review:agree", "decision"
    REVIEW_CLAIM = ("review:claim",)
    REVIEW_DECIDE = "review:decide", "decision"
    REVIEW_DECLINE = "review:decline", "decision"
    REVIEW_ESCALATE = ("review:escalate",)
    REVIEW_HAND_OVER = "review:hand_over", "to"
    REVIEW_HOLD = "review:hold", "decision"
    REVIEW_NOTE = ("review:note",)
    REVIEW_OPEN = "review:open", "kind"
    REVIEW_RELEASE = ("review:release",)
    REVIEW_REOPEN = ("review:reopen",)
    REVIEW_RETURN = ("review:return",)
    REVIEW_SNOOZE = "review:snooze", "reason"
    REVIEW_WAKE = ("review:wake",)
    REVIEW_SUPERSEDE = ("review:supersede",)


class Change(StrEnum):
    """A change of the public list; one leaf each. After it the entry is live for partners, or it is not."""

    is_live: bool

    def __new__(cls, value: str, is_live: bool) -> Self:
        """Make the member from its word and what it means to partners."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.is_live = is_live
        return member

    LIST = "list", True
    RESUME = "resume", True
    RESTORE = "restore", True
    WEIGH = "weigh", True
    PAUSE = "pause", False
    QUARANTINE = "quarantine", False
    WITHDRAW = "withdraw", False
    REJECT = "reject", False
    EXPIRE = "expire", False
    STATE = "state", False
    """Not a change of an entry: it commits to the whole set of live entries. See `log.actions.commit_state`."""


CHANGES = {change.value: change for change in Change}
LIVE = [change.value for change in Change if change.is_live]
GONE = [change.value for change in Change if not change.is_live and change is not Change.STATE]
"""The words of the changes after which an entry is on the list, and of those after which it is not."""
ERASING = [Change.WITHDRAW.value, Change.EXPIRE.value]
"""The words of the changes with which an entry's fingerprints and nonce are destroyed."""
