//! A portal of `LemonLDAP::NG` on this machine: its configuration, its process, and the login of
//! its demonstration user.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use jose_verify::alg::{
    Algorithm, ES256, HS256, HS384, HS512, PS256, PS384, PS512, RS256, RS384, RS512,
};
use jose_verify::json::JsonStr;
use jose_verify::oauth::ProviderMetadata;
use jose_verify_login::{Client, SignedBy};
use serde_json::{Map, Value, json};

use crate::support::{
    Browser, REDIRECT_URI, Server, free_port, new_folder, packages, published, secret, settings,
};

/// Long enough for HS512 (RFC 7518 §3.2), and of unreserved characters. See [`ENCODED_SECRET`].
pub(crate) const SECRET: &str =
    "a-secret-of-the-client-which-is-longer-than-the-64-bytes-that-hs512-requires";
/// The secret of the client `encoded`. A form encodes the `%` in it, and this provider does not
/// decode it (RFC 6749 §2.3.1).
pub(crate) const ENCODED_SECRET: &str = "a-secret-with-100%-of-the-characters";
pub(crate) const LOGGED_OUT_URI: &str = "http://127.0.0.1:9999/logged-out";

/// Every algorithm that a version of `LemonLDAP::NG` signs with, and this library verifies.
const ALGORITHMS: [(&str, &dyn Algorithm); 10] = [
    ("RS256", &RS256),
    ("RS384", &RS384),
    ("RS512", &RS512),
    ("PS256", &PS256),
    ("PS384", &PS384),
    ("PS512", &PS512),
    ("ES256", &ES256),
    ("HS256", &HS256),
    ("HS384", &HS384),
    ("HS512", &HS512),
];

/// An algorithm, with its name and the setting of a client for it.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) algorithm: &'static dyn Algorithm,
    pub(crate) signed_by: SignedBy,
}

impl Case {
    pub(crate) fn is_mac(&self) -> bool {
        self.name.starts_with("HS")
    }
}

/// How an instance differs from the usual one.
#[derive(Clone, Copy)]
pub(crate) struct Options<'o> {
    /// The issuer that it claims to be, or its own address if this is empty.
    pub(crate) issuer: &'o str,
    pub(crate) secret: &'o str,
    pub(crate) key_id: &'o str,
    pub(crate) key: KeyType,
    /// The address that receives logout tokens.
    pub(crate) logout_uri: &'o str,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum KeyType {
    Rsa,
    P256,
}

impl KeyType {
    const fn name(self) -> &'static str {
        match self {
            Self::Rsa => "RSA",
            Self::P256 => "EC",
        }
    }

    /// Returns a Perl program that prints a private key and its public key as PEM.
    const fn program(self) -> &'static str {
        match self {
            Self::Rsa => {
                "use Crypt::OpenSSL::RSA; my $key = Crypt::OpenSSL::RSA->generate_key(2048); \
                 print $key->get_private_key_string, $key->get_public_key_x509_string;"
            }
            Self::P256 => {
                "use Crypt::PK::ECC; my $key = Crypt::PK::ECC->new; \
                 $key->generate_key('secp256r1'); \
                 print $key->export_key_pem('private'), $key->export_key_pem('public');"
            }
        }
    }
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self {
            issuer: "",
            secret: SECRET,
            key_id: "first",
            key: KeyType::Rsa,
            logout_uri: "",
        }
    }
}

pub(crate) struct Portal {
    /// Its address, which is also the issuer of an honest instance.
    pub(crate) url: String,
    /// The issuer that it claims to be.
    issuer: String,
    key: KeyType,
    pub(crate) metadata: String,
    folder: PathBuf,
    _server: Server,
}

impl Portal {
    /// Starts the real provider.
    pub(crate) fn honest() -> Self {
        Self::start(Options::default())
    }

    /// Starts a real provider for each type of key that this version signs with. Version 2.16 signs
    /// only with RSA keys.
    pub(crate) fn with_each_key() -> Vec<Self> {
        let elliptic = Self::start(Options {
            key: KeyType::P256,
            ..Options::default()
        });
        let is_supported = elliptic.metadata().supports_signing_algorithm("ES256");
        let elliptic = is_supported.then_some(elliptic);
        [Self::honest()].into_iter().chain(elliptic).collect()
    }

