//! A login in progress: its secrets, the authorization request, and the callback.

use base64ct::{Base64UrlUnpadded, Encoding};
use jose_verify::alg::{HashFunction, MAX_DIGEST_LEN, SHA256};

use crate::error::Error;

/// How the ID Token is returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// From the token endpoint: `response_type` is `code` (OpenID Connect Core §3.1).
    Code,
    /// Once through the browser, and again from the token endpoint: `response_type` is
    /// `code id_token` (§3.3).
    Hybrid,
}

/// A login in progress, which can be finished once. Keep it where only requests of this browser
/// have access to it.
///
/// Not `Debug`, because it contains the secrets that bind the callback to the login.
pub struct Login {
    pub(crate) flow: Flow,
    pub(crate) state: String,
    pub(crate) nonce: String,
    /// The code verifier (RFC 7636 §4.1).
    pub(crate) verifier: String,
    url: String,
}

/// The client's parameters of the authorization request.
pub(crate) struct Request<'a> {
    pub(crate) endpoint: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) redirect_uri: &'a str,
}

impl Login {
    pub(crate) fn begin(request: &Request<'_>, flow: Flow) -> Result<Self, Error> {
        let (state, nonce, verifier) = (random()?, random()?, random()?);
        let challenge = code_challenge(&verifier);
        let separator = if request.endpoint.contains('?') {
            '&'
        } else {
            '?'
        };
        let mut url = format!("{}{separator}", request.endpoint);
        let from = url.len();
        form_urlencoded::Serializer::for_suffix(&mut url, from).extend_pairs([
            ("response_type", flow.response_type()),
            ("client_id", request.client_id),
            ("redirect_uri", request.redirect_uri),
            ("scope", "openid profile email"),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]);
        Ok(Self {
            flow,
            state,
            nonce,
            verifier,
            url,
        })
    }

    /// Returns the address to send the browser to.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Flow {
    const fn response_type(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Hybrid => "code id_token",
        }
    }
}

/// The parameters of the callback: the query, the fragment, or the body of a form.
#[derive(Default)]
pub(crate) struct Callback {
    pub(crate) code: Option<String>,
    pub(crate) id_token: Option<String>,
}

impl Callback {
    /// Parses the callback of this login.
    pub(crate) fn parse(parameters: &str, login: &Login, issuer: &str) -> Result<Self, Error> {
        let mut callback = Self::default();
        let (mut state, mut iss, mut error) = (None, None, None);
        for (name, value) in form_urlencoded::parse(parameters.as_bytes()) {
            let (slot, name) = match &*name {
                "code" => (&mut callback.code, "code"),
                "id_token" => (&mut callback.id_token, "id_token"),
                "state" => (&mut state, "state"),
                "iss" => (&mut iss, "iss"),
                "error" => (&mut error, "error"),
                _ => continue,
            };
            // RFC 6749 §3.1: parameters must not be duplicated.
            if slot.replace(value.into_owned()).is_some() {
                return Err(Error::Callback(name));
            }
        }
        if state.as_ref() != Some(&login.state) {
            return Err(Error::StateMismatch);
        }
        // RFC 9207 §2.4.
        if iss.is_some_and(|iss| iss != issuer) {
            return Err(Error::IssuerMismatch);
        }
        error.map_or(Ok(callback), |error| Err(Error::Refused(error)))
    }
}

/// Returns 256 random bits in base64url, as RFC 7636 §4.1 recommends for a code verifier.
fn random() -> Result<String, Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(Base64UrlUnpadded::encode_string(&bytes))
}

/// Returns the code challenge of the method `S256` (RFC 7636 §4.2).
fn code_challenge(verifier: &str) -> String {
    let mut buffer = [0; MAX_DIGEST_LEN];
    Base64UrlUnpadded::encode_string(SHA256.digest(&[verifier.as_bytes()], &mut buffer))
}
