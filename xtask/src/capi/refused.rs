//! Compiles uses of the header that compilers must accept, and uses that they must reject.

use std::fs;

use super::{WARNINGS, out, program_here};
use crate::process::{Outcome, failed, need_programs, succeeds};

/// Compilers, the language that they read, and its versions.
const COMPILERS: [(&str, &str, &str); 5] = [
    ("gcc", "c", "c99"),
    ("gcc", "c", "c2x"),
    ("g++", "c++", "c++11"),
    ("g++", "c++", "c++17"),
    ("g++", "c++", "c++20"),
];

/// What surrounds each statement.
const BEFORE: &str = "\
#include \"jose_verify.h\"
#include <stddef.h>
void use(jv_string);
void compile(char *pointer, jv_claims *claims, jv_policy *policy, jv_key_set *keys);
void compile(char *pointer, jv_claims *claims, jv_policy *policy, jv_key_set *keys) {
    static char array[] = \"array\";
    uint8_t scratch[8];
    (void)pointer, (void)claims, (void)policy, (void)keys, (void)array, (void)scratch;
";

/// Statements that every compiler must accept.
const ACCEPTED: [&str; 7] = [
    "use(JV_STRING(\"https://issuer.example.com\"));",
    "use(JV_STRING(\"\"));",
    "use(JV_STRING(\"two\" \" parts\"));",
    "use(JV_STRING(\"\\xff\\0\"));",
    "char four[JV_LITERAL_LEN_(\"four\") == 4 ? 1 : -1]; (void)four;",
    "jv_error error = jv_claims_integer(claims, \"exp\", NULL); (void)error;",
    "if (jv_policy_init(policy, sizeof *policy, 1)) jv_key_set_wipe(scratch, sizeof scratch);",
];

/// Statements that every compiler must reject.
const REJECTED: [&str; 15] = [
    // The length of the text behind a pointer is unknown at compile time.
    "use(JV_STRING(pointer));",
    "use(JV_STRING(array));",
    "use(JV_STRING((const char *)\"cast\"));",
    "use(JV_STRING(\"literal\" + 1));",
    "use(JV_STRING(pointer ? \"a\" : \"b\"));",
    "use(JV_STRING(NULL));",
    "use(JV_STRING(0));",
    "use(JV_STRING(L\"wide\"));",
    "use(JV_STRING(u\"wide\"));",
    // A caller that ignores the result treats a rejected token as valid.
    "jv_verify_in_place(NULL, 0, keys, policy, 0, claims);",
    "jv_verify_at(NULL, 0, keys, policy, 0, 0, scratch, sizeof scratch, claims);",
    "jv_policy_init(policy, sizeof *policy, JV_PROFILE_JWT);",
    "jv_claims_subject(claims, array, sizeof array, NULL);",
    "jv_key_set_add_jwk(keys, scratch, sizeof scratch);",
    "jv_error_name(0);",
];

/// Compiles each statement by itself.
pub fn check() -> Outcome {
    need_programs(&["gcc", "g++"])?;
    for (compiler, language, version) in COMPILERS {
        for (statements, accepted) in [(&ACCEPTED[..], true), (&REJECTED[..], false)] {
            for statement in statements {
                if compiles(compiler, language, version, statement)? != accepted {
                    let wanted = if accepted { "rejects" } else { "accepts" };
                    return failed(format!("{compiler} -std={version} {wanted}: {statement}"));
                }
            }
        }
    }
    Ok(())
}

fn compiles(compiler: &str, language: &str, version: &str, statement: &str) -> Outcome<bool> {
    let file = out()?.join("statement.c");
    fs::write(&file, format!("{BEFORE}    {statement}\n}}\n"))?;
    let mut command = program_here(compiler);
    command
        .args(["-x", language, &format!("-std={version}"), "-c"])
        .args(["-o", "/dev/null"])
        .args(WARNINGS);
    Ok(succeeds(command.arg(file)))
}
