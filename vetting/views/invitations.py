"""What an invited person opens: the link, and the page behind it that sets the password."""

from __future__ import annotations

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from vendors.services.refusals import Refused
from vetting.forms import AcceptForm
from vetting.invitations import accept_invitation, digest_of, open_invitation
from vetting.models import Invitation

#: Where the session keeps the digest of the link that was opened.
IN_SESSION = "invitation"
#: Tries of unknown links are counted like sign-ins, under this name and the caller's address.
COUNTED_AS = {"username": "invitation link"}
BACKEND = "django.contrib.auth.backends.ModelBackend"
GONE = 410
TOO_MANY = 429
UNPROCESSABLE = 422


@require_safe
@sensitive_variables("token")
def invitation_open(request: HttpRequest, token: str) -> HttpResponse:
    """Keep the link's digest in the session and go to an address without the token.

    Good and bad links are answered alike, so that the address never stands in a history,
    a Referer header or a log of refused requests with a token that works.
    """
    if not AxesProxyHandler.is_allowed(request, COUNTED_AS):
        context = {"cooloff_timedelta": settings.AXES_COOLOFF_TIME}
        return render(request, "registration/locked.html", context, status=TOO_MANY)
    request.session[IN_SESSION] = digest_of(token)
    return redirect("invitation-accept")


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("new_password1", "new_password2")
def invitation_accept(request: HttpRequest) -> HttpResponse:
    """Set name and password, and be signed in."""
    invitation = open_invitation(request.session.get(IN_SESSION, ""))
    if invitation is None:
        return _gone(request)
    if request.user.is_authenticated:
        context = {"invitation": invitation, "is_own": request.user.pk == invitation.user_id}
        return render(request, "registration/invitation_other.html", context)
    data = request.POST if request.method == "POST" else None
    form = AcceptForm(invitation.user, data, initial={"name": invitation.user.name})
    if form.is_valid():
        return _accept(request, invitation, form)
    context = {"form": form, "invitation": invitation}
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "registration/invitation.html", context, status=status)


def _accept(request: HttpRequest, invitation: Invitation, form: AcceptForm) -> HttpResponse:
    """Use the link and sign in, both or neither."""
    name, password = form.cleaned_data["name"], form.cleaned_data["new_password1"]
    try:
        with transaction.atomic():
            user = accept_invitation(invitation=invitation, name=name, password=password)
            login(request, user, backend=BACKEND)
    except Refused:
        return _gone(request)
    request.session.pop(IN_SESSION, None)
    messages.success(request, _("Your password is set. You are signed in."))
    return redirect("dashboard")


def _gone(request: HttpRequest) -> HttpResponse:
    """One page for links that were used, closed, are over or never were."""
    if request.session.pop(IN_SESSION, None) is not None:
        AxesProxyHandler.user_login_failed(__name__, dict(COUNTED_AS), request)
    return render(request, "registration/invitation_gone.html", status=GONE)
