//! Runs the tokens of other libraries through `batch`.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::support::{batch, vectors};

/// Returns every case of every file under `vectors/` in the format of `vectors/README.md`.
fn cases() -> Vec<Value> {
    let entries = |path: PathBuf| {
        fs::read_dir(path)
            .unwrap()
            .map(|entry| entry.unwrap().path())
    };
    // The cases in `field` have their own format, and the library's test `field` runs them.
    let folders = entries(vectors("")).filter(|path| path.is_dir() && !path.ends_with("field"));
    let files = folders.flat_map(entries);
    let texts = files
        .filter(|path| path.extension().is_some_and(|e| e == "json"))
        .map(|path| fs::read_to_string(path).unwrap());
    let cases = texts.flat_map(|text| {
        let mut file: Value = serde_json::from_str(&text).unwrap();
        file["cases"]
            .as_array_mut()
            .map(std::mem::take)
            .unwrap_or_default()
    });
    cases.collect()
}

#[test]
fn answers_match_the_vectors() {
    let mut cases = cases();
    assert!(cases.len() > 500, "{} cases", cases.len());
    let mut lines = String::new();
    for case in &mut cases {
        let mut line = case.as_object().unwrap().clone();
        line.remove("expect");
        let name = line.remove("name").unwrap();
        line.insert("id".to_owned(), name);
        lines.push_str(&json!(line).to_string());
        lines.push('\n');
    }
    for (case, mut answer) in cases.iter().zip(batch(&lines)) {
        let mut want = case["expect"].clone();
        want["id"] = case["name"].clone();
        // The vectors do not contain the error number.
        answer.as_object_mut().unwrap().remove("code");
        assert_eq!(answer, want);
    }
}
