"""What platforms report, in the native API."""

from django.urls import path

from partners.outcomes import views

app_name = "outcomes"
urlpatterns = [
    path("api/v1/outcomes", views.Outcomes.as_view(), name="outcomes"),
    path("api/v1/outcomes/batch", views.OutcomeBatch.as_view(), name="batch"),
]
