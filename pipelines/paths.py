"""Where things lie by default."""

from pathlib import Path

MODELS = Path(__file__).resolve().parent.parent / "models"
"""The folder of models that comes with the code."""
