//! Fetches the keys of the issuer.

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use ureq::Agent;

/// Longest JWK Set that is read, in bytes: ten times the largest that known providers publish.
const MAX_JWKS_LEN: u64 = 256 * 1024;

/// Fetches the text of the issuer's JWK Set.
pub type Fetch = Box<dyn Fn() -> Fetching + Send + Sync>;

/// A pending fetch.
pub type Fetching = Pin<Box<dyn Future<Output = Result<Vec<u8>, FetchError>> + Send>>;

/// Why a fetch failed.
#[derive(Debug)]
pub enum FetchError {
    /// The request failed.
    Transport(String),
    /// The request took too long.
    Timeout,
    /// The response is not a JWK Set with a usable key.
    Keys(jose_verify::Error),
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Transport(reason) => write!(f, "cannot fetch the keys: {reason}"),
            Self::Timeout => f.write_str("fetching the keys timed out"),
            Self::Keys(error) => write!(f, "the fetched keys are not usable: {error}"),
        }
    }
}

impl std::error::Error for FetchError {}

/// Fetches the JWK Set at `url`. Configure the URL or take it from the issuer's metadata, never
/// from a token: the keys are as trustworthy as the connection to it.
///
/// Redirects are not followed, and an `https` URL never leads to `http`.
#[must_use]
pub fn by_http(url: String, timeout: Duration) -> Fetch {
    let config = Agent::config_builder()
        .https_only(url.starts_with("https:"))
        .max_redirects(0)
        .timeout_global(Some(timeout));
    let agent = config.build().new_agent();
    Box::new(move || {
        let (agent, url) = (agent.clone(), url.clone());
        // The HTTP client blocks, so it runs on a thread for blocking work.
        let text = tokio::task::spawn_blocking(move || get(&agent, &url));
        Box::pin(async {
            let text = text
                .await
                .map_err(|e| FetchError::Transport(e.to_string()))?;
            text.map_err(|e| FetchError::Transport(e.to_string()))
        })
    })
}

fn get(agent: &Agent, url: &str) -> Result<Vec<u8>, ureq::Error> {
    let mut response = agent.get(url).header("accept", "application/json").call()?;
    // A redirect is not an error for the client. It is not a key set either, so loading it fails.
    response
        .body_mut()
        .with_config()
        .limit(MAX_JWKS_LEN)
        .read_to_vec()
}
