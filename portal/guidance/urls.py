"""Addresses of guidance, and the way out."""

from django.urls import path

from portal.guidance import views

app_name = "guidance"

urlpatterns = [
    path("exit/", views.leave, name="exit"),
    path("leaving/", views.leaving, name="leaving"),
    path("threatened/", views.threatened, name="threatened"),
    path("guides/", views.guides, name="guides"),
    path("letter/", views.letter, name="letter"),
]
