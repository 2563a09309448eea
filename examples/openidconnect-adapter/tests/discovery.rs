//! Discovery with the HTTP client of `jose-verify-http`.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::thread;

use jose_verify_http::{FetchError, HttpClient, HttpSettings};
use openidconnect::{DiscoveryError, IssuerUrl};
use openidconnect_adapter::ProviderMetadata;
use serde_json::{Value, json};

/// Serves metadata and keys on this machine, and returns the issuer.
fn provider() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let issuer = format!("http://{}", listener.local_addr().unwrap());
    let name = issuer.clone();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let lines = BufReader::new(&stream).lines().map(Result::unwrap);
            let request: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
            let is_metadata = request[0].starts_with("GET /.well-known/openid-configuration ");
            let body = if is_metadata { metadata(&name) } else { keys() }.to_string();
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
            write!(
                stream,
                "{head}\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            )
            .unwrap();
        }
    });
    issuer
}

fn metadata(issuer: &str) -> Value {
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/auth"),
        "jwks_uri": format!("{issuer}/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
    })
}

/// The key of RFC 7515 §A.3, and one that cannot be used.
fn keys() -> Value {
    json!({"keys": [
        {"kty": "EC", "crv": "P-256", "kid": "1",
         "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
         "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},
        {"kty": "EC", "crv": "P-256", "kid": "2", "x": "AA", "y": "AA"},
    ]})
}

#[test]
fn metadata_and_keys_are_fetched() {
    let client = HttpClient::new(&HttpSettings::default()).unwrap();
    let issuer = IssuerUrl::new(provider()).unwrap();
    let metadata = ProviderMetadata::discover(&issuer, &|request| client.send(request)).unwrap();
    assert_eq!(metadata.jwks().keys().len(), 1);
}

#[test]
fn insecure_urls_are_not_requested() {
    let client = HttpClient::new(&HttpSettings::default()).unwrap();
    let issuer = IssuerUrl::new("http://login.example.com".to_owned()).unwrap();
    let error = ProviderMetadata::discover(&issuer, &|request| client.send(request)).unwrap_err();
    assert!(matches!(
        error,
        DiscoveryError::Request(FetchError::InsecureUrl)
    ));
}
