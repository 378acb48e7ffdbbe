"""Which faults are made."""

_SIGNS = (
    "Binary: Add_Sub Sub_Add Mul_Div Div_Mul FloorDiv_Div Mod_Mul Pow_Mul BitAnd_BitOr",
    "Comparison: Eq_NotEq NotEq_Eq Lt_LtE LtE_Lt Gt_GtE GtE_Gt Lt_GtE Gt_LtE LtE_Gt GtE_Lt Is_IsNot IsNot_Is",
    "Comparison: In_NotIn NotIn_In",
)
"""Of the operators that replace one sign by another, those whose outcome is a fault that somebody might write.

The others (`a * b` to `a << b`) end in a TypeError: they die whatever is tested, and would flatter the figure.
"""


def excluded_operators() -> str:
    """Return the pattern of cosmic-ray's operators that are left out."""
    kept = [
        f"{kind}Operator_{pair}"
        for line in _SIGNS
        for kind, _, pairs in [line.partition(": ")]
        for pair in pairs.split()
    ]
    return f"core/(?!Replace({'|'.join(kept)})$)Replace(Binary|Comparison)Operator_"
