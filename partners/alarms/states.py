"""What staff are alarmed of."""

from django.db import models


class AlarmKind(models.TextChoices):
    """What was seen."""

    SECOND_POSITION = "second_position", "Two programs read with one key"
    READ_AGAIN = "read_again", "The whole list was read again and again"
    READ_MUCH = "read_much", "Far more was read than on other days"
    ENDED_KEY = "ended_key", "A key was shown after its end"
    NEW_NETWORK = "new_network", "A key was used from a new network"
    CANARY_MATCHED = "canary_matched", "A match was reported that cannot be"
    CANARY_LEAKED = "canary_leaked", "It knows an entry that only another platform was shown"


WHAT_TO_DO = {
    AlarmKind.SECOND_POSITION: "Ask whether they run two programs. If not, have the key revoked.",
    AlarmKind.READ_AGAIN: "It cannot begin anew until you close this. Ask why: a forgetful program can be helped, a leak cannot.",
    AlarmKind.READ_MUCH: "Ask what is new. If nothing is, have the key revoked.",
    AlarmKind.ENDED_KEY: "It opened nothing. Ask whether a program was forgotten; if not, ask who has the old key, and how.",
    AlarmKind.NEW_NETWORK: "Ask whether they moved. If not, have the key revoked. Networks can be fixed to a key.",
    AlarmKind.CANARY_MATCHED: "No picture has this fingerprint: the list was fed back, or the match was made up. Call them.",
    AlarmKind.CANARY_LEAKED: "The other platform's copy is in their hands. Revoke both platforms' keys and call both.",
}