    /// Starts a provider that claims to be another one, but has its own keys and secret.
    pub(crate) fn posing_as(other: &Self, key_id: &str) -> Self {
        Self::start(Options {
            issuer: &other.url,
            key: other.key,
            key_id,
            secret: "a-secret-that-the-impostor-has-invented-and-that-is-long-enough-for-hs512-too",
            ..Options::default()
        })
    }

    pub(crate) fn start(options: Options<'_>) -> Self {
        let port = free_port();
        let url = format!("http://127.0.0.1:{port}/");
        let issuer = if options.issuer.is_empty() {
            url.clone()
        } else {
            options.issuer.to_owned()
        };
        let folder = new_folder(&format!("lemonldap-{port}"));
        write_configuration(&folder, &url, &issuer, options);
        let log = folder.join("log");
        let output = File::create(&log).unwrap();
        let psgi = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/lemonldap/portal.psgi");
        let mut command = perl(&folder);
        command
            .arg(packages().join("root/usr/bin/plackup"))
            .args(["--no-default-middleware", "--env", "production"])
            .args(["--host", "127.0.0.1", "--port", &port.to_string(), psgi])
            .stdout(output.try_clone().unwrap())
            .stderr(output);
        let metadata = format!("{url}.well-known/openid-configuration");
        let server = Server::start(&mut command, &metadata);
        let page = Browser::new().get(&metadata);
        let log = fs::read_to_string(log).unwrap();
        assert_eq!(page.status, 200, "the portal does not start: {log}");
        Self {
            url,
            issuer,
            key: options.key,
            metadata: page.body,
            folder,
            _server: server,
        }
    }

    pub(crate) fn metadata(&self) -> ProviderMetadata<'_> {
        ProviderMetadata::parse(self.metadata.as_bytes(), &self.issuer).unwrap()
    }

    /// Returns the address of an endpoint. The metadata of an impostor contains the addresses of
    /// the provider that it claims to be.
    pub(crate) fn endpoint(&self, in_metadata: Option<JsonStr<'_>>) -> String {
        let address = in_metadata.unwrap().to_string();
        address.replacen(&self.issuer, &self.url, 1)
    }

    /// Returns the algorithms that this instance can sign ID Tokens with. Those with the client's
    /// secret are left to the instance with an RSA key.
    pub(crate) fn cases(&self) -> Vec<Case> {
        let metadata = self.metadata();
        let is_elliptic = self.key == KeyType::P256;
        let supported = ALGORITHMS.into_iter().filter(|(name, _)| {
            metadata.supports_signing_algorithm(name) && name.starts_with("ES") == is_elliptic
        });
        let cases = supported.map(|(name, algorithm)| Case {
            name,
            algorithm,
            signed_by: if name.starts_with("HS") {
                secret(algorithm)
            } else {
                published(algorithm)
            },
        });
        cases.collect()
    }

    /// Returns an algorithm that every instance with an RSA key supports.
    pub(crate) fn case(&self, name: &str) -> Case {
        let mut cases = self.cases().into_iter();
        cases.find(|case| case.name == name).unwrap()
    }

    pub(crate) fn client(&self, client_id: &str, signed_by: &SignedBy) -> Client {
        let mut settings = settings(&self.url, client_id, signed_by);
        settings.client_secret = (client_id != "public").then(|| SECRET.to_owned());
        Client::discover(settings).unwrap()
    }

    /// Runs the provider's own tool until the portal signs with another key. The tool of newer
    /// versions first only publishes the next key.
    pub(crate) fn rotate(&self) {
        let before = self.signing_key_id();
        for _ in 0..2 {
            let mut tool = perl(&self.folder);
            // Newer versions change to Debian's user of web servers, which cannot read this folder.
            let stay = "no warnings; *POSIX::setuid = *POSIX::setgid = sub { 1 }; \
                        my $tool = shift; do $tool; die $@ if $@;";
            tool.args(["-MPOSIX", "-e", stay])
                .arg(packages().join("root/usr/share/lemonldap-ng/bin/rotateOidcKeys"));
            let done = tool.output().unwrap();
            assert!(done.status.success(), "{done:?}");
            if self.signing_key_id() != before {
                // The portal looks for a new configuration once a second. This is also longer than
                // the shortest pause between two fetches of the client.
                sleep(Duration::from_secs(2));
                return;
            }
        }
        panic!("rotateOidcKeys does not change the signing key");
    }

    /// Returns the identifier of the signing key in the newest configuration.
    fn signing_key_id(&self) -> String {
        let number = |file: &Path| {
            let name = file.file_stem()?.to_str()?.strip_prefix("lmConf-")?;
            name.parse::<u32>().ok()
        };
        let files = fs::read_dir(self.folder.join("conf")).unwrap();
        let files = files.map(|file| file.unwrap().path());
        let newest = files.max_by_key(|file| number(file)).unwrap();
        let json: Value = serde_json::from_slice(&fs::read(newest).unwrap()).unwrap();
        json["oidcServiceKeyIdSig"].as_str().unwrap().to_owned()
    }

    /// Logs the demonstration user in, in a new browser, and returns the parameters of the
    /// callback.
    pub(crate) fn browse(url: &str) -> String {
        log_in(&mut Browser::new(), url)
    }
}

