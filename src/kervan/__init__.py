"""Run and plan multimodal freight corridors."""

__version__ = "0.1.0"
