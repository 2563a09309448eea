//! The subcommand `batch`: verifies one token for each line of standard input.

mod lines;
mod members;
mod progress;
mod request;

use std::io;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::answer::Answer;
use crate::failure::Failure;
use crate::input::unreadable;
use crate::json::from_object;
use crate::output::Output;

use lines::{Line, Lines, MAX_LINE_LEN};
use progress::Progress;
use request::Request;

/// Answers are written once more than this many bytes of them are pending.
const MAX_PENDING: usize = 64 * 1024;

pub(crate) fn run() -> Result<(), Failure> {
    let mut lines = Lines::new(io::stdin());
    let mut output = Output::new();
    let progress = Progress::new(output.is_terminal());
    let mut pending = Vec::new();
    while let Some(line) = lines
        .next()
        .map_err(|error| unreadable("standard input", &error))?
    {
        pending.extend(answer(&line)?);
        progress.advance();
        // Also written before waiting for input, because the caller may wait for these answers
        // before it sends more.
        if pending.len() > MAX_PENDING || !lines.is_next_ready() {
            progress.suspend(|| output.write(&pending))?;
            pending.clear();
        }
    }
    Ok(())
}

fn answer(line: &Line<'_>) -> io::Result<Vec<u8>> {
    let Line::Text(text) = line else {
        let message = format!("the line is longer than {MAX_LINE_LEN} bytes");
        return Answer::bad_request(message).with_id(None).to_line();
    };
    let request = match Request::parse(text) {
        Ok(request) => request,
        Err(message) => return Answer::bad_request(message).with_id(id_of(text)).to_line(),
    };
    let mut token = request.token.as_bytes().to_vec();
    let answer = match request.verify(&mut token) {
        Ok(accepted) => Answer::with_payload(&accepted),
        Err((error, message)) => Answer::rejected(error, message),
    };
    answer.with_id(request.id).to_line()
}

/// Returns the `id` of a line that is not a valid request but is at least a JSON object.
fn id_of(text: &[u8]) -> Option<&RawValue> {
    #[derive(Deserialize)]
    struct Identified<'a> {
        #[serde(borrow)]
        id: Option<&'a RawValue>,
    }

    from_object::<Identified<'_>>(text).ok()?.id
}
