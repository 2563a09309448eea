//! Formats declarations as text, and records every name in them, so that it can be looked up.

use rustdoc_types::{
    Abi, AssocItemConstraintKind, Constant, DynTrait, Function, FunctionHeader, FunctionPointer,
    FunctionSignature, GenericArg, GenericArgs, GenericBound, GenericParamDef, GenericParamDefKind,
    Generics, Id, Path, PolyTrait, PreciseCapturingArg, Term, TraitBoundModifier, Type,
    WherePredicate,
};

use crate::surface::Surface;

/// A name in a declaration.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mention {
    /// A type or a trait.
    Item(Id, String),
    /// An associated type or constant of a trait.
    Associated(Id, String),
    /// A constant expression, with the generic parameters that it may name.
    Expression(String, Vec<String>),
}

/// Formats one declaration.
pub(crate) struct Printer<'s> {
    surface: &'s Surface<'s>,
    parameters: Vec<String>,
    mentions: Vec<Mention>,
}

impl<'s> Printer<'s> {
    pub(crate) fn new(surface: &'s Surface<'s>) -> Self {
        Self {
            surface,
            parameters: vec!["Self".to_owned()],
            mentions: Vec::new(),
        }
    }

    /// Creates a printer for an item inside another one, whose generic parameters it may name.
    pub(crate) fn inside(surface: &'s Surface<'s>, outer: &Generics) -> Self {
        let mut printer = Self::new(surface);
        printer.declare(&outer.params);
        printer
    }

    pub(crate) fn into_mentions(self) -> Vec<Mention> {
        self.mentions
    }

    pub(crate) fn ty(&mut self, ty: &Type) -> String {
        match ty {
            Type::ResolvedPath(path) => self.path(path),
            Type::DynTrait(of) => self.dyn_trait(of),
            Type::Generic(name) | Type::Primitive(name) => name.clone(),
            Type::FunctionPointer(pointer) => self.function_pointer(pointer),
            Type::Tuple(types) => match types.as_slice() {
                [one] => format!("({},)", self.ty(one)),
                several => format!("({})", self.joined(several, ", ", Self::ty)),
            },
            Type::Slice(of) => format!("[{}]", self.ty(of)),
            Type::Array { type_, len } => {
                format!("[{}; {}]", self.ty(type_), self.expression(len))
            }
            Type::Pat { type_, .. } => self.ty(type_),
            Type::ImplTrait(bounds) => format!("impl {}", self.bounds(bounds)),
            Type::Infer => "_".to_owned(),
            Type::RawPointer { is_mutable, type_ } => {
                let kind = if *is_mutable { "mut" } else { "const" };
                format!("*{kind} {}", self.operand(type_))
            }
            Type::BorrowedRef {
                lifetime,
                is_mutable,
                type_,
            } => {
                let lifetime = lifetime.as_ref().map(|lifetime| format!("{lifetime} "));
                let mutable = if *is_mutable { "mut " } else { "" };
                let of = self.operand(type_);
                format!("&{}{mutable}{of}", lifetime.unwrap_or_default())
            }
            Type::QualifiedPath {
                name,
                args,
                self_type,
                trait_,
            } => {
                let of = self.ty(self_type);
                let arguments = self.arguments(args.as_deref());
                let Some(path) = trait_ else {
                    return format!("{of}::{name}{arguments}");
                };
                let mention = Mention::Associated(path.id, name.clone());
                self.mentions.push(mention);
                // The trait is omitted where it is unambiguous.
                if path.path.is_empty() {
                    return format!("{of}::{name}{arguments}");
                }
                format!("<{of} as {}>::{name}{arguments}", self.path(path))
            }
        }
    }

    /// Formats a type after `&` or `*`, where a sum of traits needs parentheses.
    fn operand(&mut self, ty: &Type) -> String {
        let text = self.ty(ty);
        let is_sum = match ty {
            Type::DynTrait(of) => of.traits.len() > 1 || of.lifetime.is_some(),
            Type::ImplTrait(bounds) => bounds.len() > 1,
            _ => false,
        };
        if is_sum { format!("({text})") } else { text }
    }

    pub(crate) fn path(&mut self, path: &Path) -> String {
        let written = self.surface.written(path);
        let mention = Mention::Item(path.id, written.clone());
        self.mentions.push(mention);
        format!("{written}{}", self.arguments(path.args.as_deref()))
    }

