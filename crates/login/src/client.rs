//! Logs a user in: begins with a request, and finishes with the callback.

use jose_verify::alg::{Algorithms, HashFunction, SHA256, SHA384, SHA512};
use jose_verify::json::JsonStr;
use jose_verify::oauth::{ProviderMetadata, TokenResponse};
use jose_verify::oidc::{self, HashClaims, Nonce, UserInfo};
use jose_verify::{Check, Claim, Verified};

use crate::error::Error;
use crate::http::{Answer, Http};
use crate::keys::KeySource;
use crate::login::{Callback, Flow, Login, Request};

/// The hash functions of all algorithms that an ID Token may be signed with.
const HASHES: &[&dyn HashFunction] = &[&SHA256, &SHA384, &SHA512];

/// The registration of the client with the provider.
#[derive(Clone)]
pub struct Settings {
    /// The issuer identifier of the provider, exactly as in its metadata.
    pub issuer: String,
    /// The client identifier.
    pub client_id: String,
    /// The client secret, if the client can keep one confidential.
    pub client_secret: Option<String>,
    /// The address to which browsers are redirected after the login.
    pub redirect_uri: String,
    /// How ID Tokens are signed. The client decides this, not the provider or the token.
    pub signed_by: SignedBy,
}

/// How ID Tokens are signed.
#[derive(Clone, Copy)]
pub enum SignedBy {
    /// With one of these algorithms, by a key that the provider publishes.
    PublishedKeys(Algorithms),
    /// With one of these, by the client's secret.
    ClientSecret(Algorithms),
}

/// A user who has logged in.
///
/// Not `Debug`, because the access token is a secret.
pub struct User {
    /// `sub`, which is unique at this provider.
    pub subject: String,
    /// The claims of the ID Token, as JSON.
    pub claims: String,
    /// The claims of the `UserInfo` endpoint, as JSON. `None` if the provider does not have one.
    pub user_info: Option<String>,
    /// The access token, for requests on behalf of the user.
    pub access_token: String,
}

/// A relying party (client) of one provider.
pub struct Client {
    settings: Settings,
    http: Http,
    keys: KeySource,
    authorization_endpoint: String,
    token_endpoint: String,
    user_info_endpoint: Option<String>,
}

