"""A web application → the same, for one person on a machine that others use as well: they and their pages stay outside.

Plain ASGI. Whoever can reach the port must show a secret that only the terminal of its owner was told: in the address
at the first visit, in a cookie from then on, or in a header `Authorization: Bearer …` if it is a program.
"""

import html
import logging
import secrets
from collections.abc import Awaitable, Callable, Collection, Iterable, MutableMapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlencode

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

PARAMETER = "token"
"""Of the address at the first visit."""

COOKIE = "manifesto"
"""Name of the cookie, unless another is given: a browser sends the cookies of a host to all its ports."""

POLICY = "frame-ancestors 'none'; base-uri 'self'; object-src 'none'; form-action 'self'"
"""Content-Security-Policy, unless another is given."""

_OURS = "same-origin", "none"  # Sec-Fetch-Site of a page's own requests, and of an address that somebody typed
_FOR_ONE = "This page is for the person who started it. If that is you, use the address that the command printed."
_VIOLATED = 1008  # of a policy, as WebSocket calls it

_log = logging.getLogger(__name__)


def new_token() -> str:
    """A secret of 256 bits, in letters that an address and a cookie may have."""
    return secrets.token_urlsafe(32)


def guarded(
    app: App,
    *,
    hosts: Collection[str],
    token: str,
    cookie: str = COOKIE,
    methods: Collection[str] | None = None,
    websockets: bool = False,
    policy: str = POLICY,
    is_ours: Callable[[Scope], bool] = lambda _: True,
) -> App:
    """Have an application answer only who asks for one of its `hosts` and shows the token.

    `hosts` are what a header Host may say, with the port, such as "127.0.0.1:8001": a page elsewhere that has its name
    point at this machine gets 421. Without the token there is 403, whatever is asked; with it in the address, a cookie
    and a page that goes on to the address without it. (It is no redirect: browsers keep a SameSite=Strict cookie back
    on one that another site, or a file, led to.) The cookie counts for nothing in what another origin sent, such as a
    page at another port. `methods` are those that the application is asked for at all, None if any; websockets are
    refused, but for those who show what a page must, where they are wanted. `is_ours` says whether the one who asks may
    have the token at all. An error of the application is a short
    answer, and a line in the log without a stack trace.
    """
    allowed = frozenset(host.lower() for host in hosts)
    wanted = None if methods is None else frozenset(methods)

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await app(scope, receive, send)
            return
        if scope["type"] == "websocket":
            ours = websockets and _host_is(allowed, scope) and is_ours(scope) and _shows(token, cookie, allowed, scope)
            await (app(scope, receive, send) if ours else _refuse_socket(receive, send))
            return
        if scope["type"] != "http":
            return
        answer = _Answer(scope, send, policy)
        if not _host_is(allowed, scope):
            await answer.says(HTTPStatus.MISDIRECTED_REQUEST, "This address is not served here.")
        elif not is_ours(scope):
            await answer.says(HTTPStatus.FORBIDDEN, "This page is for another user of this machine.")
        elif _address_has(token, scope):
            await answer.goes_on(f"{cookie}={token}; Path=/; HttpOnly; SameSite=Strict", _without_token(token, scope))
        elif not _shows(token, cookie, allowed, scope):
            await answer.says(HTTPStatus.FORBIDDEN, _FOR_ONE)
        elif wanted is not None and scope["method"] not in wanted:
            await answer.says(HTTPStatus.METHOD_NOT_ALLOWED, "Nothing can be written here.")
        else:
            await _answered(app, scope, receive, answer)

    return guard


