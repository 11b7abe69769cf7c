"""Alarms, on the staff site."""

from django.urls import path

from partners.alarms import views

app_name = "alarms"
urlpatterns = [
    path("staff/alarms/", views.alarms, name="alarms"),
    path("staff/alarms/<str:reference>/close/", views.close, name="close"),
]
