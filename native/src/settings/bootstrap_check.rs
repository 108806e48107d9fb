//! What a new member must agree with itself on before it founds a cluster (`VerifyBootstrap`).

use std::time::Duration;

use tokio::time::Instant;

use super::{InitialCluster, InitialMember, Settings, resolve};
use crate::flags::{Endpoint, default_of};
use crate::log::Logger;

/// How long names may take to be known.
const RESOLVE_TIMEOUT: Duration = Duration::from_secs(30);

/// Checks `--initial-cluster` against what this member says of itself. A member that has been
/// started before knows better than its flags, and is not asked.
///
/// # Errors
/// What does not fit, in etcd's words.
pub(crate) async fn check_bootstrap(settings: &Settings, logger: &Logger) -> Result<(), String> {
    let checked = check(settings, logger).await;
    if checked.is_err() {
        if settings.initial_cluster
            == InitialCluster::of_one(&settings.name, &settings.advertise_peer)
            || settings.initial_cluster.to_string() == default_of("initial-cluster")
        {
            logger.warn("forgot to set --initial-cluster?", &[]);
        }
        if urls(&settings.advertise_peer) == default_of("initial-advertise-peer-urls") {
            logger.warn("forgot to set --initial-advertise-peer-urls?", &[]);
        }
    }
    checked
}

/// Checks what a member must agree with itself on that joins a cluster (`VerifyJoinExisting`).
/// Where it is reached it has told the cluster before, and does not have to tell again.
///
/// # Errors
/// What does not fit, in etcd's words.
pub(crate) fn check_joining(settings: &Settings) -> Result<(), String> {
    local(settings)?;
    let cluster = &settings.initial_cluster;
    if cluster.has_duplicate_url() {
        return Err(format!("initial cluster {cluster} has duplicate url"));
    }
    Ok(())
}

fn local(settings: &Settings) -> Result<&InitialMember, String> {
    let name = &settings.name;
    settings.initial_cluster.member(name).ok_or_else(|| {
        format!("couldn't find local name \"{name}\" in the initial cluster configuration")
    })
}

async fn check(settings: &Settings, logger: &Logger) -> Result<(), String> {
    let own = local(settings)?;
    let (cluster, name) = (&settings.initial_cluster, &settings.name);
    let advertised = &settings.advertise_peer;
    let deadline = Instant::now() + RESOLVE_TIMEOUT;
    if let Err(reason) = resolve::same_places(advertised, &own.peer_urls, deadline, logger).await {
        return Err(mismatch(name, &own.peer_urls, advertised, &reason));
    }
    if cluster.has_duplicate_url() {
        return Err(format!("initial cluster {cluster} has duplicate url"));
    }
    Ok(())
}

/// In which of the two lists something is missing.
fn mismatch(name: &str, initial: &[Endpoint], advertised: &[Endpoint], reason: &str) -> String {
    let missing = missing_from(initial, advertised);
    if !missing.is_empty() {
        return format!(
            "--initial-cluster has {} but missing from --initial-advertise-peer-urls={} ({reason})",
            named(name, &missing),
            urls(advertised),
        );
    }
    let missing: Vec<&str> = missing_from(advertised, initial);
    let all: Vec<&str> = advertised.iter().map(|it| it.url.as_str()).collect();
    if missing.is_empty() {
        // One stands there twice, or a name leads elsewhere.
        return format!(
            "failed to resolve {} to match --initial-cluster={} ({reason})",
            urls(advertised),
            named(name, &all),
        );
    }
    format!(
        "--initial-advertise-peer-urls has {} but missing from --initial-cluster={}",
        missing.join(","),
        named(name, &all),
    )
}

fn missing_from<'a>(some: &'a [Endpoint], others: &[Endpoint]) -> Vec<&'a str> {
    some.iter()
        .filter(|endpoint| !others.contains(endpoint))
        .map(|endpoint| endpoint.url.as_str())
        .collect()
}

fn named(name: &str, urls: &[&str]) -> String {
    let parts: Vec<String> = urls.iter().map(|url| format!("{name}={url}")).collect();
    parts.join(",")
}

fn urls(endpoints: &[Endpoint]) -> String {
    let urls: Vec<&str> = endpoints
        .iter()
        .map(|endpoint| endpoint.url.as_str())
        .collect();
    urls.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flags::{Request, parse};

    async fn checked(line: &str) -> Result<(), String> {
        let arguments: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let Ok(Request::Serve(values)) = parse(&arguments) else {
            panic!("{line}");
        };
        let settings = Settings::new(&values).expect(line);
        check_bootstrap(&settings, &Logger::silent()).await
    }

    #[tokio::test]
    async fn what_does_not_fit_is_told_in_etcds_words() {
        for (line, message) in [
            (
                "--initial-cluster a=http://127.0.0.1:2380",
                "couldn't find local name \"default\" in the initial cluster configuration",
            ),
            (
                "--name a --initial-cluster a=http://localhost:2380,b=http://localhost:2380",
                "initial cluster a=http://localhost:2380,b=http://localhost:2380 has duplicate url",
            ),
            (
                "--name a --initial-cluster a=http://127.0.0.1:2380",
                "--initial-cluster has a=http://127.0.0.1:2380 but missing from \
                 --initial-advertise-peer-urls=http://localhost:2380 (resolved urls: \
                 \"http://localhost:2380\" != \"http://127.0.0.1:2380\")",
            ),
            (
                "--name a --initial-cluster a=http://127.0.0.1:1,a=http://127.0.0.1:2 \
                 --initial-advertise-peer-urls http://127.0.0.1:1",
                "--initial-cluster has a=http://127.0.0.1:2 but missing from \
                 --initial-advertise-peer-urls=http://127.0.0.1:1 (len([\"http://127.0.0.1:1\"]) \
                 != len([\"http://127.0.0.1:1\" \"http://127.0.0.1:2\"]))",
            ),
            (
                "--name= --initial-advertise-peer-urls http://127.0.0.1:1",
                "couldn't find local name \"\" in the initial cluster configuration",
            ),
            (
                "--name a --initial-cluster a=http://127.0.0.1:1,a=http://127.0.0.1:1 \
                 --initial-advertise-peer-urls http://127.0.0.1:1",
                "failed to resolve http://127.0.0.1:1 to match \
                 --initial-cluster=a=http://127.0.0.1:1 (len([\"http://127.0.0.1:1\"]) != \
                 len([\"http://127.0.0.1:1\" \"http://127.0.0.1:1\"]))",
            ),
            (
                "--name a --initial-cluster a=http://127.0.0.1:1 --initial-advertise-peer-urls \
                 http://127.0.0.1:1,http://127.0.0.1:2",
                "--initial-advertise-peer-urls has http://127.0.0.1:2 but missing from \
                 --initial-cluster=a=http://127.0.0.1:1,a=http://127.0.0.1:2",
            ),
        ] {
            assert_eq!(checked(line).await.expect_err(line), message);
        }
    }

    #[tokio::test]
    async fn a_name_and_its_address_are_the_same_place() {
        // `127.1` is no address as etcd reads them, and every resolver knows it.
        let line = "--name a --initial-cluster a=http://127.1:2380 --initial-advertise-peer-urls \
                    http://127.0.0.1:2380";
        assert_eq!(checked(line).await, Ok(()));
    }
}
