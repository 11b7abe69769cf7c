"""The address a page asks for a challenge."""

from django.urls import path

from portal.challenges import views

app_name = "challenges"

urlpatterns = [path("start/challenge", views.challenge, name="challenge")]
