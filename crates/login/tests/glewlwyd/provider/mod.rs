//! An instance of Glewlwyd: its keys, its database, its administrator, and its clients.

mod keys;

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io, thread};

use base64ct::{Base64, Encoding};
use jose_verify::alg::{
    Algorithm, Algorithms, ES256, ES384, ES512, HS256, HS384, HS512, KeyParameters, PS256, PS384,
    PS512, RS256, RS384, RS512,
};
use jose_verify::{Error, GrowingKeySet, NumericDate, Policy, Verified, Verifier, scratch_len};
use jose_verify_login::{Client, Settings, SignedBy};
use serde_json::{Map, Value, json};

pub(crate) use self::keys::{Keys, find_key, is_short, sign, with_name};
use self::keys::{generate_pem, run};
use crate::support::{
    self, Browser, Inbox, Page, REDIRECT_URI, Server, free_port, new_folder, origin, packages,
};

/// Glewlwyd does not decode the secret of Basic authentication (RFC 6749 §2.3.1), so this one
/// contains nothing that must be encoded. It is long enough for HS512.
pub(crate) const SECRET: &str =
    "a-secret-of-the-client-of-more-than-the-64-bytes-that-HS512-requires-and-nothing-to-encode";
pub(crate) const OTHER_SECRET: &str =
    "a-secret-that-the-impostor-has-invented-which-is-as-long-as-the-one-of-the-honest-provider";

/// All algorithms that both Glewlwyd and the core have.
pub(crate) const CASES: [(&str, &dyn Algorithm); 12] = [
    ("RS256", &RS256),
    ("RS384", &RS384),
    ("RS512", &RS512),
    ("PS256", &PS256),
    ("PS384", &PS384),
    ("PS512", &PS512),
    ("ES256", &ES256),
    ("ES384", &ES384),
    ("ES512", &ES512),
    ("HS256", &HS256),
    ("HS384", &HS384),
    ("HS512", &HS512),
];

pub(crate) const NONCE: &str = "the nonce of a login without the client";

/// Scopes that Alice grants to every client.
const SCOPE: &str = "openid profile email";
const PASSWORD: &str = "the password of Alice";

/// Returns the path of an unpacked file, or of the installed one.
fn installed(path: &str) -> PathBuf {
    let unpacked = packages().join("root").join(path);
    if unpacked.exists() {
        return unpacked;
    }
    Path::new("/").join(path)
}

/// An instance of Glewlwyd with a plugin for each algorithm, whose name is that of the algorithm.
pub(crate) struct Glewlwyd {
    pub(crate) url: String,
    /// The address that its tokens name. An impostor has another one than its own.
    home: String,
    secret: &'static str,
    pub(crate) inbox: Inbox,
    admin: RefCell<Browser>,
    folder: PathBuf,
    _server: Server,
}

