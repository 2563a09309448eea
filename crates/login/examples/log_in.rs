//! Logs a user in from a terminal, and prints the claims.
//!
//! ```sh
//! OIDC_CLIENT_SECRET=… cargo run --release --example log_in -- ISSUER CLIENT_ID PORT
//! ```
//!
//! Register `http://127.0.0.1:PORT/callback`. Without a secret, it is a public client.

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::time::Duration;

use jose_verify_login::{Client, Error as LoginError, Flow, Settings};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [issuer, client_id, port] = &arguments[..] else {
        return Err("usage: log_in ISSUER CLIENT_ID PORT".into());
    };
    let listener = TcpListener::bind(format!("127.0.0.1:{port}"))?;
    let redirect_uri = format!("http://{}/callback", listener.local_addr()?);
    let client = Client::discover(Settings {
        client_secret: std::env::var("OIDC_CLIENT_SECRET").ok(),
        ..Settings::new(issuer, client_id, redirect_uri)
    })?;
    let login = client.begin(Flow::Code)?;
    println!("open {}", login.url());
    let user = loop {
        match client.finish(&login, &callback(&listener)?) {
            // The request of a stranger. The login is still in progress.
            Err(LoginError::StateMismatch) => {}
            outcome => break outcome?,
        }
    };
    println!("ID Token: {}", user.claims);
    println!("UserInfo: {}", user.user_info.unwrap_or_default());
    Ok(())
}

/// Waits for a request to `/callback`, and returns its query.
fn callback(listener: &TcpListener) -> Result<String, Box<dyn Error>> {
    loop {
        let (mut stream, _) = listener.accept()?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        // Nothing may remain unread. Otherwise the connection is reset, and the page is lost.
        let lines = BufReader::new(&stream).lines().map_while(Result::ok);
        let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
        // GET /callback?code=…&state=… HTTP/1.1
        let target = head.first().and_then(|line| line.split(' ').nth(1));
        let query = target.and_then(|target| target.strip_prefix("/callback?"));
        let text = query.map_or("Nothing here.", |_| "You can close this page.");
        // The browser may be gone already.
        let _ = write!(stream, "HTTP/1.1 200 OK\r\n\r\n{text}\n");
        if let Some(query) = query {
            return Ok(query.to_owned());
        }
    }
}
