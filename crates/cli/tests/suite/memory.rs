//! `batch` runs in constant memory.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::thread;

use super::support::{NOW, SECRET, TOKEN, jwk, start};

/// Returns the peak resident memory of the process, in kilobytes.
fn peak(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Returns line number `i`. The lines are of four kinds, with many combinations of algorithms.
fn line(i: usize) -> String {
    let names = [
        "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "ES256",
    ];
    let chosen = names
        .iter()
        .enumerate()
        .filter(|(bit, _)| i >> bit & 1 == 1);
    let algs: Vec<_> = chosen.map(|(_, name)| format!("{name:?}")).collect();
    let algs = algs.join(",");
    let jwk = jwk();
    match i % 4 {
        0 => format!(
            "{{\"id\":{i},\"token\":\"{TOKEN}\",\"secret_base64url\":\"{SECRET}\",\"now\":{NOW}}}\n"
        ),
        1 => format!(
            "{{\"id\":{i},\"token\":\"{TOKEN}\",\"keys\":{{\"keys\":[{jwk}]}},\"algs\":[{algs}]}}\n"
        ),
        2 => format!("{{\"id\":{i},\"token\":\"{TOKEN}\",\"keys\":{jwk},\"algs\":[{algs}]}}\n"),
        _ => format!("no request {i}\n"),
    }
}

#[test]
fn twenty_times_as_many_lines_need_no_more_memory() {
    let (few, many) = (10_000, 200_000);
    let mut child = start(&["batch"]);
    let process = child.id();
    let mut requests = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
    // Returns the pipe, because the process must still run when it is measured.
    let writer = thread::spawn(move || {
        (0..many).for_each(|i| requests.write_all(line(i).as_bytes()).unwrap());
        requests
    });
    let mut peak_after = |lines| {
        assert_eq!(answers.by_ref().take(lines).flatten().count(), lines);
        peak(process)
    };
    let after_few = peak_after(few);
    let after_many = peak_after(many - few);
    drop(writer.join().unwrap());
    assert!(child.wait().unwrap().success());
    assert!(
        after_many < after_few + 512,
        "{after_few} KB, then {after_many} KB"
    );
}
