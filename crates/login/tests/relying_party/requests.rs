//! A small HTTP server for tests: one thread, one request for each connection.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

/// A request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    pub(crate) path: String,
    /// The value of `Authorization`.
    pub(crate) authorization: Option<String>,
    /// The parameters of the form.
    pub(crate) form: BTreeMap<String, String>,
}

/// A response.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) media_type: &'static str,
    pub(crate) body: String,
    /// The value of `WWW-Authenticate`.
    pub(crate) challenge: &'static str,
}

impl Reply {
    pub(crate) fn json(status: u16, body: &impl ToString) -> Self {
        Self::text(status, "application/json", body)
    }

    pub(crate) fn text(status: u16, media_type: &'static str, body: &impl ToString) -> Self {
        let body = body.to_string();
        Self {
            status,
            media_type,
            body,
            challenge: "",
        }
    }
}

/// Serves requests until the program ends, and returns the URL of the server.
pub(crate) fn serve(answer: impl Fn(Request) -> Reply + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            // A client that goes away in the middle of a request is no failure of the test.
            let _ = exchange(&stream.unwrap(), &answer);
        }
    });
    url
}

fn exchange(mut stream: &TcpStream, answer: impl Fn(Request) -> Reply) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut request = Request {
        path: line.split(' ').nth(1).unwrap_or_default().to_owned(),
        ..Request::default()
    };
    let mut len = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim().split_once(':') else {
            break;
        };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => len = value.trim().parse().unwrap(),
            "authorization" => request.authorization = Some(value.trim().to_owned()),
            _ => {}
        }
    }
    let mut body = vec![0; len];
    reader.read_exact(&mut body)?;
    request.form = form_urlencoded::parse(&body).into_owned().collect();
    let reply = answer(request);
    write!(
        stream,
        "HTTP/1.1 {} Status\r\ncontent-type: {}\r\ncontent-length: {}\r\nconnection: close\r\n\
         www-authenticate: {}\r\n\r\n{}",
        reply.status,
        reply.media_type,
        reply.body.len(),
        reply.challenge,
        reply.body
    )
}