    fn arguments(&mut self, arguments: Option<&GenericArgs>) -> String {
        match arguments {
            None => String::new(),
            Some(GenericArgs::ReturnTypeNotation) => "(..)".to_owned(),
            Some(GenericArgs::Parenthesized { inputs, output }) => {
                let inputs = self.joined(inputs, ", ", Self::ty);
                format!("({inputs}){}", self.output(output.as_ref()))
            }
            Some(GenericArgs::AngleBracketed { args, constraints }) => {
                let mut all: Vec<String> = args.iter().map(|arg| self.argument(arg)).collect();
                for constraint in constraints {
                    let arguments = self.arguments(constraint.args.as_deref());
                    let binding = match &constraint.binding {
                        AssocItemConstraintKind::Equality(term) => {
                            format!(" = {}", self.term(term))
                        }
                        AssocItemConstraintKind::Constraint(bounds) => {
                            format!(": {}", self.bounds(bounds))
                        }
                    };
                    all.push(format!("{}{arguments}{binding}", constraint.name));
                }
                if all.is_empty() {
                    String::new()
                } else {
                    format!("<{}>", all.join(", "))
                }
            }
        }
    }

    fn argument(&mut self, argument: &GenericArg) -> String {
        match argument {
            GenericArg::Lifetime(name) => name.clone(),
            GenericArg::Type(ty) => self.ty(ty),
            GenericArg::Const(constant) => self.constant(constant),
            GenericArg::Infer => "_".to_owned(),
        }
    }

    fn term(&mut self, term: &Term) -> String {
        match term {
            Term::Type(ty) => self.ty(ty),
            Term::Constant(constant) => self.constant(constant),
        }
    }

    fn constant(&mut self, constant: &Constant) -> String {
        self.expression(&constant.expr)
    }

    pub(crate) fn expression(&mut self, text: &str) -> String {
        let mention = Mention::Expression(text.to_owned(), self.parameters.clone());
        self.mentions.push(mention);
        text.to_owned()
    }

    fn dyn_trait(&mut self, of: &DynTrait) -> String {
        let traits = self.joined(&of.traits, " + ", Self::poly_trait);
        let lifetime = of.lifetime.as_ref().map(|name| format!(" + {name}"));
        format!("dyn {traits}{}", lifetime.unwrap_or_default())
    }

    fn poly_trait(&mut self, of: &PolyTrait) -> String {
        let binder = self.binder(&of.generic_params);
        format!("{binder}{}", self.path(&of.trait_))
    }

    fn binder(&mut self, parameters: &[GenericParamDef]) -> String {
        if parameters.is_empty() {
            return String::new();
        }
        format!("for{} ", self.parameters(parameters))
    }

    fn function_pointer(&mut self, pointer: &FunctionPointer) -> String {
        let binder = self.binder(&pointer.generic_params);
        let header = header(&pointer.header);
        let types: Vec<&Type> = pointer.sig.inputs.iter().map(|(_, ty)| ty).collect();
        let inputs = self.joined(&types, ", ", |printer, ty| printer.ty(ty));
        let output = self.output(pointer.sig.output.as_ref());
        format!("{binder}{header}fn({inputs}){output}")
    }

    fn output(&mut self, output: Option<&Type>) -> String {
        match output {
            None => String::new(),
            Some(ty) => format!(" -> {}", self.ty(ty)),
        }
    }

    pub(crate) fn function(&mut self, name: &str, function: &Function) -> String {
        let generics = self.parameters(&function.generics.params);
        let signature = self.signature(&function.sig);
        let clause = self.clause(&function.generics);
        format!(
            "{}fn {name}{generics}{signature}{clause}",
            header(&function.header)
        )
    }

    fn signature(&mut self, signature: &FunctionSignature) -> String {
        let mut inputs = self.joined(&signature.inputs, ", ", |printer, (name, ty)| {
            let ty = printer.ty(ty);
            match (name.as_str(), ty.as_str()) {
                ("self", "Self") => "self".to_owned(),
                ("self", "&Self") => "&self".to_owned(),
                ("self", "&mut Self") => "&mut self".to_owned(),
                ("self", _) if ty.starts_with("&'") && ty.ends_with(" Self") => {
                    format!("{}self", ty.trim_end_matches("Self"))
                }
                _ => format!("{name}: {ty}"),
            }
        });
        if signature.is_c_variadic {
            inputs.push_str(", ...");
        }
        format!("({inputs}){}", self.output(signature.output.as_ref()))
    }

