"""Signing in and out, and the tokens of programs."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request, Response

from sosie.errors import NotFound, UsageError
from sosie.server.schemas.system import Session, SignIn, Token, TokenInput, Tokens, User
from sosie.server.security.callers import Caller, caller_of
from sosie.server.security.roles import admin, anyone
from sosie.server.security.sessions import COOKIE
from sosie.server.security.tokens import make_token
from sosie.server.state import Shared, State
from sosie.store.access import TokenRow

router = APIRouter(prefix="/api", tags=["session"])


def session_of(state: State, caller: Caller | None) -> Session:
    """Return what a session is to whoever asks. The version of the server is nothing for strangers."""
    known = caller is not None
    user = User(name=caller.name or "admin", role=caller.role) if caller and state.access.required else None
    csrf = state.access.sessions.csrf(caller.session) if caller and caller.session else ""
    return Session(required=state.access.required, user=user, csrf=csrf, version=state.version if known else "")


@router.get("/session", dependencies=[anyone])
def get_session(state: Shared, request: Request) -> Session:
    """Tell whether signing in is needed, who is signed in, and what changes must carry as X-CSRF-Token."""
    return session_of(state, caller_of(request))


@router.post("/session", dependencies=[anyone])
def sign_in(state: Shared, request: Request, response: Response, body: SignIn) -> Session:
    """Sign in: as `admin` with the password, or by the name of a token with its secret."""
    client = request.client.host if request.client else ""
    ticket = state.access.sign_in(body.name, body.password, client)
    if ticket is None:
        raise HTTPException(401, "The name or the password is wrong.")
    request.state.person = ticket.name
    response.set_cookie(
        COOKIE,
        state.access.sessions.write(ticket),
        max_age=int(state.access.lifetime),
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
    return session_of(state, Caller(ticket.name, ticket.role, ticket.id))


@router.delete("/session", dependencies=[anyone])
def sign_out(state: Shared, request: Request, response: Response) -> Session:
    """Sign out: the session ends on all servers."""
    caller = caller_of(request)
    if caller is not None and caller.session:
        request.state.person = caller.name
        state.access.sign_out(request.cookies.get(COOKIE, ""))
        response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
        caller = None
    return session_of(state, caller)


@router.get("/tokens", dependencies=[admin])
def list_tokens(state: Shared) -> Tokens:
    """List all tokens, without their secrets."""
    return Tokens(tokens=[_shown(row) for row in state.access.store.tokens()])


@router.post("/tokens", status_code=201, dependencies=[admin])
def add_token(state: Shared, body: TokenInput) -> Token:
    """Make a token. Its secret is shown this once; with it and the token's name people can also sign in."""
    name = body.name.strip()
    if not name or name == "admin" or not name.isprintable():
        raise UsageError("A token cannot be called so.", next_step="Choose the name of a person or a program.")
    if state.access.store.token_called(name) is not None:
        raise UsageError("There is a token of this name already.", next_step="Choose another name, or remove that one.")
    row, secret = make_token(name, body.role)
    state.access.store.add_token(row)
    return _shown(row, secret)


@router.delete("/tokens/{token}", status_code=204, dependencies=[admin])
def remove_token(state: Shared, token: str) -> None:
    """Remove a token; sessions that began with it end."""
    if not state.access.remove_token(token):
        raise NotFound("There is no such token.", next_step="See the list of tokens.")


def _shown(row: TokenRow, secret: str | None = None) -> Token:
    return Token(id=row.id, name=row.name, role=row.role, created=row.created, last_used=row.last_used, secret=secret)
