"""Where things lie by default."""

from pathlib import Path

MODELS = Path(__file__).resolve().parent.parent / "models"
"""The folder of models that comes with the code."""

CARD_FILE = "card.md"
"""The card of a model, in its folder."""

_MANIFESTOS = ("manifestos-2025", "manifestos-text")


def manifesto_files(texts: Path) -> list[Path]:
    """The manifestos from which vectors are learnt, below a folder of texts, in the order of their names."""
    files = [path for part in _MANIFESTOS for path in (texts / part).iterdir() if path.suffix in (".txt", ".pdf")]
    return sorted(files, key=lambda path: path.name)
