//! URLs that name the same place in different words (`pkg/netutil`).

use std::time::Duration;

use serde_json::json;
use tokio::net::lookup_host;
use tokio::time::{Instant, sleep, timeout_at};

use crate::flags::Endpoint;
use crate::go::{io_error_text, quote};
use crate::log::Logger;

/// The pause before a name is looked up again.
const RETRY_INTERVAL: Duration = Duration::from_secs(1);

/// Whether two lists lead to the same places. Names are looked up only where the texts differ, and
/// again and again until the deadline: a cluster's names may appear while its members start.
///
/// # Errors
/// In what they differ, or which name is not known.
pub(crate) async fn same_places(
    one: &[Endpoint],
    two: &[Endpoint],
    deadline: Instant,
    logger: &Logger,
) -> Result<(), String> {
    if one.len() != two.len() {
        return Err(format!("len({}) != len({})", texts(one), texts(two)));
    }
    if one == two {
        return Ok(());
    }
    let one = resolve_all(one, deadline, logger).await?;
    let two = resolve_all(two, deadline, logger).await?;
    match one.iter().zip(&two).find(|(one, two)| one != two) {
        Some((one, two)) => {
            let (one, two) = (quote(one.as_bytes()), quote(two.as_bytes()));
            Err(format!("resolved urls: {one} != {two}"))
        }
        None => Ok(()),
    }
}

/// The URLs with addresses for names, in ascending order.
async fn resolve_all(
    endpoints: &[Endpoint],
    deadline: Instant,
    logger: &Logger,
) -> Result<Vec<String>, String> {
    let mut urls = Vec::with_capacity(endpoints.len());
    for endpoint in endpoints {
        let url = resolve(endpoint, deadline, logger).await.map_err(|error| {
            let url = quote(endpoint.url.as_bytes());
            format!("failed to resolve {url} ({error})")
        })?;
        urls.push(url);
    }
    urls.sort();
    Ok(urls)
}

async fn resolve(
    endpoint: &Endpoint,
    deadline: Instant,
    logger: &Logger,
) -> Result<String, String> {
    if endpoint.host == "localhost" || endpoint.path().is_some() {
        return Ok(endpoint.url.clone());
    }
    let host = endpoint.authority();
    loop {
        let error = match look_up(endpoint, deadline).await {
            Ok(address) => {
                let fields = [
                    ("url", json!(endpoint.url)),
                    ("host", json!(host)),
                    ("resolved-addr", json!(address)),
                ];
                logger.info("resolved URL Host", &fields);
                return Ok(format!("http://{address}"));
            }
            Err(error) => error,
        };
        let fields = [
            ("url", json!(endpoint.url)),
            ("host", json!(host)),
            ("retry-interval", json!("1s")),
            ("error", json!(error)),
        ];
        logger.warn("failed to resolve URL Host", &fields);
        if Instant::now() + RETRY_INTERVAL >= deadline {
            logger.warn("failed to resolve URL Host; returning", &fields);
            return Err(error);
        }
        sleep(RETRY_INTERVAL).await;
    }
}

async fn look_up(endpoint: &Endpoint, deadline: Instant) -> Result<String, String> {
    let host = &endpoint.host;
    let addresses = timeout_at(deadline, lookup_host((host.as_str(), endpoint.port)))
        .await
        .map_err(|_| format!("lookup {host}: i/o timeout"))?
        .map_err(|error| format!("lookup {host}: {}", io_error_text(&error)))?;
    // Both sides of a comparison must get the same one of several.
    let first = addresses.min();
    first
        .map(|address| address.to_string())
        .ok_or_else(|| format!("lookup {host}: no such host"))
}

/// As Go prints a list of texts.
fn texts(endpoints: &[Endpoint]) -> String {
    let quoted: Vec<String> = endpoints
        .iter()
        .map(|endpoint| quote(endpoint.url.as_bytes()))
        .collect();
    format!("[{}]", quoted.join(" "))
}
