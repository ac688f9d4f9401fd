"""Who somebody is by an identity provider (OpenID Connect: ProConnect, Keycloak): authorization code with PKCE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archiveia.errors import MissingToolError, RefusedError

if TYPE_CHECKING:
    from archiveia.settings import Settings

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
"""Signed with the provider's private key; ``none`` and shared secrets are not trusted."""
TIMEOUT_S = 10
CLOCKS_DIFFER_S = 60


def address_of_login(settings: Settings, *, state: str, nonce: str, verifier: str) -> str:
    """Where the browser is sent to log in.

    Raises:
        MissingToolError: the extra is not installed.
        RefusedError: the provider does not answer as one.
    """
    url, _ = _session(settings).create_authorization_url(
        _provider(settings)["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier
    )
    return str(url)


def identity(settings: Settings, *, code: str, nonce: str, verifier: str) -> str:
    """The identity that the provider proves for this code: the claim that the settings name.

    Raises:
        MissingToolError: the extra is not installed.
        RefusedError: the answer is not the provider's, not for us, not for this log-in, too old, or names nobody.
    """
    import requests
    from authlib.common.errors import AuthlibBaseError
    from joserfc.errors import JoseError

    provider = _provider(settings)
    session = _session(settings)
    try:
        token = session.fetch_token(
            provider["token_endpoint"], code=code, code_verifier=verifier, timeout=TIMEOUT_S
        )
        claims = _verified(_text(token, "id_token"), provider, settings, nonce=nonce)
        if settings.oidc_claim not in claims and "userinfo_endpoint" in provider:
            claims = _told_of(session.get(provider["userinfo_endpoint"], timeout=TIMEOUT_S), claims, provider)
    except (AuthlibBaseError, JoseError, requests.RequestException, ValueError, KeyError) as error:
        raise _untrusted(f"{type(error).__name__}: {error}") from error
    found = claims.get(settings.oidc_claim)
    if not isinstance(found, str) or not found.strip():
        raise _untrusted(f"no {settings.oidc_claim}")
    if settings.oidc_claim == "email" and claims.get("email_verified") is False:
        raise _untrusted("email not verified")
    return found.strip()


def _provider(settings: Settings) -> dict[str, Any]:
    """What the provider says of itself, which must name it as the settings do."""
    import requests

    issuer = settings.oidc_issuer
    try:
        answer = requests.get(f"{issuer.rstrip('/')}/.well-known/openid-configuration", timeout=TIMEOUT_S)
        answer.raise_for_status()
        said: dict[str, Any] = answer.json()
        if said["issuer"] != issuer or not said["jwks_uri"]:
            raise _untrusted(f"issuer {said['issuer']}")
    except (requests.RequestException, ValueError, KeyError, TypeError) as error:
        raise RefusedError(
            f"the identity provider {issuer} does not answer: {type(error).__name__}",
            "log in with a password, or tell an administrator",
        ) from error
    return said


def _session(settings: Settings) -> Any:
    try:
        from authlib.integrations.requests_client import OAuth2Session
    except ModuleNotFoundError as error:
        raise MissingToolError("Authlib is not installed", "install archiveia[oidc]") from error
    return OAuth2Session(
        settings.oidc_client_id,
        settings.oidc_client_secret.get_secret_value(),
        scope=settings.oidc_scope,
        redirect_uri=settings.oidc_redirect_url,
        code_challenge_method="S256",
    )


def _verified(id_token: str, provider: dict[str, Any], settings: Settings, *, nonce: str) -> dict[str, Any]:
    """The claims of a token that the provider signed, for us, for this log-in, today."""
    from joserfc import jwt

    claims = jwt.decode(id_token, _keys(provider), algorithms=ALGORITHMS).claims
    jwt.JWTClaimsRegistry(
        leeway=CLOCKS_DIFFER_S,
        iss={"essential": True, "value": provider["issuer"]},
        aud={"essential": True, "value": settings.oidc_client_id},
        nonce={"essential": True, "value": nonce},
        sub={"essential": True},
        exp={"essential": True},
    ).validate(claims)
    if claims.get("azp", settings.oidc_client_id) != settings.oidc_client_id:
        raise _untrusted(f"azp {claims['azp']}")
    return dict(claims)


def _told_of(answer: Any, claims: dict[str, Any], provider: dict[str, Any]) -> dict[str, Any]:
    """The claims with those of userinfo, in JSON or signed (ProConnect), about the same subject."""
    from joserfc import jwt

    answer.raise_for_status()
    if "jwt" in answer.headers.get("content-type", ""):
        more = jwt.decode(answer.text, _keys(provider), algorithms=ALGORITHMS).claims
    else:
        more = answer.json()
    if more.get("sub") != claims["sub"]:
        raise _untrusted("userinfo of another subject")
    return {**more, **claims}


def _keys(provider: dict[str, Any]) -> Any:
    import requests
    from joserfc.jwk import KeySet

    answer = requests.get(provider["jwks_uri"], timeout=TIMEOUT_S)
    answer.raise_for_status()
    return KeySet.import_key_set(answer.json())


def _text(token: dict[str, Any], name: str) -> str:
    if not isinstance(token.get(name), str):
        raise _untrusted(f"no {name}")
    return str(token[name])


def _untrusted(why: str) -> RefusedError:
    return RefusedError(
        f"the answer of the identity provider cannot be trusted: {why}",
        "log in again, or tell an administrator",
    )
