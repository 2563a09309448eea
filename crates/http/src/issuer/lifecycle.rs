//! The lifecycle of an issuer's keys: fetched, replaced, retired, and kept for the next run.

use std::sync::{Arc, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use event_listener::EventListener;
use jose_verify::Error as TokenError;
use jose_verify::alg::{P256_TABLES, P384_TABLES, P521_TABLES, Precomputation, Word};
use jose_verify::keys::{GrowingRotatingKeys, Refetch};

use super::{Issuer, Keys};
use crate::document;
use crate::error::{KeyReport, SkippedKey};
use crate::fetch::FetchError;
use crate::observer::Event;
use crate::source::{self, Memory};

/// The curves for which tables are computed.
const TABLES: [&dyn Precomputation; 3] = [&P256_TABLES, &P384_TABLES, &P521_TABLES];

/// The time at which the program starts, on the clock of the keys. Documents of an earlier run were
/// fetched before it.
pub(super) const START: Duration = Duration::from_secs(1 << 40);

/// The keys that requests verify with. `None` before the first fetch, or if no key is left.
#[derive(Clone, Default)]
pub(super) struct Current {
    pub(super) keys: Option<Arc<Keys>>,
    pub(super) report: Arc<KeyReport>,
    /// When the next replaced key must be dropped.
    pub(super) retires_next: Option<Duration>,
    /// When the keys are too old to be used. `None` for keys that never change.
    pub(super) stale_at: Option<Duration>,
}

/// What a fetch changes.
pub(super) struct State {
    pub(super) keys: Arc<GrowingRotatingKeys>,
    memory: Memory,
    pub(super) refetch: Refetch,
    pub(super) is_fetching: bool,
    /// The outcome of the last fetch: whether keys changed.
    pub(super) outcome: Option<Result<bool, FetchError>>,
    /// When the keys are fetched even if no token asks for it. `None` for keys that never change.
    pub(super) due: Option<Duration>,
}

/// The keys of a document, compared with the old ones.
struct Update {
    keys: Arc<GrowingRotatingKeys>,
    report: Arc<KeyReport>,
    /// Whether keys were added or removed.
    is_changed: bool,
    has_new_keys: bool,
    /// If keys changed, the keys with their tables, unless no key is left.
    prepared: Option<Arc<Keys>>,
}

impl Current {
    /// Returns whether a replaced key must be dropped.
    pub(super) fn must_retire(&self, now: Duration) -> bool {
        self.retires_next.is_some_and(|time| time <= now)
    }

    /// Returns whether the keys are too old.
    pub(super) fn is_stale(&self, now: Duration) -> bool {
        self.stale_at.is_some_and(|time| time < now)
    }
}

impl State {
    pub(super) fn new(refetch: Refetch) -> Self {
        Self {
            keys: Arc::default(),
            memory: Memory::default(),
            refetch,
            is_fetching: false,
            outcome: None,
            due: Some(START),
        }
    }
}

impl Issuer {
    /// Returns the time on the clock of the keys.
    pub(super) fn elapsed(&self) -> Duration {
        START.saturating_add(self.environment.clock.elapsed())
    }

    // Nothing of ours panics while it holds one of these locks.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls `read` with the current keys while it holds their lock.
    pub(super) fn current<T>(&self, read: impl FnOnce(&Current) -> T) -> T {
        read(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Does what is due: drops replaced keys, and begins a fetch. Returns the time until the next
    /// call, or `None` for keys that never change.
    pub(crate) fn tick(self: &Arc<Self>) -> Option<Duration> {
        let now = self.elapsed();
        if self.current(|current| current.must_retire(now)) {
            self.retire();
        }
        let mut state = self.state();
        let due = state.due?;
        if due <= now && !state.is_fetching {
            if state.refetch.begin_at(now) {
                self.start_fetch(&mut state);
            }
            // The end of the fetch sets the time of the next one.
            state.due = Some(now.saturating_add(state.refetch.pause()));
        }
        let due = state.due.unwrap_or(now);
        let retires_next = self.current(|current| current.retires_next);
        let next = retires_next.map_or(due, |time| time.min(due));
        Some(next.saturating_sub(now))
    }

    /// Begins a fetch that no token asks for, or returns the one in progress. `None` if it is too
    /// early.
    pub(super) fn begin(self: &Arc<Self>) -> Option<EventListener> {
        let mut state = self.state();
        state.due?;
        if !state.is_fetching && state.refetch.begin_at(self.elapsed()) {
            self.start_fetch(&mut state);
        }
        self.listen(&state)
    }

    pub(super) fn listen(&self, state: &State) -> Option<EventListener> {
        // A fetch ends while it holds the lock, so the end cannot be missed.
        state.is_fetching.then(|| self.fetched.listen())
    }

    /// Starts a thread that fetches the keys. `refetch` has permitted it.
    pub(super) fn start_fetch(self: &Arc<Self>, state: &mut State) {
        let issuer = Arc::clone(self);
        state.is_fetching = true;
        let thread = thread::Builder::new().name("jose-verify keys".to_owned());
        if let Err(error) = thread.spawn(move || issuer.fetch()) {
            self.end_fetch(state, Err(FetchError::Thread(error.kind())));
        }
    }

    /// Fetches the keys, on a thread of its own.
    fn fetch(self: Arc<Self>) {
        let ends = EndOnPanic(&self);
        let (keys, memory) = {
            let state = self.state();
            (Arc::clone(&state.keys), state.memory.clone())
        };
        let began = self.elapsed();
        let fetched = source::fetch(&self.config, &*self.environment.client, &memory, began);
        let now = self.elapsed();
        let update = fetched.and_then(|memory| {
            let document = memory.document().unwrap_or_default();
            let update = self.read(document, &keys, now).map_err(FetchError::Keys)?;
            Ok((update, memory))
        });
        self.report(&update, now.saturating_sub(began));
        let mut state = self.state();
        let document = match update {
            Ok((update, memory)) => {
                let (is_changed, is_new) = (update.is_changed, update.has_new_keys);
                self.publish(&mut state, update, Some(now));
                let document = memory.document().map(<[u8]>::to_vec);
                state.memory = memory;
                self.end_fetch(&mut state, Ok((is_changed, is_new)));
                document
            }
            Err(error) => {
                self.end_fetch(&mut state, Err(error));
                None
            }
        };
        drop(state);
        std::mem::forget(ends);
        if let (Some(file), Some(document)) = (&self.kept_file, document)
            && let Err(error) = file.write(&document, self.environment.clock.now())
        {
            self.observe(&Event::NotKept(error.kind()));
        }
    }

    /// Tells the observer what a fetch returned.
    fn report(&self, update: &Result<(Update, Memory), FetchError>, took: Duration) {
        match update {
            Ok((update, _)) => {
                for key in &update.report.skipped {
                    self.observe(&Event::Skipped(key));
                }
                self.observe(&Event::Fetched {
                    took,
                    keys: &update.report,
                    changed: update.is_changed,
                });
            }
            Err(error) => self.observe(&Event::FetchFailed { took, error }),
        }
    }

    /// Records the end of a fetch: whether keys changed, and whether any are new. Wakes the
    /// requests that wait for it.
    fn end_fetch(&self, state: &mut State, outcome: Result<(bool, bool), FetchError>) {
        let now = self.elapsed();
        state.refetch.end(matches!(outcome, Ok((_, true))), now);
        let mut wait = state.refetch.pause();
        match &outcome {
            Ok(_) => wait = wait.max(jittered(self.config.refresh)),
            // The metadata may name another URL by now.
            Err(_) => state.memory.forget_metadata(),
        }
        state.due = Some(now.saturating_add(wait));
        state.outcome = Some(outcome.map(|(is_changed, _)| is_changed));
        state.is_fetching = false;
        self.fetched.notify(usize::MAX);
    }

    /// Reads a document that was fetched at `now`, and prepares its keys if they differ from `old`.
    fn read(
        &self,
        document: &[u8],
        old: &GrowingRotatingKeys,
        now: Duration,
    ) -> Result<Update, TokenError> {
        let mut skipped = Vec::new();
        let (format, jwk) = (source::format(&self.config), &self.config.jwk);
        let published = document::load(document, format, jwk, &self.algorithms, |entry| {
            skipped.push(SkippedKey {
                position: entry.position,
                key_id: entry.key_id.map(|kid| kid.to_string()),
                reason: entry.reason,
            });
        })?;
        let report = KeyReport {
            algorithms: self.algorithms.iter().map(|a| a.name()).collect(),
            used: published.len(),
            skipped,
        };
        let keys = old.with_published(published, self.config.token_lifetime, now);
        let has_new_keys = keys.has_new_keys(old);
        let is_changed = has_new_keys || old.has_new_keys(&keys);
        Ok(Update {
            prepared: is_changed.then(|| self.prepare(&keys)).flatten(),
            keys: Arc::new(keys),
            report: Arc::new(report),
            is_changed,
            has_new_keys,
        })
    }

    /// Computes the tables of the keys. Returns `None` if there are no keys.
    fn prepare(&self, keys: &GrowingRotatingKeys) -> Option<Arc<Keys>> {
        if keys.set().is_empty() {
            return None;
        }
        let memory = vec![0; self.config.table_bytes / size_of::<Word>()];
        Some(Arc::new(keys.set().clone().prepare(&TABLES, memory)))
    }

    /// Replaces the keys that requests verify with. `fetched_at` is `None` for keys that never
    /// change.
    fn publish(&self, state: &mut State, update: Update, fetched_at: Option<Duration>) {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if update.is_changed {
            current.keys = update.prepared;
        }
        current.report = update.report;
        current.retires_next = update.keys.retires_next();
        current.stale_at = fetched_at.map(|at| at.saturating_add(self.config.max_age));
        state.keys = update.keys;
    }

    /// Drops replaced keys whose time has come. If another thread is changing the keys, that
    /// thread or the next request drops them.
    pub(super) fn retire(&self) {
        let Ok(mut state) = self.state.try_lock() else {
            return;
        };
        let now = self.elapsed();
        if !self.current(|current| current.must_retire(now)) {
            return;
        }
        // A fetch in progress replaces this value, or leaves it if it fails.
        let left = state.keys.without_retired(now);
        let prepared = self.prepare(&left);
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        current.keys = prepared;
        current.retires_next = left.retires_next();
        drop(current);
        state.keys = Arc::new(left);
        drop(state);
        self.observe(&Event::Retired);
    }

    /// Uses the keys of the configuration, which never change.
    pub(super) fn fix(&self, document: &[u8]) -> Result<(), TokenError> {
        let mut state = self.state();
        let update = self.read(document, &state.keys, START)?;
        for key in &update.report.skipped {
            self.observe(&Event::Skipped(key));
        }
        self.publish(&mut state, update, None);
        state.due = None;
        Ok(())
    }

    /// Uses the keys that an earlier run of the program kept, if they are not too old.
    pub(super) fn restore(&self) {
        let Some(file) = &self.kept_file else { return };
        let kept = match file.read(self.environment.clock.now()) {
            Ok(Some(kept)) => kept,
            Ok(None) => return,
            Err(error) => return self.observe(&Event::NotKept(error.kind())),
        };
        let age = kept.age;
        let fetched_at = START.saturating_sub(age);
        let mut state = self.state();
        // A document of another form is that of an earlier configuration.
        let Ok(update) = self.read(&kept.document, &state.keys, fetched_at) else {
            return self.observe(&Event::NotKept(std::io::ErrorKind::InvalidData));
        };
        self.publish(&mut state, update, Some(fetched_at));
        state.memory = Memory::restored(kept.document);
        drop(state);
        self.observe(&Event::Restored { age });
    }

    fn observe(&self, event: &Event<'_>) {
        self.environment.observer.observe(&self.name, event);
    }
}

/// Ends a fetch whose HTTP client or observer panicked. Otherwise requests would wait for it
/// forever.
struct EndOnPanic<'i>(&'i Issuer);

impl Drop for EndOnPanic<'_> {
    fn drop(&mut self) {
        let panicked = Err(FetchError::Transport("the fetch panicked".to_owned()));
        self.0.end_fetch(&mut self.0.state(), panicked);
    }
}

/// Returns a time that is up to a tenth shorter, at random.
fn jittered(time: Duration) -> Duration {
    time.mul_f64(1.0 - 0.1 * fastrand::f64())
}