class _Answer:
    """What goes to the one who asked, with headers that keep it from other pages, caches and frames."""

    def __init__(self, scope: Scope, send: Send, policy: str) -> None:
        self._scope = scope
        self._send = send
        self._headers = [
            (b"cache-control", b"no-store"),
            (b"content-security-policy", policy.encode("latin-1")),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"cross-origin-resource-policy", b"same-origin"),
            (b"referrer-policy", b"no-referrer"),
            (b"x-content-type-options", b"nosniff"),
            (b"x-frame-options", b"DENY"),
        ]
        self.begun = False

    async def send(self, message: Message) -> None:
        """Pass on what the application sends; ours take the place of its headers, and no other origin is let in."""
        if message["type"] == "http.response.start":
            self.begun = True
            taken = {name for name, _ in self._headers}
            kept = [
                (name, value)
                for name, value in message.get("headers", ())
                if name.lower() not in taken and not name.lower().startswith(b"access-control-")
            ]
            message = {**message, "headers": [*kept, *self._headers]}
        await self._send(message)

    async def says(self, status: HTTPStatus, said: str, *, head: str = "", cookie: str | None = None) -> None:
        """Answer with a page of our own; `said` is HTML."""
        page = f'<!doctype html><html lang="en"><meta charset="utf-8">{head}<title>Manifesto Extract</title><p>{said}\n'
        body = page.encode("utf-8")
        headers = [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", str(len(body)).encode("ascii"))]
        if cookie:
            headers.append((b"set-cookie", cookie.encode("ascii")))
        await self.send({"type": "http.response.start", "status": status.value, "headers": headers})
        await self.send({"type": "http.response.body", "body": b"" if self._scope["method"] == "HEAD" else body})

    async def goes_on(self, cookie: str, address: str) -> None:
        """Set a cookie and have the browser go on to another address, which takes the place of this in its history."""
        shown = html.escape(address)
        head = f'<meta http-equiv="refresh" content="0; url={shown}">'
        await self.says(HTTPStatus.OK, f'<a href="{shown}">Go on</a>', head=head, cookie=cookie)


async def _answered(app: App, scope: Scope, receive: Receive, answer: _Answer) -> None:
    try:
        await app(scope, receive, answer.send)
    except Exception as error:  # whatever it is, nobody is shown where on this machine it was
        _log.error("%s %s failed: %s", scope["method"], ascii(scope["path"])[:200], type(error).__name__)
        _log.debug("It came from here:", exc_info=error)
        if not answer.begun:
            await answer.says(HTTPStatus.INTERNAL_SERVER_ERROR, "This could not be shown.")


async def _refuse_socket(receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.close", "code": _VIOLATED})


def _host_is(allowed: Collection[str], scope: Scope) -> bool:
    hosts = _headers(scope, b"host")
    return len(hosts) == 1 and hosts[0].lower() in allowed


def _address_has(token: str, scope: Scope) -> bool:
    return scope["method"] in ("GET", "HEAD") and any(_same(said, token) for said in _said(scope))


def _shows(token: str, cookie: str, allowed: Collection[str], scope: Scope) -> bool:
    """Whether a request has the token as a program has it, or as one of our own pages has it."""
    bearers = (said[7:].strip() for said in _headers(scope, b"authorization") if said[:7].lower() == "bearer ")
    if any(_same(each, token) for each in bearers):
        return True
    return _own(allowed, scope) and any(_same(each, token) for each in _cookies(cookie, scope))


def _own(allowed: Collection[str], scope: Scope) -> bool:
    """Whether a request comes from a page of this origin, or from no page, as far as the browser tells.

    SameSite=Strict does not see to that: all ports of a machine are one site. An origin is "null" where a form of our
    own page is sent, as we send no referrer; what the browser says beside it decides.
    """
    fetched = _headers(scope, b"sec-fetch-site")
    if any(each not in _OURS for each in fetched):
        return False
    origins = _headers(scope, b"origin")
    return all(
        each.lower().partition("://")[2] in allowed or (each == "null" and fetched == ["same-origin"])
        for each in origins
    )


def _cookies(name: str, scope: Scope) -> Iterable[str]:
    """The values of all cookies of a name: a page at another port may have set one more."""
    for line in _headers(scope, b"cookie"):
        for each in line.split(";"):
            key, _, value = each.strip().partition("=")
            if key == name:
                yield value


def _said(scope: Scope) -> list[str]:
    """What the address says the token is."""
    return [value for name, value in _asked(scope) if name == PARAMETER]


def _without_token(token: str, scope: Scope) -> str:
    """The address of a request without the token, within this origin."""
    path: bytes = scope.get("raw_path") or str(scope["path"]).encode("utf-8")
    within = "/" + path.partition(b"?")[0].decode("latin-1").lstrip("/\\")
    rest = [(name, value) for name, value in _asked(scope) if name != PARAMETER or not _same(value, token)]
    return f"{within}?{urlencode(rest)}" if rest else within


def _asked(scope: Scope) -> list[tuple[str, str]]:
    query = scope["query_string"].decode("latin-1")
    return parse_qsl(query, keep_blank_values=True) if f"{PARAMETER}=" in query else []


def _headers(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for each, value in scope["headers"] if each.lower() == name]


def _same(said: str, token: str) -> bool:
    return secrets.compare_digest(said.encode("utf-8", "surrogatepass"), token.encode("utf-8"))
