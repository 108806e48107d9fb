//! What follows from the name and from the machine (`UpdateDefaultClusterFromName`).

use std::net::UdpSocket;

use super::{InitialCluster, Settings};
use crate::flags::{Endpoint, Values, default_of};
use crate::log::Notice;

/// Fills in what was not asked for: a member that listens on all addresses advertises the
/// machine's own, and a named member founds a cluster of its own.
///
/// As in etcd only a value that is still the default follows; a cluster is not renamed for a
/// member that is called `default`.
pub(super) fn follow(settings: &mut Settings, host: Option<&str>) {
    if let Some(host) = host {
        let peer = (&mut settings.advertise_peer, &settings.listen_peer);
        let client = (&mut settings.advertise_client, &settings.listen_client);
        let names = ["initial-advertise-peer-urls", "advertise-client-urls"];
        for ((advertised, listened), name) in [peer, client].into_iter().zip(names) {
            if advertise_host(advertised, listened, default_of(name), host) {
                settings.default_host = Some(host.to_owned());
            }
        }
    }
    let is_default = settings.initial_cluster.to_string() == default_of("initial-cluster");
    if settings.name != default_of("name") && is_default {
        // Whoever has no name is not found in it.
        let name = Some(settings.name.as_str()).filter(|name| !name.is_empty());
        let name = name.unwrap_or(default_of("name"));
        settings.initial_cluster = InitialCluster::of_one(name, &settings.advertise_peer);
    }
}

/// What etcd warns of before it starts.
pub(crate) fn warnings(values: &Values) -> Vec<Notice> {
    let mut notices = Vec::new();
    if values.text("data-dir").is_empty() {
        let directory = format!("{}.etcd", values.text("name"));
        let notice = Notice::warn("'data-dir' was empty; using default");
        notices.push(notice.with("data-dir", directory));
    }
    notices
}

/// Whether the host took the place of a default that nobody elsewhere could use.
fn advertise_host(
    advertised: &mut [Endpoint],
    listened: &[Endpoint],
    default: &str,
    host: &str,
) -> bool {
    let ([advertised], Some(first)) = (advertised, listened.first()) else {
        return false;
    };
    if advertised.url != default || first.host != "0.0.0.0" {
        return false;
    }
    match Endpoint::parse(&format!("http://{host}:{}", first.port)) {
        Ok(endpoint) => *advertised = endpoint,
        Err(_) => return false,
    }
    true
}

/// The address that this machine has for the rest of the world.
///
/// # Errors
/// There is no way to the rest of the world, in etcd's words.
pub(crate) fn default_host() -> Result<String, &'static str> {
    // No packet is sent: the kernel only looks up which of its addresses it would use on the
    // default route. The addresses are of documentation's networks, so nobody is meant.
    for (local, far) in [("0.0.0.0:0", "192.0.2.1:9"), ("[::]:0", "[2001:db8::1]:9")] {
        let address = UdpSocket::bind(local)
            .and_then(|socket| socket.connect(far).and_then(|()| socket.local_addr()));
        if let Ok(address) = address {
            let ip = address.ip();
            return Ok(if ip.is_ipv6() {
                format!("[{ip}]")
            } else {
                ip.to_string()
            });
        }
    }
    Err("could not find default route")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flags::{Request, parse};

    fn settings(line: &str) -> Settings {
        let arguments: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        match parse(&arguments) {
            Ok(Request::Serve(values)) => {
                Settings::on_host(&values, Some("10.1.2.3")).expect("good flags")
            }
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn who_listens_everywhere_advertises_the_machines_address() {
        let all = settings("--name a --listen-peer-urls http://0.0.0.0:3380");
        assert_eq!(all.advertise_peer[0].url, "http://10.1.2.3:3380");
        assert_eq!(all.initial_cluster.to_string(), "a=http://10.1.2.3:3380");
        assert_eq!(all.default_host.as_deref(), Some("10.1.2.3"));
        assert_eq!(all.advertise_client[0].url, "http://localhost:2379");
    }

    #[test]
    fn what_was_asked_for_stays() {
        let asked = settings(
            "--name a --listen-peer-urls http://0.0.0.0:3380 --initial-advertise-peer-urls \
             http://127.0.0.1:3380",
        );
        assert_eq!(asked.advertise_peer[0].url, "http://127.0.0.1:3380");
        let local = settings("--name a");
        assert_eq!(local.advertise_peer[0].url, "http://localhost:2380");
        assert_eq!(local.default_host, None);
    }

    #[test]
    fn the_default_name_keeps_the_default_cluster() {
        let unnamed = settings("--listen-peer-urls http://0.0.0.0:3380");
        assert_eq!(
            unnamed.initial_cluster.to_string(),
            "default=http://localhost:2380"
        );
    }
}
