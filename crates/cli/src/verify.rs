//! The subcommand `verify`: verifies one token and prints its claims.

use std::path::Path;

use jose_verify::alg::Algorithm;
use jose_verify::limits::MAX_KEY_SET_LEN;
use jose_verify::{Category, Error, Limit};

use crate::algorithms::named;
use crate::answer::Answer;
use crate::args::{ExpectationArguments, KeyArguments, VerifyArguments};
use crate::diagnostic::Diagnostic;
use crate::expectations::{Accepted, CheckLine, Content, Expectations, HashedValues, Profile};
use crate::failure::Failure;
use crate::input;
use crate::jwk_leniency::JwkLeniency;
use crate::key_source::KeySource;
use crate::loaded_keys::LoadedKeys;
use crate::metadata::{self, Restricted};
use crate::output::{Output, write_error_line};
use crate::reason::{Attempt, mistake};
use crate::unix_time::UnixTime;

pub(crate) fn run(arguments: VerifyArguments) -> Result<(), Failure> {
    let json = arguments.json;
    let mut checks = None;
    verify(arguments, &mut checks).map_err(|failure| {
        if json {
            report_as_json(failure, checks.as_deref())
        } else {
            failure
        }
    })
}

/// Reports a failure on standard output. If that fails, returns the failure unchanged, so that it
/// is reported on standard error.
fn report_as_json(failure: Failure, checks: Option<&[CheckLine]>) -> Failure {
    let Some(diagnostic) = failure.diagnostic() else {
        return failure;
    };
    let line = Answer::failed(diagnostic).with_checks(checks).to_line();
    match line.and_then(|line| Output::new().write(&line)) {
        Ok(()) => Failure::ReportedAsJson(failure.exit_code()),
        Err(_) => failure,
    }
}

/// Verifies the token. Stores the outcome of every check in `checks`, if requested.
fn verify(arguments: VerifyArguments, checks: &mut Option<Vec<CheckLine>>) -> Result<(), Failure> {
    let expectations = expectations(arguments.expectations)?;
    if arguments.explain && expectations.profile == Profile::Jws {
        let message = "--explain cannot be used with --profile jws, which checks no claims";
        return Err(Failure::unusable(message.to_owned()));
    }
    let source = key_source(&arguments.keys, arguments.jwks.into())?;
    let by_default = match &arguments.metadata {
        Some(path) => metadata::algorithms(path, &expectations, source.default_algorithms())?,
        None => Restricted {
            algorithms: source.default_algorithms(),
            note: None,
        },
    };
    let (algorithms, note) = match &arguments.alg {
        Some(names) => (named(names), None),
        None => (by_default.algorithms, by_default.note),
    };
    let keys = load(&source, &algorithms, arguments.keys.file(), note.as_ref())?;
    let token = input::token(arguments.token)?;
    if arguments.explain {
        *checks = Some(expectations.explain(&token, &keys));
    }
    if let (Some(checks), false) = (&checks, arguments.json) {
        print_checks(checks);
    }
    let mut buffer = token.clone();
    let accepted = expectations.verify(&mut buffer, &keys).map_err(|error| {
        let attempt = Attempt {
            token: &token,
            expectations: &expectations,
            source: &source,
            keys: &keys,
        };
        let diagnostic = describe(error, &attempt, &arguments.keys, note.as_ref());
        match error.category() {
            // An empty value, such as that of an unset shell variable, is a wrong argument.
            Category::Caller => Failure::Unusable(diagnostic),
            _ => Failure::Rejected(diagnostic),
        }
    })?;
    print(&accepted, arguments.json, checks.as_deref())
}

/// Describes why a token is rejected.
fn describe(
    error: Error,
    attempt: &Attempt<'_>,
    keys: &KeyArguments,
    note: Option<&String>,
) -> Diagnostic {
    let file = keys.public_keys();
    let set = file.map_or_else(String::new, |(file, _)| format!(" of {}", file.display()));
    let values = attempt
        .expectations
        .values_of(error, attempt.token, attempt.keys);
    Diagnostic::from(error)
        .with_reason(attempt.reason(error, &set))
        .with_reason(
            note.filter(|_| error == Error::AlgorithmNotAccepted)
                .cloned(),
        )
        .with_values(values)
        .with_hint(
            hint(error, attempt.source, keys)
                .or_else(|| mistake(error, attempt.token, attempt.expectations.padded)),
        )
}

/// Prints the outcome of every check on standard error.
fn print_checks(checks: &[CheckLine]) {
    for check in checks {
        let CheckLine { name, outcome, .. } = check;
        let details = [
            ("", check.error),
            ("expected ", check.expected.as_deref()),
            ("found ", check.found.as_deref()),
        ];
        let details = details
            .iter()
            .filter_map(|(word, text)| Some(format!("{word}{}", (*text)?)));
        let details = details.collect::<Vec<_>>().join(", ");
        let line = format!("{name:9}  {outcome:8}  {details}");
        write_error_line(line.trim_end());
    }
}

/// Reads the keys from the file or argument. clap ensures that exactly one is given.
fn key_source(
    arguments: &KeyArguments,
    leniency: JwkLeniency,
) -> Result<KeySource<'static>, Failure> {
    if let Some((path, fallback)) = arguments.public_keys() {
        let text = input::file(path, MAX_KEY_SET_LEN, Error::Limit(Limit::KeySetLen))?;
        return Ok(KeySource::from_text(text, fallback, leniency));
    }
    if leniency.is_any_given() {
        let message = "--short-coordinates and --use require --key";
        return Err(Failure::unusable(message.to_owned()));
    }
    Ok(KeySource::Secret(match &arguments.secret_file {
        // A key file is longer than any secret, and has an error of its own.
        Some(path) => input::file(path, MAX_KEY_SET_LEN, Error::KeyTooLarge)?,
        None => arguments.secret.clone().unwrap_or_default().into_bytes(),
    }))
}

