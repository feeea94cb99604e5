"""A stored framework as the YAML file that people edit; read again it has the same fingerprint."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import yaml

from vendors.scoring.canonical import number_text
from vendors.scoring.strict_json import read_json

#: The order in which people read a file; what is not named follows by its name.
_ORDER = (
    "framework",
    "scoring",
    "weight_profiles",
    "categories",
    "slug",
    "value",
    "code",
    "name",
    "version",
    "label",
    "question",
    "description",
    "help",
    "answer_type",
    "weight",
    "score",
    "must_have",
    "evidence",
    "tiers",
)


class _Dumper(yaml.SafeDumper):
    """Block style without anchors; numbers keep all their digits."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the signature is PyYAML's
        """The reader takes no anchors, so none are written."""
        return True

    def represent_number(self, value: Decimal) -> yaml.ScalarNode:
        """A number without an exponent."""
        text = number_text(value)
        tag = "tag:yaml.org,2002:float" if "." in text else "tag:yaml.org,2002:int"
        return self.represent_scalar(tag, text)

    def represent_object(self, value: dict[str, Any]) -> yaml.MappingNode:
        """Keys in the order that people read them."""
        last = len(_ORDER)
        places = {name: place for place, name in enumerate(_ORDER)}
        keys = sorted(value, key=lambda key: (places.get(key, last), key))
        return self.represent_mapping("tag:yaml.org,2002:map", [(key, value[key]) for key in keys])


_WRITERS: dict[type, Callable[..., yaml.Node]] = {
    Decimal: _Dumper.represent_number,
    dict: _Dumper.represent_object,
}
for _kind, _writer in _WRITERS.items():
    _Dumper.add_representer(_kind, _writer)


def framework_yaml(document: str) -> str:
    """The YAML text of a framework's canonical JSON."""
    return yaml.dump(
        read_json(document),
        Dumper=_Dumper,
        allow_unicode=True,
        default_flow_style=None,
        sort_keys=False,
        width=100,
    )
