"""What the service counts for Prometheus."""

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Counter("pysar_requests", "Requests answered", ["route", "status"])
SECONDS = Histogram(
    "pysar_request_seconds", "Time from a request's head to its answer", ["route"],
    buckets=(0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.125, 0.25, 0.5, 1, 2, 4, 8),
)  # fmt: skip
UNDER_WAY = Gauge("pysar_requests_under_way", "Requests that are worked on")