impl Client {
    /// Fetches the metadata of the provider (OpenID Connect Discovery 1.0 §4).
    ///
    /// # Errors
    ///
    /// The provider does not respond, its metadata names another issuer, or an endpoint is missing.
    /// Or ID Tokens are signed with the client secret, and it is missing or too short.
    pub fn discover(settings: Settings) -> Result<Self, Error> {
        let http = Http::new();
        let base = settings.issuer.trim_end_matches('/');
        let text = http
            .get(&format!("{base}/.well-known/openid-configuration"))?
            .body;
        let metadata = ProviderMetadata::parse(&text, &settings.issuer)?;
        let required = |endpoint: Option<JsonStr<'_>>, name| {
            endpoint
                .map(|url| url.to_string())
                .ok_or(Error::MissingEndpoint(name))
        };
        let keys = match &settings.signed_by {
            SignedBy::PublishedKeys(algorithms) => {
                KeySource::published(required(metadata.jwks_uri(), "jwks_uri")?, algorithms)
            }
            SignedBy::ClientSecret(algorithms) => KeySource::secret(
                settings.client_secret.as_deref().unwrap_or_default(),
                algorithms,
            )?,
        };
        Ok(Self {
            authorization_endpoint: required(
                metadata.authorization_endpoint(),
                "authorization_endpoint",
            )?,
            token_endpoint: required(metadata.token_endpoint(), "token_endpoint")?,
            user_info_endpoint: metadata.user_info_endpoint().map(|url| url.to_string()),
            keys,
            http,
            settings,
        })
    }

    /// Begins a login.
    ///
    /// # Errors
    ///
    /// The system provides no random numbers.
    pub fn begin(&self, flow: Flow) -> Result<Login, Error> {
        let request = Request {
            endpoint: &self.authorization_endpoint,
            client_id: &self.settings.client_id,
            redirect_uri: &self.settings.redirect_uri,
        };
        Login::begin(&request, flow)
    }

    /// Finishes a login with the parameters of the callback: the query, the fragment (which the
    /// page must pass on), or the body of a form. Consumes the login.
    ///
    /// # Errors
    ///
    /// The reason why the login failed.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a login is finished only once"
    )]
    pub fn finish(&mut self, login: Login, parameters: &str) -> Result<User, Error> {
        let callback = Callback::parse(parameters, &login, &self.settings.issuer)?;
        let code = callback.code.ok_or(Error::Callback("code"))?;
        let mut browser_scratch = Vec::new();
        let from_browser = match login.flow {
            Flow::Code => None,
            Flow::Hybrid => {
                let token = callback.id_token.ok_or(Error::Callback("id_token"))?;
                Some(self.id_token_from_browser(&token, &code, &login, &mut browser_scratch)?)
            }
        };

        let answer = self.redeem(&code, &login)?.body;
        let tokens = TokenResponse::parse(&answer)?;
        if !tokens.is_bearer() {
            return Err(Error::TokenType);
        }
        let access_token = tokens.access_token().to_string();
        let token = tokens
            .id_token()
            .ok_or(jose_verify::Error::MalformedTokenResponse)?;
        let mut scratch = Vec::new();
        let id_token = self.id_token(&token.to_string(), &login, &mut scratch)?;
        HashClaims::from_token_endpoint(&access_token).check(&id_token, HASHES)?;
        // Core §3.3.3.6: `iss` and `sub` are the same in both. The policy has already compared
        // `iss` of both with the settings.
        if from_browser.is_some_and(|first| first.claims().subject() != id_token.claims().subject())
        {
            return Err(Error::DifferentUsers);
        }
        Ok(User {
            user_info: self.user_info(&id_token, &access_token)?,
            subject: subject(&id_token)?,
            claims: id_token.claims().as_raw().to_owned(),
            access_token,
        })
    }

    /// Verifies an ID Token that came through the browser, which must contain the hash of the code
    /// (Core §3.3.2).
    fn id_token_from_browser<'b>(
        &mut self,
        token: &str,
        code: &str,
        login: &Login,
        scratch: &'b mut Vec<u8>,
    ) -> Result<Verified<'b>, Error> {
        let id_token = self.id_token(token, login, scratch)?;
        let hash_claims = HashClaims {
            state: Check::IfPresent(&login.state),
            ..HashClaims::from_authorization_endpoint(None, Some(code))
        };
        hash_claims.check(&id_token, HASHES)?;
        Ok(id_token)
    }

    fn id_token<'b>(
        &mut self,
        token: &str,
        login: &Login,
        scratch: &'b mut Vec<u8>,
    ) -> Result<Verified<'b>, Error> {
        let (issuer, client_id) = (&self.settings.issuer, &self.settings.client_id);
        let policy = oidc::id_token(issuer, client_id, Nonce::Sent(&login.nonce));
        self.keys.verify(token, &policy, &self.http, scratch)
    }

    /// Exchanges the code for tokens (RFC 6749 §4.1.3, RFC 7636 §4.5).
    fn redeem(&self, code: &str, login: &Login) -> Result<Answer, Error> {
        let client = (
            &*self.settings.client_id,
            self.settings.client_secret.as_deref(),
        );
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.settings.redirect_uri),
            ("code_verifier", &login.verifier),
        ];
        self.http.post_form(&self.token_endpoint, client, &form)
    }

    /// Fetches the claims about the user of this ID Token, as JSON or as a signed JWT (Core §5.3).
    fn user_info(
        &mut self,
        id_token: &Verified<'_>,
        access_token: &str,
    ) -> Result<Option<String>, Error> {
        let Some(url) = &self.user_info_endpoint else {
            return Ok(None);
        };
        let Answer { body, is_jwt } = self.http.get_with_token(url, access_token)?;
        if !is_jwt {
            let user_info = UserInfo::parse(&body, id_token)?;
            return Ok(Some(user_info.claims().as_raw().to_owned()));
        }
        let mut scratch = Vec::new();
        let token = String::from_utf8_lossy(&body);
        let policy = oidc::user_info(&self.settings.issuer, &self.settings.client_id);
        let response = self
            .keys
            .verify(&token, &policy, &self.http, &mut scratch)?;
        let user_info = UserInfo::from_verified(&response, id_token)?;
        Ok(Some(user_info.claims().as_raw().to_owned()))
    }
}

fn subject(id_token: &Verified<'_>) -> Result<String, Error> {
    let subject = id_token.claims().subject();
    let subject = subject.ok_or(jose_verify::Error::missing(Claim::Sub))?;
    Ok(subject.to_string())
}
