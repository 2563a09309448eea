//! An HTTP server that fails on purpose, in a way that each test chooses for each path.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, sleep};
use std::time::Duration;

/// What the server does with a request.
#[derive(Clone)]
pub(crate) enum Reply {
    /// Responds with status 200 and this body.
    Document(String),
    /// Sends these bytes, and closes the connection.
    Raw(Vec<u8>),
    /// Sends these bytes, and nothing more until the client gives up.
    Stall(Vec<u8>),
    /// Sends the first bytes, and then the others again and again, with a pause, until the client
    /// gives up.
    Endless(Vec<u8>, Vec<u8>, Duration),
    /// Closes the connection before it has read the request, which resets it.
    Reset,
    /// Responds with this body and entity tag, or with 304 to a request that knows the tag.
    Tagged(String, String),
    /// Responds as the function says, which receives the number of earlier requests for the path.
    Each(Arc<dyn Fn(usize) -> Reply + Send + Sync>),
}

impl Reply {
    /// Returns a response with this status line, these headers and this body.
    pub(crate) fn raw(status: &str, headers: &str, body: &[u8]) -> Self {
        let length = body.len();
        let head = format!(
            "HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n"
        );
        Self::Raw([head.as_bytes(), body].concat())
    }
}

/// The server. Its thread ends when it is dropped.
pub(crate) struct FaultServer {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    paths: Mutex<HashMap<String, (Reply, usize)>>,
    open: AtomicUsize,
    ends: AtomicBool,
}

impl FaultServer {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared::default());
        let server = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if server.ends.load(Ordering::Relaxed) {
                    break;
                }
                let (stream, shared) = (stream.unwrap(), Arc::clone(&server));
                thread::spawn(move || {
                    shared.open.fetch_add(1, Ordering::Relaxed);
                    // An error means that the client gave up.
                    let _ = shared.serve(stream);
                    shared.open.fetch_sub(1, Ordering::Relaxed);
                });
            }
        });
        Self { address, shared }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Says how to respond to requests for this path.
    pub(crate) fn set(&self, path: &str, reply: Reply) {
        let mut paths = self.shared.paths.lock().unwrap();
        paths.entry(path.to_owned()).or_insert((Reply::Reset, 0)).0 = reply;
    }

    /// Returns the number of requests for this path.
    pub(crate) fn requests(&self, path: &str) -> usize {
        let paths = self.shared.paths.lock().unwrap();
        paths.get(path).map_or(0, |(_, requests)| *requests)
    }

    /// Returns the number of connections in use.
    pub(crate) fn open(&self) -> usize {
        self.shared.open.load(Ordering::Relaxed)
    }
}

impl Drop for FaultServer {
    fn drop(&mut self) {
        self.shared.ends.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    fn serve(&self, mut stream: TcpStream) -> std::io::Result<()> {
        let mut start = [0; 1];
        stream.peek(&mut start)?;
        let mut request = Vec::new();
        let path = {
            // Peeks, so that a connection can be closed with unread bytes.
            let mut bytes = [0; 4096];
            while !request.windows(4).any(|bytes| bytes == b"\r\n\r\n") {
                let len = stream.peek(&mut bytes)?;
                request = bytes[..len].to_vec();
                if len == 0 {
                    return Ok(());
                }
            }
            let text = String::from_utf8_lossy(&request);
            let path = text.split(' ').nth(1).unwrap_or_default();
            path.split('?').next().unwrap_or_default().to_owned()
        };
        let (mut reply, number) = {
            let mut paths = self.paths.lock().unwrap();
            let missing = Reply::raw("404 Not Found", "", b"");
            let (reply, number) = paths.entry(path).or_insert((missing, 0));
            *number += 1;
            (reply.clone(), *number - 1)
        };
        while let Reply::Each(by_number) = reply {
            reply = by_number(number);
        }
        if matches!(reply, Reply::Reset) {
            return Ok(());
        }
        let mut bytes = vec![0; request.len()];
        stream.read_exact(&mut bytes)?;
        respond(&mut stream, reply, &String::from_utf8_lossy(&request))
    }
}

fn respond(stream: &mut TcpStream, reply: Reply, request: &str) -> std::io::Result<()> {
    match reply {
        Reply::Document(body) => {
            let reply = Reply::raw(
                "200 OK",
                "Content-Type: application/json\r\n",
                body.as_bytes(),
            );
            respond(stream, reply, request)
        }
        Reply::Raw(bytes) => stream.write_all(&bytes),
        Reply::Stall(bytes) => {
            stream.write_all(&bytes)?;
            // Returns when the client closes the connection.
            stream.read(&mut [0]).map(|_| ())
        }
        Reply::Endless(first, again, pause) => {
            stream.write_all(&first)?;
            loop {
                stream.write_all(&again)?;
                sleep(pause);
            }
        }
        Reply::Tagged(body, tag) => {
            let header = format!("ETag: {tag}\r\n");
            let known = format!("if-none-match: {tag}\r\n").to_lowercase();
            let reply = if request.to_lowercase().contains(&known) {
                Reply::raw("304 Not Modified", &header, b"")
            } else {
                Reply::raw("200 OK", &header, body.as_bytes())
            };
            respond(stream, reply, request)
        }
        Reply::Reset | Reply::Each(_) => Ok(()),
    }
}
