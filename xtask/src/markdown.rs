//! Code blocks of Markdown texts.

/// Returns the code blocks in a language, in their order.
pub fn blocks(markdown: &str, language: &str) -> Vec<String> {
    let opening = format!("```{language}");
    let mut blocks = Vec::new();
    let mut lines = markdown.lines();
    while lines.by_ref().any(|line| line == opening) {
        let block = lines.by_ref().take_while(|line| *line != "```");
        blocks.push(block.map(|line| format!("{line}\n")).collect());
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::blocks;

    #[test]
    fn only_blocks_in_the_language_are_returned() {
        let text = "a\n```sh\none\n  more\n```\n```rust\nno\n```\n```sh\ntwo\n```\n";
        assert_eq!(blocks(text, "sh"), ["one\n  more\n", "two\n"]);
        assert_eq!(blocks(text, "c"), [""; 0]);
    }
}