fn load(
    source: &KeySource<'_>,
    algorithms: &[&'static dyn Algorithm],
    file: Option<&Path>,
    note: Option<&String>,
) -> Result<LoadedKeys, Failure> {
    source.load(algorithms).map_err(|error| {
        let depends_on_algorithms = matches!(
            error,
            Error::WeakKey
                | Error::UnsupportedKey
                | Error::AlgorithmNotAccepted
                | Error::NoUsableKey
        );
        let diagnostic = source
            .diagnostic(error, algorithms)
            .with_reason(note.filter(|_| depends_on_algorithms).cloned());
        Failure::Unusable(match file {
            // The list of algorithms comes from the arguments, not from the file.
            Some(file) if error != Error::UnusableAlgorithmList => diagnostic.in_file(file),
            _ => diagnostic,
        })
    })
}

/// Detects the invisible line feed that editors and `echo` append to a secret.
fn hint(error: Error, source: &KeySource<'_>, keys: &KeyArguments) -> Option<&'static str> {
    let ends_with_line_feed = keys.secret_file.is_some()
        && matches!(source, KeySource::Secret(secret) if secret.ends_with(b"\n"));
    (error == Error::BadSignature && ends_with_line_feed)
        .then_some("the secret ends with a line feed")
}

fn print(accepted: &Accepted<'_>, json: bool, checks: Option<&[CheckLine]>) -> Result<(), Failure> {
    let mut output = Output::new();
    match accepted.content {
        _ if json => {
            let answer = Answer::with_claims(accepted)?.with_checks(checks);
            output.write(&answer.to_line()?)?;
        }
        Content::Claims(text) => output.write(format!("{text}\n").as_bytes())?,
        Content::Payload(bytes) => output.write(bytes)?,
    }
    Ok(())
}

/// Returns the expectations, after checking that each check of the profile is given or waived.
fn expectations(given: ExpectationArguments) -> Result<Expectations, Failure> {
    if given.profile == Profile::Jws {
        reject_claim_options(&given)?;
    } else {
        let has_issuer = !given.issuer.is_empty() || given.issuer_template.is_some();
        require_decision("issuer", has_issuer, given.any_issuer)?;
        require_decision("audience", !given.audience.is_empty(), given.any_audience)?;
    }
    if given.profile == Profile::IdToken {
        require_decision("nonce", given.nonce.is_some(), given.any_nonce)?;
    }
    let listed = |list: Vec<String>| (!list.is_empty()).then_some(list);
    let expectations = Expectations {
        profile: given.profile,
        issuers: listed(given.issuer),
        issuer_template: given.issuer_template,
        audiences: listed(given.audience),
        authorized_parties: listed(given.azp),
        ignore_azp: given.ignore_azp,
        client_ids: listed(given.client_id),
        nonce: given.nonce,
        subject: given.subject,
        acr: listed(given.acr),
        hashed_values: HashedValues {
            access_token: given.access_token,
            code: given.code,
            state: given.state,
            if_present: given.hashes_if_present,
        },
        typ: given.typ,
        no_exp: given.no_exp,
        padded: given.padded,
        leeway: given.leeway.unwrap_or(0),
        max_age: given.max_age,
        // Read once, so that every check and message uses the same time.
        now: Some(given.now.unwrap_or_else(UnixTime::now)),
    };
    let option = |name: &str| format!("--{}", name.replace('_', "-"));
    match expectations.conflict(option) {
        Some(message) => Err(Failure::unusable(message)),
        None => Ok(expectations),
    }
}

fn require_decision(what: &str, given: bool, waived: bool) -> Result<(), Failure> {
    if given || waived {
        return Ok(());
    }
    let message = format!("no {what} to check: pass --{what}, or accept any with --any-{what}");
    Err(Failure::unusable(message))
}

/// Rejects options that check claims. Profile `jws` has none, and a check must not be skipped
/// silently.
fn reject_claim_options(given: &ExpectationArguments) -> Result<(), Failure> {
    let options = [
        ("--issuer", !given.issuer.is_empty()),
        ("--issuer-template", given.issuer_template.is_some()),
        ("--any-issuer", given.any_issuer),
        ("--audience", !given.audience.is_empty()),
        ("--any-audience", given.any_audience),
        ("--azp", !given.azp.is_empty()),
        ("--ignore-azp", given.ignore_azp),
        ("--client-id", !given.client_id.is_empty()),
        ("--nonce", given.nonce.is_some()),
        ("--any-nonce", given.any_nonce),
        ("--subject", given.subject.is_some()),
        ("--acr", !given.acr.is_empty()),
        ("--no-exp", given.no_exp),
        ("--leeway", given.leeway.is_some()),
        ("--max-age", given.max_age.is_some()),
        ("--now", given.now.is_some()),
    ];
    match options.iter().find(|(_, is_given)| *is_given) {
        None => Ok(()),
        Some((option, _)) => Err(Failure::unusable(format!(
            "{option} cannot be used with --profile jws, which checks no claims"
        ))),
    }
}