/// Opens the address of an authorization request. Fills in the form if the user is not logged in.
/// Returns the parameters of the callback.
pub(crate) fn log_in(browser: &mut Browser, url: &str) -> String {
    let page = match browser.follow_to_page(url) {
        Ok(parameters) => return parameters,
        Err((_, page)) => page,
    };
    let mut form = hidden_fields(&page.body);
    assert!(!form.is_empty(), "{url}: {} {}", page.status, page.body);
    form.extend([("user", "dwho"), ("password", "dwho")]);
    let page = browser.post_form(url, &form);
    let location = page.location.unwrap_or_default();
    let parameters = location.strip_prefix(REDIRECT_URI);
    let parameters = parameters.unwrap_or_else(|| panic!("{url}: {location} {}", page.body));
    parameters[1..].to_owned()
}

/// Returns the names and values of the hidden fields of a page.
fn hidden_fields(page: &str) -> Vec<(&str, &str)> {
    let inputs = page.split("<input ").skip(1);
    let inputs = inputs.map(|input| input.split_once('>').unwrap().0);
    let hidden = inputs.filter(|input| input.contains(r#"type="hidden""#));
    let fields = hidden.filter_map(|input| Some((attribute(input, "name")?, input)));
    fields
        .map(|(name, input)| (name, attribute(input, "value").unwrap_or_default()))
        .collect()
}

fn attribute<'p>(element: &'p str, name: &str) -> Option<&'p str> {
    let (_, rest) = element.split_once(&format!("{name}=\""))?;
    Some(rest.split_once('"')?.0)
}

/// Returns a command that runs Perl with the configuration in this folder.
fn perl(folder: &Path) -> Command {
    let mut perl = Command::new(packages().join("bin/perl"));
    perl.env("LLNG_DEFAULTCONFFILE", folder.join("lemonldap-ng.ini"))
        // The portal sends logout tokens to this machine.
        .env_remove("ALL_PROXY");
    perl
}

/// Returns a new private key and its public key as PEM.
fn generate_key(folder: &Path, key: KeyType) -> (String, String) {
    let done = perl(folder).args(["-e", key.program()]).output().unwrap();
    assert!(done.status.success(), "{done:?}");
    let keys = String::from_utf8(done.stdout).unwrap();
    let public = keys.find("-----BEGIN PUBLIC KEY").unwrap();
    (keys[..public].to_owned(), keys[public..].to_owned())
}

/// Writes both files of the configuration: where the other file is, and that other file.
fn write_configuration(folder: &Path, url: &str, issuer: &str, options: Options<'_>) {
    for name in ["conf", "sessions/lock", "psessions/lock"] {
        fs::create_dir_all(folder.join(name)).unwrap();
    }
    let templates = packages().join("root/usr/share/lemonldap-ng/portal/templates");
    let ini = format!(
        "[all]\nlogger = Lemonldap::NG::Common::Logger::Std\nlogLevel = notice\ncheckTime = 1\n\
         [configuration]\ntype = File\ndirName = {}\n[portal]\ntemplateDir = {}\n[handler]\n",
        folder.join("conf").display(),
        templates.display()
    );
    fs::write(folder.join("lemonldap-ng.ini"), ini).unwrap();
    let json = configuration(folder, url, issuer, options).to_string();
    fs::write(folder.join("conf/lmConf-1.json"), json).unwrap();
}

