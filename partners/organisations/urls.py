"""How platforms come in, who acts for them, and where staff look at it."""

from django.urls import path

from partners.organisations import views

app_name = "organisations"
urlpatterns = [
    path("apply/", views.apply, name="apply"),
    path("apply/<str:secret>/", views.application, name="application"),
    path("apply/<str:secret>/agreement/", views.accept_agreement, name="accept_agreement"),
    path("invitations/<str:secret>/", views.join, name="join"),
    path("platforms/people/", views.people, name="people"),
    path("platforms/people/invite/", views.invite, name="invite"),
    path("platforms/people/invitations/<str:reference>/take-back/", views.take_back, name="take_back"),
    path("platforms/people/<uuid:reference>/role/", views.change_role, name="change_role"),
    path("platforms/people/<uuid:reference>/remove/", views.remove, name="remove"),
    path("platforms/you/", views.you, name="you"),
    path("platforms/code-again/", views.code_again, name="code_again"),
    path("platforms/you/app/", views.new_app, name="new_app"),
    path("platforms/you/recovery-codes/", views.new_recovery_codes, name="new_recovery_codes"),
    path("platforms/you/passkeys/", views.passkeys, name="passkeys"),
    path("platforms/you/passkeys/remove/", views.remove_passkey, name="remove_passkey"),
    path("staff/platforms/", views.applications, name="applications"),
    path("staff/platforms/<str:reference>/", views.vetting, name="vetting"),
    path("staff/platforms/<str:reference>/take/", views.take, name="take"),
    path("staff/platforms/<str:reference>/note/", views.note, name="note"),
    path("staff/platforms/<str:reference>/approve/", views.approve, name="approve"),
    path("staff/platforms/<str:reference>/propose/", views.propose, name="propose"),
    path("staff/platforms/<str:reference>/activate/", views.activate, name="activate"),
    path("staff/platforms/<str:reference>/decline/", views.decline, name="decline"),
]
