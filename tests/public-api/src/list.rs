//! The declarations of the public API, in an order that does not depend on the source.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use rustdoc_types::{
    Attribute, AttributeRepr, Enum, GenericArg, GenericArgs, GenericBound, Generics, Id, Impl,
    Item, ItemEnum, ReprKind, Struct, StructKind, Trait, Type, VariantKind, Visibility,
    WherePredicate,
};

use crate::print::{Mention, Printer};
use crate::surface::{self, Entry, Surface, features_of};

/// The declarations, grouped by block.
pub(crate) struct List {
    blocks: BTreeMap<Place, Vec<Line>>,
}

/// The block in which something is declared. Blocks are ordered: an item, then its inherent
/// implementations, then those of traits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    owner: String,
    rank: u8,
    /// The implemented trait and type. The generic parameters before it would be a bad sort key.
    implemented: String,
    header: String,
}

/// A declaration: the header of a block, or one of its lines.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Line {
    rank: u8,
    name: String,
    text: String,
    mentions: Vec<Mention>,
}

const HEADER: u8 = 0;
const AUTO: u8 = 1;
const CONSTANT: u8 = 2;
const TYPE: u8 = 3;
const FIELD: u8 = 4;
const FUNCTION: u8 = 5;
/// Items that follow from the implemented trait: checked, but not listed.
const IMPLIED: u8 = 6;

/// All stable auto traits.
const AUTO_TRAITS: [&str; 5] = ["RefUnwindSafe", "Send", "Sync", "Unpin", "UnwindSafe"];

impl List {
    pub(crate) fn new(surface: &Surface) -> Self {
        let mut list = Self {
            blocks: BTreeMap::new(),
        };
        for (key, entry) in &surface.entries {
            list.entry(surface, surface::path_of(key), entry);
        }
        for item in surface.krate.index.values() {
            if let ItemEnum::Impl(of) = &item.inner
                && item.crate_id == 0
                && !of.is_synthetic
                && of.blanket_impl.is_none()
                && is_shown(surface, of)
            {
                list.implementation(surface, item, of);
            }
        }
        for lines in list.blocks.values_mut() {
            lines.sort();
            lines.dedup();
        }
        list
    }

    /// Returns each declaration with the items that it names.
    pub(crate) fn declarations(&self) -> impl Iterator<Item = (String, &[Mention])> {
        self.blocks.iter().flat_map(|(place, lines)| {
            lines.iter().map(|line| {
                let text = match line.rank {
                    HEADER => place.header.clone(),
                    _ => format!("{} {{ {} }}", place.header, line.text),
                };
                (text, line.mentions.as_slice())
            })
        })
    }

    fn entry(&mut self, surface: &Surface, path: &str, entry: &Entry) {
        let features = tag(&entry.features);
        let item = entry.item.and_then(|id| surface.item(id));
        let Some(item) = item else {
            let text = format!("{features}use {path} = {}", entry.source);
            let block = self.block(Place::item(path, text));
            if let (Some(first), Some(id)) = (block.first_mut(), entry.item) {
                first.mentions = vec![Mention::Item(id, entry.source.clone())];
            }
            return;
        };
        if let Some(name) = surface.name(item.id)
            && name != path
        {
            self.block(Place::item(path, format!("{features}use {path} = {name}")));
            return;
        }
        let mut printer = Printer::new(surface);
        let (text, lines) = declaration(surface, path, item, &mut printer);
        let header = format!("{features}{}{text}", attributes(item));
        let block = self.block(Place::item(path, header));
        if let Some(first) = block.first_mut() {
            first.mentions = printer.into_mentions();
        }
        block.extend(lines);
    }

    fn implementation(&mut self, surface: &Surface, item: &Item, of: &Impl) {
        let mut printer = Printer::new(surface);
        let unsafety = if of.is_unsafe { "unsafe " } else { "" };
        let parameters = printer.parameters(&of.generics.params);
        let mut header = format!("{}{unsafety}impl{parameters} ", tag(&features_of(item)));
        let mut name = String::new();
        if let Some(implemented) = &of.trait_ {
            let not = if of.is_negative { "!" } else { "" };
            name = printer.path(implemented);
            header = format!("{header}{not}{name} for ");
        }
        header.push_str(&printer.ty(&of.for_));
        header.push_str(&printer.clause(&of.generics));
        let mentions = printer.into_mentions();

        let named = mentions.iter().filter_map(|mention| match mention {
            Mention::Item(id, _) => Some(*id),
            _ => None,
        });
        let mut of_type = path_of(&of.for_).into_iter().chain(named);
        let owner = of_type.find_map(|id| surface.name(id));
        let rank = if of.trait_.is_some() { 2 } else { 1 };
        let mut lines = Vec::new();
        for item in of.items.iter().filter_map(|id| surface.item(*id)) {
            if let Some(mut line) = member(surface, &of.generics, item) {
                if of.trait_.is_some() && line.rank == FUNCTION {
                    line.rank = IMPLIED;
                }
                lines.push(line);
            }
        }
        if of.trait_.is_none() && lines.is_empty() {
            return;
        }
        let block = self.block(Place {
            owner: owner.unwrap_or_default().to_owned(),
            rank,
            implemented: name,
            header,
        });
        if let Some(first) = block.first_mut() {
            first.mentions = mentions;
        }
        block.extend(lines);
    }

