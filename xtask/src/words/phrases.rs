//! Phrases that no English-speaking engineer uses.

use super::Page;

/// The phrases, in lower case. They also match across lines and comment markers.
const PHRASES: &[&str] = &[
    "a frame of its own",
    "a member twice",
    "a name twice",
    "are no cycles",
    "are no secret",
    "are none of",
    "as ever",
    "as far as they are there",
    "as it stands",
    "as they stand",
    "be it ",
    "be there a",
    "be they ",
    "but for ",
    "comes into question",
    "comes of it",
    "for it would",
    "found out by",
    "has to do with",
    "have to do with",
    "holds to its word",
    "hostile twin",
    "is but a",
    "is found out",
    "is no number",
    "is no secret",
    "is no string",
    "is none of",
    "it to its word",
    "made anew",
    "makes it anew",
    "nobody asks",
    "nobody's business",
    "not one accepted",
    "of that sort",
    "one which",
    "refused so",
    "rightly signed",
    "said of",
    "so many bytes",
    "so many of them",
    "so many words",
    "somebody else's",
    "stand in ",
    "stands in ",
    "stands there",
    "starts anew",
    "take a look",
    "takes a look",
    "the same to the eye",
    "to start anew",
    "way into it",
    "ways into the",
    "what of it",
    "what stands",
    "whatever becomes",
    "whatever comes",
    "which one has to",
    "who forges",
    "who harms",
    "who searches",
    "who wants",
    "whoever could",
    "writes the list anew",
    "written anew",
];

pub fn check(page: &Page, findings: &mut Vec<String>) {
    // Contains the list.
    if page.path.ends_with("words/phrases.rs") {
        return;
    }
    let (flat, starts) = flattened(&page.text);
    for phrase in PHRASES {
        for (at, _) in flat.match_indices(phrase) {
            let begins_word = !flat[..at].ends_with(|c: char| c.is_alphanumeric());
            if begins_word {
                let line = starts.partition_point(|start| *start <= at);
                let (path, phrase) = (&page.path, phrase.trim_end());
                findings.push(format!("{path}:{line}: \"{phrase}\""));
            }
        }
    }
}

/// Returns the text in lower case on one line, without comment markers, and the offset at which
/// each line begins in it.
fn flattened(text: &str) -> (String, Vec<usize>) {
    let (mut flat, mut starts) = (String::with_capacity(text.len()), Vec::new());
    for line in text.lines() {
        starts.push(flat.len());
        let line = line
            .trim_start()
            .trim_start_matches(['/', '!', '#', '*', '>']);
        flat += &line.trim().to_lowercase();
        flat.push(' ');
    }
    (flat, starts)
}

#[cfg(test)]
mod tests {
    use super::{Page, check};

    #[test]
    fn a_phrase_across_two_lines_of_a_comment() {
        let page = Page {
            path: "a.rs".to_owned(),
            text: "fn a() {}\n    /// The rest stands\n    /// in a file. Withstands in water.\n"
                .to_owned(),
        };
        let mut findings = Vec::new();
        check(&page, &mut findings);
        assert_eq!(findings, ["a.rs:2: \"stands in\""]);
    }
}