    fn declare(&mut self, parameters: &[GenericParamDef]) {
        self.parameters
            .extend(parameters.iter().map(|parameter| parameter.name.clone()));
    }

    pub(crate) fn parameters(&mut self, parameters: &[GenericParamDef]) -> String {
        self.declare(parameters);
        let written: Vec<String> = parameters
            .iter()
            .filter_map(|parameter| self.parameter(parameter))
            .collect();
        if written.is_empty() {
            return String::new();
        }
        format!("<{}>", written.join(", "))
    }

    /// Formats a parameter. Returns `None` for the synthetic one of an `impl Trait`.
    fn parameter(&mut self, parameter: &GenericParamDef) -> Option<String> {
        let name = &parameter.name;
        Some(match &parameter.kind {
            GenericParamDefKind::Lifetime { outlives } if outlives.is_empty() => name.clone(),
            GenericParamDefKind::Lifetime { outlives } => {
                format!("{name}: {}", outlives.join(" + "))
            }
            GenericParamDefKind::Type {
                is_synthetic: true, ..
            } => return None,
            GenericParamDefKind::Type {
                bounds, default, ..
            } => {
                let mut text = name.clone();
                if !bounds.is_empty() {
                    text = format!("{text}: {}", self.bounds(bounds));
                }
                if let Some(default) = default {
                    text = format!("{text} = {}", self.ty(default));
                }
                text
            }
            GenericParamDefKind::Const { type_, default } => {
                let text = format!("const {name}: {}", self.ty(type_));
                match default {
                    Some(default) => format!("{text} = {}", self.expression(default)),
                    None => text,
                }
            }
        })
    }

    pub(crate) fn bounds(&mut self, bounds: &[GenericBound]) -> String {
        self.joined(bounds, " + ", |printer, bound| match bound {
            GenericBound::Outlives(lifetime) => lifetime.clone(),
            GenericBound::TraitBound {
                trait_,
                generic_params,
                modifier,
            } => {
                let modifier = match modifier {
                    TraitBoundModifier::None => "",
                    TraitBoundModifier::Maybe => "?",
                    TraitBoundModifier::MaybeConst => "[const] ",
                };
                let binder = printer.binder(generic_params);
                format!("{modifier}{binder}{}", printer.path(trait_))
            }
            GenericBound::Use(captured) => {
                let names: Vec<&str> = captured
                    .iter()
                    .map(|captured| match captured {
                        PreciseCapturingArg::Lifetime(name) | PreciseCapturingArg::Param(name) => {
                            name.as_str()
                        }
                    })
                    .collect();
                format!("use<{}>", names.join(", "))
            }
        })
    }

    /// Returns ` where …`, or an empty string.
    pub(crate) fn clause(&mut self, generics: &Generics) -> String {
        if generics.where_predicates.is_empty() {
            return String::new();
        }
        let predicates = self.joined(&generics.where_predicates, ", ", Self::predicate);
        format!(" where {predicates}")
    }

    pub(crate) fn predicate(&mut self, predicate: &WherePredicate) -> String {
        match predicate {
            WherePredicate::BoundPredicate {
                type_,
                bounds,
                generic_params,
            } => {
                let binder = self.binder(generic_params);
                let ty = self.ty(type_);
                format!("{binder}{ty}: {}", self.bounds(bounds))
            }
            WherePredicate::LifetimePredicate { lifetime, outlives } => {
                format!("{lifetime}: {}", outlives.join(" + "))
            }
            WherePredicate::EqPredicate { lhs, rhs } => {
                format!("{} = {}", self.ty(lhs), self.term(rhs))
            }
        }
    }

    fn joined<T>(
        &mut self,
        of: &[T],
        separator: &str,
        print: impl Fn(&mut Self, &T) -> String,
    ) -> String {
        let texts: Vec<String> = of.iter().map(|one| print(self, one)).collect();
        texts.join(separator)
    }
}

fn header(header: &FunctionHeader) -> String {
    let mut text = String::new();
    for (is, word) in [
        (header.is_const, "const "),
        (header.is_async, "async "),
        (header.is_unsafe, "unsafe "),
    ] {
        if is {
            text.push_str(word);
        }
    }
    if header.abi != Abi::Rust {
        text = format!("{text}extern \"{:?}\" ", header.abi);
    }
    text
}
