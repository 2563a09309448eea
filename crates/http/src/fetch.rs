//! Fetches documents over HTTP, and defines what every fetch must satisfy.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ureq::Agent;
use ureq::http::{Response, StatusCode, Uri};

/// Fetches a document. [`HttpClient`] implements it; implement it yourself to use another HTTP
/// client.
///
/// The call may block: this crate makes each call on a thread of its own. A call that never
/// returns prevents further fetches for its issuer.
pub trait Fetch: Send + Sync {
    /// Fetches the document at `url`. If `etag` is given and the document still has this entity
    /// tag, the result is [`Fetched::NotModified`] (RFC 9110 §13.1.2).
    ///
    /// The implementation must bound the time and the length, must not follow redirects, must
    /// accept status 200 only, and must reject URLs whose traffic others could change.
    ///
    /// # Errors
    ///
    /// The reason why there is no document.
    fn fetch(&self, url: &str, etag: Option<&str>) -> Result<Fetched, FetchError>;
}

impl<F: Fetch + ?Sized> Fetch for Arc<F> {
    fn fetch(&self, url: &str, etag: Option<&str>) -> Result<Fetched, FetchError> {
        (**self).fetch(url, etag)
    }
}

/// The result of a successful fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// The document.
    Document {
        /// Its bytes.
        body: Vec<u8>,
        /// Its entity tag, for later fetches.
        etag: Option<String>,
    },
    /// The document has not changed since the fetch that returned its entity tag.
    NotModified,
}

/// Why a document could not be fetched or used.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FetchError {
    /// The URL is invalid, or is neither `https` nor on a host for which `http` is permitted.
    InsecureUrl,
    /// The request or the response failed on the network, or the response is not HTTP. The text
    /// contains no part of the response.
    Transport(String),
    /// The request took longer than the timeout.
    Timeout,
    /// The response has this status, which is not accepted. Redirects are among these.
    Status(u16),
    /// The response or the file is longer than this number of bytes.
    TooLong(u64),
    /// The response is not usable metadata, or is that of another issuer.
    Metadata(jose_verify::Error),
    /// The metadata has no `jwks_uri`.
    NoJwksUri,
    /// The document is not in the configured format.
    Keys(jose_verify::Error),
    /// A file cannot be read.
    File(std::io::ErrorKind),
    /// The system cannot start a thread for the fetch.
    Thread(std::io::ErrorKind),
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InsecureUrl => f.write_str("the URL is neither https nor on this machine"),
            Self::Transport(reason) => write!(f, "the request failed: {reason}"),
            Self::Timeout => f.write_str("the server took too long"),
            Self::Status(status) => write!(f, "the server responded with status {status}"),
            Self::TooLong(limit) => write!(f, "the response is longer than {limit} bytes"),
            Self::Metadata(error) => write!(f, "the metadata cannot be used: {error}"),
            Self::NoJwksUri => f.write_str("the metadata has no jwks_uri"),
            Self::Keys(error) => write!(f, "the keys cannot be used: {error}"),
            Self::File(kind) => write!(f, "the file cannot be read: {kind}"),
            Self::Thread(kind) => write!(f, "no thread can be started: {kind}"),
        }
    }
}

impl std::error::Error for FetchError {}

/// The settings of an [`HttpClient`].
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// The longest time for one request, from the name lookup to the last byte of the response:
    /// ten seconds by default. Longer times than one hour are reduced to one hour. A fetch of
    /// metadata and keys makes two requests.
    pub timeout: Duration,
    /// The longest response, in bytes: 1 MiB by default, because the core rejects longer JWK Sets.
    pub max_len: u64,
    /// The certificates, in PEM, of the certificate authorities to trust instead of the public
    /// ones. `None` by default. Requires the feature `tls`.
    pub authorities: Option<Vec<u8>>,
    /// The proxy for requests to other machines: [`ProxySettings::Environment`] by default.
    pub proxy: ProxySettings,
    /// Hosts for which `http` is permitted, besides `localhost`, `127.0.0.1` and `[::1]`. None by
    /// default. Anyone on the network path to such a host can replace the keys.
    pub insecure_hosts: Vec<String>,
}

/// Which proxy requests to other machines use.
#[derive(Clone, PartialEq, Eq)]
pub enum ProxySettings {
    /// The first of the environment variables `ALL_PROXY`, `HTTPS_PROXY` and `HTTP_PROXY`, in upper
    /// or lower case, except for the hosts in `NO_PROXY`.
    ///
    /// Do not use it in a CGI program: there, a request with the header `Proxy` sets `HTTP_PROXY`.
    Environment,
    /// No proxy.
    Direct,
    /// The proxy at this URL, such as `http://proxy.example.com:3128`.
    Url(String),
}

