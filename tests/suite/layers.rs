//! The layers: a file imports only from what stands before it in this list, so no import points upward.

use std::fs;
use std::path::{Path, PathBuf};

/// Every module, from the leaves up. A new file finds its place here.
const ORDER: &[&str] = &[
    // Leaves: error codes, bounds, time, the contract of an algorithm.
    "error",
    "limits",
    "time",
    "algorithm",
    "hash",
    // Text: base64url and JSON.
    "scan",
    "base64url",
    "json/utf8",
    "json/place",
    "json/number",
    "json/string",
    "json/name",
    "json/value",
    "json/cursor",
    "json/names",
    "json/container",
    "json/object",
    "json/words",
    "json",
    // JOSE syntax: the RFCs' grammar, no cryptography.
    "compact",
    "header",
    "claims",
    "jwk",
    // Trust: keys, their selection, policy.
    "thumbprint",
    "key/parameters",
    "key/der",
    "key/asn1",
    "key/pem",
    "key",
    "key/published",
    "selection",
    "key_set",
    "rotation/refetch",
    "rotation/rotating_keys",
    "rotation",
    "prepared",
    "policy",
    // Pipeline.
    "verify",
    "padded",
    "tenant",
    // Profiles.
    "oidc/profiles",
    "oidc/bindings",
    "oidc/logout_token",
    "oidc/provider_metadata",
    "oidc/replay_guard",
    "oidc/scopes",
    "oidc/session",
    "oidc/token_response",
    "oidc/user_info",
    "oidc",
    // At the side: the algorithms. Nothing above may name them.
    "crypto/arithmetic",
    "crypto/words",
    "crypto/sha2",
    "crypto/hmac",
    "crypto/ecdsa/prime",
    "crypto/ecdsa/inverse",
    "crypto/ecdsa/residue",
    "crypto/ecdsa/curve",
    "crypto/ecdsa/p256/base",
    "crypto/ecdsa/p256/narrow",
    "crypto/ecdsa/p256/wide",
    "crypto/ecdsa/p256",
    "crypto/ecdsa/p384/base",
    "crypto/ecdsa/p384",
    "crypto/ecdsa/p521/base",
    "crypto/ecdsa/p521",
    "crypto/ecdsa/point",
    "crypto/ecdsa/table",
    "crypto/ecdsa/verification",
    "crypto/ecdsa",
    "crypto/rsa/hash",
    "crypto/rsa/montgomery/narrow",
    "crypto/rsa/montgomery/wide",
    "crypto/rsa/montgomery",
    "crypto/rsa/public_key",
    "crypto/rsa/scheme",
    "crypto/rsa/pkcs1",
    "crypto/rsa/pss",
    "crypto/rsa",
    "crypto",
    // Puts the public names together.
    "lib",
];

/// All that the algorithms know of the core.
const CONTRACT: &[&str] = &["algorithm", "error", "hash", "limits"];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// The modules that a file names through `crate::` or `super::`, outside of comments and tests.
fn imports(module: &str, text: &str) -> Vec<String> {
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
    let code: Vec<&str> = code
        .lines()
        .map(|l| l.split("//").next().unwrap())
        .collect();
    let code = code.join("\n");
    let parent = module.rsplit_once('/').map_or("", |(parent, _)| parent);
    let mut found = Vec::new();
    for (root, prefix) in [("crate::", ""), ("super::", parent)] {
        for (at, _) in code.match_indices(root) {
            let path: String = code[at + root.len()..]
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_' || *c == ':')
                .collect();
            let path = format!("{prefix}/{}", path.replace("::", "/"));
            found.push(known_module(module, path.trim_matches('/')));
        }
    }
    found
}

/// The longest beginning of a path that is a module.
fn known_module(importer: &str, path: &str) -> String {
    let mut path = path;
    while !ORDER.contains(&path) {
        path = path.rsplit_once('/').map_or_else(
            || panic!("{importer} imports {path}, which is not in the list"),
            |(parent, _)| parent,
        );
    }
    path.to_owned()
}

fn rank(module: &str) -> usize {
    let position = ORDER.iter().position(|m| *m == module);
    position.unwrap_or_else(|| panic!("{module} is not in the list of layers"))
}

#[test]
fn no_import_points_upward() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    assert_eq!(files.len(), ORDER.len(), "a module in the list has no file");
    for file in files {
        let module = file.strip_prefix(&src).unwrap().with_extension("");
        let module = module.to_str().unwrap();
        for import in imports(module, &fs::read_to_string(&file).unwrap()) {
            assert!(
                rank(&import) < rank(module),
                "{module} imports {import} from above"
            );
            let to_crypto = import.starts_with("crypto");
            if module.starts_with("crypto") {
                let allowed = to_crypto || CONTRACT.contains(&import.as_str());
                assert!(allowed, "{module} knows more than the contract: {import}");
            } else {
                assert!(!to_crypto, "{module} names an algorithm: {import}");
            }
        }
    }
}

#[test]
fn files_and_functions_are_short() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        assert!(
            text.lines().count() <= 500,
            "{} is too long",
            file.display()
        );
        for (line, len) in functions(&text) {
            assert!(
                len <= 60,
                "{}:{line}: a function of {len} lines",
                file.display()
            );
        }
    }
}

/// First line and number of lines of every function: from `fn` to the brace that closes at the same depth.
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
            "pub const fn ",
        ];
        if is_function.iter().any(|start| code.starts_with(start)) && !code.ends_with('}') {
            let end = format!("{indent}}}");
            let len = lines[i..].iter().position(|l| {
                *l == end
                    || l.ends_with(';') && l.starts_with(indent) && l.trim_start().starts_with(')')
            });
            found.push((i + 1, len.map_or(1, |len| len + 1)));
        }
    }
    assert!(
        !found.is_empty() || !text.contains("fn "),
        "functions were not found"
    );
    found
}
