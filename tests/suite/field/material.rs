//! Reads the files of `vectors/field/`. In their strings, `<<name>>` is replaced by the text `name`
//! of `material.json`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/field")
}

fn read(name: &str) -> Value {
    let text = fs::read_to_string(folder().join(format!("{name}.json"))).expect(name);
    serde_json::from_str(&text).expect(name)
}

/// Returns the file of a kind, with the material in place of its names.
pub(super) fn kind(name: &str) -> Value {
    let material = read("material");
    replaced(&read(name), material.as_object().unwrap())
}

/// Returns the names of all kinds.
pub(super) fn kinds() -> BTreeSet<String> {
    let files = fs::read_dir(folder()).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let names = names.filter_map(|name| name.strip_suffix(".json").map(str::to_owned));
    names.filter(|name| name != "material").collect()
}

fn replaced(value: &Value, material: &Map<String, Value>) -> Value {
    match value {
        Value::String(text) => Value::String(expanded(text, material)),
        Value::Array(all) => all.iter().map(|value| replaced(value, material)).collect(),
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| {
                (expanded(name, material), replaced(value, material))
            };
            Value::Object(members.iter().map(member).collect())
        }
        other => other.clone(),
    }
}

fn expanded(text: &str, material: &Map<String, Value>) -> String {
    let mut parts = text.split("<<");
    let mut expanded = parts.next().unwrap().to_owned();
    for part in parts {
        let (name, rest) = part.split_once(">>").expect("the end of a name");
        expanded.push_str(material.get(name).and_then(Value::as_str).expect(name));
        expanded.push_str(rest);
    }
    expanded
}

/// Returns the strings of a string or an array, or none for null.
pub(super) fn strings(value: &Value) -> Vec<&str> {
    match value {
        Value::Null => Vec::new(),
        Value::String(text) => vec![text],
        other => {
            let all = other.as_array().expect("a string or a list").iter();
            all.map(|text| text.as_str().unwrap()).collect()
        }
    }
}

/// Returns a message in which the names of the material replace long texts, such as tokens.
pub(super) fn shortened(message: &str) -> String {
    let material = read("material");
    let mut long: Vec<(&String, &str)> = material
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, text)| (name, text.as_str().unwrap()))
        .filter(|(_, text)| text.len() > 80)
        .collect();
    long.sort_by_key(|(_, text)| core::cmp::Reverse(text.len()));
    long.into_iter()
        .fold(message.to_owned(), |message, (name, text)| {
            message.replace(text, &format!("<<{name}>>"))
        })
}
