"""What intake may keep: an allow-list of columns. A new one is a decision, not an accident."""

import pytest
from django.apps import apps

ALLOWED = {
    "reports": {
        "Report": {
            "id",
            "reference",
            "key_hash",
            "reader_hash",
            "payload_mac",
            "state",
            "went",
            "created_on",
            "changed_on",
        },
        "Answers": {"report", "situation", "image_of", "age_band", "platforms"},
        "Link": {"id", "report", "sealed", "may_share", "settled_on"},
        "MailAddress": {"report", "sealed", "last_used_on", "told"},
    },
    "conversations": {
        "Message": {"id", "reference", "report", "is_from_staff", "sealed", "is_urgent", "is_answered", "sent_on"},
    },
    "challenges": {"SpentChallenge": {"digest", "spent_on"}},
}
WORDS = {"TextField", "CharField", "SlugField", "JSONField", "EmailField", "URLField", "GenericIPAddressField"}
CLOSED = {
    "Report.reference",
    "Report.state",
    "Report.went",
    "Answers.situation",
    "Answers.image_of",
    "Answers.age_band",
}


@pytest.mark.parametrize("app", ALLOWED)
def test_no_model_in_intake_has_a_column_outside_the_allow_list(app):
    """No address, agent, precise time or free text of a reporter has anywhere to be kept."""
    columns = {
        model.__name__: {field.name for field in model._meta.fields} for model in apps.get_app_config(app).get_models()
    }
    assert columns == ALLOWED[app]


@pytest.mark.parametrize("app", ALLOWED)
def test_intake_keeps_no_time_finer_than_a_day(app):
    """The day is enough to say when it was sent."""
    fields = [field for model in apps.get_app_config(app).get_models() for field in model._meta.fields]
    assert not [str(field) for field in fields if field.get_internal_type() in {"DateTimeField", "TimeField"}]


@pytest.mark.parametrize("app", ALLOWED)
def test_what_a_person_writes_is_kept_sealed_and_all_other_words_are_closed(app):
    """A column for words is either sealed bytes or a choice from our own list."""
    fields = [field for model in apps.get_app_config(app).get_models() for field in model._meta.fields]
    open_words = {f"{field.model.__name__}.{field.name}" for field in fields if field.get_internal_type() in WORDS}
    assert open_words <= CLOSED
