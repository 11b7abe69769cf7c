"""The settings' addresses."""

from django.urls import path

from portal.upkeep import views

app_name = "upkeep"
urlpatterns = [
    path("settings/", views.settings, name="settings"),
    path("settings/window/", views.set_window, name="set_window"),
    path("settings/reasons/retire/", views.retire_reason, name="retire_reason"),
    path("settings/reasons/offer/", views.offer_reason, name="offer_reason"),
    path("benign/", views.benign, name="benign"),
    path("benign/add/", views.add_benign, name="add_benign"),
    path("benign/<int:number>/remove/", views.remove_benign, name="remove_benign"),
]
