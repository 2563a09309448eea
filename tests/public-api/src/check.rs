//! Finds problems for a reader of the documentation.

use std::collections::{BTreeMap, BTreeSet};

use rustdoc_types::{Id, ItemEnum};

use crate::list::List;
use crate::print::Mention;
use crate::surface::{Surface, path_of};

/// The maximum number of names at the crate root, without modules.
const ROOT_LIMIT: usize = 40;

/// Crates whose types and traits may be named: those of Rust, and those that a feature is named
/// after.
const FOREIGN: [&str; 6] = ["alloc", "core", "defmt", "serde", "serde_core", "std"];

/// Names that cannot be looked up, with the declarations that contain them.
type Findings = BTreeMap<String, BTreeSet<String>>;

/// Prints the findings. Returns whether the check passed.
pub(crate) fn report(surface: &Surface, list: &List) -> bool {
    let root = root(surface);
    println!(
        "{} names at the crate root, {ROOT_LIMIT} allowed",
        root.len()
    );
    let mut passed = true;
    if root.len() > ROOT_LIMIT {
        passed = false;
        println!(
            "FAILED: {} names too many at the crate root:",
            root.len().abs_diff(ROOT_LIMIT)
        );
        let mut kinds: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, (kind, _)) in &root {
            kinds.entry(kind).or_default().push(name);
        }
        for (kind, names) in kinds {
            println!("    {} {kind}: {}", names.len(), names.join(", "));
        }
    }
    let (mut private, mut foreign) = (Findings::new(), Findings::new());
    let mut declarations = 0_usize;
    for (text, mentions) in list.declarations() {
        declarations = declarations.saturating_add(1);
        for mention in mentions {
            if let Some(name) = private_name(surface, mention) {
                private.entry(name).or_default().insert(text.clone());
            }
            if let Some(name) = foreign_name(surface, mention) {
                foreign.entry(name).or_default().insert(text.clone());
            }
        }
    }
    println!("{declarations} declarations");
    passed &= none("named in public, but without documentation", &private);
    passed &= none("of another crate, in a public declaration", &foreign);
    passed &= declarations > 0;
    let bare: Vec<&str> = root
        .iter()
        .filter(|(_, (_, has_example))| !has_example)
        .map(|(name, _)| name.as_str())
        .collect();
    println!(
        "for information, {} root items without an example:",
        bare.len()
    );
    println!("    {}", bare.join(", "));
    passed
}

fn none(what: &str, findings: &Findings) -> bool {
    for (name, declarations) in findings {
        println!("FAILED: {name}: {what}:");
        for declaration in declarations {
            println!("    {declaration}");
        }
    }
    findings.is_empty()
}

/// Returns the names on rustdoc's root page, with their kinds and whether their documentation has
/// an example.
fn root<'s>(surface: &'s Surface) -> BTreeMap<String, (&'s str, bool)> {
    let mut names = BTreeMap::new();
    for (key, entry) in &surface.entries {
        if key.contains("::") {
            continue;
        }
        let item = entry.item.and_then(|id| surface.item(id));
        let kind = match item.map(|item| &item.inner) {
            Some(ItemEnum::Module(_)) => continue,
            Some(ItemEnum::Struct(_)) => "structs",
            Some(ItemEnum::Enum(_)) => "enums",
            Some(ItemEnum::Trait(_) | ItemEnum::TraitAlias(_)) => "traits",
            Some(ItemEnum::Function(_)) => "functions",
            Some(ItemEnum::Constant { .. }) => "constants",
            Some(ItemEnum::TypeAlias(_)) => "type aliases",
            Some(ItemEnum::Macro(_) | ItemEnum::ProcMacro(_)) => "macros",
            Some(_) => "others",
            None => "items of other crates",
        };
        let docs = item.and_then(|item| item.docs.as_deref());
        let has_example = docs.is_some_and(|docs| docs.contains("```"));
        names.insert(key.clone(), (kind, has_example));
    }
    names
}