impl fmt::Debug for ProxySettings {
    /// Leaves out the URL, which can contain a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Environment => "Environment",
            Self::Direct => "Direct",
            Self::Url(_) => "Url",
        })
    }
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(10),
            max_len: 1 << 20,
            authorities: None,
            proxy: ProxySettings::Environment,
            insecure_hosts: Vec::new(),
        }
    }
}

/// The longest timeout. A much longer one would overflow when the HTTP client adds it to the time.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(3600);

/// An HTTP client that sends requests over `https`, to this machine, or to
/// [`insecure_hosts`](HttpSettings::insecure_hosts).
///
/// It follows no redirects, and bounds the time and the length of a response. [`Fetch::fetch`]
/// accepts status 200 only.
#[derive(Debug, Clone)]
pub struct HttpClient {
    /// For other machines, through a proxy if there is one.
    remote: Agent,
    /// For this machine, without a proxy, which would receive what is sent.
    local: Agent,
    max_len: u64,
    insecure_hosts: Vec<String>,
}

/// Why an [`HttpClient`] cannot be created.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum HttpSettingsError {
    /// `authorities` contains no certificate, or something else, or the feature `tls` is off.
    Authorities,
    /// The URL of the proxy is invalid.
    Proxy,
}

impl fmt::Display for HttpSettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Authorities => "the certificates of the authorities cannot be read as PEM",
            Self::Proxy => "the URL of the proxy is invalid",
        })
    }
}

impl std::error::Error for HttpSettingsError {}

impl HttpClient {
    /// Creates a client.
    ///
    /// # Errors
    ///
    /// The certificates or the proxy cannot be used.
    pub fn new(settings: &HttpSettings) -> Result<Self, HttpSettingsError> {
        let proxy = match &settings.proxy {
            ProxySettings::Environment => ureq::Proxy::try_from_env(),
            ProxySettings::Direct => None,
            ProxySettings::Url(url) => {
                Some(ureq::Proxy::new(url).map_err(|_| HttpSettingsError::Proxy)?)
            }
        };
        let agent = |proxy| {
            let config = Agent::config_builder()
                // A redirect is then a response like any other, whose status is not 200.
                .max_redirects(0)
                .http_status_as_error(false)
                .timeout_global(Some(settings.timeout.min(LONGEST_TIMEOUT)))
                .proxy(proxy);
            let config = tls::trust(config, settings.authorities.as_deref())?;
            Ok(config.build().new_agent())
        };
        Ok(Self {
            remote: agent(proxy)?,
            local: agent(None)?,
            max_len: settings.max_len,
            insecure_hosts: settings.insecure_hosts.clone(),
        })
    }

    /// Returns the agent for requests to this URL, and the parsed URL. Use it for requests that
    /// [`Fetch`] cannot make. The agent does not follow redirects, and treats no status as an
    /// error.
    ///
    /// # Errors
    ///
    /// [`FetchError::InsecureUrl`]: the URL is invalid, or others on the network could read or
    /// change the traffic.
    pub fn agent_for(&self, url: &str) -> Result<(&Agent, Uri), FetchError> {
        let uri: Uri = url.parse().map_err(|_| FetchError::InsecureUrl)?;
        let host = uri.host().ok_or(FetchError::InsecureUrl)?;
        let is_local = is_this_machine(host);
        let is_named = || self.insecure_hosts.iter().any(|h| h == host);
        let is_secure = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => is_local || is_named(),
            _ => false,
        };
        if !is_secure {
            return Err(FetchError::InsecureUrl);
        }
        let agent = if is_local { &self.local } else { &self.remote };
        Ok((agent, uri))
    }

    /// Reads the body of a response.
    ///
    /// # Errors
    ///
    /// The connection fails, the timeout ends, or the body is longer than
    /// [`max_len`](HttpSettings::max_len).
    pub fn read(&self, mut response: Response<ureq::Body>) -> Result<Vec<u8>, FetchError> {
        let body = response.body_mut().with_config().limit(self.max_len);
        body.read_to_vec().map_err(|error| self.error(error))
    }

    /// Converts an error of `ureq`. The result contains no part of the response, and of the URL at
    /// most the host.
    #[must_use]
    pub fn error(&self, error: ureq::Error) -> FetchError {
        match error {
            ureq::Error::Timeout(_) => FetchError::Timeout,
            ureq::Error::BodyExceedsLimit(_) => FetchError::TooLong(self.max_len),
            ureq::Error::StatusCode(status) => FetchError::Status(status),
            // The text of these errors can contain parts of the URL or the response.
            ureq::Error::BadUri(_) => FetchError::Transport("the URL is invalid".to_owned()),
            ureq::Error::ConnectProxyFailed(_) => {
                FetchError::Transport("the proxy refuses to connect".to_owned())
            }
            ureq::Error::Protocol(_) | ureq::Error::Http(_) => {
                FetchError::Transport("the response is not valid HTTP".to_owned())
            }
            other => FetchError::Transport(other.to_string()),
        }
    }
}

