//! The end of a server.

use std::time::Duration;

use quorate_core::Input;
use quorate_core::member::REMOVED;
use tokio::time::timeout;

use super::{Running, ServerError, start_line};
use crate::log::Logger;
use crate::settings::Settings;

/// What a stop may take beyond the time the core gives a leadership transfer.
const STOP_SLACK: Duration = Duration::from_secs(2);

/// Hands leadership on, answers who still waits, and lets go of everything.
pub(super) async fn stop(
    mut running: Running,
    settings: &Settings,
    logger: &Logger,
) -> Result<(), ServerError> {
    let whole = start_line::identity_fields(settings);
    logger.info("closing etcd server", &whole);
    let transfer = settings.request_timeout();
    // A member that takes nothing in any more must not hold up the end either.
    let stopped = async {
        running.member.send(Input::Stop).await;
        (&mut running.stopped).await
    };
    let failure = match timeout(transfer + STOP_SLACK, stopped).await {
        Ok(stopped) => stopped.ok().flatten(),
        Err(_) => Some("the member did not stop in time".to_owned()),
    };
    let_go(running).await;
    match failure {
        // One that was removed in this very moment has stopped as well.
        Some(failure) if failure != REMOVED => Err(ServerError::Failed(failure)),
        _ => {
            logger.info("closed etcd server", &whole);
            Ok(())
        }
    }
}

/// Lets go of all that a member had which has stopped.
pub(super) async fn let_go(running: Running) {
    running.clients.stop().await;
    drop(running.peers);
    let disk = running.disk;
    // A disk that hangs must not keep the process: what it has not synced, nobody was promised.
    let finished = tokio::task::spawn_blocking(move || disk.finish());
    let _ = timeout(STOP_SLACK, finished).await;
}
