//! Sends any request, for other crates that need an HTTP client.

use ureq::http::{Request, Response};

use crate::fetch::{FetchError, HttpClient};

impl HttpClient {
    /// Sends a request, and reads the response. The limits of this client apply: only permitted
    /// URLs, no redirects, a timeout, and a longest response. A response with any status is
    /// returned, including a redirect.
    ///
    /// Crates that take a function from request to response, such as `openidconnect`, can use this
    /// client: `|request| client.send(request)`.
    ///
    /// # Errors
    ///
    /// The URL is not permitted, the response is too long, or there is no complete response.
    pub fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, FetchError> {
        let (agent, _) = self.agent_for(&request.uri().to_string())?;
        let response = agent.run(request).map_err(|error| self.error(error))?;
        let (parts, body) = response.into_parts();
        let body = self.read(Response::new(body))?;
        Ok(Response::from_parts(parts, body))
    }
}