impl Drop for Glewlwyd {
    /// Removes the files of the instance, but not those of a test that fails.
    fn drop(&mut self) {
        if !thread::panicking() {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

impl Glewlwyd {
    /// Starts the real provider.
    pub(crate) fn honest(algs: &[&str]) -> Self {
        Self::start(None, algs, &Keys::generate(SECRET, 1))
    }

    /// Starts a provider that claims to be another, but has its own keys and secret.
    pub(crate) fn posing_as(home: &Self, algs: &[&str], generation: u32) -> Self {
        let keys = Keys::generate(OTHER_SECRET, generation);
        Self::start(Some(&home.url), algs, &keys)
    }

    pub(crate) fn start(home: Option<&str>, algs: &[&str], keys: &Keys) -> Self {
        let (folder, url, server) = start_program();
        let provider = Self {
            _server: server,
            home: home.unwrap_or(&url).to_owned(),
            secret: keys.secret,
            inbox: Inbox::open(),
            admin: RefCell::new(Browser::new()),
            folder,
            url,
        };
        let credentials = json!({ "username": "admin", "password": "password" });
        provider.administer("POST", "auth/", &credentials);
        provider.add_alice();
        for alg in algs {
            provider.add_plugin(alg, &provider.with_jwks(alg, &[keys.jwk(alg)]));
        }
        provider.add_client("basic", &json!({}));
        provider
    }

    /// Sends a request of the administrator.
    fn administer(&self, method: &str, path: &str, body: &Value) {
        let url = format!("{}/api/{path}", self.url);
        let page = self
            .admin
            .borrow_mut()
            .send_json(method, &url, &body.to_string());
        assert_eq!(page.status, 200, "{method} {path}: {}", page.body);
    }

    fn add_alice(&self) {
        for name in ["profile", "email"] {
            let scope = json!({ "name": name, "password_required": false, "scheme": {} });
            self.administer("POST", "scope/", &scope);
        }
        let alice = json!({
            "username": "alice",
            "name": "Alice",
            "email": "alice@example.com",
            "password": PASSWORD,
            "scope": ["openid", "profile", "email"],
        });
        self.administer("POST", "user/", &alice);
    }

    /// Adds a client with these properties, to which Alice grants all scopes.
    pub(crate) fn add_client(&self, client_id: &str, properties: &Value) {
        let client = self.client_properties(client_id, properties);
        self.administer("POST", "client/", &client);
        let mut browser = self.browser();
        let url = format!("{}/api/auth/grant/{client_id}/", self.url);
        let granted = browser.send_json("PUT", &url, &json!({ "scope": SCOPE }).to_string());
        assert_eq!(granted.status, 200, "{}", granted.body);
    }

    /// Changes properties of a client.
    pub(crate) fn change_client(&self, client_id: &str, properties: &Value) {
        let client = self.client_properties(client_id, properties);
        self.administer("PUT", &format!("client/{client_id}"), &client);
    }

    fn client_properties(&self, client_id: &str, properties: &Value) -> Value {
        let common = json!({
            "client_id": client_id,
            "confidential": true,
            "client_secret": self.secret,
            "redirect_uri": [REDIRECT_URI],
            "authorization_type": ["code", "id_token", "refresh_token"],
            "token_endpoint_auth_method": ["client_secret_basic"],
            "backchannel_logout_uri": self.inbox.url(),
            "enabled": true,
        });
        merge(common, properties)
    }

    /// Returns the parameters of a plugin whose keys are in this JWK Set.
    pub(crate) fn with_jwks(&self, alg: &str, keys: &[Value]) -> Value {
        let keys = json!({ "keys": keys }).to_string();
        merge(self.parameters(alg), &json!({ "jwks-private": keys }))
    }

    /// Returns the parameters of a plugin with a new key in PEM, such as `ec384`, that is said to
    /// be of a type and a size, such as `ecdsa` and `384`.
    pub(crate) fn with_pem(&self, name: &str, kind: &str, (typ, size): (&str, &str)) -> Value {
        let (key, cert) = generate_pem(kind);
        let keys = json!({ "jwt-type": typ, "jwt-key-size": size, "key": key, "cert": cert });
        merge(self.parameters(name), &keys)
    }

    fn parameters(&self, name: &str) -> Value {
        json!({
            "iss": self.issuer(name),
            "oauth-as-iss-id": true,
            "access-token-duration": 3600,
            "refresh-token-duration": 3600,
            "code-duration": 600,
            "auth-type-code-enabled": true,
            "auth-type-token-enabled": true,
            "auth-type-refresh-enabled": true,
            "jwks-show": true,
            "pkce-allowed": true,
            "name-claim": "mandatory",
            "email-claim": "mandatory",
            "request-parameter-allow": true,
            "client-jwks-parameter": "jwks",
            "session-management-allowed": true,
            "session-cookie-name": format!("session-{name}"),
            "session-cookie-expiration": 3600,
            "back-channel-logout-allowed": true,
        })
    }

    pub(crate) fn add_plugin(&self, name: &str, parameters: &Value) {
        self.administer("POST", "mod/plugin/", &plugin(name, parameters));
    }

    /// Publishes other keys, the way Glewlwyd documents key rotation: the first key signs.
    pub(crate) fn rotate(&self, alg: &str, keys: &[Value]) {
        let parameters = self.with_jwks(alg, keys);
        let path = format!("mod/plugin/{alg}");
        self.administer("PUT", &path, &plugin(alg, &parameters));
        self.administer("PUT", &format!("{path}/reset"), &json!({}));
    }

    /// Returns the issuer that the tokens name.
    pub(crate) fn issuer(&self, name: &str) -> String {
        format!("{}/api/{name}", self.home)
    }

    /// Returns the address of an endpoint of this instance.
    pub(crate) fn endpoint(&self, name: &str, path: &str) -> String {
        format!("{}/api/{name}/{path}", self.url)
    }

    /// Returns the settings of the client `basic`.
    pub(crate) fn settings(&self, alg: &str, signed_by: &SignedBy) -> Settings {
        Settings {
            client_secret: Some(self.secret.to_owned()),
            ..support::settings(&self.issuer(alg), "basic", signed_by)
        }
    }

    pub(crate) fn client(&self, alg: &str, algorithm: &'static dyn Algorithm) -> Client {
        Client::discover(self.settings(alg, &signed_by(alg, algorithm))).unwrap()
    }

    /// Returns a browser in which Alice is logged in.
    pub(crate) fn browser(&self) -> Browser {
        let mut browser = Browser::new();
        enter_password(&mut browser, &self.url);
        browser
    }

    /// Returns the published keys, or the secret.
    pub(crate) fn key_set(&self, alg: &str, algorithm: &'static dyn Algorithm) -> GrowingKeySet {
        let algorithms = Algorithms::new(&[algorithm]).unwrap();
        if alg.starts_with("HS") {
            let secret = KeyParameters::oct(self.secret.as_bytes());
            return GrowingKeySet::from_parameters(&secret, &algorithms).unwrap();
        }
        let mut keys = GrowingKeySet::default();
        let jwks = self.jwks(alg);
        keys.load(jwks.as_bytes(), &algorithms, |_| {}).unwrap();
        keys
    }

    /// Returns the published JWK Set.
    pub(crate) fn jwks(&self, name: &str) -> String {
        Browser::new().get(&self.endpoint(name, "jwks")).body
    }

    /// Logs in without the client: the hybrid flow by plain HTTP.
    pub(crate) fn tokens(&self, alg: &str) -> Tokens {
        let (browser, callback) = self.authorize(alg, "basic");
        let code = support::parameter(&callback, "code");
        let page = self.redeem(alg, &code, &[], Some(("basic", self.secret)));
        let answer: Value = serde_json::from_str(&page.body).expect(&page.body);
        let text = |name: &str| answer[name].as_str().unwrap().to_owned();
        Tokens {
            browser,
            from_browser: support::parameter(&callback, "id_token"),
            code,
            id_token: text("id_token"),
            access_token: text("access_token"),
            refresh_token: text("refresh_token"),
        }
    }

    /// Sends an authorization request, and returns the browser and the parameters of the callback.
    pub(crate) fn authorize(&self, alg: &str, client_id: &str) -> (Browser, String) {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs([
            ("response_type", "code id_token"),
            ("client_id", client_id),
            ("redirect_uri", REDIRECT_URI),
            ("scope", SCOPE),
            ("state", "a state"),
            ("nonce", NONCE),
        ]);
        let url = format!("{}?{}", self.endpoint(alg, "auth"), query.finish());
        let mut browser = Browser::new();
        let callback = log_in_at(&mut browser, &url);
        (browser, callback)
    }

    /// Exchanges a code for tokens. `more` is added to the form.
    pub(crate) fn redeem(
        &self,
        alg: &str,
        code: &str,
        more: &[(&str, &str)],
        basic: Option<(&str, &str)>,
    ) -> Page {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT_URI),
        ];
        self.post(alg, &[&form, more].concat(), basic)
    }

    /// Sends a form to the token endpoint.
    pub(crate) fn post(
        &self,
        alg: &str,
        form: &[(&str, &str)],
        basic: Option<(&str, &str)>,
    ) -> Page {
        let mut body = form_urlencoded::Serializer::new(String::new());
        let body = body.extend_pairs(form).finish();
        let mut headers = vec![("content-type", "application/x-www-form-urlencoded")];
        let credentials = basic.map(|(id, secret)| {
            let pair = Base64::encode_string(format!("{id}:{secret}").as_bytes());
            format!("Basic {pair}")
        });
        if let Some(credentials) = &credentials {
            headers.push(("authorization", credentials));
        }
        Browser::new().send("POST", &self.endpoint(alg, "token"), &headers, &body)
    }

    /// Fetches UserInfo. `query` can ask for a JWT.
    pub(crate) fn user_info(&self, alg: &str, query: &str, access_token: &str) -> Page {
        let url = self.endpoint(alg, &format!("userinfo{query}"));
        let bearer = format!("Bearer {access_token}");
        Browser::new().send("GET", &url, &[("authorization", &bearer)], "")
    }
}

/// The tokens of a login without the client, and what came with them.
pub(crate) struct Tokens {
    pub(crate) browser: Browser,
    pub(crate) from_browser: String,
    pub(crate) code: String,
    pub(crate) id_token: String,
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
}

/// Acts as Alice's browser on Glewlwyd's login page, which is a program that sends JSON. Returns
/// the parameters of the callback.
pub(crate) fn browse(url: &str) -> String {
    log_in_at(&mut Browser::new(), url)
}

fn log_in_at(browser: &mut Browser, url: &str) -> String {
    let page = browser.get(url);
    let location = page
        .location
        .unwrap_or_else(|| panic!("{url}: {}", page.body));
    let (login_page, query) = location.split_once('?').unwrap();
    assert_eq!(login_page, format!("{}/login.html", origin(url)));
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let (_, next) = pairs.find(|(name, _)| name == "callback_url").unwrap();
    enter_password(browser, origin(url));
    browser.follow(&format!("{next}&g_continue"))
}

fn enter_password(browser: &mut Browser, url: &str) {
    let credentials = json!({ "username": "alice", "password": PASSWORD }).to_string();
    let page = browser.send_json("POST", &format!("{url}/api/auth/"), &credentials);
    assert_eq!(page.status, 200, "{}", page.body);
}

/// Returns how ID Tokens with this algorithm are signed.
pub(crate) fn signed_by(alg: &str, algorithm: &'static dyn Algorithm) -> SignedBy {
    if alg.starts_with("HS") {
        support::secret(algorithm)
    } else {
        support::published(algorithm)
    }
}

/// Verifies a token with the core alone.
pub(crate) fn verify<'b>(
    token: &str,
    keys: &GrowingKeySet,
    policy: &Policy<'_>,
    scratch: &'b mut Vec<u8>,
) -> Result<Verified<'b>, Error> {
    scratch.resize(scratch_len(token.len()), 0);
    Verifier::new(keys, policy).verify(token.as_bytes(), NumericDate::now(), scratch)
}

