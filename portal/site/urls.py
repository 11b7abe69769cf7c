"""Every address of the service, by room."""

from django.urls import include, path

from portal.site import views

urlpatterns = [
    path("", include("portal.reports.urls")),
    path("", include("portal.challenges.urls")),
    path("", include("portal.guidance.urls")),
    path("", include("partners.feed.urls")),
    path("", include("partners.outcomes.urls")),
    path("", include("partners.matching.urls")),
    path("", include("partners.webhooks.urls")),
    path("", include("partners.bundles.urls")),
    path("api/v1/", include("partners.reference.urls")),
    path("", include("partners.organisations.urls")),
    path("", include("partners.alarms.urls")),
    path("platforms/", include("partners.dashboard.urls")),
    path("platforms/sandbox/", include("partners.sandbox.urls")),
    path("platforms/keys/", include("partners.keys.urls")),
    path("ncmec/", include("partners.ncmec.urls")),
    path("stopncii/v1/", include("partners.stopncii.urls")),
    path("staff/", include("portal.staff.urls")),
    path("staff/", include("portal.records.urls")),
    path("staff/", include("portal.upkeep.urls")),
    path("", include("portal.figures.urls")),
    path("staff/proposals/", include("portal.proposals.urls")),
    path("staff/reviews/", include("portal.reviews.urls")),
    path("health", views.health, name="health"),
]

handler400 = "portal.site.views.bad_request"
handler404 = "portal.site.views.not_found"
handler500 = "portal.site.views.server_error"