impl Fetch for HttpClient {
    fn fetch(&self, url: &str, etag: Option<&str>) -> Result<Fetched, FetchError> {
        let (agent, uri) = self.agent_for(url)?;
        let mut request = agent
            .get(uri)
            .header("accept", "application/json, application/jwk-set+json, */*");
        if let Some(etag) = etag {
            request = request.header("if-none-match", etag);
        }
        let response = request.call().map_err(|error| self.error(error))?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NOT_MODIFIED if etag.is_some() => return Ok(Fetched::NotModified),
            status => return Err(FetchError::Status(status.as_u16())),
        }
        let etag = response.headers().get("etag");
        let etag = etag.and_then(|tag| tag.to_str().ok()).map(str::to_owned);
        let body = self.read(response)?;
        Ok(Fetched::Document { body, etag })
    }
}

/// Checks a URL that an issuer's metadata names, such as its `jwks_uri`. It must be `https` if the
/// issuer is (RFC 8414 §2), and may be on this machine only if the issuer is.
///
/// Otherwise, a remote issuer could make this program send requests to services on its own machine.
/// It still can, by a name that resolves to this machine, but only over `https`.
///
/// # Errors
///
/// [`FetchError::InsecureUrl`]: the URL is not permitted.
pub fn check_endpoint(url: &str, issuer: &str) -> Result<(), FetchError> {
    let parse = |url: &str| url.parse::<Uri>().map_err(|_| FetchError::InsecureUrl);
    let (url, issuer) = (parse(url)?, parse(issuer)?);
    let is_https = |uri: &Uri| uri.scheme_str() == Some("https");
    let is_local = |uri: &Uri| uri.host().is_some_and(is_this_machine);
    let is_weaker = is_https(&issuer) && !is_https(&url);
    if is_weaker || (is_local(&url) && !is_local(&issuer)) {
        return Err(FetchError::InsecureUrl);
    }
    Ok(())
}

/// Returns whether a URL's host is this machine.
fn is_this_machine(host: &str) -> bool {
    matches!(host, "127.0.0.1" | "[::1]" | "localhost")
}

#[cfg(feature = "tls")]
mod tls {
    use ureq::config::ConfigBuilder;
    use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
    use ureq::typestate::AgentScope;

    use super::HttpSettingsError;

    /// Trusts the authorities with these certificates in PEM, or the public ones.
    pub(super) fn trust(
        config: ConfigBuilder<AgentScope>,
        authorities: Option<&[u8]>,
    ) -> Result<ConfigBuilder<AgentScope>, HttpSettingsError> {
        let Some(pem) = authorities else {
            return Ok(config);
        };
        let mut certificates = Vec::new();
        for item in parse_pem(pem) {
            match item {
                Ok(PemItem::Certificate(certificate)) => certificates.push(certificate),
                _ => return Err(HttpSettingsError::Authorities),
            }
        }
        if certificates.is_empty() {
            return Err(HttpSettingsError::Authorities);
        }
        let tls = TlsConfig::builder().root_certs(RootCerts::from(certificates));
        Ok(config.tls_config(tls.build()))
    }
}

#[cfg(not(feature = "tls"))]
mod tls {
    use ureq::config::ConfigBuilder;
    use ureq::typestate::AgentScope;

    use super::HttpSettingsError;

    /// Without TLS, there is nothing to trust.
    pub(super) fn trust(
        config: ConfigBuilder<AgentScope>,
        authorities: Option<&[u8]>,
    ) -> Result<ConfigBuilder<AgentScope>, HttpSettingsError> {
        match authorities {
            None => Ok(config),
            Some(_) => Err(HttpSettingsError::Authorities),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_that_an_issuer_may_name() {
        let (remote, local) = ("https://login.example.com", "http://127.0.0.1:8080");
        for (issuer, url, is_permitted) in [
            (remote, "https://login.example.com/token", true),
            (remote, "https://keys.example.net/jwks", true),
            (remote, "http://login.example.com/token", false),
            (remote, "HTTP://login.example.com/token", false),
            (remote, "http://127.0.0.1:8080/token", false),
            (remote, "https://127.0.0.1/token", false),
            (remote, "https://[::1]/token", false),
            (remote, "https://localhost/token", false),
            (remote, "/token", false),
            (remote, "", false),
            (local, "http://127.0.0.1:9090/token", true),
            (local, "http://localhost:9090/token", true),
            (local, "https://login.example.com/token", true),
            ("https://localhost", "http://localhost/token", false),
            ("http://login.example.com", "http://127.0.0.1/token", false),
        ] {
            let outcome = check_endpoint(url, issuer);
            assert_eq!(outcome.is_ok(), is_permitted, "{issuer} {url}");
        }
    }
}