/// Returns why the core rejects a token.
pub(crate) fn error_of(token: &str, keys: &GrowingKeySet, policy: &Policy<'_>) -> Option<Error> {
    verify(token, keys, policy, &mut Vec::new()).err()
}

fn merge(mut into: Value, from: &Value) -> Value {
    let from: Map<String, Value> = from.as_object().unwrap().clone();
    into.as_object_mut().unwrap().extend(from);
    into
}

fn plugin(name: &str, parameters: &Value) -> Value {
    json!({ "module": "oidc", "name": name, "display_name": name, "parameters": parameters })
}

/// Starts Glewlwyd. Returns the folder with its files, and its address.
fn start_program() -> (PathBuf, String, Server) {
    for _ in 0..3 {
        let folder = new_folder("glewlwyd");
        let port = free_port();
        let url = format!("http://127.0.0.1:{port}");
        make_database(&folder).unwrap();
        fs::write(folder.join("conf"), configuration(port, &url, &folder)).unwrap();
        let mut command = Command::new(packages().join("bin/glewlwyd"));
        let log = fs::File::create(folder.join("log")).unwrap();
        command.arg("-c").arg(folder.join("conf"));
        command.stdout(log.try_clone().unwrap()).stderr(log);
        // Another program may have taken the port since.
        if let Some(server) = Server::try_start(&mut command, &url) {
            return (folder, url, server);
        }
    }
    panic!("Glewlwyd does not start");
}

