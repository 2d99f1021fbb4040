"""One immutable Settings: defaults, overlaid by a TOML file, overlaid by flags. Unknown keys fail."""

import dataclasses
import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extract.problems import UsageError
from extract.records import MANIFESTO_PROJECT, POLICY_AREAS, STATEMENTS, THEMES, sha256_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a user may set; every field changes what is extracted, or how much is read at once."""

    language_pipeline: str = "auto"
    """"auto" (nl_core_news_md where it is installed, else nl_manifesto), "nl_manifesto", "blank", or the name or path
    of a spaCy pipeline for Dutch. What has a / in it is a path, from the folder of the settings file or, as a flag, the
    working directory. Without a pipeline ("blank"), proposals have no action, polarity and object."""

    annotate: bool = False
    """Whether all sentences get tokens (lemma, part of speech, morphology, dependency), in a table and as CoNLL-U."""

    codebooks: tuple[str, ...] = (THEMES, POLICY_AREAS, STATEMENTS, MANIFESTO_PROJECT)
    """Folders of `models` whose classifier labels every sentence. Proposals need "statement", and positions
    "manifesto-project"."""

    expected_parties: tuple[str, ...] = ()
    """party_id of each party that must have a section; a Problem says which are missing."""

    max_characters: int = 8_000_000
    """Longest text read, in characters. The longest of 447 Dutch manifestos has 0.48 million."""

    batch_documents: int = 16
    """Documents that a task takes at a time."""


def load_settings(path: Path | None = None, **flags: Any) -> Settings:
    """Settings from a TOML file and flags; flags that are None do not count. Relative paths in them become absolute."""
    given = _checked_all(_read(path), path.absolute().parent) if path else {}
    given |= _checked_all({name: value for name, value in flags.items() if value is not None}, Path.cwd())
    settings = Settings(**given)
    if settings.annotate and settings.language_pipeline == "blank":
        raise UsageError('Setting "annotate" needs a language pipeline; "blank" has nothing to annotate with.')
    return settings


def settings_sha256(settings: Settings) -> str:
    """SHA-256 of the settings, independent of the order in which they were given."""
    return sha256_of(json.dumps(dataclasses.asdict(settings), sort_keys=True))


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UsageError(f"No settings file at {path}.") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"The settings file {path} cannot be read: {error}") from error


def is_path(pipeline: str) -> bool:
    """Whether a language pipeline is named by a path. A bare name never is: no folder that is there takes its place."""
    return any(separator in pipeline for separator in {"/", os.sep})


def _checked_all(given: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    checked = {name: _checked(name, value) for name, value in given.items()}
    pipeline = checked.get("language_pipeline", "")
    return checked | ({"language_pipeline": str(folder / pipeline)} if is_path(pipeline) else {})


def _checked(name: str, value: Any) -> Any:
    fields = {field.name: field for field in dataclasses.fields(Settings)}
    if name not in fields:
        known = ", ".join(sorted(fields))
        raise UsageError(f"There is no setting '{name}'. Settings are: {known}.")
    default = fields[name].default
    if isinstance(default, tuple):
        if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
            raise UsageError(f"Setting '{name}' takes a list of strings, not {value!r}.")
        if len(set(value)) < len(value) or not all(re.fullmatch(r"[\w-]+", each) for each in value):
            raise UsageError(f"Setting '{name}' takes names, each once, not {value!r}.")
        if default and not value:
            raise UsageError(f"Setting '{name}' needs at least one name.")
        return tuple(value)
    if type(value) is not type(default):
        raise UsageError(f"Setting '{name}' takes a {type(default).__name__} such as {default!r}, not {value!r}.")
    if isinstance(value, int) and not isinstance(value, bool) and value < 1:
        raise UsageError(f"Setting '{name}' must be at least 1, not {value}.")
    return value
