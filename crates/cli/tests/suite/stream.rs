//! `batch` as one end of a conversation.

use std::io::{BufRead, BufReader, Read, Write};
use std::thread;

use super::support::start;

#[test]
fn an_answer_comes_before_the_next_question() {
    let mut child = start(&["batch"]);
    let mut questions = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap());
    let mut answer = String::new();
    for i in 0..3 {
        // The rest of a line, and the start of the next.
        let question = if i == 0 {
            "{\"id\":0}\n{\"id\":".to_owned()
        } else {
            format!("{i}}}\n{{\"id\":")
        };
        questions.write_all(question.as_bytes()).unwrap();
        answer.clear();
        answers.read_line(&mut answer).unwrap();
        assert!(
            answer.starts_with(&format!("{{\"id\":{i},\"ok\":false")),
            "{answer}"
        );
    }
    drop(questions);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_reader_that_has_had_enough_ends_it_quietly() {
    let mut child = start(&["batch"]);
    let mut questions = child.stdin.take().unwrap();
    let mut first = [0; 6];
    let mut answers = child.stdout.take().unwrap();
    let writer = thread::spawn(move || {
        let lines = "{\"id\":1}\n".repeat(1000);
        while questions.write_all(lines.as_bytes()).is_ok() {}
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
