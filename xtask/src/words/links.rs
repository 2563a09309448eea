//! Checks that relative links in Markdown resolve.

use std::path::{Component, Path, PathBuf};

use super::Page;
use crate::process::root;

pub fn check(page: &Page, pages: &[Page], findings: &mut Vec<String>) {
    if !page.path.ends_with(".md") {
        return;
    }
    for (number, link) in links(&page.text) {
        if let Some(why) = why_broken(page, pages, link) {
            findings.push(format!("{}:{number}: {link}: {why}", page.path));
        }
    }
}

/// Returns why a link is broken, if it is. Links to other hosts are not checked.
fn why_broken(page: &Page, pages: &[Page], link: &str) -> Option<&'static str> {
    if link.contains("://") || link.starts_with("mailto:") {
        return None;
    }
    let (file, anchor) = match link.split_once('#') {
        Some((file, anchor)) => (file, Some(anchor)),
        None => (link, None),
    };
    let target = if file.is_empty() {
        PathBuf::from(&page.path)
    } else {
        resolved(&page.path, file)
    };
    if !root().join(&target).exists() {
        return Some("no such file");
    }
    let anchor = anchor?;
    let target = pages.iter().find(|page| Path::new(&page.path) == target)?;
    let has_heading = headings(&target.text).any(|heading| heading == anchor);
    (!has_heading).then_some("no such heading")
}

/// Returns the path of a link, from the root of the repository.
fn resolved(from: &str, link: &str) -> PathBuf {
    let folder = Path::new(from).parent().unwrap_or(Path::new(""));
    let mut path = PathBuf::new();
    for part in folder.join(link).components() {
        match part {
            Component::ParentDir => {
                path.pop();
            }
            Component::CurDir => {}
            other => path.push(other),
        }
    }
    path
}

/// Returns the targets of inline links and link definitions outside of code blocks, with their line
/// numbers.
pub fn links(text: &str) -> Vec<(usize, &str)> {
    let (mut found, mut in_code) = (Vec::new(), false);
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code {
            continue;
        }
        for (at, opening) in line.match_indices("](") {
            let rest = line.get(at + opening.len()..).unwrap_or_default();
            if let Some((target, _)) = rest.split_once(')') {
                found.push((index + 1, target));
            }
        }
        let definition = line
            .strip_prefix('[')
            .and_then(|line| line.split_once("]: "));
        if let Some((_, target)) = definition {
            found.push((index + 1, target.trim()));
        }
    }
    found
}

/// Returns the anchors of headings as code hosts generate them: lower case, hyphens for spaces, no
/// punctuation.
fn headings(text: &str) -> impl Iterator<Item = String> {
    text.lines()
        .filter(|line| line.starts_with('#'))
        .map(|line| {
            let title = line.trim_start_matches('#').trim().to_lowercase();
            let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
            let kept: String = title.chars().filter(kept).collect();
            kept.replace(' ', "-")
        })
}

#[cfg(test)]
mod tests {
    use super::{headings, links, resolved};
    use std::path::Path;

    #[test]
    fn links_of_both_kinds_outside_of_code() {
        let text = "[a](b.md#c) and [d](../e)\n```\n[x](y)\n```\n[f]: g.md\n";
        assert_eq!(links(text), [(1, "b.md#c"), (1, "../e"), (5, "g.md")]);
    }

    #[test]
    fn paths_are_relative_to_the_page() {
        assert_eq!(
            resolved("docs/a.md", "../README.md"),
            Path::new("README.md")
        );
        assert_eq!(resolved("docs/a.md", "b.md"), Path::new("docs/b.md"));
    }

    #[test]
    fn anchors_as_code_hosts_generate_them() {
        let anchors: Vec<_> = headings("# On a Cortex-M4\n## `Policy`, and why\n").collect();
        assert_eq!(anchors, ["on-a-cortex-m4", "policy-and-why"]);
    }
}
