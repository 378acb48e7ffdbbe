"""Which modules of Pysar a stage imports: src/workspace/imported_code.py says it."""

from src.workspace.imported_code import WITHOUT_EFFECT, _only_says, modules_in, modules_with_effect

__all__ = ["WITHOUT_EFFECT", "_only_says", "modules_in", "modules_with_effect"]
