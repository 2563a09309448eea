//! The lifecycle of an issuer's keys: fetches and replaces them, drops old ones, and keeps a copy
//! for the next run.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, MutexGuard, PoisonError, TryLockError};
use std::thread;
use std::time::Duration;

use event_listener::EventListener;
use jose_verify::Error as TokenError;
use jose_verify::GrowingKeySet;
use jose_verify::alg::{
    KeyParameters, P256_TABLES, P384_TABLES, P521_TABLES, Precomputation, Word,
};
use jose_verify::keys::{GrowingRotatingKeys, Refetch};

use super::{Issuer, Keys};
use crate::config::KeyLocation;
use crate::document;
use crate::error::KeyReport;
use crate::fetch::FetchError;
use crate::observer::Event;
use crate::source::{self, Memory};

/// The curves for which tables are computed.
const TABLES: [&dyn Precomputation; 3] = [&P256_TABLES, &P384_TABLES, &P521_TABLES];

/// The time at which the program starts, on the clock of the keys. It is not zero, because
/// documents of an earlier run were fetched before it.
pub(super) const START: Duration = Duration::from_secs(1 << 40);

/// The keys that requests verify with. `None` before the first fetch, or if no key is left.
#[derive(Clone, Default)]
pub(super) struct Current {
    pub(super) keys: Option<Arc<Keys>>,
    pub(super) report: Arc<KeyReport>,
    /// When the next key that is no longer published must be dropped.
    pub(super) retires_next: Option<Duration>,
    /// When the keys were last fetched. `None` before, and for keys that never change.
    pub(super) fetched_at: Option<Duration>,
    /// After this time, the keys are too old to be used. `None` for keys that never change.
    pub(super) stale_at: Option<Duration>,
}

/// What fetches read and change, under one lock.
pub(super) struct State {
    pub(super) keys: Arc<GrowingRotatingKeys>,
    memory: Memory,
    /// When tokens and calls of `refresh` may begin a fetch.
    pub(super) refetch: Refetch,
    /// Whether the background thread began the fetch in progress. Its fetches return no new keys
    /// most of the time, so they do not count for `refetch`: they would lengthen the pause after
    /// which a token with a new key can begin a fetch.
    is_background: bool,
    /// The number of fetches that failed since the last one that succeeded.
    failures: u32,
    pub(super) is_fetching: bool,
    /// The outcome of the last fetch: whether keys changed.
    pub(super) outcome: Option<Result<bool, FetchError>>,
    /// When the keys are fetched even if no token asks for it. `None` for keys that never change.
    pub(super) due: Option<Duration>,
    /// When a request may begin the next fetch.
    pub(super) pause_ends: Duration,
}

/// The keys of a document, compared with the old ones.
struct Update {
    keys: Arc<GrowingRotatingKeys>,
    report: Arc<KeyReport>,
    /// Whether keys were added or removed.
    is_changed: bool,
    has_new_keys: bool,
    /// The keys with their tables. `None` if no key changed, or no key is left.
    prepared: Option<Arc<Keys>>,
}

impl Current {
    /// Returns whether a key that is no longer published must be dropped.
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
            is_background: false,
            failures: 0,
            refetch,
            is_fetching: false,
            outcome: None,
            due: Some(START),
            pause_ends: START,
        }
    }
}

impl Issuer {
    /// Returns the time on the clock of the keys.
    pub(super) fn elapsed(&self) -> Duration {
        START.saturating_add(self.environment.clock.elapsed())
    }

