"""What intake may keep: an allow-list of columns. A new one is a decision, not an accident."""

from django.apps import apps

ALLOWED = {
    "Report": {"id", "reference", "key_hash", "payload_mac", "state", "created_on"},
}


def test_no_model_in_intake_has_a_column_outside_the_allow_list():
    """No address, agent, precise time or free text of a reporter has anywhere to be kept."""
    columns = {
        model.__name__: {field.name for field in model._meta.get_fields()}
        for model in apps.get_app_config("reports").get_models()
    }
    assert columns == ALLOWED


def test_a_report_keeps_no_time_finer_than_a_day():
    """The day is enough to say when it was sent."""
    fields = apps.get_model("reports", "Report")._meta.get_fields()
    assert not [field.name for field in fields if field.get_internal_type() in {"DateTimeField", "TimeField"}]
