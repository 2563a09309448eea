//! Lines end at 100 columns.

use super::{Page, prose};

const COLUMNS: usize = 100;

pub fn check(page: &Page, findings: &mut Vec<String>) {
    let mut report = |(number, line): (usize, &str)| {
        let columns = line.chars().count();
        if columns > COLUMNS {
            let path = &page.path;
            findings.push(format!("{path}:{number}: {columns} columns"));
        }
    };
    if page.path.ends_with(".rs") {
        let numbered = page.text.lines().enumerate();
        numbered.for_each(|(index, line)| report((index + 1, line)));
    } else if page.path.ends_with(".md") {
        // One word, such as a link, cannot be broken in two.
        prose(&page.text)
            .filter(|(_, line)| line.trim().contains(' '))
            .for_each(&mut report);
    }
}
