//! Sends requests, but only to `https` addresses or to this machine.

use std::time::Duration;

use base64ct::{Base64, Encoding};
use ureq::Agent;
use ureq::http::{Response, Uri};

use crate::error::Error;

/// Longest response that is read, in bytes.
const MAX_LEN: u64 = 256 * 1024;
const TIMEOUT: Duration = Duration::from_secs(10);

/// An HTTP client.
#[derive(Debug, Clone)]
pub(crate) struct Http {
    /// For `https` addresses, through a proxy if the environment names one.
    remote: Agent,
    /// For this machine. Without a proxy, which would receive the client's secret.
    local: Agent,
}

/// A response with status 200.
pub(crate) struct Answer {
    pub(crate) body: Vec<u8>,
    /// Whether the media type is `application/jwt`.
    pub(crate) is_jwt: bool,
}

impl Http {
    pub(crate) fn new() -> Self {
        // A redirect from a token endpoint is an attack. The other endpoints need no redirects.
        let config = || {
            let config = Agent::config_builder().max_redirects(0);
            config.timeout_global(Some(TIMEOUT))
        };
        Self {
            remote: config().build().new_agent(),
            local: config().proxy(None).build().new_agent(),
        }
    }

    fn agent(&self, uri: &Uri) -> &Agent {
        if uri.scheme_str() == Some("https") {
            &self.remote
        } else {
            &self.local
        }
    }

    pub(crate) fn get(&self, url: &str) -> Result<Answer, Error> {
        let url = secure(url)?;
        let request = self.agent(&url).get(url);
        Answer::read(request.header("accept", "application/json").call()?)
    }

    pub(crate) fn get_with_token(&self, url: &str, token: &str) -> Result<Answer, Error> {
        let url = secure(url)?;
        let request = self.agent(&url).get(url);
        Answer::read(
            request
                .header("authorization", format!("Bearer {token}"))
                .call()?,
        )
    }

    /// Sends a form. If there is a secret, the client authenticates with it (RFC 6749 §2.3.1).
    pub(crate) fn post_form(
        &self,
        url: &str,
        client: (&str, Option<&str>),
        form: &[(&str, &str)],
    ) -> Result<Answer, Error> {
        let (id, secret) = client;
        let url = secure(url)?;
        let request = self.agent(&url).post(url);
        let request = request.header("accept", "application/json");
        let answer = if let Some(secret) = secret {
            let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect();
            let (id, secret): (String, String) = (encode(id), encode(secret));
            let credentials = Base64::encode_string(format!("{id}:{secret}").as_bytes());
            let request = request.header("authorization", format!("Basic {credentials}"));
            request.send_form(form.iter().copied())
        } else {
            let id = [("client_id", id)];
            request.send_form(form.iter().copied().chain(id))
        };
        Answer::read(answer?)
    }
}

impl Answer {
    fn read(mut response: Response<ureq::Body>) -> Result<Self, Error> {
        // The HTTP client neither follows a redirect nor reports it as an error.
        if response.status() != 200 {
            return Err(ureq::Error::StatusCode(response.status().as_u16()).into());
        }
        let mime_type = response.body().mime_type();
        let is_jwt = mime_type.is_some_and(|m| m.eq_ignore_ascii_case("application/jwt"));
        let body = response
            .body_mut()
            .with_config()
            .limit(MAX_LEN)
            .read_to_vec()?;
        Ok(Self { body, is_jwt })
    }
}

/// Parses an address, and rejects it if others on the network could read or modify the traffic.
fn secure(url: &str) -> Result<Uri, Error> {
    let uri: Uri = url.parse().map_err(|_| Error::InsecureAddress)?;
    match (uri.scheme_str(), uri.host()) {
        (Some("https"), Some(_)) | (Some("http"), Some("127.0.0.1" | "[::1]" | "localhost")) => {
            Ok(uri)
        }
        _ => Err(Error::InsecureAddress),
    }
}