    // No code of this crate panics while it holds one of these locks.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls `read` with the current keys while it holds their lock.
    pub(super) fn current<T>(&self, read: impl FnOnce(&Current) -> T) -> T {
        read(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Returns whether a fetch is in progress.
    pub(crate) fn is_fetching(&self) -> bool {
        self.state().is_fetching
    }

    /// Drops keys and, if `may_fetch`, begins a fetch, if either is due. Returns the time until the
    /// next call is due, and whether a fetch began. Returns `None` for keys that never change.
    pub(crate) fn tick(self: &Arc<Self>, may_fetch: bool) -> Option<(Duration, bool)> {
        let now = self.elapsed();
        if self.current(|current| current.must_retire(now)) {
            self.retire();
        }
        let mut state = self.state();
        let due = state.due?;
        let mut begins = false;
        if due <= now && !state.is_fetching && may_fetch {
            state.is_background = true;
            self.start_fetch(&mut state);
            begins = true;
        }
        // The end of a fetch sets the time of the next one.
        let due = if state.is_fetching {
            now.saturating_add(SHORTEST_WAIT)
        } else {
            state.due.unwrap_or(now)
        };
        let retires_next = self.current(|current| current.retires_next);
        let next = retires_next.map_or(due, |time| time.min(due));
        Some((next.saturating_sub(now), begins))
    }

    /// Begins a fetch that no token asks for, unless one is in progress. Returns a listener for its
    /// end, or `None` if it is too early, and for keys that never change.
    pub(super) fn begin(self: &Arc<Self>) -> Option<EventListener> {
        let mut state = self.state();
        state.due?;
        if !state.is_fetching && state.refetch.begin_at(self.elapsed()) {
            self.start_fetch(&mut state);
        }
        self.listen(&state)
    }

    /// Returns a listener for the end of the fetch in progress.
    pub(super) fn listen(&self, state: &State) -> Option<EventListener> {
        // A fetch notifies its listeners while it holds the lock of `state`, so none is missed.
        state.is_fetching.then(|| self.fetched.listen())
    }

    /// Starts a thread that fetches the keys. `refetch` must permit it, unless the background
    /// thread begins it.
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
        let took = now.saturating_sub(began);
        let mut state = self.state();
        // The observer is called afterwards, so that it delays no request that waits.
        match update {
            Ok((update, memory)) => {
                let (changed, is_new) = (update.is_changed, update.has_new_keys);
                let keys = Arc::clone(&update.report);
                let document = memory.document().map(<[u8]>::to_vec);
                self.publish(&mut state, update, Some(now));
                state.memory = memory;
                self.end_fetch(&mut state, Ok((changed, is_new)));
                drop(state);
                std::mem::forget(ends);
                self.report(&keys, changed, took);
                self.keep(&document.unwrap_or_default());
            }
            Err(error) => {
                self.end_fetch(&mut state, Err(error.clone()));
                drop(state);
                std::mem::forget(ends);
                let error = &error;
                self.observe(&Event::FetchFailed { took, error });
            }
        }
    }

    /// Reports to the observer which keys were fetched.
    fn report(&self, keys: &Arc<KeyReport>, changed: bool, took: Duration) {
        for key in &keys.skipped {
            self.observe(&Event::Skipped(key));
        }
        self.observe(&Event::Fetched {
            took,
            keys,
            changed,
        });
    }

    /// Keeps a document for the next run of the program, if `Builder::keep_in` was called.
    fn keep(&self, document: &[u8]) {
        if let Some(file) = &self.kept_file
            && let Err(error) = file.write(document, self.environment.clock.now())
        {
            self.observe(&Event::NotKept(error.kind()));
        }
    }

    /// Records the end of a fetch: whether keys changed, and whether any are new. Wakes the
    /// requests that wait for it.
    fn end_fetch(&self, state: &mut State, outcome: Result<(bool, bool), FetchError>) {
        let now = self.elapsed();
        let is_new = matches!(outcome, Ok((_, true)));
        if !state.is_background {
            state.refetch.end(is_new, now);
            state.pause_ends = now.saturating_add(state.refetch.pause());
        }
        state.is_background = false;
        let wait = if outcome.is_ok() {
            state.failures = 0;
            jittered(self.config.refresh)
        } else {
            // The metadata may name another URL by now.
            state.memory.forget_metadata();
            let doublings = 1_u32.checked_shl(state.failures).unwrap_or(u32::MAX);
            state.failures = state.failures.saturating_add(1);
            let pause = self.config.shortest_pause.saturating_mul(doublings);
            pause.min(self.config.longest_pause)
        };
        state.due = Some(now.saturating_add(wait.max(SHORTEST_WAIT)));
        state.outcome = Some(outcome.map(|(is_changed, _)| is_changed));
        state.is_fetching = false;
        self.fetched.notify(usize::MAX);
    }

    /// Reads a document that was fetched at `now`, or a secret, and prepares its keys if they
    /// differ from `old`.
    fn read(
        &self,
        document: &[u8],
        old: &GrowingRotatingKeys,
        now: Duration,
    ) -> Result<Update, TokenError> {
        let mut report = KeyReport {
            algorithms: self.algorithms.iter().map(|a| a.name()).collect(),
            ..KeyReport::default()
        };
        let (format, jwk) = (source::format(&self.config), &self.config.jwk);
        let published = if let KeyLocation::Secret(_) = self.config.keys {
            GrowingKeySet::from_parameters(&KeyParameters::oct(document), &self.algorithms)?
        } else {
            document::load(document, format, jwk, &self.algorithms, |entry| {
                report.skip(&entry);
            })?
        };
        report.used = published.len();
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
        // Not more than the largest tables of all keys need. The configuration may name more memory
        // than there is.
        let longest = TABLES.iter().map(|by| by.table_len(usize::MAX)).max();
        let tables = keys.set().len().saturating_add(TABLES.len());
        let useful = longest.unwrap_or_default().saturating_mul(tables);
        let words = self.config.table_bytes / size_of::<Word>();
        let memory = vec![0; words.min(useful)];
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
        current.fetched_at = fetched_at;
        current.stale_at = fetched_at.map(|at| at.saturating_add(self.config.max_age));
        state.keys = update.keys;
    }

    /// Drops the keys that must be dropped by now. Only one thread does so. While it computes the
    /// tables, the others verify with the old keys.
    pub(super) fn retire(&self) {
        let only_one = match self.retiring.try_lock() {
            Ok(guard) => guard,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return,
        };
        let now = self.elapsed();
        let old = Arc::clone(&self.state().keys);
        if old.retires_next().is_none_or(|time| now < time) {
            return;
        }
        // Computed without the lock of the state, because requests with unknown keys need it.
        let left = old.without_retired(now);
        let prepared = self.prepare(&left);
        let mut state = self.state();
        if !Arc::ptr_eq(&old, &state.keys) {
            // A fetch has ended in the meantime. The next request looks at its keys.
            return;
        }
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        current.keys = prepared;
        current.retires_next = left.retires_next();
        drop(current);
        state.keys = Arc::new(left);
        drop(state);
        drop(only_one);
        self.observe(&Event::Retired);
    }

    /// Uses the keys or the secret of the configuration, which never change.
    pub(super) fn fix(&self, document: &[u8]) -> Result<(), TokenError> {
        let mut state = self.state();
        let update = self.read(document, &state.keys, START)?;
        let report = Arc::clone(&update.report);
        self.publish(&mut state, update, None);
        state.due = None;
        drop(state);
        for key in &report.skipped {
            self.observe(&Event::Skipped(key));
        }
        Ok(())
    }

    /// Reads the keys that an earlier run of the program kept. They may be too old by now: then
    /// they are not used until a fetch succeeds.
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
        // The format in the configuration may have changed since the document was kept.
        let Ok(update) = self.read(&kept.document, &state.keys, fetched_at) else {
            drop(state);
            return self.observe(&Event::NotKept(std::io::ErrorKind::InvalidData));
        };
        self.publish(&mut state, update, Some(fetched_at));
        state.memory = Memory::restored(kept.document);
        drop(state);
        self.observe(&Event::Restored { age });
    }

    /// Calls the observer. Must not be called while a lock is held, because the observer may ask
    /// for the status. If it panics, neither requests nor the background thread are affected.
    fn observe(&self, event: &Event<'_>) {
        let observer = &self.environment.observer;
        // The panic hook reports a panic, so the result has no further use.
        let _ = catch_unwind(AssertUnwindSafe(|| observer.observe(&self.name, event)));
    }
}

/// Ends a fetch whose HTTP client panicked. Otherwise requests would wait for it forever.
struct EndOnPanic<'i>(&'i Issuer);

impl Drop for EndOnPanic<'_> {
    fn drop(&mut self) {
        let panicked = Err(FetchError::Transport("the fetch panicked".to_owned()));
        self.0.end_fetch(&mut self.0.state(), panicked);
    }
}

/// The shortest time between the end of a fetch and the next one in the background.
const SHORTEST_WAIT: Duration = Duration::from_secs(1);

/// Returns a time that is up to a tenth shorter, at random.
fn jittered(time: Duration) -> Duration {
    // Multiplying `time` by a factor near one could overflow after rounding.
    time.saturating_sub((time / 10).mul_f64(fastrand::f64()))
}