/// Makes a database as the package does when it is installed. Its administrator has a known
/// password.
fn make_database(folder: &Path) -> io::Result<()> {
    let schema = installed("usr/share/dbconfig-common/data/glewlwyd/install/sqlite3");
    let schema = fs::read_to_string(schema)?;
    let file = folder.join("sql");
    // The journal waits less often for the disk.
    let sql = format!("PRAGMA journal_mode = WAL;\nBEGIN;\n{schema}\nCOMMIT;\n");
    fs::write(&file, sql)?;
    let mut command = Command::new(packages().join("bin/sqlite3"));
    command.arg("-bail").arg(folder.join("db"));
    run(command.stdin(fs::File::open(file)?));
    Ok(())
}

fn configuration(port: u16, url: &str, folder: &Path) -> String {
    let modules = installed("usr/lib/glewlwyd");
    let (modules, folder) = (modules.display(), folder.display());
    format!(
        r#"port = {port}
bind_address = "127.0.0.1"
external_url = "{url}"
login_url = "login.html"
api_prefix = "api"
log_mode = "console"
log_level = "INFO"
cookie_domain = "127.0.0.1"
cookie_secure = 0
session_key = "session"
login_api_enabled = true
admin_scope = "g_admin"
profile_scope = "g_profile"
user_module_path = "{modules}/user"
user_middleware_module_path = "{modules}/user_middleware"
client_module_path = "{modules}/client"
user_auth_scheme_module_path = "{modules}/scheme"
plugin_module_path = "{modules}/plugin"
use_secure_connection = false
secure_connection_key_file = "unused"
secure_connection_pem_file = "unused"
hash_algorithm = "SHA512"
database = {{ type = "sqlite3"; path = "{folder}/db"; }};
"#
    )
}
