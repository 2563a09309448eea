//! The layers: each is a folder of `src` and imports only from those below it. A new file in a
//! folder needs no entry here.

use std::fs;
use std::path::{Path, PathBuf};

/// The layers from the bottom up. Files outside of folders are in the lowest layer, except
/// `lib.rs`, `words.rs` and `base64url.rs`, which assemble the public API and are in the highest.
const LAYERS: &[&str] = &[
    "error limits time",
    "encoding",
    "alg",
    "jose",
    "key policy",
    "verify",
    "oauth",
    "oidc",
    "lib words base64url",
];

/// The algorithms. Nothing outside of `alg` names them, so that an algorithm is linked only if the
/// program names it.
const IMPLEMENTATIONS: &[&str] = &[
    "ES256",
    "ES384",
    "ES512",
    "HS256",
    "HS384",
    "HS512",
    "PS256",
    "PS384",
    "PS512",
    "RS256",
    "RS384",
    "RS512",
    "SHA256",
    "SHA384",
    "SHA512",
    "SIGNATURES",
    "MACS",
];

fn sources() -> Vec<PathBuf> {
    fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, found);
            } else {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    collect(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut found,
    );
    found
}

/// Returns a file's path under `src`, without its extension.
fn module(file: &Path) -> String {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let module = file.strip_prefix(src).unwrap().with_extension("");
    module.to_str().unwrap().to_owned()
}

/// Returns the folder, or the file outside of folders, that a module path starts with.
fn layer(module: &str) -> &str {
    module.split(['/', ':']).next().unwrap()
}

fn height(layer: &str) -> usize {
    let height = LAYERS.iter().position(|f| f.split(' ').any(|l| l == layer));
    height.unwrap_or_else(|| panic!("{layer} is not a layer"))
}

/// Returns the code of a file without comments and tests.
fn code(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
    let lines = code.lines().map(|l| l.split("//").next().unwrap());
    lines.collect::<Vec<_>>().join("\n")
}

/// Returns the layers that a file imports from: the names after `crate::`.
fn imports(code: &str) -> impl Iterator<Item = &str> {
    code.match_indices("crate::").map(|(at, root)| {
        let rest = &code[at + root.len()..];
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
        &rest[..end.unwrap_or(rest.len())]
    })
}

#[test]
fn no_import_points_upward() {
    for file in sources() {
        let (module, text) = (module(&file), fs::read_to_string(&file).unwrap());
        let own = layer(&module);
        let code = code(&text);
        for import in imports(&code) {
            let allowed = import == own || height(import) < height(own);
            assert!(allowed, "{module} imports from {import}, which is above it");
        }
        assert!(
            !code.contains("super::super"),
            "{module} uses `super::super`, which this test cannot check"
        );
    }
}

#[test]
fn nothing_outside_of_alg_names_an_algorithm() {
    for file in sources() {
        let (module, text) = (module(&file), fs::read_to_string(&file).unwrap());
        if matches!(layer(&module), "alg" | "lib" | "words") {
            continue;
        }
        let code = code(&text);
        let mut words = code.split(|c: char| !c.is_alphanumeric() && c != '_');
        // Quoted names are text, such as the `alg` of a header.
        let named = words
            .find(|name| IMPLEMENTATIONS.contains(name) && !code.contains(&format!("\"{name}\"")));
        assert_eq!(named, None, "{module} names an algorithm");
    }
}

#[test]
fn files_and_functions_are_short() {
    for file in sources() {
        let text = fs::read_to_string(&file).unwrap();
        assert!(
            text.lines().count() <= 500,
            "{} has more than 500 lines",
            file.display()
        );
        for (line, len) in functions(&text) {
            assert!(
                len <= 60,
                "{}:{line}: a function of {len} lines, more than 60",
                file.display()
            );
        }
    }
}

/// Returns the first line and the number of lines of every function: from `fn` to the closing brace
/// at the same indentation.
fn functions(text: &str) -> Vec<(usize, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        let code = line.trim_start();
        let indent = &line[..line.len() - code.len()];
        let is_function = [
            "fn ",
            "pub fn ",
            "pub(crate) fn ",
            "pub(super) fn ",
            "const fn ",
            "pub const fn ",
            "pub(crate) const fn ",
            "pub(super) const fn ",
        ];
        // Skips functions on one line and declarations in traits.
        let is_longer = !code.ends_with(['}', ';']);
        if is_function.iter().any(|start| code.starts_with(start)) && is_longer {
            let end = format!("{indent}}}");
            let len = lines[i..].iter().position(|l| {
                *l == end
                    || l.ends_with(';') && l.starts_with(indent) && l.trim_start().starts_with(')')
            });
            found.push((i + 1, len.map_or(1, |len| len + 1)));
        }
    }
    let has_any = lines.iter().any(|l| l.contains("fn ") && l.ends_with('{'));
    assert!(
        !found.is_empty() || !has_any,
        "no function was found in a file that has some"
    );
    found
}
