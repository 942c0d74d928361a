"""Grades Jupyter notebooks, and tells each student which mistake was made."""

__version__ = "0.1.0"
