//! An OpenID provider that a test can make hostile.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64ct::{Base64UrlUnpadded, Encoding};
use jose_verify::NumericDate;
use jose_verify_login::{Client, Clock, Error, Flow, Settings, User};
use serde_json::{Value, json};

use super::requests::{Reply, Request, serve};
use super::signing::{TestKey, left_half, sha256};

pub(crate) const SECRET: &str = "a secret of the client, of more than 32 bytes";
pub(crate) const REDIRECT_URI: &str = "http://127.0.0.1:9999/callback";

/// What the provider does. Each `Value` changes members of an object: `null` removes one.
pub(crate) struct Behaviour {
    /// Signs the tokens.
    pub(crate) key: TestKey,
    /// The `kid` in their header.
    pub(crate) kid: &'static str,
    /// The published keys.
    pub(crate) jwks: Value,
    pub(crate) metadata: Value,
    /// Claims of the ID Token from the token endpoint.
    pub(crate) claims: Value,
    /// Claims of the ID Token that comes through the browser.
    pub(crate) browser_claims: Value,
    /// Members of the token response.
    pub(crate) response: Value,
    /// Responses to all requests for a path.
    pub(crate) replies: BTreeMap<&'static str, Reply>,
    /// UserInfo, as JSON or a JWT.
    pub(crate) user_info: Reply,
    /// Codes that were not redeemed: the parameters of their authorization requests.
    codes: BTreeMap<String, BTreeMap<String, String>>,
    pub(crate) refresh_token: String,
    issued: u32,
    pub(crate) requests: Vec<Request>,
}

#[derive(Clone)]
pub(crate) struct Provider {
    pub(crate) url: String,
    behaviour: Arc<Mutex<Behaviour>>,
}

/// A clock for the lifecycle of keys that advances only when a test says so.
#[derive(Debug, Default)]
pub(crate) struct TestClock(Mutex<Duration>);

impl TestClock {
    pub(crate) fn advance(&self, seconds: u64) {
        *self.0.lock().unwrap() += Duration::from_secs(seconds);
    }
}

impl Clock for TestClock {
    fn elapsed(&self) -> Duration {
        *self.0.lock().unwrap()
    }

    fn now(&self) -> NumericDate {
        NumericDate::now()
    }
}

impl Provider {
    pub(crate) fn start() -> Self {
        let key = TestKey::new(1);
        let behaviour = Arc::new(Mutex::new(Behaviour {
            jwks: json!({ "keys": [key.jwk("1")] }),
            key,
            kid: "1",
            metadata: json!({}),
            claims: json!({}),
            browser_claims: json!({}),
            response: json!({}),
            replies: BTreeMap::new(),
            user_info: Reply::json(200, &json!({"sub": "alice", "email": "alice@example.com"})),
            codes: BTreeMap::new(),
            refresh_token: "refresh-0".to_owned(),
            issued: 0,
            requests: Vec::new(),
        }));
        let url = Arc::new(Mutex::new(String::new()));
        let (shared, own_url) = (Arc::clone(&behaviour), Arc::clone(&url));
        let started = serve(move |request| {
            let url = own_url.lock().unwrap().clone();
            shared.lock().unwrap().answer(&url, request)
        });
        url.lock().unwrap().clone_from(&started);
        Self {
            url: started,
            behaviour,
        }
    }

    /// Changes or reads what the provider does.
    pub(crate) fn with<T>(&self, change: impl FnOnce(&mut Behaviour) -> T) -> T {
        change(&mut self.behaviour.lock().unwrap())
    }

    pub(crate) fn settings(&self) -> Settings {
        Settings {
            client_secret: Some(SECRET.to_owned()),
            ..Settings::new(&*self.url, "shop", REDIRECT_URI)
        }
    }

    pub(crate) fn client(&self) -> Client {
        Client::discover(self.settings()).unwrap()
    }

    /// Does what the browser does: returns the parameters of the callback.
    pub(crate) fn authorize(&self, url: &str) -> String {
        let (endpoint, query) = url.split_once('?').unwrap();
        assert_eq!(endpoint, format!("{}/authorize", self.url));
        let query: BTreeMap<String, String> = form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        self.with(|behaviour| {
            behaviour.issued += 1;
            let code = format!("code-{}", behaviour.issued);
            let mut callback = form_urlencoded::Serializer::new(String::new());
            callback.append_pair("code", &code);
            callback.append_pair("state", &query["state"]);
            callback.append_pair("iss", &self.url);
            if query["response_type"] == "code id_token" {
                let mut claims = claims(&self.url, &query["nonce"]);
                claims["c_hash"] = left_half(&code).into();
                change(&mut claims, &behaviour.browser_claims);
                callback.append_pair("id_token", &behaviour.key.sign(behaviour.kid, &claims));
            }
            behaviour.codes.insert(code, query);
            callback.finish()
        })
    }

