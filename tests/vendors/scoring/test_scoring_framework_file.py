"""The loader: what it reads, and that each fault is named with its path and nothing else."""

import copy

import pytest
import yaml

from tests.vendors.scoring.cases import SHIPPED, WORKED, shipped, small
from vendors.scoring import FrameworkError, canonical_json, digest, load_document, parse_framework

PLAIN = yaml.safe_load((WORKED / "worked-example-framework.yaml").read_text())
DELETE = object()


def put(document, path, value):
    *way, last = path
    for step in way:
        document = document[step]
    if value is DELETE:
        del document[last]
    else:
        document[last] = value


def faults_of(text):
    with pytest.raises(FrameworkError) as caught:
        parse_framework(text)
    return [str(fault) for fault in caught.value.faults]


def faults_with(*changes):
    """The faults after changes of (path, value) to the small framework."""
    document = copy.deepcopy(PLAIN)
    for path, value in changes:
        put(document, path, value)
    return faults_of(yaml.safe_dump(document, sort_keys=False))


CRITERION = ("categories", 0, "criteria", 0)  # L1, yes_partial_no, must-have
NUMBER = ("categories", 0, "criteria", 1)  # L2, percentage
DATE = ("categories", 0, "criteria", 2)  # L3, date
CERTIFICATE = ("categories", 1, "criteria", 0)  # S1, certification
FIRST, CERT = "categories[0].criteria[0]", "categories[1].criteria[0]"

UNKNOWN = [
    (("framework",), "framework"),
    (("scoring",), "scoring"),
    (("scoring", "evidence_levels", 1), "scoring.evidence_levels[1]"),
    (("scoring", "bands", 4), "scoring.bands[4]"),
    (("scoring", "category_floor"), "scoring.category_floor"),
    (("categories", 2), "categories[2]"),
    (CRITERION, FIRST),
    ((*CRITERION, "choices", 1), f"{FIRST}.choices[1]"),
    ((*CRITERION, "must_have"), f"{FIRST}.must_have"),
    ((*CRITERION, "evidence"), f"{FIRST}.evidence"),
    ((*NUMBER, "scale"), "categories[0].criteria[1].scale"),
    ((*DATE, "scale"), "categories[0].criteria[2].scale"),
    ((*CERTIFICATE, "scale"), f"{CERT}.scale"),
]


@pytest.mark.parametrize(("way", "place"), UNKNOWN)
def test_an_unknown_key_anywhere(way, place):
    assert faults_with(((*way, "colour"), "red")) == [f"{place}.colour: unknown key"]


def test_an_unknown_key_at_the_top():
    assert faults_with((("colour",), "red")) == ["colour: unknown key"]


REQUIRED = [
    ("framework",),
    ("framework", "slug"),
    ("framework", "name"),
    ("framework", "version"),
    ("scoring",),
    ("scoring", "evidence_levels"),
    ("scoring", "bands"),
    ("scoring", "category_floor"),
    ("scoring", "category_floor", "below"),
    ("scoring", "category_floor", "cap_band"),
    ("scoring", "category_min_applicable_percent"),
    ("scoring", "bands", 0, "label"),
    ("categories",),
    ("categories", 0, "name"),
    ("categories", 0, "criteria"),
    (*CRITERION, "code"),
    (*CRITERION, "question"),
    (*CRITERION, "answer_type"),
    (*CRITERION, "choices"),
    (*CRITERION, "choices", 2, "label"),
    (*CRITERION, "choices", 2, "score"),
    (*CRITERION, "evidence"),
    (*CRITERION, "evidence", "required"),
    (*CRITERION, "must_have", "min_score"),
    (*CRITERION, "must_have", "min_evidence"),
    (*CRITERION, "not_applicable_allowed"),
    (*NUMBER, "tiers"),
    (*NUMBER, "scale"),
    (*NUMBER, "scale", "type"),
    (*NUMBER, "scale", "min"),
    (*NUMBER, "scale", "max"),
    (*NUMBER, "scale", "points"),
    (*DATE, "scale", "missing_score"),
    (*CERTIFICATE, "scale", "expired_score"),
    (*CERTIFICATE, "scale", "expiring_values"),
]


def written(way):
    text = ""
    for step in way:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text.removeprefix(".")


@pytest.mark.parametrize("way", REQUIRED, ids=written)
def test_a_missing_key(way):
    assert f"{written(way)}: missing" in faults_with((way, DELETE))


