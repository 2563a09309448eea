//! A login in progress: its secrets, the authorization request, and the callback.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use base64ct::{Base64UrlUnpadded, Encoding};
use jose_verify::alg::{HashFunction, MAX_DIGEST_LEN, SHA256};

use crate::error::{Error, ErrorResponse};
use crate::random::random;

/// How the ID Token is returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// From the token endpoint: `response_type` is `code` (OpenID Connect Core §3.1).
    Code,
    /// Once through the browser, and again from the token endpoint: `response_type` is
    /// `code id_token` (§3.3).
    Hybrid,
}

/// A login in progress. Keep it where only requests of this browser have access to it, such as in
/// its session, and remove it after the login.
///
/// A callback with another `state` leaves it as it is, so a request that a stranger induces cannot
/// end it. The first callback with its `state` uses it up, even if the login then fails: later
/// callbacks are rejected without a request to the provider, because a code is valid only once.
pub struct Login {
    pub(crate) flow: Flow,
    state: String,
    pub(crate) nonce: String,
    /// The code verifier (RFC 7636 §4.1).
    pub(crate) verifier: String,
    url: String,
    is_used: AtomicBool,
}

/// The client's parameters of the authorization request.
pub(crate) struct Request<'a> {
    pub(crate) endpoint: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) redirect_uri: &'a str,
    pub(crate) scope: &'a str,
    pub(crate) more: &'a [(&'a str, &'a str)],
}

/// Parameters that the program cannot add, because the client sets them or would not check their
/// effect.
const RESERVED: [&str; 11] = [
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "max_age",
    "request",
    "request_uri",
];

impl Login {
    pub(crate) fn begin(request: &Request<'_>, flow: Flow) -> Result<Self, Error> {
        if let Some((name, _)) = request.more.iter().find(|(n, _)| RESERVED.contains(n)) {
            return Err(Error::Parameter((*name).to_owned()));
        }
        let (state, nonce, verifier) = (random()?, random()?, random()?);
        let challenge = code_challenge(&verifier);
        let parameters = [
            ("response_type", flow.response_type()),
            ("client_id", request.client_id),
            ("redirect_uri", request.redirect_uri),
            ("scope", request.scope),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let url = with_parameters(
            request.endpoint,
            parameters.iter().chain(request.more).copied(),
        );
        Ok(Self {
            flow,
            state,
            nonce,
            verifier,
            url,
            is_used: AtomicBool::new(false),
        })
    }

    /// Returns the address to send the browser to.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn state(&self) -> &str {
        &self.state
    }

    /// Returns whether a callback with the `state` of this login was received.
    #[must_use]
    pub fn is_used(&self) -> bool {
        self.is_used.load(Ordering::Relaxed)
    }
}

impl fmt::Debug for Login {
    /// Leaves out the secrets that bind the callback to the login, and the URL, which contains
    /// them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login")
            .field("flow", &self.flow)
            .field("is_used", &self.is_used())
            .finish_non_exhaustive()
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

/// What the client requires of a callback.
pub(crate) struct Expected<'a> {
    pub(crate) authorization_endpoint: &'a str,
    pub(crate) issuer: &'a str,
    /// Whether the provider promises `iss` (RFC 9207 §3).
    pub(crate) sends_issuer: bool,
}

impl Callback {
    /// Parses the callback of this login, and uses the login up if the `state` is its own.
    pub(crate) fn parse(
        parameters: &str,
        login: &Login,
        expected: &Expected<'_>,
    ) -> Result<Self, Error> {
        let mut callback = Self::default();
        let (mut state, mut iss, mut error, mut description) = (None, None, None, None);
        let mut duplicate = None;
        for (name, value) in form_urlencoded::parse(parameters.as_bytes()) {
            let (slot, name) = match &*name {
                "code" => (&mut callback.code, "code"),
                "id_token" => (&mut callback.id_token, "id_token"),
                "state" => (&mut state, "state"),
                "iss" => (&mut iss, "iss"),
                "error" => (&mut error, "error"),
                "error_description" => (&mut description, "error_description"),
                _ => continue,
            };
            if slot.replace(value.into_owned()).is_some() {
                duplicate = duplicate.filter(|name| *name == "state").or(Some(name));
            }
        }
        // RFC 6749 §3.1: parameters must not be duplicated. With two of them, neither `state` is
        // that of the login.
        if duplicate == Some("state") {
            return Err(Error::Callback("state"));
        }
        if !state.is_some_and(|state| is_equal(&state, &login.state)) {
            return Err(Error::StateMismatch);
        }
        if login.is_used.swap(true, Ordering::Relaxed) {
            return Err(Error::LoginUsed);
        }
        if let Some(name) = duplicate {
            return Err(Error::Callback(name));
        }
        // RFC 9207 §2.4. In the hybrid flow, the ID Token names the issuer too, so providers may
        // omit the parameter (§4).
        let is_required = expected.sends_issuer && login.flow == Flow::Code;
        match iss {
            Some(iss) if iss != expected.issuer => return Err(Error::IssuerMismatch),
            None if is_required => return Err(Error::Callback("iss")),
            _ => {}
        }
        error.map_or(Ok(callback), |error| {
            let endpoint = expected.authorization_endpoint;
            let response = ErrorResponse::new(endpoint, None, &error, description.as_deref());
            Err(Error::Refused(response))
        })
    }
}

/// Returns a URL with more parameters in its query.
pub(crate) fn with_parameters<'a>(
    url: &str,
    parameters: impl Iterator<Item = (&'a str, &'a str)>,
) -> String {
    let separator = if url.contains('?') { '&' } else { '?' };
    let mut url = format!("{url}{separator}");
    let from = url.len();
    form_urlencoded::Serializer::for_suffix(&mut url, from).extend_pairs(parameters);
    url
}

/// Compares texts in a time that does not depend on where they differ. A `state` can be guessed
/// more than once.
fn is_equal(one: &str, other: &str) -> bool {
    let pairs = one.bytes().zip(other.bytes());
    one.len() == other.len() && pairs.fold(0, |bits, (a, b)| bits | (a ^ b)) == 0
}

/// Returns the code challenge of the method `S256` (RFC 7636 §4.2).
fn code_challenge(verifier: &str) -> String {
    let mut buffer = [0; MAX_DIGEST_LEN];
    Base64UrlUnpadded::encode_string(SHA256.digest(&[verifier.as_bytes()], &mut buffer))
}
