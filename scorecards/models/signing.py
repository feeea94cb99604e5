"""Certificates that documents were signed with, kept for as long as the documents."""

from __future__ import annotations

from django.db import models


class SigningCertificate(models.Model):
    """A certificate as it was when the first document was signed with it. Written once."""

    fingerprint = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the DER form")
    subject = models.CharField(max_length=300)
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()
    pem = models.TextField(help_text="the certificate, then those that issued it")
    is_self_made = models.BooleanField(
        default=False, help_text="made by this installation itself, so it proves no identity"
    )
    first_used_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.subject
