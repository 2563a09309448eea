//! Where keys come from.

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use ureq::Agent;

/// Bytes of a JWK Set that are read: ten times the largest that known providers publish.
const MAX_JWKS_LEN: u64 = 256 * 1024;

/// Gets the text of the issuer's JWK Set.
pub type Fetch = Box<dyn Fn() -> Fetching + Send + Sync>;

/// The text on its way.
pub type Fetching = Pin<Box<dyn Future<Output = Result<Vec<u8>, FetchError>> + Send>>;

/// Why there are no new keys.
#[derive(Debug)]
pub enum FetchError {
    /// Nothing came.
    Transport(String),
    /// It took too long.
    Timeout,
    /// What came is no JWK Set with a usable key.
    Keys(jose_verify::Error),
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Transport(reason) => write!(f, "the keys could not be fetched: {reason}"),
            Self::Timeout => f.write_str("the keys did not come in time"),
            Self::Keys(error) => write!(f, "the keys cannot be used: {error}"),
        }
    }
}

impl std::error::Error for FetchError {}

/// Gets the JWK Set at `url`, which is trusted as much as the connection to it: name it yourself or
/// take it from the issuer's metadata, never from a token. Redirects are not followed, and from
/// `https` there is no way to `http`.
#[must_use]
pub fn by_http(url: String, timeout: Duration) -> Fetch {
    let config = Agent::config_builder()
        .https_only(url.starts_with("https:"))
        .max_redirects(0)
        .timeout_global(Some(timeout));
    let agent = config.build().new_agent();
    Box::new(move || {
        let (agent, url) = (agent.clone(), url.clone());
        // The client blocks, so it gets a thread of its own.
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
    // A redirect that is not followed is no error to the client, and no key set either: loading it
    // will say so.
    response
        .body_mut()
        .with_config()
        .limit(MAX_JWKS_LEN)
        .read_to_vec()
}
