"""Which address belongs to whom."""

from django.contrib.auth import views as auth
from django.urls import URLPattern, URLResolver, include, path

from vetting.health import health
from vetting.views import dashboard, invitations, people
from vetting.views.sign_in import PasswordChange, SignIn, SignOut

urlpatterns: list[URLPattern | URLResolver] = [
    path("", dashboard.dashboard, name="dashboard"),
    path("sign-in/", SignIn.as_view(), name="sign-in"),
    path("sign-out/", SignOut.as_view(), name="sign-out"),
    path("invitation/", invitations.invitation_accept, name="invitation-accept"),
    path("invitation/<str:token>/", invitations.invitation_open, name="invitation-open"),
    path("account/password/", PasswordChange.as_view(), name="password-change"),
    path(
        "account/password/done/",
        auth.PasswordChangeDoneView.as_view(template_name="registration/password_change_done.html"),
        name="password_change_done",
    ),
    path("people/", people.people_list, name="people-list"),
    path("people/people.csv", people.people_export, name="people-export"),
    path("people/invite/", people.person_invite, name="person-invite"),
    path("people/<uuid:public_id>/role/", people.person_role, name="person-role"),
    path("people/<uuid:public_id>/end/", people.person_end, name="person-end"),
    path("people/<uuid:public_id>/restore/", people.person_restore, name="person-restore"),
    path("people/<uuid:public_id>/link/", people.person_link, name="person-link"),
    path("healthz", health, name="health"),
    path("", include("vendors.urls")),
    path("", include("scorecards.urls")),
]
