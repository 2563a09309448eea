//! What is accepted in JWKs beyond RFC 7517 and RFC 7518.

use jose_verify::keys::JwkOptions;

/// What is accepted in JWKs beyond RFC 7517 and RFC 7518.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct JwkLeniency {
    /// Accepts coordinates without leading zeros, or with one too many.
    pub(crate) short_coordinates: bool,
    /// The accepted values of `use`, or none for `sig`.
    pub(crate) uses: Vec<String>,
}

impl JwkLeniency {
    pub(crate) const fn is_any_given(&self) -> bool {
        self.short_coordinates || !self.uses.is_empty()
    }

    /// Calls `load` with the options of the library. `text` contains the JWKs.
    ///
    /// A JWK without parameters has its key in the certificate. A user who names the file has
    /// chosen the certificates in it, as with a certificate in PEM.
    pub(crate) fn with<T>(&self, text: &[u8], load: impl FnOnce(JwkOptions<'_>) -> T) -> T {
        let uses: Vec<&str> = self.uses.iter().map(String::as_str).collect();
        let mut certificate = vec![0; text.len().saturating_mul(2)];
        let mut options = JwkOptions::new().x5c(&mut certificate);
        if self.short_coordinates {
            options = options.short_coordinates();
        }
        if !uses.is_empty() {
            options = options.accept_use(&uses);
        }
        load(options)
    }
}
