//! The longer parts of the help.

/// What `--key` and `keys` recognize.
pub(crate) const FORMS_HELP: &str = r#"The form of a file with keys. The first that fits is taken:
  1. a JSON object with an array "keys": a JWK Set
  2. a JSON object with several strings that contain a PEM block: a map from kid to certificate
     or key, as Google and Firebase publish it
  3. a JSON object with "kty": a JWK
  4. a JSON object with a string "public_key": a key in base64, as Keycloak publishes it for a
     realm, or in PEM
  5. a JSON object with one string that contains a PEM block: a map, too
  6. DER: a certificate, a SubjectPublicKeyInfo or an RSAPublicKey (PKCS #1)
  7. otherwise PEM: the first public key or certificate. Other blocks and text are ignored

Anything else is refused, and the error says what the file contains: a private key, for instance."#;

/// The requests and answers of `batch`.
pub(crate) const BATCH_HELP: &str = r#"
Each line is a request. "token" and one of the keys are required:
  {"id": any, "token": "...",
   "key": {...} | "text of a file", or "keys": {JWK Set or JWK}, or "pem": "...",
   or "secret": "text", or "secret_base64url": "...",
   "short_coordinates": false, "use": "..." | [...], "algs": "RS256" | [...],
   "profile": "jwt" | "id-token" | "access-token" | "logout-token" | "jws",
   "issuer": "..." | [...], "audience": "..." | [...], "nonce": "...", "subject": "...",
   "issuer_template": "...", "azp": "..." | [...], "ignore_azp": false, "client_id": "..." | [...],
   "acr": "..." | [...], "typ": "...", "now": 1311281000, "leeway": 0, "max_age": 300,
   "access_token": "...", "code": "...", "state": "...", "hashes_if_present": false,
   "no_exp": false, "padded": false}
Each answer, in the order of the requests, is one of:
  {"id": any, "ok": true, "alg": "RS256", "kid": "...", "payload": "<base64url>"}
  {"id": any, "ok": false, "error": "bad_signature", "code": 12}
  {"id": any, "ok": false, "error": "no_key", "code": 13, "message": "the key \"1\" was skipped..."}
  {"id": any, "ok": false, "error": "bad_request", "code": 0, "message": "..."}

If absent or null, "profile" is jwt, "now" is the system clock, "leeway" is 0, "algs" is every
algorithm that fits the kind of key, "id" is null, and the flags are false. issuer, audience, nonce,
subject, client_id, acr and max_age are then not compared; the rest of the profile is checked. An ID
Token must always contain iss, sub, aud, exp and iat. It must contain the hash of each access_token,
code or state that is given, unless hashes_if_present is true. "key" has every form that `verify
--key` recognizes, except DER. azp, ignore_azp, no_exp, padded, short_coordinates and use are as the
options of verify. "token" is the token as it is: white space makes it malformed. The answer
contains "kid" if the token does. A line has at most 4 MiB.

Exit code 0: every line was answered, whatever the answers. 2: standard input or output failed."#;