    pub(crate) fn log_in(&self, client: &Client, flow: Flow) -> Result<User, Error> {
        let login = client.begin(flow)?;
        client.finish(&login, &self.authorize(login.url()))
    }

    /// Returns the requests for a path.
    pub(crate) fn requests(&self, path: &str) -> Vec<Request> {
        self.with(|b| {
            let requests = b.requests.iter();
            requests.filter(|r| r.path == path).cloned().collect()
        })
    }
}

impl Behaviour {
    fn answer(&mut self, url: &str, request: Request) -> Reply {
        self.requests.push(request.clone());
        if let Some(reply) = self.replies.get(&*request.path) {
            return reply.clone();
        }
        match &*request.path {
            "/.well-known/openid-configuration" => Reply::json(200, &self.metadata(url)),
            "/jwks" => Reply::json(200, &self.jwks),
            "/token" => self.token(url, &request),
            "/userinfo" => {
                let authorization = request.authorization.unwrap_or_default();
                assert!(
                    authorization.starts_with("Bearer access-"),
                    "{authorization}"
                );
                self.user_info.clone()
            }
            _ => Reply::text(404, "text/plain", &"Nothing here."),
        }
    }

    fn metadata(&self, url: &str) -> Value {
        let mut metadata = json!({
            "issuer": url,
            "authorization_endpoint": format!("{url}/authorize"),
            "token_endpoint": format!("{url}/token"),
            "userinfo_endpoint": format!("{url}/userinfo"),
            "end_session_endpoint": format!("{url}/logout"),
            "jwks_uri": format!("{url}/jwks"),
            "id_token_signing_alg_values_supported": ["RS256", "ES256", "HS256", "none"],
            "authorization_response_iss_parameter_supported": true,
        });
        change(&mut metadata, &self.metadata);
        metadata
    }

    fn token(&mut self, url: &str, request: &Request) -> Reply {
        let form = &request.form;
        let rejected = || {
            let body = json!({"error": "invalid_grant", "error_description": "It is not valid."});
            Reply::json(400, &body)
        };
        let nonce = if form["grant_type"] == "refresh_token" {
            if form["refresh_token"] != self.refresh_token {
                return rejected();
            }
            None
        } else {
            let Some(query) = self.codes.remove(&form["code"]) else {
                return rejected();
            };
            let hash = sha256(&[form["code_verifier"].as_bytes()]);
            let challenge = Base64UrlUnpadded::encode_string(&hash);
            if challenge != query["code_challenge"] || form["redirect_uri"] != query["redirect_uri"]
            {
                return rejected();
            }
            Some(query["nonce"].clone())
        };
        self.issued += 1;
        self.refresh_token = format!("refresh-{}", self.issued);
        let access_token = format!("access-{}", self.issued);
        let mut claims = claims(url, nonce.as_deref().unwrap_or_default());
        if nonce.is_none() {
            change(&mut claims, &json!({ "nonce": null }));
        }
        claims["at_hash"] = left_half(&access_token).into();
        change(&mut claims, &self.claims);
        let mut response = json!({
            "access_token": access_token, "token_type": "Bearer", "expires_in": 600,
            "refresh_token": self.refresh_token, "id_token": self.key.sign(self.kid, &claims),
        });
        change(&mut response, &self.response);
        Reply::json(200, &response)
    }
}

fn claims(url: &str, nonce: &str) -> Value {
    let now = NumericDate::now().seconds();
    json!({
        "iss": url, "aud": "shop", "sub": "alice", "nonce": nonce, "sid": "session",
        "iat": now, "exp": now + 600, "auth_time": 1_700_000_000,
    })
}

/// Changes members of an object.
pub(crate) fn change(object: &mut Value, changes: &Value) {
    let object = object.as_object_mut().unwrap();
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            object.remove(name);
        } else {
            object.insert(name.clone(), value.clone());
        }
    }
}
