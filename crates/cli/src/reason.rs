//! Why no key fits a token: what the error alone does not say.

use jose_verify::json::JsonStr;
use jose_verify::{Error, Header, TokenMistake, scratch_len};

use crate::expectations::Expectations;
use crate::key_source::{KeySource, needed};
use crate::loaded_keys::LoadedKeys;

/// The token and the keys of a failed verification.
pub(crate) struct Attempt<'a> {
    pub(crate) token: &'a [u8],
    pub(crate) expectations: &'a Expectations,
    pub(crate) source: &'a KeySource<'a>,
    pub(crate) keys: &'a LoadedKeys,
}

impl Attempt<'_> {
    /// Returns why the key that the token names was skipped, or says that the secret is too short
    /// for the token's algorithm. `set` is the name of the set in a message, such as ` of
    /// keys.json`.
    pub(crate) fn cause(&self, error: Error, set: &str) -> Option<String> {
        self.with_header(|header| match error {
            Error::NoKey => self.skipped_key(header, set),
            Error::AlgorithmNotAccepted => self.short_secret(header),
            _ => None,
        })
    }

    /// Returns the cause. If there is none, says what the token requires and what the keys offer.
    pub(crate) fn reason(&self, error: Error, set: &str) -> Option<String> {
        self.cause(error, set).or_else(|| {
            self.with_header(|header| match error {
                Error::NoKey => Some(self.no_key(header, set)),
                Error::AlgorithmNotAccepted => Some(self.other_algorithm(header)),
                _ => None,
            })
        })
    }

    /// Reads the header, which is not verified, because no key fits it.
    fn with_header(&self, describe: impl FnOnce(&Header<'_>) -> Option<String>) -> Option<String> {
        let mut scratch = vec![0; scratch_len(self.token.len())];
        let options = self.expectations.options();
        let header = options.peek_header_untrusted(self.token, &mut scratch);
        describe(&header.ok()?)
    }

    fn skipped_key(&self, header: &Header<'_>, set: &str) -> Option<String> {
        let key_id = header.key_id()?;
        let reason = self.keys.reason_for_skipping(key_id)?;
        let (name, key_id) = (reason.name(), quoted(key_id));
        Some(format!(
            "the key {key_id}{set} was skipped: {name}: {reason}"
        ))
    }

    fn short_secret(&self, header: &Header<'_>) -> Option<String> {
        let KeySource::Secret(secret) = self.source else {
            return None;
        };
        let needed = needed(&header.algorithm().to_string(), secret.len())?;
        Some(format!("{needed}, and the secret has {}", secret.len()))
    }

    fn no_key(&self, header: &Header<'_>, set: &str) -> String {
        let algorithm = quoted(header.algorithm());
        let skipped = match self.keys.skipped_count() {
            0 => String::new(),
            1 => "; 1 key was skipped".to_owned(),
            count => format!("; {count} keys were skipped"),
        };
        let Some(key_id) = header.key_id() else {
            let offered = self.keys.algorithms(None).join(", ");
            return format!(
                "the token has alg {algorithm}, and the keys{set} are for {offered}{skipped}"
            );
        };
        let offered = self.keys.algorithms(Some(key_id)).join(", ");
        let key_id = quoted(key_id);
        if offered.is_empty() {
            format!("no key{set} has the kid {key_id}{skipped}")
        } else {
            format!("the token has alg {algorithm}, and the key {key_id}{set} is for {offered}")
        }
    }

    fn other_algorithm(&self, header: &Header<'_>) -> String {
        let algorithm = quoted(header.algorithm());
        let offered = self.keys.algorithms(None).join(", ");
        // A set accepts algorithms for which it has no key, so its keys are not the reason.
        if self.keys.is_set() {
            format!("the token has alg {algorithm}")
        } else {
            format!("the token has alg {algorithm}, and the key is for {offered}")
        }
    }
}

/// Returns what was passed instead of a token, if the text is not one.
pub(crate) fn mistake(error: Error, token: &[u8], padded: bool) -> Option<&'static str> {
    let is_malformed = matches!(
        error,
        Error::MalformedToken
            | Error::MalformedBase64url
            | Error::MalformedJson
            // A URL with the token has five segments, as an encrypted token has.
            | Error::Encrypted
    );
    // The signature covers the text as it is, so white space inside a segment changes what is
    // signed before anything is decoded.
    let is_split = |mistake: &TokenMistake| {
        error == Error::BadSignature && *mistake == TokenMistake::WhiteSpace
    };
    match TokenMistake::find(token).filter(|mistake| is_malformed || is_split(mistake))? {
        TokenMistake::Padding if padded => None,
        TokenMistake::Padding => Some("the token has padding, which --padded accepts"),
        mistake => Some(mistake.message()),
    }
}

/// Returns a string of the header as JSON.
fn quoted(text: JsonStr<'_>) -> String {
    serde_json::to_string(&text.to_string()).unwrap_or_default()
}