    fn block(&mut self, place: Place) -> &mut Vec<Line> {
        let first = || vec![Line::new(HEADER, "", String::new(), Vec::new())];
        self.blocks.entry(place).or_insert_with(first)
    }
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        for (place, lines) in &self.blocks {
            writeln!(f, "{}", place.header)?;
            let listed = |line: &&Line| line.rank != HEADER && line.rank != IMPLIED;
            for line in lines.iter().filter(listed) {
                writeln!(f, "    {}", line.text)?;
            }
        }
        Ok(())
    }
}

impl Place {
    fn item(path: &str, header: String) -> Self {
        Self {
            owner: path.to_owned(),
            rank: 0,
            implemented: String::new(),
            header,
        }
    }
}

impl Line {
    fn new(rank: u8, name: &str, text: String, mentions: Vec<Mention>) -> Self {
        Self {
            rank,
            name: name.to_owned(),
            text,
            mentions,
        }
    }
}

/// Returns whether everything in the header of an implementation can be named. This is how rustdoc
/// decides what to show.
fn is_shown(surface: &Surface, of: &Impl) -> bool {
    let mut about: Vec<Id> = path_of(&of.for_).into_iter().collect();
    if let Some(implemented) = &of.trait_ {
        // Derived with `PartialEq`, and unstable.
        if implemented.path.ends_with("StructuralPartialEq") {
            return false;
        }
        about.push(implemented.id);
        if let Some(GenericArgs::AngleBracketed { args, .. }) = implemented.args.as_deref() {
            about.extend(args.iter().filter_map(|argument| match argument {
                GenericArg::Type(ty) => path_of(ty),
                _ => None,
            }));
        }
    }
    about
        .into_iter()
        .all(|id| !surface.is_local(id) || surface.name(id).is_some())
}

/// Returns the id of the type behind references, pointers, slices and arrays.
fn path_of(ty: &Type) -> Option<Id> {
    match ty {
        Type::ResolvedPath(path) => Some(path.id),
        Type::BorrowedRef { type_, .. }
        | Type::RawPointer { type_, .. }
        | Type::Slice(type_)
        | Type::Array { type_, .. } => path_of(type_),
        _ => None,
    }
}

/// Returns the prefix for required features, such as `[alloc] `.
fn tag(features: &BTreeSet<String>) -> String {
    if features.is_empty() {
        return String::new();
    }
    let names: Vec<&str> = features.iter().map(String::as_str).collect();
    format!("[{}] ", names.join(", "))
}

/// Returns the attributes that callers depend on.
fn attributes(item: &Item) -> String {
    let mut text = String::new();
    if item.deprecation.is_some() {
        text.push_str("#[deprecated] ");
    }
    for attribute in &item.attrs {
        match attribute {
            Attribute::NonExhaustive => text.push_str("#[non_exhaustive] "),
            Attribute::Repr(AttributeRepr { int: Some(int), .. }) => {
                text = format!("{text}#[repr({int})] ");
            }
            Attribute::Repr(repr) if repr.kind == ReprKind::C => text.push_str("#[repr(C)] "),
            Attribute::Repr(repr) if repr.kind == ReprKind::Transparent => {
                text.push_str("#[repr(transparent)] ");
            }
            _ => {}
        }
    }
    text
}

