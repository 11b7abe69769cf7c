"""The NCMEC dialect's addresses, under the base a platform configures. None ends in a slash, none redirects."""

from django.urls import path

from partners.ncmec import views

app_name = "ncmec"
urlpatterns = [
    path("v2/status", views.status, name="status"),
    path("v2/members", views.members, name="members"),
    path("v2/entries", views.entries, name="entries"),
    path("v2/entries/<str:reference>/fingerprints/TMK_PDQF", views.features, name="features"),
    path("v2/feedback/<str:type_name>/reasons", views.reasons, name="reasons"),
    path("v2/entries/<int:member_id>/<str:reference>/<str:type_name>/feedback", views.feedback, name="feedback"),
]
