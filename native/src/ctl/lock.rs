//! `lock`: holds a named lock until it is interrupted, or while a command runs.

use std::ffi::OsString;

use clap::Args;
use tokio::process::Command;

use super::client::{CallError, Client, deadline_in};
use super::context::Context;
use super::failure::{Exit, Failure};
use super::session::{Place, Session, Signals, canceled};
use crate::go::{exec_error_text, parse_flag_int};

/// Acquires a named lock
#[derive(Args, Clone, Debug)]
pub(crate) struct Lock {
    /// Timeout for session, in seconds
    #[arg(long, default_value = "10", value_parser = parse_flag_int)]
    ttl: i64,
    /// The lock's name, and a command to run while it is held
    #[arg(value_names = ["LOCKNAME", "COMMAND"])]
    arguments: Vec<OsString>,
}

impl Lock {
    /// Locks, waits or runs the command, and unlocks.
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let Some((name, command)) = self.arguments.split_first() else {
            return Err(Failure::arguments(
                "lock takes a lock name argument and an optional command to execute",
            ));
        };
        let client = context.patient_client()?;
        let mut signals = Signals::catch()?;
        let ttl = if self.ttl > 0 { self.ttl } else { TTL_SECONDS };
        let session = Session::start(&client, ttl);
        let mut session = signals.unless_one_comes(session).await??;
        let prefix = format!("{}/", name.to_string_lossy());
        let place = tokio::select! {
            place = session.queue(&prefix, b"") => place?,
            () = signals.come() => {
                // What may have been put goes with the lease; to be sure of it, at once.
                signals.unless_one_comes(revoke(&client, session.lease)).await?;
                return Err(canceled());
            }
        };
        // Nobody waits longer for a lock to be given up: it goes with the lease in any case.
        let unlock = async || {
            let client = client.until(deadline_in(context.timeout()));
            client.delete_range(place.deletion()).await
        };
        if !command.is_empty() {
            return execute(&place, command, unlock).await;
        }
        let look = session.look(&place, context.timeout());
        let held = signals.unless_two_come(look).await??;
        if held.kvs.is_empty() {
            return Err(Failure::new(Exit::Error, "lock lost on init"));
        }
        context.print(&held)?;
        tokio::select! {
            () = signals.come() => {
                signals.unless_one_comes(unlock()).await??;
                Ok(())
            }
            () = session.expired() => Err(Failure::new(Exit::Error, "session expired")),
        }
    }
}

/// Runs a command while the lock is held; its exit code is ours.
async fn execute<T>(
    place: &Place,
    command: &[OsString],
    unlock: impl AsyncFnOnce() -> Result<T, CallError>,
) -> Result<(), Failure> {
    let key = String::from_utf8_lossy(&place.key).into_owned();
    let status = Command::new(&command[0])
        .args(&command[1..])
        .env("ETCD_LOCK_KEY", key)
        .env("ETCD_LOCK_REV", place.revision.to_string())
        .status()
        .await;
    let unlocked = unlock().await;
    let failed = |text: String, code| Failure {
        code,
        text: Some(text),
    };
    match status {
        Err(error) => {
            let text = exec_error_text(&command[0], &error);
            Err(failed(text, Exit::Error as u8))
        }
        Ok(status) if !status.success() => match status.code() {
            Some(code) => {
                let text = format!("exit status {code}");
                Err(failed(
                    text,
                    u8::try_from(code).unwrap_or(Exit::Error as u8),
                ))
            }
            None => Err(failed(status.to_string(), Exit::Error as u8)),
        },
        Ok(_) => {
            unlocked?;
            Ok(())
        }
    }
}

/// Ends a session at once; when that fails it ends by itself.
async fn revoke(client: &Client, lease: i64) {
    let request = quorate_api::etcdserverpb::LeaseRevokeRequest { id: lease };
    let client = client.until(deadline_in(REVOKE_TIMEOUT));
    let _ = client.lease_revoke(request).await;
}

/// A session's, when the flag says none.
const TTL_SECONDS: i64 = 60;
/// Nobody waits longer for a lock to be given up.
const REVOKE_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(2);