@pytest.mark.parametrize(
    ("way", "value", "message"),
    [
        (("framework", "name"), 7, "must be text (in quotes), not a number"),
        (("framework", "name"), "", "empty"),
        (("framework", "slug"), "Not a slug", "must be small letters, digits and hyphens"),
        (("framework", "version"), "one", "must be three numbers such as 1.0.0"),
        (("framework",), [], "must be an object, not a list"),
        (("categories",), {}, "must be a list, not an object"),
        (("categories", 0, "code"), "lab", "must be up to 20 capital letters and digits"),
        ((*CRITERION, "code"), "l 1", "must be capital letters, digits and hyphens"),
        ((*CRITERION, "question"), None, "must be text (in quotes), not nothing"),
        ((*CRITERION, "choices"), "yes", "must be a list, not text"),
        ((*CRITERION, "choices", 0, "value"), True, "must be text (in quotes), not true or false"),
        ((*CRITERION, "choices", 0, "score"), "100", "must be a number, not text"),
        ((*CRITERION, "choices", 0, "score"), 101, "must be from 0 to 100, not 101"),
        ((*CRITERION, "choices", 1, "value"), "yes", "duplicate value yes"),
        ((*CRITERION, "evidence", "required"), "yes", "must be true or false, not text"),
        ((*CRITERION, "must_have", "min_score"), -1, "must be from 0 to 100, not -1"),
        (
            (*CRITERION, "must_have", "min_evidence"),
            "rejected",
            "must be one of claimed, documented, verified",
        ),
        ((*NUMBER, "tiers", 1), 4, "must be 1, 2 or 3"),
        ((*NUMBER, "tiers", 1), 1, "duplicate tier 1"),
        ((*NUMBER, "tiers"), [], "empty"),
        ((*NUMBER, "scale", "points"), [[50, 0]], "fewer than two"),
        ((*NUMBER, "scale", "points"), [[50, 0], [40, 100]], "not ascending"),
        ((*NUMBER, "scale", "points"), [[50, 0], [50, 100]], "not ascending"),
        ((*NUMBER, "scale", "max"), 0, "must be above min"),
        ((*NUMBER, "scale", "type"), "age_months", "must be piecewise_linear for percentage"),
        ((*DATE, "scale", "missing_score"), 120, "must be from 0 to 100, not 120"),
        ((*CERTIFICATE, "scale", "expiring_values", 0), "gold", "gold is not one of the choices"),
        ((*CERTIFICATE, "scale", "grace_days"), 1.5, "must be a whole number, not a number"),
        ((*CERTIFICATE, "scale", "grace_days"), -1, "must be from 0 to 3650, not -1"),
        ((*NUMBER, "weight"), 0, "must be above 0"),
        ((*NUMBER, "answer_type"), "essay", None),
        ((*NUMBER, "sources"), ["ok", 3], None),
        ((*NUMBER, "sources"), ["x" * 501], None),
        (("scoring", "evidence_levels", 0, "value"), "sure", None),
        (("scoring", "evidence_levels", 1, "value"), "claimed", "duplicate value claimed"),
        (("scoring", "bands", 1, "value"), "G", "must be one of A, B, C, D, E"),
        (("scoring", "evidence_levels", 0, "coefficient"), 1.2, "must be from 0 to 1, not 1.2"),
        (("scoring", "category_floor", "cap_band"), "F", "F is not one of the bands"),
        (("scoring", "bands", 1, "min"), 90, "not descending"),
        (("scoring", "bands", 1, "value"), "A", None),
    ],
)
def test_a_wrong_value(way, value, message):
    found = faults_with((way, value))
    if message is None:
        assert any(fault.startswith(written(way)) for fault in found)
    else:
        assert f"{written(way)}: {message}" in found


def test_points_are_pairs_within_what_may_be_entered():
    way, place = (*NUMBER, "scale", "points"), "categories[0].criteria[1].scale.points"
    assert faults_with((way, [[50, 0], [100]])) == [
        f"{place}[1]: must be a pair of value and score, not a list"
    ]
    assert faults_with((way, [[50, 0], [120, 100]])) == [
        f"{place}[1]: value lies outside what may be entered"
    ]
    assert faults_with((way, [[50, -1], [100, 100]])) == [
        f"{place}[0]: score must be from 0 to 100"
    ]


def test_weights_sum_to_100_exactly():
    assert faults_with((("categories", 0, "weight"), 39.9)) == [
        "categories: weights sum to 99.9, not 100"
    ]
    assert faults_with(((*NUMBER, "weight"), 36)) == [
        "categories[0].criteria: weights sum to 101, not 100"
    ]
    assert faults_with((("categories", 0, "weight"), 0), (("categories", 1, "weight"), 75)) == [
        "categories[0].weight: must be above 0"
    ]


