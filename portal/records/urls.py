"""The addresses of the records and of the logs."""

from django.urls import path

from portal.records import admin, views

urlpatterns = [
    path("log/", views.log, name="log"),
    path("log/<int:index>/", views.line, name="log_line"),
    path("records/", admin.records.urls),
]
