"""The way to the network that the environment names: proxies, hosts that need none, certificates."""

import os
import re
import ssl
from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from typing import Any
from urllib.request import getproxies

import httpx
from pydantic import HttpUrl, TypeAdapter, ValidationError

from src.common.errors import InputError

_CURE = "set it to http://host:port, or unset it"
_EXEMPT = re.compile(
    r"(?:\[(?P<six>[^\]]*)\]|(?P<name>[^:\s]*))(?::(?P<port>\d+))?|(?P<bare>[0-9a-f:./]+)", re.IGNORECASE
)
_PORTS = {"http": 80, "https": 443}


def open_client(**options: Any) -> httpx.Client:  # noqa: ANN401  # those of httpx.Client
    """Return a client that reaches servers as HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY and SSL_CERT_… say.

    httpx itself refuses `NO_PROXY=[::1]`, and an ALL_PROXY that it cannot use also where it is not needed. Here a bad
    proxy raises InputError when it is asked for the first time.

    Raises:
        InputError: SSL_CERT_FILE or SSL_CERT_DIR is not there, or holds no certificates.
    """
    certificates = _certificates()
    return httpx.Client(trust_env=False, verify=certificates, transport=_ByEnvironment(certificates), **options)


class _ByEnvironment(httpx.BaseTransport):
    """Sends each request, and each redirected one, by its proxy or directly."""

    def __init__(self, certificates: ssl.SSLContext) -> None:
        self._certificates = certificates
        self._proxies = getproxies()
        self._roads: dict[str, httpx.HTTPTransport] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        scheme = self._proxy_of(request.url)
        if scheme not in self._roads:
            self._roads[scheme] = self._road(scheme)
        try:
            return self._roads[scheme].handle_request(request)
        except httpx.TransportError as error:
            if scheme:
                raise type(error)(f"{error} (by way of {_variable(scheme)})") from error
            raise

    def close(self) -> None:
        for road in self._roads.values():
            road.close()

    def _proxy_of(self, url: httpx.URL) -> str:
        """Return which proxy is to be asked: http, https or all; nothing for none."""
        if is_exempt(url, self._proxies.get("no", "")):
            return ""
        return next((scheme for scheme in (url.scheme, "all") if self._proxies.get(scheme)), "")

    def _road(self, scheme: str) -> httpx.HTTPTransport:
        proxy = _checked_proxy(scheme, self._proxies) if scheme else None
        try:
            return httpx.HTTPTransport(verify=self._certificates, proxy=proxy)
        except ImportError:
            raise InputError(f"{_variable(scheme)}: SOCKS proxies are not supported; {_CURE}") from None


def is_exempt(url: httpx.URL, no_proxy: str) -> bool:
    """Tell whether NO_PROXY names the host of an address: itself or its domain, its network, or `*`; with its port.

    Entries that are no host exempt nothing, as in curl.
    """
    port = url.port or _PORTS.get(url.scheme)
    for entry in map(str.strip, no_proxy.split(",")):
        found = _EXEMPT.fullmatch(entry)
        if found and entry and (found["port"] is None or int(found["port"]) == port):
            name = found["six"] or found["name"] or found["bare"] or ""
            if entry == "*" or _names(name, url.host):
                return True
    return False


def _names(name: str, host: str) -> bool:
    try:
        network = ip_network(name, strict=False)
    except ValueError:
        domain = name.lstrip("*.").lower()
        return bool(domain) and f".{host}".endswith(f".{domain}")
    try:
        return ip_address(host) in network
    except ValueError:
        return False


def _checked_proxy(scheme: str, proxies: Mapping[str, str]) -> httpx.Proxy:
    address = proxies[scheme] if "://" in proxies[scheme] else f"http://{proxies[scheme]}"
    try:
        proxy = httpx.Proxy(address)
        if proxy.url.scheme in _PORTS:
            TypeAdapter(HttpUrl).validate_python(address)
    except ValidationError as error:
        raise InputError(f"{_variable(scheme)}: {error.errors()[0]['msg']}; {_CURE}") from None
    except (httpx.InvalidURL, ValueError) as error:
        unknown = "not the address of an HTTP proxy" if isinstance(error, ValueError) else str(error)
        raise InputError(f"{_variable(scheme)}: {unknown}; {_CURE}") from None
    return proxy


def _variable(scheme: str) -> str:
    """Return the name under which the environment holds it; as in curl, that in small letters comes first."""
    small = f"{scheme}_proxy"
    return small if small in os.environ else small.upper()


def _certificates() -> ssl.SSLContext:
    folder = os.environ.get("SSL_CERT_DIR")
    variable = "SSL_CERT_DIR" if folder and not os.environ.get("SSL_CERT_FILE") else "SSL_CERT_FILE"
    try:
        if folder and variable == "SSL_CERT_DIR":
            os.scandir(folder).close()  # OpenSSL takes a folder that is not there for one without certificates
        return httpx.create_ssl_context()
    except OSError as error:
        raise InputError(f"{variable}: no certificates there ({error}); correct or unset it") from None
