//! What the client does not do: requests that only these tests send. The core verifies the
//! responses.

use base64ct::{Base64, Encoding};
use jose_verify::alg::KeyParameters;
use jose_verify::oauth::TokenResponse;
use jose_verify::{Error, GrowingKeySet, NumericDate, Policy, Verified, Verifier, scratch_len};

use crate::portal::{Case, Portal, SECRET, log_in};
use crate::support::{Browser, Page, REDIRECT_URI, parameter};

/// The tokens of a response.
pub(crate) struct Tokens {
    pub(crate) access: String,
    pub(crate) id: String,
    pub(crate) refresh: Option<String>,
}

/// Requests of one client.
pub(crate) struct Exchange<'p> {
    portal: &'p Portal,
    client_id: &'p str,
    pub(crate) nonce: String,
}

impl<'p> Exchange<'p> {
    pub(crate) fn new(portal: &'p Portal, client_id: &'p str) -> Self {
        let nonce = format!("the nonce of {client_id}");
        Self {
            portal,
            client_id,
            nonce,
        }
    }

    /// Logs in, and returns the parameters of the callback.
    pub(crate) fn authorize(&self, browser: &mut Browser, response_type: &str) -> String {
        log_in(browser, &self.authorization_url(response_type))
    }

    pub(crate) fn authorization_url(&self, response_type: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs([
            ("response_type", response_type),
            ("client_id", self.client_id),
            ("redirect_uri", REDIRECT_URI),
            ("scope", "openid profile email"),
            ("state", "the state"),
            ("nonce", &self.nonce),
        ]);
        let endpoint = self
            .portal
            .endpoint(self.portal.metadata().authorization_endpoint());
        format!("{endpoint}?{}", query.finish())
    }

    /// Logs in with the code flow.
    pub(crate) fn log_in(&self, browser: &mut Browser) -> Tokens {
        let code = parameter(&self.authorize(browser, "code"), "code");
        self.token(&code_grant(&code))
    }

    /// Sends a request to the token endpoint, with the method `client_secret_basic`.
    pub(crate) fn token(&self, form: &[(&str, &str)]) -> Tokens {
        let credentials = format!("{}:{SECRET}", self.client_id);
        let credentials = Base64::encode_string(credentials.as_bytes());
        let credentials = format!("Basic {credentials}");
        let headers = [
            ("authorization", &*credentials),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        let mut body = form_urlencoded::Serializer::new(String::new());
        let body = body.extend_pairs(form).finish();
        let page = Browser::new().send("POST", &self.token_endpoint(), &headers, &body);
        assert_eq!(page.status, 200, "{}: {}", self.client_id, page.body);
        tokens(&page.body)
    }

    /// Sends a request to the token endpoint, with the method `client_secret_post`. Returns the
    /// status and the body of the response.
    pub(crate) fn token_with_post(&self, secret: &str, form: &[(&str, &str)]) -> (u16, String) {
        let mut form = form.to_vec();
        form.extend([("client_id", self.client_id), ("client_secret", secret)]);
        let page = Browser::new().post_form(&self.token_endpoint(), &form);
        (page.status, page.body)
    }

    /// Sends a request to the `UserInfo` endpoint.
    pub(crate) fn user_info(&self, access_token: &str) -> Page {
        let endpoint = self.portal.metadata().user_info_endpoint();
        let bearer = format!("Bearer {access_token}");
        let headers = [("authorization", &*bearer)];
        Browser::new().send("GET", &self.portal.endpoint(endpoint), &headers, "")
    }

    /// Returns a signed response of the `UserInfo` endpoint.
    pub(crate) fn signed_user_info(&self, access_token: &str) -> String {
        let page = self.user_info(access_token);
        assert_eq!(page.status, 200, "{}: {}", self.client_id, page.body);
        assert_eq!(page.media_type, "application/jwt", "{}", self.client_id);
        page.body
    }

    fn token_endpoint(&self) -> String {
        self.portal
            .endpoint(self.portal.metadata().token_endpoint())
    }
}

pub(crate) fn code_grant(code: &str) -> [(&str, &str); 3] {
    [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", REDIRECT_URI),
    ]
}

pub(crate) fn tokens(response: &str) -> Tokens {
    let response = TokenResponse::parse(response.as_bytes()).unwrap();
    assert!(response.is_bearer());
    Tokens {
        access: response.access_token().to_string(),
        id: response.id_token().unwrap().to_string(),
        refresh: response.refresh_token().map(|token| token.to_string()),
    }
}

/// Fetches the keys that the provider publishes, or returns the client's secret.
pub(crate) fn keys(portal: &Portal, case: &Case) -> GrowingKeySet {
    if case.is_mac() {
        let secret = KeyParameters::oct(SECRET.as_bytes());
        return GrowingKeySet::from_parameters(&secret, &[case.algorithm]).unwrap();
    }
    let jwks_uri = portal.endpoint(portal.metadata().jwks_uri());
    let jwks = Browser::new().get(&jwks_uri).body;
    GrowingKeySet::from_jwks(jwks.as_bytes(), &[case.algorithm]).unwrap()
}

/// Verifies a token, and checks more of it.
pub(crate) fn verify(
    keys: &GrowingKeySet,
    policy: &Policy<'_>,
    token: &str,
    check: impl FnOnce(&Verified<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut scratch = vec![0; scratch_len(token.len())];
    let verifier = Verifier::new(keys, policy);
    check(&verifier.verify(token.as_bytes(), NumericDate::now(), &mut scratch)?)
}
