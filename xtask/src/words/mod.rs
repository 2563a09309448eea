//! Checks everything that a person reads: width of lines, phrases, links, the README.

mod links;
mod phrases;
mod readme;
mod width;

use clap::Args;

use crate::process::{Outcome, failed, files, read, usage_error};

/// Checks the width of lines, phrases that no engineer would write, links, and the README
///
/// Lines of Rust and of Markdown prose may have at most 100 columns. Relative links in Markdown
/// must resolve to a file, and to a heading in it. The README may have at most 450 words of prose,
/// and at most four columns in a table. It must have at least ten links.
///
/// Exit codes: 0 passed, 1 failed, 2 usage error.
#[derive(Args)]
pub struct Arguments {
    /// Report only files whose paths contain this
    part: Option<String>,
}

/// A file's path and its text.
struct Page {
    path: String,
    text: String,
}

impl Arguments {
    /// Runs the command.
    pub fn run(self) -> Outcome {
        let pages = pages()?;
        let mut findings = Vec::new();
        let part = self.part.as_deref().unwrap_or_default();
        let chosen: Vec<_> = pages
            .iter()
            .filter(|page| page.path.contains(part))
            .collect();
        if chosen.is_empty() {
            usage_error(&format!("no path contains {part}"));
        }
        for page in &chosen {
            width::check(page, &mut findings);
            phrases::check(page, &mut findings);
            links::check(page, &pages, &mut findings);
        }
        if "README.md".contains(part) {
            readme::check(&read("README.md")?, &mut findings);
        }
        for finding in &findings {
            println!("{finding}");
        }
        println!("{} files, {} findings", chosen.len(), findings.len());
        if findings.is_empty() {
            return Ok(());
        }
        failed(format!("{} findings", findings.len()))
    }
}

fn pages() -> Outcome<Vec<Page>> {
    let paths = files(&[".rs", ".md", ".h", ".toml", ".yml"])?;
    let page = |path: std::path::PathBuf| {
        Ok(Page {
            text: read(&path)?,
            path: path.to_string_lossy().into_owned(),
        })
    };
    paths.into_iter().map(page).collect()
}

/// Returns the lines of a Markdown text that are prose, numbered from 1: no code block, table,
/// heading or comment.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut in_code = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        let trimmed = line.trim_start();
        if trimmed.starts_with("```") {
            in_code = !in_code;
            return None;
        }
        let is_prose = !in_code
            && !line.starts_with("    ")
            && !trimmed.starts_with(['|', '#'])
            && !trimmed.starts_with("<!--");
        is_prose.then_some((index + 1, line))
    })
}
