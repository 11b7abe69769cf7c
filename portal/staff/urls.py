"""The way in and out. allauth knows the first address by the name it has here."""

from django.urls import path

from portal.staff import views

urlpatterns = [
    path("", views.home, name="staff_home"),
    path("sign-in/", views.sign_in, name="account_login"),
    path("sign-in/code/", views.code, name="staff_code"),
    path("code-again/", views.code_again, name="staff_code_again"),
    path("keys/", views.switch_keys, name="staff_keys"),
    path("join/", views.join, name="staff_join"),
    path("join/app/", views.join_app, name="staff_join_app"),
    path("you/", views.you, name="staff_you"),
    path("you/app/", views.new_app, name="staff_app"),
    path("you/recovery-codes/", views.new_recovery_codes, name="staff_recovery_codes"),
    path("you/passkeys/", views.passkeys, name="staff_passkeys"),
    path("you/passkeys/remove/", views.remove_passkey, name="staff_remove_passkey"),
    path("fingerprint/", views.fingerprint, name="staff_fingerprint"),
    path("people/", views.people, name="staff_people"),
    path("people/<uuid:reference>/roles/", views.set_roles, name="staff_roles"),
    path("people/<uuid:reference>/reinvite/", views.reinvite, name="staff_reinvite"),
    path("people/<uuid:reference>/disable/", views.disable, name="staff_disable"),
    path("sign-out/", views.sign_out, name="staff_sign_out"),
]
