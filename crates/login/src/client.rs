//! Logs a user in: begins with a request, and finishes with the callback.

use std::fmt;
use std::sync::Mutex;

use jose_verify::alg::{HashFunction, SHA256, SHA384, SHA512};
use jose_verify::oauth::{ReplayGuard, TokenResponse};
use jose_verify::oidc::{self, HashClaims, Nonce, UserInfo};
use jose_verify::{Check, Claim, Error as TokenError, Verified};
use jose_verify_http::{ConfigError, HttpClient};

use crate::authentication::Authentication;
use crate::error::Error;
use crate::keys::Keys;
use crate::login::{Callback, Expected, Flow, Login, Request};
use crate::provider::{Answer, Provider};
use crate::settings::Settings;
use crate::user::{Tokens, User};

/// The hash functions of all algorithms that an ID Token may be signed with.
const HASHES: &[&dyn HashFunction] = &[&SHA256, &SHA384, &SHA512];

/// The number of logout tokens that are remembered until they expire. Further ones are rejected
/// meanwhile. An entry takes 88 bytes.
const MAX_LOGOUT_TOKENS: usize = 1024;

/// A relying party (client) of one provider. Threads can share it.
pub struct Client {
    pub(crate) settings: Settings,
    pub(crate) provider: Provider,
    authentication: Authentication,
    pub(crate) keys: Keys,
    /// The same keys, but fetched by themselves. Anyone can send logout tokens, and forged ones
    /// must not delay the fetches that logins need.
    pub(crate) logout_keys: Keys,
    pub(crate) logout_tokens: Mutex<Box<ReplayGuard<MAX_LOGOUT_TOKENS>>>,
}

impl Client {
    /// Fetches the metadata of the provider (OpenID Connect Discovery 1.0 §4). The keys are fetched
    /// when they are first needed.
    ///
    /// # Errors
    ///
    /// - The provider does not respond, its metadata names another issuer, or an endpoint is
    ///   missing or neither `https` nor on this machine.
    /// - [`Error::NoCommonAlgorithm`], [`Error::NoCommonAuthentication`]: the metadata lists
    ///   nothing that the settings accept.
    /// - [`Error::NoSecret`], [`Error::Settings`]: a setting cannot be used. For example, the
    ///   client secret is too short for the algorithm.
    pub fn discover(settings: Settings) -> Result<Self, Error> {
        let http = HttpClient::new(&settings.http).map_err(ConfigError::Http)?;
        let provider = Provider::discover(&settings.issuer, http.clone())?;
        let methods = provider.authentication_methods.as_deref();
        let algorithms = settings
            .signed_by
            .accepted(provider.algorithms.as_deref())?;
        Ok(Self {
            authentication: Authentication::resolve(&settings, methods)?,
            keys: Keys::new(&settings, &algorithms, &http)?,
            logout_keys: Keys::new(&settings, &algorithms, &http)?,
            logout_tokens: Mutex::default(),
            provider,
            settings,
        })
    }

    /// Begins a login.
    ///
    /// # Errors
    ///
    /// The system provides no random numbers.
    pub fn begin(&self, flow: Flow) -> Result<Login, Error> {
        self.begin_with(flow, &[])
    }

    /// Begins a login with additional parameters of the request, such as `prompt` or `login_hint`
    /// (OpenID Connect Core §3.1.2.1).
    ///
    /// # Errors
    ///
    /// - [`Error::Parameter`]: the client sets the parameter itself, or would not check its effect,
    ///   as with `max_age`.
    /// - The system provides no random numbers.
    pub fn begin_with(&self, flow: Flow, parameters: &[(&str, &str)]) -> Result<Login, Error> {
        let request = Request {
            endpoint: &self.provider.authorization_endpoint,
            client_id: &self.settings.client_id,
            redirect_uri: &self.settings.redirect_uri,
            scope: &self.settings.scope,
            more: parameters,
        };
        Login::begin(&request, flow)
    }

