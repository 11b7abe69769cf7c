"""The addresses of the records and of the audit log."""

from django.urls import path

from portal.records import admin, views

urlpatterns = [
    path("log/", views.audit_log, name="audit_log"),
    path("log/<int:index>/", views.audit_line, name="audit_line"),
    path("records/", admin.records.urls),
]
