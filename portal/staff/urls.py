"""The way in and out. allauth knows the first address by the name it has here."""

from django.urls import path

from portal.staff import views

urlpatterns = [
    path("sign-in/", views.sign_in, name="account_login"),
    path("sign-in/code/", views.code, name="staff_code"),
    path("code-again/", views.code_again, name="staff_code_again"),
    path("keys/", views.switch_keys, name="staff_keys"),
    path("sign-out/", views.sign_out, name="staff_sign_out"),
]