/// Returns the configuration. A module that is not needed is off, because its dependencies are not
/// unpacked.
fn configuration(folder: &Path, url: &str, issuer: &str, options: Options<'_>) -> Value {
    let (private, public) = generate_key(folder, options.key);
    let files = |name: &str| {
        let folder = folder.join(name).display().to_string();
        json!({"Directory": folder, "LockDirectory": format!("{folder}/lock")})
    };
    let clients = clients(options);
    let ids = clients.keys().cloned();
    let claims: Map<_, _> = ids
        .map(|id| (id, json!({"email": "mail", "name": "cn"})))
        .collect();
    json!({
        "cfgNum": 1, "cfgDate": 1_700_000_000, "cfgAuthor": "test", "cfgVersion": "2.16.1",
        "portal": url, "domain": "127.0.0.1", "securedCookie": 0, "key": "0123456789abcdef",
        "authentication": "Demo", "userDB": "Same", "passwordDB": "", "registerDB": "Null",
        "demoExportedVars": {"cn": "cn", "mail": "mail", "uid": "uid"},
        "whatToTrace": "uid", "loginHistoryEnabled": 0, "portalDisplayRegister": 0,
        "portalDisplayResetPassword": 0, "portalDisplayCertificateResetByMail": 0,
        "captcha": "NoCaptcha", "captcha_mail_enabled": 0, "captcha_register_enabled": 0,
        "locationRules": {"127.0.0.1": {"default": "accept"}}, "exportedHeaders": {},
        "globalStorage": "Apache::Session::File",
        "globalStorageOptions": files("sessions"),
        "persistentStorage": "Apache::Session::File",
        "persistentStorageOptions": files("psessions"),
        // Otherwise it would be a folder of the system, which all instances would share.
        "localSessionStorageOptions": {
            "cache_root": folder.join("cache").display().to_string(),
            "namespace": "sessions",
            "default_expires_in": 600,
        },
        "issuerDBOpenIDConnectActivation": 1,
        "oidcServiceMetaDataIssuer": issuer,
        "oidcServiceAllowHybridFlow": 1,
        "oidcServiceKeyTypeSig": options.key.name(),
        "oidcServicePrivateKeySig": private,
        "oidcServicePublicKeySig": public,
        "oidcServiceKeyIdSig": options.key_id,
        "oidcRPMetaDataOptions": clients,
        "oidcRPMetaDataExportedVars": claims,
    })
}

/// Returns the registration of each client.
fn clients(options: Options<'_>) -> Map<String, Value> {
    let mut clients = Map::new();
    let mut register = |id: &str, alg: &str, more: &[(&str, &str)]| {
        let secret = if id == "encoded" {
            ENCODED_SECRET
        } else {
            options.secret
        };
        let always = [
            ("ClientID", id),
            ("ClientSecret", secret),
            ("RedirectUris", REDIRECT_URI),
            ("IDTokenSignAlg", alg),
            ("BypassConsent", "1"),
        ];
        let all = always.iter().chain(more);
        let client = all.map(|(name, value)| {
            let name = format!("oidcRPMetaDataOptions{name}");
            (name, json!(value))
        });
        clients.insert(id.to_owned(), client.collect());
    };
    for (name, _) in ALGORITHMS {
        register(name, name, &[]);
        let signed = [("UserInfoSignAlg", name)];
        register(&format!("{name}-signed"), name, &signed);
        let jwt = [("AccessTokenJWT", "1"), ("AccessTokenSignAlg", name)];
        register(&format!("{name}-access"), name, &jwt);
    }
    register("none", "none", &[]);
    register("encoded", "RS256", &[]);
    let public = [("Public", "1"), ("RequirePKCE", "1")];
    register("public", "RS256", &public);
    register("mixed", "RS256", &[("UserInfoSignAlg", "HS256")]);
    register("refresh", "RS256", &[("RefreshToken", "1")]);
    let logout = [
        ("PostLogoutRedirectUris", LOGGED_OUT_URI),
        ("LogoutBypassConfirm", "1"),
        ("LogoutUrl", options.logout_uri),
        ("LogoutType", "back"),
        ("LogoutSessionRequired", "1"),
    ];
    register("logout", "RS256", &logout);
    clients
}
