"""How many cores this process may use, which may be fewer than the machine has."""


def allowed_cores() -> int:
    """Return the cores left by `taskset` and by a container's quota; of a quota of 1.5 both are counted.

    LOKY_MAX_CPU_COUNT sets a lower number.
    """
    from joblib import cpu_count  # noqa: PLC0415  # takes long to import, and few commands count

    return int(cpu_count())
