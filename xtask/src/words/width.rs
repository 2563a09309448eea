//! Checks that lines have at most 100 columns.

use super::{Page, prose};

const MAX_COLUMNS: usize = 100;

pub fn check(page: &Page, findings: &mut Vec<String>) {
    let mut report = |(number, line): (usize, &str)| {
        let columns = line.chars().count();
        if columns > MAX_COLUMNS {
            let path = &page.path;
            findings.push(format!("{path}:{number}: {columns} columns"));
        }
    };
    if page.path.ends_with(".rs") {
        let numbered = page.text.lines().enumerate();
        numbered.for_each(|(index, line)| report((index + 1, line)));
    } else if page.path.ends_with(".md") {
        prose(&page.text)
            .filter(|(_, line)| !is_whole(line))
            .for_each(&mut report);
    }
}

/// Returns whether a line cannot be wrapped: one word, such as a link, or one code span.
fn is_whole(line: &str) -> bool {
    let item = line.trim().trim_start_matches("- ").trim_end_matches(':');
    let code = item
        .strip_prefix('`')
        .and_then(|rest| rest.strip_suffix('`'));
    !item.contains(' ') || code.is_some_and(|code| !code.contains('`'))
}
