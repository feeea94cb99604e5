"""Signing in and out, each with its event in the trail."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth import views as auth
from django.contrib.auth.forms import AuthenticationForm
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods

from vetting.accounts import note_password, note_refused_sign_in, note_sign_in, note_sign_out
from vetting.models import User


@method_decorator(require_http_methods(["GET", "HEAD", "POST"]), name="dispatch")
class SignIn(auth.LoginView):
    """E-mail and password."""

    template_name = "registration/sign_in.html"
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Sign in and write it down, both or neither."""
        with transaction.atomic():
            response = super().form_valid(form)
            note_sign_in(by=form.get_user())
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Write a wrong try down. While the address has to wait nothing is tried."""
        is_tried = bool(form.non_field_errors())
        if is_tried and not getattr(self.request, "axes_locked_out", False):
            note_refused_sign_in(email=form.cleaned_data.get("username", ""))
        return super().form_invalid(form)


class SignOut(auth.LogoutView):
    """The end of this browser's session."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Write it down and sign out, both or neither."""
        with transaction.atomic():
            if request.user.is_authenticated:
                note_sign_out(by=request.user)
            return super().post(request, *args, **kwargs)


class PasswordChange(auth.PasswordChangeView):
    """A new password for oneself; other browsers have to sign in again."""

    template_name = "registration/password_change.html"
    http_method_names = ["get", "head", "post"]  # noqa: RUF012 - as Django has it

    def form_valid(self, form: Any) -> HttpResponse:
        """Store the password, end the other sessions and write it down."""
        with transaction.atomic():
            response = super().form_valid(form)
            key = self.request.session.session_key
            note_password(session_key=key, by=cast(User, self.request.user))
        return response
