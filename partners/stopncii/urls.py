"""The StopNCII dialect's addresses, under the base a platform configures."""

from django.urls import path

from partners.stopncii import views

app_name = "stopncii"
urlpatterns = [
    path("FetchHashes", views.fetch_hashes, name="fetch_hashes"),
    path("SubmitFeedback", views.SubmitFeedback.as_view(), name="submit_feedback"),
    path("SubmitHashes", views.submit_hashes, name="submit_hashes"),
]
