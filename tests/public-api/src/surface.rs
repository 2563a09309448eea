//! The items that can be named from outside the crate, and their paths.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rustdoc_types::{Attribute, Crate, Id, Item, ItemEnum, Path};

/// The items that a public path leads to.
pub(crate) struct Surface<'c> {
    pub(crate) krate: &'c Crate,
    /// The entries by public path, without the crate's name. The path of a function ends in `()`
    /// and that of a macro in `!`, because a type, a function and a macro can have the same name.
    pub(crate) entries: BTreeMap<String, Entry>,
    /// The shortest path of each item.
    names: HashMap<Id, String>,
}

/// The item at a public path.
pub(crate) struct Entry {
    /// The item. Items of other crates are not described in the JSON.
    pub(crate) item: Option<Id>,
    /// The path in the other crate, for a reexported item of another crate.
    pub(crate) source: String,
    /// The features that it requires.
    pub(crate) features: BTreeSet<String>,
}

impl<'c> Surface<'c> {
    pub(crate) fn new(krate: &'c Crate) -> Self {
        let mut surface = Self {
            krate,
            entries: BTreeMap::new(),
            names: HashMap::new(),
        };
        surface.items_of(krate.root, "", &BTreeSet::new(), &mut Vec::new());
        for (key, entry) in &surface.entries {
            let Some(id) = entry.item else { continue };
            let path = path_of(key);
            let length = |path: &str| (path.matches("::").count(), path.to_owned());
            let shorter = |known: &String| length(known) <= length(path);
            if !surface.names.get(&id).is_some_and(shorter) {
                surface.names.insert(id, path.to_owned());
            }
        }
        surface
    }

    pub(crate) fn item(&self, id: Id) -> Option<&'c Item> {
        self.krate.index.get(&id)
    }

    /// Returns the shortest path of an item, without the crate's name, if it can be named.
    pub(crate) fn name(&self, id: Id) -> Option<&str> {
        self.names.get(&id).map(String::as_str)
    }

    /// Returns whether it is an item of this crate.
    pub(crate) fn is_local(&self, id: Id) -> bool {
        match (self.krate.paths.get(&id), self.item(id)) {
            (Some(summary), _) => summary.crate_id == 0,
            (None, item) => item.is_none_or(|item| item.crate_id == 0),
        }
    }

    /// Returns the crate that defines it, if it is known.
    pub(crate) fn foreign_crate(&self, id: Id) -> Option<&str> {
        let number = match (self.krate.paths.get(&id), self.item(id)) {
            (Some(summary), _) => summary.crate_id,
            (None, item) => item?.crate_id,
        };
        let krate = self.krate.external_crates.get(&number)?;
        Some(&krate.name)
    }

    /// Returns how a path is written in the list: only the last segment where that is unambiguous.
    pub(crate) fn written(&self, path: &Path) -> String {
        if let Some(name) = self.name(path.id) {
            return name.to_owned();
        }
        let last = path.path.rsplit("::").next().unwrap_or(&path.path);
        match self.krate.paths.get(&path.id) {
            Some(summary) if summary.crate_id != 0 && !is_known(&summary.path) => {
                summary.path.join("::")
            }
            _ => last.to_owned(),
        }
    }

    fn items_of(
        &mut self,
        module: Id,
        prefix: &str,
        features: &BTreeSet<String>,
        parents: &mut Vec<Id>,
    ) {
        if parents.contains(&module) {
            return;
        }
        let ids = match self.item(module).map(|item| &item.inner) {
            Some(ItemEnum::Module(module)) => &module.items,
            Some(ItemEnum::Enum(of)) => &of.variants,
            _ => return,
        };
        parents.push(module);
        for id in ids {
            let Some(item) = self.item(*id) else { continue };
            let mut features = features.clone();
            features.extend(features_of(item));
            let ItemEnum::Use(used) = &item.inner else {
                let Some(name) = &item.name else { continue };
                self.enter(format!("{prefix}{name}"), Some(*id), "", features, parents);
                continue;
            };
            match used.id {
                Some(target) if used.is_glob && self.item(target).is_some() => {
                    self.items_of(target, prefix, &features, parents);
                }
                target => {
                    let name = if used.is_glob { "*" } else { &used.name };
                    let path = format!("{prefix}{name}");
                    self.enter(path, target, &used.source, features, parents);
                }
            }
        }
        parents.pop();
    }

    fn enter(
        &mut self,
        path: String,
        id: Option<Id>,
        source: &str,
        mut features: BTreeSet<String>,
        parents: &mut Vec<Id>,
    ) {
        let item = id.and_then(|id| self.item(id));
        if let Some(item) = item {
            features.extend(features_of(item));
            if let ItemEnum::Module(_) = item.inner {
                self.items_of(item.id, &format!("{path}::"), &features, parents);
            }
        }
        let key = match item.map(|item| &item.inner) {
            Some(ItemEnum::Function(_)) => format!("{path}()"),
            Some(ItemEnum::Macro(_) | ItemEnum::ProcMacro(_)) => format!("{path}!"),
            _ => path,
        };
        let entry = Entry {
            item: id,
            source: source.to_owned(),
            features,
        };
        self.entries.insert(key, entry);
    }
}

/// Returns the path in a key of [`Surface::entries`].
pub(crate) fn path_of(key: &str) -> &str {
    key.trim_end_matches(['(', ')', '!'])
}

/// Returns the features that an item's `cfg` requires. rustdoc writes it in the compiler's internal
/// form.
pub(crate) fn features_of(item: &Item) -> BTreeSet<String> {
    let mut features = BTreeSet::new();
    for attribute in &item.attrs {
        let Attribute::Other(text) = attribute else {
            continue;
        };
        if !text.starts_with("#[attr = CfgTrace(") {
            continue;
        }
        for found in text.split("name: \"feature\", value: Some(\"").skip(1) {
            features.extend(found.split('"').next().map(str::to_owned));
        }
    }
    features
}

/// Returns whether the last segment of a path of the standard library is enough to recognize it.
fn is_known(path: &[String]) -> bool {
    let [krate, modules @ .., last] = path else {
        return false;
    };
    let is_other = last == "Result" && modules != ["result"];
    ["alloc", "core", "std"].contains(&krate.as_str())
        && KNOWN.contains(&last.as_str())
        && !is_other
}

const KNOWN: [&str; 37] = [
    "Any",
    "Arc",
    "AsMut",
    "AsRef",
    "Borrow",
    "Box",
    "Clone",
    "Copy",
    "Cow",
    "Debug",
    "Default",
    "Deref",
    "DerefMut",
    "Display",
    "Drop",
    "Eq",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "Hash",
    "Into",
    "IntoIterator",
    "Iterator",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "RefUnwindSafe",
    "Result",
    "Send",
    "Sized",
    "String",
    "Sync",
    "Unpin",
    "UnwindSafe",
    "Vec",
];
