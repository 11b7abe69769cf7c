"""The addresses of the figures."""

from django.urls import path

from portal.figures import views

app_name = "figures"
urlpatterns = [
    path("staff/figures/", views.dashboard, name="dashboard"),
    path("staff/figures/<slug:name>.csv", views.table, name="table"),
    path("transparency/", views.transparency, name="transparency"),
    path("transparency/<int:number>.csv", views.year, name="year"),
]
