//! Checks that the README is short, has links, and has no wide tables.

use super::links::links;
use super::prose;

const MAX_WORDS: usize = 450;
const MIN_LINKS: usize = 10;
const MAX_COLUMNS: usize = 4;

pub fn check(readme: &str, findings: &mut Vec<String>) {
    let words = prose(readme)
        .flat_map(|(_, line)| line.split_whitespace())
        .filter(|word| word.contains(char::is_alphanumeric))
        .count();
    if words > MAX_WORDS {
        findings.push(format!("README.md: {words} words of prose"));
    }
    let links = links(readme).len();
    if links < MIN_LINKS {
        findings.push(format!("README.md: {links} links"));
    }
    for (index, line) in readme.lines().enumerate() {
        let columns = line.matches('|').count().saturating_sub(1);
        if line.starts_with('|') && columns > MAX_COLUMNS {
            findings.push(format!("README.md:{}: {columns} columns", index + 1));
        }
    }
}
