//! A server's memory, from its metrics.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How many bytes of memory a server's process has, by its `/metrics`.
///
/// # Errors
/// Why they could not be had.
pub(super) async fn resident_bytes(endpoint: &str) -> Result<f64, String> {
    let authority = endpoint.strip_prefix("http://").unwrap_or(endpoint);
    let page = timeout(PATIENCE, metrics(authority))
        .await
        .map_err(|_| format!("fetch error: {authority} does not answer"))?
        .map_err(|error| format!("fetch error: {error}"))?;
    page.lines()
        .find_map(|line| line.strip_prefix(METRIC)?.trim().parse().ok())
        .ok_or_else(|| format!("could not find: {METRIC}"))
}

async fn metrics(authority: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(authority).await?;
    // The older version: the body comes as it is, not in chunks.
    let request = format!("GET /metrics HTTP/1.0\r\nHost: {authority}\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut page = Vec::new();
    stream.read_to_end(&mut page).await?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

const METRIC: &str = "process_resident_memory_bytes ";
const PATIENCE: Duration = Duration::from_secs(5);