/// Returns the declaration of an item, and the lines of its block.
fn declaration(
    surface: &Surface,
    path: &str,
    item: &Item,
    printer: &mut Printer,
) -> (String, Vec<Line>) {
    let mut lines = Vec::new();
    let text = match &item.inner {
        ItemEnum::Module(_) => format!("mod {path}"),
        ItemEnum::Struct(of) => {
            lines.extend(auto_traits(surface, &of.impls));
            structure(surface, path, of, printer, &mut lines)
        }
        ItemEnum::Union(of) => {
            lines.extend(auto_traits(surface, &of.impls));
            lines.extend(fields(surface, &of.generics, &of.fields));
            format!("union {path}{}", generics(printer, &of.generics))
        }
        ItemEnum::Enum(of) => {
            lines.extend(auto_traits(surface, &of.impls));
            lines.extend(variants(surface, of));
            format!("enum {path}{}", generics(printer, &of.generics))
        }
        ItemEnum::Trait(of) => {
            for member in of.items.iter().filter_map(|id| surface.item(*id)) {
                lines.extend(self::member(surface, &of.generics, member));
            }
            trait_header(path, of, printer)
        }
        ItemEnum::TraitAlias(of) => {
            let parameters = printer.parameters(&of.generics.params);
            let bounds = printer.bounds(&of.params);
            format!("trait {path}{parameters} = {bounds}")
        }
        ItemEnum::Function(of) => printer.function(path, of),
        ItemEnum::TypeAlias(of) => {
            let parameters = generics(printer, &of.generics);
            format!("type {path}{parameters} = {}", printer.ty(&of.type_))
        }
        ItemEnum::Constant { type_, const_ } => {
            let ty = printer.ty(type_);
            let literal = const_.is_literal.then_some(&const_.expr);
            let value = const_.value.as_ref().or(literal);
            match value {
                Some(value) => format!("const {path}: {ty} = {value}"),
                None => format!("const {path}: {ty}"),
            }
        }
        ItemEnum::Static(of) => {
            let mutable = if of.is_mutable { "mut " } else { "" };
            format!("static {mutable}{path}: {}", printer.ty(&of.type_))
        }
        ItemEnum::Macro(_) => format!("macro {path}!"),
        ItemEnum::ProcMacro(of) => format!("macro {path}! ({:?})", of.kind),
        _ => format!("{:?} {path}", item.inner.item_kind()),
    };
    (text, lines)
}

fn generics(printer: &mut Printer, generics: &Generics) -> String {
    let parameters = printer.parameters(&generics.params);
    format!("{parameters}{}", printer.clause(generics))
}

fn structure(
    surface: &Surface,
    path: &str,
    of: &Struct,
    printer: &mut Printer,
    lines: &mut Vec<Line>,
) -> String {
    let parameters = printer.parameters(&of.generics.params);
    let content = match &of.kind {
        StructKind::Unit => String::new(),
        StructKind::Tuple(types) => tuple(surface, types, printer),
        StructKind::Plain {
            fields: ids,
            has_stripped_fields,
        } => {
            lines.extend(fields(surface, &of.generics, ids));
            let more = if *has_stripped_fields {
                " { .. }"
            } else {
                " {}"
            };
            more.to_owned()
        }
    };
    format!(
        "struct {path}{parameters}{content}{}",
        printer.clause(&of.generics)
    )
}

/// Returns the fields of a tuple, with `_` for private ones.
fn tuple(surface: &Surface, ids: &[Option<Id>], printer: &mut Printer) -> String {
    let types: Vec<String> = ids
        .iter()
        .map(
            |id| match id.and_then(|id| surface.item(id)).map(|item| &item.inner) {
                Some(ItemEnum::StructField(ty)) => printer.ty(ty),
                _ => "_".to_owned(),
            },
        )
        .collect();
    format!("({})", types.join(", "))
}

fn fields(surface: &Surface, generics: &Generics, ids: &[Id]) -> Vec<Line> {
    let items = ids.iter().filter_map(|id| surface.item(*id));
    items
        .filter_map(|item| member(surface, generics, item))
        .collect()
}

fn variants(surface: &Surface, of: &Enum) -> Vec<Line> {
    let mut lines = Vec::new();
    if of.has_stripped_variants {
        lines.push(Line::new(FIELD, "", "..".to_owned(), Vec::new()));
    }
    for item in of.variants.iter().filter_map(|id| surface.item(*id)) {
        let (Some(name), ItemEnum::Variant(variant)) = (&item.name, &item.inner) else {
            continue;
        };
        let mut printer = Printer::inside(surface, &of.generics);
        let content = match &variant.kind {
            VariantKind::Plain => String::new(),
            VariantKind::Tuple(types) => tuple(surface, types, &mut printer),
            VariantKind::Struct {
                fields,
                has_stripped_fields,
            } => {
                let mut texts = Vec::new();
                for field in fields.iter().filter_map(|id| surface.item(*id)) {
                    if let (Some(name), ItemEnum::StructField(ty)) = (&field.name, &field.inner) {
                        texts.push(format!("{name}: {}", printer.ty(ty)));
                    }
                }
                texts.extend(has_stripped_fields.then(|| "..".to_owned()));
                format!(" {{ {} }}", texts.join(", "))
            }
        };
        let number = variant
            .discriminant
            .as_ref()
            .map(|of| format!(" = {}", of.value));
        let text = format!(
            "{}{name}{content}{}",
            attributes(item),
            number.unwrap_or_default()
        );
        lines.push(Line::new(FIELD, name, text, printer.into_mentions()));
    }
    lines
}

