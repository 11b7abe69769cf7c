"""What platforms report, in the native API."""

from django.urls import path

from partners.outcomes import views

app_name = "outcomes"
urlpatterns = [
    path("api/v1/outcomes", views.Outcomes.as_view(), name="outcomes"),
    path("api/v1/outcomes/batch", views.OutcomeBatch.as_view(), name="batch"),
    path("api/v1/matches", views.Matches.as_view(), name="matches"),
    path("api/v1/clock", views.Clock.as_view(), name="clock"),
    path("api/v1/receipts", views.Receipts.as_view(), name="receipts"),
    path("api/v1/erasures", views.Erasures.as_view(), name="erasures"),
]
