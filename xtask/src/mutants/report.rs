//! Compares the changes that survived with those that `tests/mutants.md` explains.

use std::collections::BTreeSet;
use std::fs;

use super::job::Job;
use crate::process::{Outcome, failed, read};

const EXPLAINED: &str = "tests/mutants.md";

/// Prints how many changes were caught, and fails unless exactly the explained ones survived.
pub fn report(jobs: &[Job], files: &[String]) -> Outcome {
    let [caught, timeout, missed, unviable] =
        ["caught", "timeout", "missed", "unviable"].map(|verdict| names(jobs, verdict));
    // Each change is tested by two runs, one of which may have caught it.
    let caught: BTreeSet<_> = caught.union(&timeout).cloned().collect();
    let survivors: Vec<_> = missed.difference(&caught).cloned().collect();
    println!(
        "caught: {}, do not compile: {}, survived: {}",
        caught.len(),
        unviable.len(),
        survivors.len()
    );
    let survived: Vec<_> = survivors
        .iter()
        .map(|name| without_position(name))
        .collect();
    let explained = explained(&read(EXPLAINED)?, files);
    let unexplained = without(&survived, &explained);
    let outdated = without(&explained, &survived);
    print_list(&format!("not explained in {EXPLAINED}:"), &unexplained);
    print_list("explained, but caught or removed:", &outdated);
    if caught.is_empty() && survivors.is_empty() {
        return failed("no mutant was tested");
    }
    if unexplained.is_empty() && outdated.is_empty() {
        return Ok(());
    }
    failed(format!(
        "the surviving changes are not those in {EXPLAINED}"
    ))
}

fn print_list(title: &str, changes: &[String]) {
    if !changes.is_empty() {
        println!("{title}");
    }
    for change in changes {
        println!("{change}");
    }
}

/// Returns the names of the changes with this verdict.
fn names(jobs: &[Job], verdict: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for folder in jobs.iter().flat_map(Job::results) {
        let text = fs::read_to_string(folder.join(format!("{verdict}.txt"))).unwrap_or_default();
        names.extend(text.lines().map(String::from));
    }
    names
}

/// Removes line and column from the name of a change, because every edit moves them. For example,
/// `src/time.rs:12:5: replace a with b` becomes `src/time.rs: replace a with b`.
fn without_position(name: &str) -> String {
    let parts = name
        .split_once(':')
        .zip(name.split_once(": ").map(|(_, change)| change));
    match parts {
        Some(((file, _), change)) => format!("{file}: {change}"),
        None => name.to_owned(),
    }
}

/// Returns the changes of some files that a list explains: the first code span of each item.
fn explained(list: &str, files: &[String]) -> Vec<String> {
    let changes = list
        .lines()
        .filter_map(|line| line.strip_prefix("- `")?.split_once('`'));
    let of_files = changes.filter(|(change, _)| {
        let file = change.split_once(": ").map_or("", |(file, _)| file);
        files.iter().any(|chosen| chosen == file)
    });
    of_files.map(|(change, _)| change.to_owned()).collect()
}

/// Returns `all` without one occurrence of each of `others`.
fn without(all: &[String], others: &[String]) -> Vec<String> {
    let mut left = all.to_vec();
    for other in others {
        if let Some(position) = left.iter().position(|change| change == other) {
            left.remove(position);
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::{explained, without, without_position};

    #[test]
    fn positions_are_removed() {
        for (name, wanted) in [
            (
                "src/a.rs:12:5: replace x with y",
                "src/a.rs: replace x with y",
            ),
            (
                "src/a.rs:1:2: replace x -> T: U with z",
                "src/a.rs: replace x -> T: U with z",
            ),
        ] {
            assert_eq!(without_position(name), wanted, "{name}");
        }
    }

    #[test]
    fn changes_that_occur_twice_are_explained_twice() {
        let [a, b] = ["src/a.rs: a", "src/a.rs: b"].map(String::from);
        let found = without(&[a.clone(), a.clone(), b.clone()], &[a.clone(), b]);
        assert_eq!(found, [a]);
    }

    #[test]
    fn only_the_chosen_files_are_explained() {
        let list =
            "# Title\n\n- `src/a.rs: delete !`: why\n- `src/b.rs: delete !`: why,\n  wrapped\n";
        assert_eq!(
            explained(list, &["src/a.rs".into()]),
            ["src/a.rs: delete !"]
        );
    }
}