def test_tenths_sum_exactly():
    document = copy.deepcopy(PLAIN)
    for criterion, weight in zip(
        document["categories"][0]["criteria"], (0.1, 0.2, 99.7), strict=True
    ):
        criterion["weight"] = weight
    assert parse_framework(yaml.safe_dump(document)).slug == "worked-example"


def test_duplicate_codes():
    assert faults_with((("categories", 1, "code"), "LAB")) == [
        "categories[1].code: duplicate code LAB"
    ]
    assert faults_with(((*CERTIFICATE, "code"), "L1")) == [f"{CERT}.code: duplicate code L1"]


def test_a_must_have_is_in_every_tier():
    assert faults_with(((*CRITERION, "tiers"), [1, 3])) == [
        f"{FIRST}.tiers: a must-have is asked in every tier; missing: 2"
    ]


def test_choices_and_scales_where_they_do_not_belong():
    scale = PLAIN["categories"][0]["criteria"][1]["scale"]
    choices = PLAIN["categories"][0]["criteria"][0]["choices"]
    assert faults_with(((*CRITERION, "scale"), scale)) == [
        f"{FIRST}.scale: not used by yes_partial_no"
    ]
    assert faults_with(((*NUMBER, "choices"), choices)) == [
        "categories[0].criteria[1].choices: not used by percentage"
    ]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ([((2, "coefficient"), 0.7)], "coefficients must rise from claimed to verified"),
        ([((3, "coefficient"), 0.1)], "the coefficient of rejected must be 0"),
        ([((3,), DELETE)], "missing: rejected"),
    ],
)
def test_evidence_levels(changes, fault):
    base = ("scoring", "evidence_levels")
    found = faults_with(*(((*base, *way), value) for way, value in changes))
    assert found == [f"scoring.evidence_levels: {fault}"]


def test_bands_cover_everything():
    assert faults_with((("scoring", "bands", 4, "min"), 10)) == [
        "scoring.bands: must cover 0 to 100: the last band starts at 0"
    ]
    assert faults_with((("scoring", "bands", 3, "value"), "E")) == [
        "scoring.bands[4].value: bands must follow one another from A to E, each once"
    ]


PROFILE = {"name": "People first", "weights": {"LAB": 70, "SEC": 20, "ENV": 10}}


@pytest.mark.parametrize(
    ("profiles", "faults"),
    [
        (
            [PROFILE | {"weights": {"LAB": 70, "SEC": 30}}],
            ["weight_profiles[0].weights.ENV: missing"],
        ),
        (
            [PROFILE | {"weights": {"LAB": 70, "SEC": 20, "ENV": 11}}],
            ["weight_profiles[0].weights: weights sum to 101, not 100"],
        ),
        (
            [PROFILE | {"weights": {"LAB": 70, "SEC": 20, "ENV": 10, "XYZ": 0}}],
            ["weight_profiles[0].weights.XYZ: unknown category"],
        ),
        (
            [PROFILE, copy.deepcopy(PROFILE)],
            ["weight_profiles[1].name: duplicate name People first"],
        ),
        ([PROFILE | {"name": "Balanced"}], ["weight_profiles[0].name: duplicate name Balanced"]),
        ([PROFILE | {"colour": 1}], ["weight_profiles[0].colour: unknown key"]),
    ],
)
def test_weight_profiles(profiles, faults):
    assert faults_with((("weight_profiles",), profiles)) == faults


TEXT = {"type": "assessor_rating", "min": 0, "max": 5, "points": [[0, 0], [5, 100]]}


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({}, []),
        ({"max": 10}, ["max: must be 5"]),
        ({"min": 1}, ["min: must be 0"]),
        ({"max": "5"}, ["max: must be a number, not text"]),
        ({"points": [[0, 0], [6, 100]]}, ["points[1]: value lies outside what may be entered"]),
        ({"unit": "points"}, ["unit: unknown key"]),
    ],
)
def test_ratings_run_from_0_to_5(change, faults):
    document = copy.deepcopy(PLAIN)
    put(document, (*NUMBER, "answer_type"), "text")
    put(document, (*NUMBER, "scale"), {**TEXT, **change})
    text = yaml.safe_dump(document, sort_keys=False)
    if faults:
        place = "categories[0].criteria[1].scale"
        assert faults_of(text) == [f"{place}.{fault}" for fault in faults]
    else:
        assert parse_framework(text).criterion("L2").scale.max == 5


