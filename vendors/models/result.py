"""What approval freezes. Rows here are written once and never recomputed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from vendors.models.assessment import Assessment


class AssessmentResult(models.Model):
    """The frozen result of an approved assessment; numeric columns only sort and filter."""

    assessment = models.OneToOneField(Assessment, on_delete=models.PROTECT, related_name="result")
    snapshot = models.TextField(help_text="canonical JSON: document, result, people, decision")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the snapshot")
    engine_version = models.CharField(max_length=20)
    framework_fingerprint = models.CharField(max_length=64)
    as_of = models.DateField()
    valid_until = models.DateField(help_text="when the reassessment is due")
    tier = models.PositiveSmallIntegerField()
    overall = models.DecimalField(max_digits=12, decimal_places=8, null=True)
    claimed = models.DecimalField(max_digits=12, decimal_places=8, null=True)
    confidence = models.DecimalField(max_digits=12, decimal_places=8, null=True)
    verified_share = models.DecimalField(max_digits=12, decimal_places=8, null=True)
    documented_share = models.DecimalField(max_digits=12, decimal_places=8, null=True)
    claimed_share = models.DecimalField(max_digits=12, decimal_places=8, null=True)
    band = models.CharField(max_length=20, blank=True)
    gate = models.CharField(max_length=20)
    residual_risk = models.CharField(max_length=20, blank=True)
    must_haves_met = models.PositiveSmallIntegerField()
    must_haves_total = models.PositiveSmallIntegerField()
    weakest_code = models.CharField(max_length=40, blank=True)
    weakest_score = models.DecimalField(max_digits=12, decimal_places=8, null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["overall"], name="result_by_overall"),
            models.Index(fields=["band"], name="result_by_band"),
            # what was in force on a day, read without the documents between the columns
            models.Index(fields=["assessment", "as_of", "overall"], name="result_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id}: {self.overall} {self.band}"


class CategoryScore(models.Model):
    """One category of a frozen result, so that comparisons re-weight without touching an answer."""

    result = models.ForeignKey(
        AssessmentResult, on_delete=models.PROTECT, related_name="categories"
    )
    code = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField()
    weight = models.CharField(max_length=40, help_text="exact fraction")
    score = models.CharField(
        max_length=200, blank=True, help_text="exact fraction; empty: not rated"
    )
    claimed = models.CharField(max_length=200, blank=True)
    confidence = models.CharField(max_length=200, blank=True)
    score_value = models.DecimalField(max_digits=12, decimal_places=8, null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["result", "position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["result", "code"], name="category_score_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.score or 'not rated'}"
