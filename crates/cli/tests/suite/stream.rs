//! `batch` exchanges requests and answers with another program.

use std::io::{BufRead, BufReader, Read, Write};
use std::thread;

use super::support::start;

#[test]
fn each_answer_is_written_before_the_next_request() {
    let mut child = start(&["batch"]);
    let mut requests = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap());
    let mut answer = String::new();
    for i in 0..3 {
        // The rest of one line and the start of the next.
        let request = if i == 0 {
            "{\"id\":0}\n{\"id\":".to_owned()
        } else {
            format!("{i}}}\n{{\"id\":")
        };
        requests.write_all(request.as_bytes()).unwrap();
        answer.clear();
        answers.read_line(&mut answer).unwrap();
        assert!(
            answer.starts_with(&format!("{{\"id\":{i},\"ok\":false")),
            "{answer}"
        );
    }
    drop(requests);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_closed_pipe_ends_the_program_quietly() {
    let mut child = start(&["batch"]);
    let mut requests = child.stdin.take().unwrap();
    let mut first = [0; 6];
    let mut answers = child.stdout.take().unwrap();
    let writer = thread::spawn(move || {
        let lines = "{\"id\":1}\n".repeat(1000);
        while requests.write_all(lines.as_bytes()).is_ok() {}
    });
    answers.read_exact(&mut first).unwrap();
    drop(answers);
    let mut stderr = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut stderr)
        .unwrap();
    assert_eq!(
        (child.wait().unwrap().code(), stderr.as_str()),
        (Some(0), "")
    );
    writer.join().unwrap();
}
