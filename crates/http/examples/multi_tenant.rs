//! An API for many tenants, each with its own issuer. FILE maps their names to configurations:
//! `{"north": {"issuer": "https://north.example.com", …}}`. It is read again every second.
//!
//!     multi_tenant ADDRESS FILE

use std::collections::HashMap;
use std::error::Error;
use std::{sync::Arc, sync::RwLock, time::Duration};

use axum::{Router, extract::FromRef, extract::State, routing::get};
use jose_verify_http::{AccessToken, IssuerConfig, Issuers};

#[derive(Clone, FromRef)]
struct App {
    issuers: Issuers,
    /// The tenant's name for each issuer.
    tenants: Arc<RwLock<HashMap<String, String>>>,
}

impl App {
    /// Reads the file. An issuer whose configuration is the same keeps its keys.
    fn load(&self, file: &str) -> Result<(), Box<dyn Error>> {
        let file: HashMap<String, IssuerConfig> = serde_json::from_slice(&std::fs::read(file)?)?;
        let by_issuer = file
            .iter()
            .map(|(name, c)| (c.issuer.clone(), name.clone()));
        let tenants = by_issuer.collect();
        self.issuers.replace(file.into_values())?;
        *self.tenants.write().map_err(|_| "poisoned")? = tenants;
        Ok(())
    }
}

async fn home(State(app): State<App>, token: AccessToken) -> String {
    let tenants = app.tenants.read().ok();
    let tenant = tenants.and_then(|all| all.get(&*token.issuer).cloned());
    format!("{} of {tenant:?}\n", token.claims.subject)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (address, file) = (arguments.next(), arguments.next().unwrap_or_default());
    let address = address.ok_or("usage: multi_tenant ADDRESS FILE")?;
    let (issuers, tenants) = (Issuers::new([])?, Arc::default());
    let app = App { issuers, tenants };
    app.load(&file)?;
    let service = Router::new().route("/", get(home)).with_state(app.clone());
    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("listening on {}", listener.local_addr()?);
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_secs(1)).await;
            let _ = app.load(&file).map_err(|error| eprintln!("{error}"));
        }
    });
    Ok(axum::serve(listener, service).await?)
}