fn trait_header(path: &str, of: &Trait, printer: &mut Printer) -> String {
    let mut text = String::new();
    for (is, word) in [(of.is_auto, "auto "), (of.is_unsafe, "unsafe ")] {
        if is {
            text.push_str(word);
        }
    }
    text = format!(
        "{text}trait {path}{}",
        printer.parameters(&of.generics.params)
    );
    if !of.bounds.is_empty() {
        text = format!("{text}: {}", printer.bounds(&of.bounds));
    }
    text.push_str(&printer.clause(&of.generics));
    if of.is_dyn_compatible {
        text.push_str(" (dyn)");
    }
    text
}

/// Returns the line of a field, or of an item of a trait or an implementation.
fn member(surface: &Surface, outer: &Generics, item: &Item) -> Option<Line> {
    let name = item.name.as_deref()?;
    let mut printer = Printer::inside(surface, outer);
    let (rank, text) = match &item.inner {
        ItemEnum::StructField(ty) => (FIELD, format!("{name}: {}", printer.ty(ty))),
        ItemEnum::Function(of) => {
            let of_trait = matches!(item.visibility, Visibility::Default);
            let body = if of_trait && of.has_body {
                " { .. }"
            } else {
                ""
            };
            (FUNCTION, format!("{}{body}", printer.function(name, of)))
        }
        ItemEnum::AssocConst { type_, value, .. } => {
            let ty = printer.ty(type_);
            let literal = value.as_ref().filter(|value| {
                value.starts_with(|first: char| first == '"' || first.is_ascii_digit())
            });
            let value = literal.map(|value| format!(" = {value}"));
            (
                CONSTANT,
                format!("const {name}: {ty}{}", value.unwrap_or_default()),
            )
        }
        ItemEnum::AssocType {
            generics,
            bounds,
            type_,
            ..
        } => {
            let mut text = format!("type {name}{}", printer.parameters(&generics.params));
            if !bounds.is_empty() {
                text = format!("{text}: {}", printer.bounds(bounds));
            }
            if let Some(ty) = type_ {
                text = format!("{text} = {}", printer.ty(ty));
            }
            text.push_str(&printer.clause(generics));
            (TYPE, text)
        }
        _ => return None,
    };
    let text = format!("{}{}{text}", tag(&features_of(item)), attributes(item));
    Some(Line::new(rank, name, text, printer.into_mentions()))
}

/// Returns the line of the auto traits: `auto all`, or those that hold and their conditions.
/// `Send if M` means: if `M` is `Send`.
fn auto_traits(surface: &Surface, impls: &[Id]) -> Option<Line> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for item in impls.iter().filter_map(|id| surface.item(*id)) {
        if let ItemEnum::Impl(of) = &item.inner
            && of.is_synthetic
            && let Some(implemented) = &of.trait_
            && let Some(name) = implemented.path.rsplit("::").next()
            && AUTO_TRAITS.contains(&name)
        {
            let not = if of.is_negative { "!" } else { "" };
            let names = found.entry(condition(surface, &of.generics)).or_default();
            names.insert(format!("{not}{name}"));
        }
    }
    let mut texts = Vec::new();
    for (condition, names) in found {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let names = match names.as_slice() {
            all if all == AUTO_TRAITS => "all".to_owned(),
            some => some.join(", "),
        };
        texts.push(format!("{names}{condition}"));
    }
    let text = format!("auto {}", texts.join("; "));
    (!texts.is_empty()).then(|| Line::new(AUTO, "", text, Vec::new()))
}

/// Returns the condition of an auto trait: the types that must implement it too.
fn condition(surface: &Surface, generics: &Generics) -> String {
    let mut texts = BTreeSet::new();
    for predicate in &generics.where_predicates {
        let WherePredicate::BoundPredicate { type_, bounds, .. } = predicate else {
            continue;
        };
        let is_auto = |bound: &GenericBound| match bound {
            GenericBound::TraitBound { trait_, .. } => {
                let name = trait_.path.rsplit("::").next();
                name.is_some_and(|name| AUTO_TRAITS.contains(&name))
            }
            _ => false,
        };
        if !bounds.iter().any(is_auto) {
            continue;
        }
        let mut printer = Printer::new(surface);
        let text = printer.ty(type_);
        let is_hidden = matches!(type_, Type::Array { .. });
        let is_private = printer.into_mentions().iter().any(|mention| match mention {
            Mention::Item(id, _) => surface.name(*id).is_none() && surface.is_local(*id),
            _ => false,
        });
        // The types of private fields may change.
        texts.insert(if is_hidden || is_private {
            "private fields".to_owned()
        } else {
            text
        });
    }
    if texts.is_empty() {
        return String::new();
    }
    let texts: Vec<String> = texts.into_iter().collect();
    format!(" if {}", texts.join(" and "))
}
