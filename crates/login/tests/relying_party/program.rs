//! Runs the program `examples/log_in.rs`, which `cargo test` builds.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use super::provider::{Provider, SECRET};

struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Sends a request to the redirect URI, as a browser does.
fn visit(redirect_uri: &str, query: &str) -> String {
    let (host, path) = redirect_uri
        .strip_prefix("http://")
        .unwrap()
        .split_once('/')
        .unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let request = format!("GET /{path}{query} HTTP/1.1\r\nhost: {host}\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).unwrap();
    page
}

#[test]
fn a_login_from_the_terminal() {
    let provider = Provider::start();
    let tests = std::env::current_exe().unwrap();
    let folder = tests.parent().and_then(|deps| deps.parent()).unwrap();
    let path = folder.join("examples").join("log_in");
    assert!(path.exists(), "{} is not built", path.display());
    let mut command = Command::new(path);
    command
        .args([&*provider.url, "shop", "0"])
        .env("OIDC_CLIENT_SECRET", SECRET)
        .stdout(Stdio::piped());
    let mut program = Program(command.spawn().unwrap());
    let mut lines = BufReader::new(program.0.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
    let line = lines.next().unwrap();
    let url = line.strip_prefix("open ").unwrap();
    let query = url.split_once('?').unwrap().1;
    let mut parameters = form_urlencoded::parse(query.as_bytes());
    let (_, redirect_uri) = parameters.find(|(name, _)| name == "redirect_uri").unwrap();

    assert!(visit(&redirect_uri, "x").contains("Nothing here."));
    // A stranger's request does not end the login.
    visit(&redirect_uri, "?code=x&state=x");
    let page = visit(&redirect_uri, &format!("?{}", provider.authorize(url)));
    assert!(page.contains("You can close this page."), "{page}");
    let id_token = lines.next().unwrap();
    assert!(id_token.starts_with("ID Token: {"), "{id_token}");
    assert!(id_token.contains(r#""sub":"alice""#), "{id_token}");
    let user_info = lines.next().unwrap();
    assert!(user_info.contains("alice@example.com"), "{user_info}");
    assert!(program.0.wait().unwrap().success());
}
