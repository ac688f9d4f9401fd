"""Logging in by OpenID Connect, against a fake provider with real keys: what is right, and every wrong answer."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from town_hall import NAME, TestClient

pytest.importorskip("authlib", reason="extra oidc is not installed")

from fake_identity_provider import (  # after the check: it signs with the extra's library
    CLIENT,
    SECRET,
    serving,
)
from joserfc.jwk import RSAKey

from archiveia.edges import database
from archiveia.edges.database import decisions, people
from archiveia.settings import Settings
from search_ui.app import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fake_identity_provider import Provider
    from httpx import Response
    from town_hall import Town


@pytest.fixture
def provider() -> Iterator[Provider]:
    with serving() as found:
        yield found


@pytest.fixture
def browser(town: Town, provider: Provider) -> Iterator[TestClient]:
    more = {
        "oidc_issuer": provider.issuer,
        "oidc_client_id": CLIENT,
        "oidc_client_secret": SECRET,
        "oidc_redirect_url": "http://testserver/connexion/retour",
    }
    settings = Settings(**{**town.settings.model_dump(), **more})
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        edges = client.app.state.edges
        with database.writing(edges.database) as connection:
            account = people.user_named(connection, edges.entity, NAME)
            people.change(connection, account.id, oidc_subject="a.durand@ville.example")
        yield client


def come_back(browser: TestClient, provider: Provider, **changed: str) -> Response:
    sent = browser.get("/connexion/identite?suite=/bureau/recherche", follow_redirects=False)
    state = provider.visited(sent.headers["location"])
    return browser.get(
        "/connexion/retour", params={"state": state, "code": "c"} | changed, follow_redirects=False
    )


def is_in(browser: TestClient) -> bool:
    return browser.get("/bureau", follow_redirects=False).status_code == 200


@pytest.mark.parametrize("signed", [False, True], ids=["userinfo in JSON", "userinfo signed"])
def test_the_account_of_the_proved_identity_is_logged_in(browser, provider, signed):
    provider.signed_userinfo = signed
    assert "ProConnect" in browser.get("/connexion").text
    answer = come_back(browser, provider)
    assert (answer.status_code, answer.headers["location"]) == (303, "/bureau/recherche")
    assert is_in(browser)


def test_the_identity_may_stand_in_the_token_itself(browser, provider):
    provider.claims = {"email": "a.durand@ville.example"}
    provider.told = {}
    assert come_back(browser, provider).status_code == 303
    assert is_in(browser)


WRONG = {
    "another nonce": {"nonce": "celui d’une autre connexion"},
    "for another client": {"aud": "une autre application"},
    "given to another client": {"aud": [CLIENT, "autre"], "azp": "autre"},
    "of another issuer": {"iss": "https://ailleurs.example"},
    "too old": {"exp": int(time.time()) - 3600},
    "of nobody": {"sub": None},
}


@pytest.mark.parametrize("claims", WRONG.values(), ids=WRONG)
def test_a_wrong_token_opens_nothing(browser, provider, claims):
    provider.claims = claims
    answer = come_back(browser, provider)
    assert answer.status_code == 403
    assert "pas digne de confiance" in answer.text
    assert not is_in(browser)


def test_a_token_signed_by_another_key_opens_nothing(browser, provider):
    provider.signs_with = RSAKey.generate_key(2048, parameters={"kid": "k"})
    assert come_back(browser, provider).status_code == 403
    assert not is_in(browser)


def test_what_another_subject_is_told_opens_nothing(browser, provider):
    provider.told = {"sub": "43", "email": "a.durand@ville.example"}
    assert come_back(browser, provider).status_code == 403


def test_an_address_that_the_provider_has_not_verified_opens_nothing(browser, provider):
    provider.told = provider.told | {"email_verified": False}
    assert come_back(browser, provider).status_code == 403


def test_a_state_that_this_browser_was_not_given_opens_nothing(browser, provider):
    assert come_back(browser, provider, state="x" * 43).status_code == 403
    assert not is_in(browser)


def test_a_log_in_comes_back_once(browser, provider):
    sent = browser.get("/connexion/identite", follow_redirects=False)
    state = provider.visited(sent.headers["location"])
    cookie = browser.cookies["archiveia_etat"]
    params = {"state": state, "code": "c"}
    assert browser.get("/connexion/retour", params=params, follow_redirects=False).status_code == 303
    browser.cookies.clear()
    browser.cookies["archiveia_etat"] = cookie
    assert browser.get("/connexion/retour", params=params, follow_redirects=False).status_code == 403


def test_a_proved_identity_without_account_is_told_so_and_journalled(browser, provider):
    provider.told = {"sub": "42", "email": "inconnu@ville.example"}
    answer = come_back(browser, provider)
    assert answer.status_code == 403
    assert "aucun compte" in answer.text.casefold()
    edges = browser.app.state.edges
    with database.reading(edges.database) as connection:
        assert decisions.journal_list(connection, edges.entity)[0].action == "login_refused"


def test_a_provider_that_is_down_leaves_the_password(browser, provider, monkeypatch):
    monkeypatch.setattr(provider, "answers", lambda *_: None)
    answer = browser.get("/connexion/identite", follow_redirects=False)
    assert answer.status_code == 503
    assert 'name="mot_de_passe"' in answer.text
