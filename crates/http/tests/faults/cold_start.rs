//! A program that starts while the issuer is down, with a document that an earlier run kept.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use jose_verify_http::{Builder, Error, Event, IssuerConfig, Issuers, KeyFormat, KeyLocation};

use super::server::{FaultServer, Reply};
use super::support::{ISSUER, TestKey, jwks};
use super::tools::{
    TestClock, builder, client, client_with, config, eventually, only_good_tokens_pass, verify,
};

/// A folder that is removed at the end of the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("jose-verify-{name}-{}", std::process::id());
        Self(std::env::temp_dir().join(name))
    }

    /// Returns the only file.
    fn file(&self) -> PathBuf {
        let mut files = fs::read_dir(&self.0).unwrap();
        let file = files.next().unwrap().unwrap().path();
        assert!(files.next().is_none());
        file
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Runs the program while the issuer works, until it has kept the document. Then the server stalls.
fn first_run(server: &FaultServer, folder: &Path) {
    server.set("/jwks", Reply::Document(jwks(&[&TestKey::new(1)])));
    let issuers = builder(&TestClock::default()).keep_in(folder);
    let issuers = issuers.build([config(server)]).unwrap();
    assert!(verify(&issuers, &TestKey::new(1).token()).is_ok());
    let is_kept = |file: fs::DirEntry| file.path().extension().is_some_and(|e| e == "keys");
    eventually("the document is kept", || {
        fs::read_dir(folder).is_ok_and(|mut files| files.any(|file| file.is_ok_and(is_kept)))
    });
    server.set("/jwks", Reply::Stall(Vec::new()));
}

/// Returns a builder that writes down the events, and what it wrote.
fn observed(builder: Builder) -> (Builder, Arc<Mutex<Vec<String>>>) {
    let events = Arc::new(Mutex::new(Vec::new()));
    let list = Arc::clone(&events);
    let observer = move |_: &str, event: &Event<'_>| list.lock().unwrap().push(event.to_string());
    (builder.observer(observer), events)
}

#[test]
fn kept_keys_are_used_at_once() {
    let (server, folder) = (FaultServer::start(), Folder::new("at-once"));
    first_run(&server, &folder.0);
    let began = Instant::now();
    let builder = Issuers::builder().client(client_with(Duration::from_secs(2)));
    let issuers = builder.keep_in(&folder.0).build([config(&server)]).unwrap();
    assert!(issuers.is_ready());
    assert!(verify(&issuers, &TestKey::new(1).token()).is_ok());
    assert!(
        began.elapsed() < Duration::from_secs(1),
        "the server is not waited for"
    );
    // The background thread asks the issuer at once.
    eventually("a fetch", || server.requests("/jwks") == 2);
    let issuer = issuers.get(ISSUER).unwrap();
    eventually("its end", || issuer.status().last_error.is_some());
    only_good_tokens_pass(&issuers, &TestKey::new(1).token(), "1", "after it failed");
}

#[test]
fn kept_keys_become_stale() {
    let (server, folder) = (FaultServer::start(), Folder::new("stale"));
    first_run(&server, &folder.0);
    let day = 24 * 3600;
    for (seconds, advances, want) in [
        (day - 60, 0, true),
        (day - 60, 50, true),
        (day - 60, 70, false),
        (day + 60, 0, false),
        // The clock went back: the age is unknown.
        (-60, 0, false),
    ] {
        let clock = TestClock::default();
        clock.shift_date(seconds);
        let builder = builder(&clock).client(client()).keep_in(&folder.0);
        let issuers = builder.build([config(&server)]).unwrap();
        clock.advance(Duration::from_secs(advances));
        clock.shift_date(0);
        let outcome = verify(&issuers, &TestKey::new(1).token());
        assert_eq!(outcome.is_ok(), want, "{seconds} {advances}: {outcome:?}");
        if let Err(Error::Unavailable(unavailable)) = outcome {
            assert_eq!(unavailable.is_stale, seconds > 0);
            assert!(unavailable.reason.is_some());
        }
    }
}

#[test]
fn files_that_are_not_used() {
    let (server, folder) = (FaultServer::start(), Folder::new("foreign"));
    first_run(&server, &folder.0);
    let path = folder.file();
    let file = fs::read_to_string(&path).unwrap();
    assert!(!file.contains("secret") && !file.contains("password"));
    let foreign = file.replace(ISSUER, "https://other.example.com");
    let start = |config: IssuerConfig| {
        let (builder, events) = observed(builder(&TestClock::default()).keep_in(&folder.0));
        let issuers = builder.build([config]).unwrap();
        (issuers.is_ready(), events.lock().unwrap().join("\n"))
    };
    for (case, text, want) in [
        ("whole", file.clone(), "kept keys are used"),
        ("foreign", foreign, ""),
        ("empty", String::new(), "not kept"),
        ("cut off", file[..file.len() - 9].to_owned(), "not kept"),
        ("HTML", "<html>".to_owned(), "not kept"),
        ("too long", file.clone() + &" ".repeat(5 << 20), "not kept"),
    ] {
        fs::write(&path, text).unwrap();
        let (is_ready, events) = start(config(&server));
        assert_eq!(is_ready, case == "whole", "{case}");
        assert!(events.contains(want), "{case}: {events}");
        assert!(!want.is_empty() || events.is_empty(), "{case}: {events}");
    }
    // The configuration names other keys than before.
    fs::write(&path, file).unwrap();
    let url = format!("{}/other", server.url());
    let other = IssuerConfig {
        keys: KeyLocation::Url(url, KeyFormat::JwkSet),
        ..config(&server)
    };
    assert!(!start(other).0);
    assert!(start(config(&server)).0);
}
