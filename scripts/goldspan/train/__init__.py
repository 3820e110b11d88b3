"""Training and evaluation of models on a release, behind the extras ``train`` and ``transformers``."""