def test_all_faults_are_named_at_once():
    found = faults_with(
        ((*CRITERION, "weight"), "forty"), ((*NUMBER, "colour"), 1), (("framework", "name"), DELETE)
    )
    assert len(found) == 4  # the three, and a sum that can no longer be 100


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "(file): must be an object with framework, scoring, categories"),
        ("- a", "(file): must be an object with framework, scoring, categories"),
        ("a: [1", "line 1: not YAML: expected ',' or ']', but got '<stream end>'"),
        ("a: 1\na: 2", "a: given twice"),
        ("a:\n  - b: 1\n    b: 2", "a[0].b: given twice"),
        ("a: &x [1]\nb: *x", "line 1: anchors and aliases are not allowed"),
        ("b: *x", "line 1: anchors and aliases are not allowed"),
        ("a: !!python/object:os.system {}", "line 1: tags are not allowed"),
        ("a: 1\n---\nb: 2", "line 2: holds more than one document"),
        ("? [a]\n: 1", "line 1: keys must be text"),
        ("a: " + "[" * 50 + "]" * 50, "line 1: nested deeper than 20 levels"),
        ("a: \x00", None),
    ],
)
def test_texts_that_are_no_framework(text, fault):
    found = faults_of(text)
    assert len(found) == 1
    assert fault is None or found == [fault]


def test_a_file_beyond_two_megabytes():
    assert faults_of("#" + "x" * 2_000_000) == ["(file): larger than 2,000,000 bytes"]


def test_an_anchor_bomb_is_refused_at_once():
    bomb = 'a: &a ["x"]\n' + "\n".join(f"b{n}: &b{n} [*a, *a]" for n in range(9))
    assert faults_of(bomb) == ["line 1: anchors and aliases are not allowed"]


@pytest.mark.parametrize("number", [".inf", ".nan", "1e5", "0x1F", "1_000", "1:30", "2026-11-01"])
def test_numbers_in_other_notations_are_text_and_refused(number):
    document = yaml.safe_dump(PLAIN, sort_keys=False).replace("below: 40.0", f"below: {number}")
    assert faults_of(document) == [
        "scoring.category_floor.below: must be a number, not text",
    ]


def test_a_number_of_absurd_length_is_named():
    document = yaml.safe_dump(PLAIN, sort_keys=False).replace("below: 40.0", "below: " + "1" * 5000)
    assert faults_of(document) == [
        "scoring.category_floor.below: is a number that is not finite or too long"
    ]


def test_numbers_are_exact():
    document = yaml.safe_dump(PLAIN, sort_keys=False).replace(
        "coefficient: 0.8", "coefficient: 0.1"
    )
    document = document.replace("coefficient: 0.5", "coefficient: 0.1")
    level = parse_framework(document).scoring.level("documented")
    assert level.coefficient * 10 == 1


def test_the_document_is_canonical_and_loads_to_the_same():
    for framework in (shipped(), small()):
        again = load_document(framework.document)
        assert again.document == framework.document
        assert again.fingerprint == framework.fingerprint == digest(framework.document)
        assert again.categories == framework.categories
        assert again.scoring == framework.scoring
        assert again.weight_profiles == framework.weight_profiles


def test_the_fingerprint_sees_content_and_not_layout():
    text = SHIPPED.read_text()
    assert parse_framework(f"# a remark\n{text}\n").fingerprint == shipped().fingerprint
    assert parse_framework(yaml.safe_dump(PLAIN)).fingerprint == small().fingerprint
    other = text.replace("min: 85.0", "min: 86.0")
    assert parse_framework(other).fingerprint != shipped().fingerprint
    same = text.replace("min: 85.0", "min: 85")
    assert parse_framework(same).fingerprint == shipped().fingerprint


def test_a_stored_document_is_checked_as_a_file_is():
    with pytest.raises(FrameworkError) as caught:
        load_document(canonical_json({"framework": {}}))
    assert "framework.slug: missing" in [str(fault) for fault in caught.value.faults]
    with pytest.raises(FrameworkError, match="given twice"):
        load_document('{"framework": 1, "framework": 2}')


def test_what_a_framework_offers():
    framework = shipped()
    assert framework.criterion("LAB-01").label("partial").startswith("Partly")
    assert framework.criterion("LAB-01").label("other") == "other"
    assert framework.category_of("LAB-01").code == "LAB"
    assert framework.scoring.band("A").label == "Leading"
    assert [profile.name for profile in framework.weight_profiles] == ["People first", "Data first"]
    assert sum(framework.weights.values()) == 100
    with pytest.raises(KeyError):
        framework.criterion("ZZZ-01")
    with pytest.raises(KeyError):
        framework.category("ZZZ")
    with pytest.raises(KeyError):
        framework.scoring.band("Z")
