//! Compiles the Rust blocks of `README.md` and of the pages in this folder.
//!
//! `cargo test --doc -p jose-verify-docs` compiles each block as a separate program. A block must
//! compile unchanged, in a crate that depends on `jose-verify` with the features `std` and `serde`.
//! Packages under `crates` and `examples` compile the blocks of their own README.

/// Declares an empty module for each page, with the page as its documentation.
macro_rules! pages {
    ($($name:ident = $path:literal;)+) => {
        $(
            #[cfg(doctest)]
            #[doc = include_str!($path)]
            mod $name {}
        )+

        /// The paths of the pages that are included, relative to this folder.
        #[cfg(test)]
        const INCLUDED: &[&str] = &[$($path),+];
    };
}

pages! {
    readme = "../README.md";
    c = "c.md";
    conformance = "conformance.md";
    firmware = "firmware.md";
    gateway = "gateway.md";
    logins = "logins.md";
    memory = "memory.md";
    performance = "performance.md";
    policies = "policies.md";
    rotation = "rotation.md";
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::INCLUDED;

    #[test]
    fn every_page_is_included() -> std::io::Result<()> {
        for entry in fs::read_dir(env!("CARGO_MANIFEST_DIR"))? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "md") {
                let name = path
                    .file_name()
                    .and_then(|name| name.to_str())
                    .unwrap_or_default();
                assert!(
                    INCLUDED.contains(&name),
                    "{name} is not included in docs/lib.rs"
                );
            }
        }
        Ok(())
    }

    #[test]
    fn every_rust_block_is_compiled() -> std::io::Result<()> {
        for page in INCLUDED {
            let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(page))?;
            for fence in text.lines().filter_map(|line| line.strip_prefix("```")) {
                let language = fence.trim_end();
                let known = ["", "rust", "sh", "text", "toml"].contains(&language);
                assert!(known, "{page}: a block of {language:?} is not compiled");
            }
        }
        Ok(())
    }

    /// Packages under `crates` and `examples` compile the blocks of their own README.
    #[test]
    fn other_readmes_are_included() -> std::io::Result<()> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for folder in ["crates", "examples"] {
            for entry in fs::read_dir(root.join(folder))? {
                let package = entry?.path();
                let text = fs::read_to_string(package.join("README.md")).unwrap_or_default();
                if text.contains("```rust") {
                    let lib = fs::read_to_string(package.join("src/lib.rs"))?;
                    let included = lib.contains(r#"include_str!("../README.md")"#);
                    assert!(
                        included && !text.contains("```rust,"),
                        "{}",
                        package.display()
                    );
                }
            }
        }
        Ok(())
    }
}
