"""Vendors with figures of their own, for pages that compare them."""

import random

from tests.factories import answer_all, make_assessment, make_framework, make_vendor
from vendors import scoring
from vendors.models import Answer

NAMES = ("Amber Row", "Birch Lane", "Cobalt Desk", "Dover Voice", "Elm Support", "Fern Assist")
FAILING = "Gravel Works"
LEFT_OUT = "AIE"


def varied_vendors(seed=20261101):
    """Six that are ranked, on a basis without one category, and one that fails a must-have."""
    framework, drawn = make_framework(), random.Random(seed)
    found = [_varied(framework, name, drawn) for name in (*NAMES, FAILING)]
    not_applicable(found[0], framework.rules.category(LEFT_OUT))
    must_have = next(item for item in framework.rules.criteria if item.must_have)
    worst = min(must_have.choices, key=lambda choice: choice.score).value
    found[-1].answers.filter(code=must_have.code).update(value=worst, valid_to=None)
    return [assessment.vendor for assessment in found]


def not_applicable(assessment, category):
    """What may be left out of a category does not apply to a vendor, so it is not rated there."""
    codes = [item.code for item in category.criteria if item.not_applicable_allowed]
    for row in assessment.answers.filter(code__in=codes):
        row.is_answered, row.value, row.not_applicable = False, None, True
        row.reason, row.rating, row.valid_to = "not used", None, None
        row.save()


def _varied(framework, name, drawn):
    """An assessment whose must-haves are met; the rest has answers and levels by chance."""
    assessment = make_assessment(vendor=make_vendor(name=name), framework=framework)
    answer_all(assessment)
    rows = []
    for row in assessment.answers.filter(is_answered=True).order_by("code"):
        criterion = framework.rules.criterion(row.code)
        if criterion.must_have:
            continue
        row.level = row.proposed_level = drawn.choice(["claimed", "documented", "verified"])
        if criterion.choices and not (criterion.scale and criterion.scale.expiring_values):
            row.value = scoring.write_value(drawn.choice(criterion.choices).value)
        rows.append(row)
    Answer.objects.bulk_update(rows, ["level", "proposed_level", "value"])
    return assessment
