//! Logs a user in from a terminal, and prints the claims.
//!
//! ```sh
//! OIDC_CLIENT_SECRET=… oidc-client ISSUER CLIENT_ID PORT
//! ```

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

use jose_verify::alg::{Algorithms, ES256, PS256, RS256};
use jose_verify_login::{Client, Flow, Settings, SignedBy};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [issuer, client_id, port] = &arguments[..] else {
        return Err("usage: oidc-client ISSUER CLIENT_ID PORT".into());
    };
    let listener = TcpListener::bind(format!("127.0.0.1:{port}"))?;
    let mut client = Client::discover(Settings {
        issuer: issuer.clone(),
        client_id: client_id.clone(),
        client_secret: std::env::var("OIDC_CLIENT_SECRET").ok(),
        redirect_uri: format!("http://127.0.0.1:{port}/callback"),
        signed_by: SignedBy::PublishedKeys(Algorithms::new(&[&RS256, &PS256, &ES256])?),
    })?;
    let login = client.begin(Flow::Code)?;
    println!("open {}", login.url());
    let user = client.finish(login, &callback(&listener)?)?;
    println!("ID Token: {}", user.claims);
    println!("UserInfo: {}", user.user_info.unwrap_or_default());
    Ok(())
}

/// Waits for the first request to `/callback`, and returns its query.
fn callback(listener: &TcpListener) -> Result<String, Box<dyn Error>> {
    loop {
        let (mut stream, _) = listener.accept()?;
        let mut line = String::new();
        BufReader::new(&stream).read_line(&mut line)?;
        // GET /callback?code=…&state=… HTTP/1.1
        let target = line.split(' ').nth(1).unwrap_or_default();
        let query = target.strip_prefix("/callback?");
        let text = if query.is_some() {
            "You can close this page."
        } else {
            "Nothing here."
        };
        write!(
            stream,
            "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{text}\n"
        )?;
        if let Some(query) = query {
            return Ok(query.to_owned());
        }
    }
}
