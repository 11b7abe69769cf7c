"""Hosted matching, in the native API."""

from django.urls import path

from partners.matching import views

app_name = "matching"
urlpatterns = [
    path("api/v1/match", views.Match.as_view(), name="match"),
]