    /// Finishes a login with the parameters of the callback: the query, the fragment (which the
    /// page must pass on), or the body of a form.
    ///
    /// After [`Error::StateMismatch`], the login is as before, and its own callback can still
    /// finish it. A callback with its `state` uses the login up, whether or not the user is logged
    /// in.
    ///
    /// # Errors
    ///
    /// The reason why the login failed.
    pub fn finish(&self, login: &Login, parameters: &str) -> Result<User, Error> {
        let expected = Expected {
            authorization_endpoint: &self.provider.authorization_endpoint,
            issuer: &self.settings.issuer,
            sends_issuer: self.provider.sends_issuer,
        };
        let callback = Callback::parse(parameters, login, &expected)?;
        let code = callback.code.ok_or(Error::Callback("code"))?;
        let from_browser = match login.flow {
            Flow::Code => None,
            Flow::Hybrid => {
                let token = callback.id_token.ok_or(Error::Callback("id_token"))?;
                Some(self.subject_from_browser(&token, &code, login)?)
            }
        };
        let tokens = self.request_tokens(vec![
            ("grant_type", "authorization_code".to_owned()),
            ("code", code),
            ("redirect_uri", self.settings.redirect_uri.clone()),
            ("code_verifier", login.verifier.clone()),
        ])?;
        let token = tokens
            .id_token
            .as_deref()
            .ok_or(TokenError::MalformedTokenResponse)?;
        let policy = self.id_token_policy(Nonce::Sent(&login.nonce));
        self.keys.verify(token, &policy, &[], |id_token| {
            check_access_token(id_token, &tokens)?;
            let subject = subject(id_token)?;
            // Core §3.3.3.6: `iss` and `sub` are the same in both. The policy has already compared
            // `iss` of both with the settings.
            if from_browser.as_ref().is_some_and(|first| *first != subject) {
                return Ok(Err(Error::DifferentUsers));
            }
            let user_info = self.user_info(id_token, &tokens.access_token);
            let claims = id_token.claims().as_raw();
            Ok(user_info.map(|user_info| User::new(&tokens, subject, claims, token, user_info)))
        })?
    }

    /// Verifies an ID Token that came through the browser, which must contain the hash of the code
    /// (Core §3.3.2). Returns its subject.
    fn subject_from_browser(
        &self,
        token: &str,
        code: &str,
        login: &Login,
    ) -> Result<String, Error> {
        let policy = self.id_token_policy(Nonce::Sent(&login.nonce));
        self.keys.verify(token, &policy, &[], |id_token| {
            let hash_claims = HashClaims {
                state: Check::IfPresent(login.state()),
                ..HashClaims::from_authorization_endpoint(None, Some(code))
            };
            hash_claims.check(id_token, HASHES)?;
            subject(id_token)
        })
    }

    pub(crate) fn id_token_policy<'p>(&'p self, nonce: Nonce<'p>) -> jose_verify::Policy<'p> {
        oidc::id_token(&self.settings.issuer, &self.settings.client_id, nonce)
    }

    /// Exchanges a grant for tokens (RFC 6749 §4.1.3, RFC 7636 §4.5, RFC 6749 §6).
    pub(crate) fn request_tokens(
        &self,
        mut form: Vec<(&'static str, String)>,
    ) -> Result<Tokens, Error> {
        let endpoint = &self.provider.token_endpoint;
        let now = self.settings.clock.now();
        let authorization = self
            .authentication
            .apply(&self.settings, endpoint, now, &mut form)?;
        let answer = self
            .provider
            .request_tokens(&form, authorization.as_deref())?;
        let response = TokenResponse::parse(&answer.body)?;
        if !response.is_bearer() {
            return Err(Error::TokenType);
        }
        Ok(Tokens::read(&response))
    }

    /// Fetches the claims about the user of this ID Token, as JSON or as a signed JWT (Core §5.3).
    fn user_info(
        &self,
        id_token: &Verified<'_>,
        access_token: &str,
    ) -> Result<Option<String>, Error> {
        let Some(url) = &self.provider.user_info_endpoint else {
            return Ok(None);
        };
        let Answer { body, is_jwt } = self.provider.get_user_info(url, access_token)?;
        if !is_jwt {
            let user_info = UserInfo::parse(&body, id_token)?;
            return Ok(Some(user_info.claims().as_raw().to_owned()));
        }
        let token = String::from_utf8_lossy(&body);
        let policy = oidc::user_info(&self.settings.issuer, &self.settings.client_id);
        self.keys.verify(&token, &policy, &[], |response| {
            let user_info = UserInfo::from_verified(response, id_token)?;
            Ok(Some(user_info.claims().as_raw().to_owned()))
        })
    }
}

/// Checks the hash of the access token that came with an ID Token, if it is present (Core
/// §3.1.3.8).
pub(crate) fn check_access_token(
    id_token: &Verified<'_>,
    tokens: &Tokens,
) -> Result<(), TokenError> {
    HashClaims::from_token_endpoint(&tokens.access_token).check(id_token, HASHES)
}

fn subject(id_token: &Verified<'_>) -> Result<String, TokenError> {
    let subject = id_token.claims().subject();
    let subject = subject.ok_or(TokenError::missing(Claim::Sub))?;
    Ok(subject.to_string())
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
