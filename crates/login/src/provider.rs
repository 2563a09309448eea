//! The provider: its metadata, and requests to its endpoints.

use jose_verify::json::JsonStr;
use jose_verify::oauth::ProviderMetadata;
use jose_verify_http::{FetchError, HttpClient, check_endpoint};
use serde_json::Value;
use ureq::http::Response;

use crate::error::{Error, ErrorResponse};

/// What the client uses of the provider's metadata.
pub(crate) struct Provider {
    http: HttpClient,
    issuer: String,
    pub(crate) authorization_endpoint: String,
    pub(crate) token_endpoint: String,
    pub(crate) user_info_endpoint: Option<String>,
    pub(crate) end_session_endpoint: Option<String>,
    /// Whether callbacks contain `iss` (RFC 9207 §3).
    pub(crate) sends_issuer: bool,
    /// `id_token_signing_alg_values_supported`.
    pub(crate) algorithms: Option<Vec<String>>,
    /// `token_endpoint_auth_methods_supported`.
    pub(crate) authentication_methods: Option<Vec<String>>,
}

/// A response with status 200.
pub(crate) struct Answer {
    pub(crate) body: Vec<u8>,
    /// Whether the media type is `application/jwt`.
    pub(crate) is_jwt: bool,
}

impl Provider {
    /// Fetches the metadata of the provider (OpenID Connect Discovery 1.0 §4).
    pub(crate) fn discover(issuer: &str, http: HttpClient) -> Result<Self, Error> {
        let base = issuer.strip_suffix('/').unwrap_or(issuer);
        let url = format!("{base}/.well-known/openid-configuration");
        let text = get(&http, &url, None)?.body;
        let metadata = ProviderMetadata::parse(&text, issuer)?;
        let required = |endpoint: Option<JsonStr<'_>>, name| {
            let url = endpoint.ok_or(Error::MissingEndpoint(name))?.to_string();
            check(&http, issuer, &url)?;
            Ok::<_, Error>(url)
        };
        let endpoint = metadata.authorization_endpoint();
        let authorization_endpoint = required(endpoint, "authorization_endpoint")?;
        let token_endpoint = required(metadata.token_endpoint(), "token_endpoint")?;
        let algorithms = metadata.signing_algorithms();
        Ok(Self {
            authorization_endpoint,
            token_endpoint,
            user_info_endpoint: metadata.user_info_endpoint().map(|url| url.to_string()),
            end_session_endpoint: metadata.end_session_endpoint().map(|url| url.to_string()),
            issuer: issuer.to_owned(),
            sends_issuer: metadata.sends_issuer(),
            algorithms: algorithms.map(|all| all.iter().map(|one| one.to_string()).collect()),
            authentication_methods: authentication_methods(&text)?,
            http,
        })
    }

    /// Returns an error if the metadata must not name this URL.
    pub(crate) fn check(&self, url: &str) -> Result<(), Error> {
        check(&self.http, &self.issuer, url)
    }

    /// Requests the claims about a user (OpenID Connect Core §5.3.1).
    pub(crate) fn get_user_info(&self, url: &str, access_token: &str) -> Result<Answer, Error> {
        self.check(url)?;
        get(&self.http, url, Some(access_token))
    }

    /// Sends a form to the token endpoint.
    pub(crate) fn request_tokens(
        &self,
        form: &[(&'static str, String)],
        authorization: Option<&str>,
    ) -> Result<Answer, Error> {
        let (http, url) = (&self.http, &*self.token_endpoint);
        let failed = |error| http_error(url, error);
        let (agent, uri) = http.agent_for(url).map_err(failed)?;
        let mut request = agent.post(uri).header("accept", "application/json");
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        let response = request.send_form(form.iter().map(|(name, value)| (*name, value.as_str())));
        read(http, url, response)
    }
}

fn get(http: &HttpClient, url: &str, access_token: Option<&str>) -> Result<Answer, Error> {
    let (agent, uri) = http
        .agent_for(url)
        .map_err(|error| http_error(url, error))?;
    let request = agent.get(uri);
    let request = match access_token {
        None => request.header("accept", "application/json"),
        Some(token) => request.header("authorization", format!("Bearer {token}")),
    };
    read(http, url, request.call())
}

/// Reads a response. One with another status than 200 is an error, which has the provider's error
/// code if there is one (RFC 6749 §5.2, RFC 6750 §3).
fn read(
    http: &HttpClient,
    url: &str,
    response: Result<Response<ureq::Body>, ureq::Error>,
) -> Result<Answer, Error> {
    let response = response.map_err(|error| http_error(url, http.error(error)))?;
    let status = response.status().as_u16();
    let mime_type = response.body().mime_type();
    let is_jwt = mime_type.is_some_and(|m| m.eq_ignore_ascii_case("application/jwt"));
    let challenge = response.headers().get("www-authenticate");
    let challenge = challenge.and_then(|challenge| Some(challenge.to_str().ok()?.to_owned()));
    let body = http.read(response);
    if status == 200 {
        let body = body.map_err(|error| http_error(url, error))?;
        return Ok(Answer { body, is_jwt });
    }
    let json: Value = serde_json::from_slice(&body.unwrap_or_default()).unwrap_or_default();
    let challenge = challenge.as_deref().unwrap_or_default();
    let value = |name| json[name].as_str().or_else(|| quoted(challenge, name));
    let Some(error) = value("error") else {
        return Err(http_error(url, FetchError::Status(status)));
    };
    let response = ErrorResponse::new(url, Some(status), error, value("error_description"));
    Err(Error::OAuth(response))
}

/// Returns the value of an attribute of a challenge (RFC 6750 §3). Neither `error` nor
/// `error_description` contains quotation marks.
fn quoted<'c>(challenge: &'c str, name: &str) -> Option<&'c str> {
    let (_, value) = challenge.split_once(&format!("{name}=\""))?;
    Some(value.split_once('"')?.0)
}

/// Returns an error if others on the network could read what is sent to this URL, or if the issuer
/// must not name it.
fn check(http: &HttpClient, issuer: &str, url: &str) -> Result<(), Error> {
    let permitted = check_endpoint(url, issuer);
    let usable = permitted.and_then(|()| http.agent_for(url).map(|_| ()));
    usable.map_err(|error| http_error(url, error))
}

fn http_error(url: &str, error: FetchError) -> Error {
    Error::Http {
        endpoint: url.to_owned(),
        error,
    }
}

/// Returns `token_endpoint_auth_methods_supported`, which the core does not read. The core has
/// checked the text.
fn authentication_methods(metadata: &[u8]) -> Result<Option<Vec<String>>, Error> {
    let malformed = || jose_verify::Error::MalformedMetadata;
    let mut metadata: Value = serde_json::from_slice(metadata).map_err(|_| malformed())?;
    match metadata["token_endpoint_auth_methods_supported"].take() {
        Value::Null => Ok(None),
        list => Ok(serde_json::from_value(list).map_err(|_| malformed())?),
    }
}
