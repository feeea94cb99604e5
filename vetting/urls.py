"""Which address belongs to whom."""

from django.contrib.auth import views as auth
from django.urls import URLPattern, URLResolver, include, path

from vetting import views
from vetting.health import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.dashboard, name="dashboard"),
    path(
        "sign-in/",
        auth.LoginView.as_view(
            template_name="registration/sign_in.html", redirect_authenticated_user=True
        ),
        name="sign-in",
    ),
    path("sign-out/", auth.LogoutView.as_view(), name="sign-out"),
    path(
        "account/password/",
        auth.PasswordChangeView.as_view(template_name="registration/password_change.html"),
        name="password-change",
    ),
    path(
        "account/password/done/",
        auth.PasswordChangeDoneView.as_view(template_name="registration/password_change_done.html"),
        name="password_change_done",
    ),
    path("healthz", health, name="health"),
    path("", include("vendors.urls")),
    path("", include("scorecards.urls")),
]