/// Returns the name if it is one of this crate and cannot be looked up.
fn private_name(surface: &Surface, mention: &Mention) -> Option<String> {
    match mention {
        Mention::Item(id, written) => {
            (surface.is_local(*id) && surface.name(*id).is_none()).then(|| written.clone())
        }
        Mention::Associated(id, name) => {
            let is_shown = match surface.item(*id).map(|item| &item.inner) {
                Some(ItemEnum::Trait(of)) => {
                    let mut members = of.items.iter().filter_map(|id| surface.item(*id));
                    surface.name(*id).is_some()
                        && members.any(|member| member.name.as_deref() == Some(name))
                }
                _ => false,
            };
            (surface.is_local(*id) && !is_shown).then(|| format!("{name} (of a trait)"))
        }
        Mention::Expression(text, parameters) => {
            let private = paths(text)
                .into_iter()
                .find(|path| !is_public(surface, path, parameters))?;
            // rustdoc writes an underscore in place of long expressions.
            let is_elided = private == "_";
            Some(if is_elided {
                "_ (a computation)".to_owned()
            } else {
                private
            })
        }
    }
}

fn foreign_name(surface: &Surface, mention: &Mention) -> Option<String> {
    let Mention::Item(id, written) = mention else {
        return None;
    };
    let krate = surface.foreign_crate(*id)?;
    let is_foreign = !surface.is_local(*id) && !FOREIGN.contains(&krate);
    is_foreign.then(|| format!("{written} (crate {krate})"))
}

/// Returns the paths in an expression: `words` and `a::B` in `{ words + a::B }`.
fn paths(text: &str) -> Vec<String> {
    let is_of_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    text.split(|c| !is_of_path(c))
        .map(|path| path.trim_matches(':'))
        .filter(|path| path.starts_with(|c: char| c.is_alphabetic() || c == '_'))
        .map(str::to_owned)
        .collect()
}

/// Returns whether a path in an expression is public. rustdoc gives no id for it, so only the path
/// identifies the item.
fn is_public(surface: &Surface, path: &str, parameters: &[String]) -> bool {
    let mut segments = path.split("::");
    let (first, last) = (
        segments.next().unwrap_or_default(),
        path.rsplit("::").next(),
    );
    if ["as", "core", "std", "alloc", "true", "false"].contains(&first)
        || PRIMITIVES.contains(&first)
        || (first == path && parameters.iter().any(|parameter| parameter == first))
    {
        return true;
    }
    if parameters.iter().any(|parameter| parameter == first) {
        return last.is_some_and(|last| is_associated(surface, last));
    }
    let path = path
        .trim_start_matches("crate::")
        .trim_start_matches("self::");
    let suffix = format!("::{path}");
    let is_path = |entry: &String| {
        let entry = path_of(entry);
        entry == path || entry.ends_with(&suffix)
    };
    surface.entries.keys().any(is_path)
        || path.rsplit_once("::").is_some_and(|(of, last)| {
            let of_path = format!("::{of}");
            let owner = |entry: &String| entry == of || entry.ends_with(&of_path);
            surface.entries.keys().any(owner) && is_associated(surface, last)
        })
}

/// Returns whether any public trait or type has a constant of this name.
fn is_associated(surface: &Surface, name: &str) -> bool {
    surface.krate.index.values().any(|item| {
        matches!(item.inner, ItemEnum::AssocConst { .. })
            && item.name.as_deref() == Some(name)
            && is_member(surface, item.id)
    })
}

fn is_member(surface: &Surface, member: Id) -> bool {
    surface.krate.index.values().any(|item| match &item.inner {
        ItemEnum::Trait(of) => of.items.contains(&member) && surface.name(item.id).is_some(),
        ItemEnum::Impl(of) => of.items.contains(&member) && of.trait_.is_none(),
        _ => false,
    })
}

const PRIMITIVES: [&str; 14] = [
    "bool", "char", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128",
    "usize",
];
