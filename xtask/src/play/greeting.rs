//! What a person reads when the cluster is up: where to look, what to try, how to stop.

use crate::play::cluster::Cluster;

/// Prints it.
pub(super) fn print(cluster: &Cluster, etcdctl: &str) {
    let urls: Vec<_> = cluster
        .members()
        .iter()
        .map(|member| member.spec.client_url())
        .collect();
    let first = urls.first().map_or("", String::as_str);
    let endpoints: Vec<_> = urls
        .iter()
        .map(|url| url.trim_start_matches("http://"))
        .collect();

    println!("\nthree members run:");
    for member in cluster.members() {
        let (name, id) = (member.spec.name, member.process_id());
        println!(
            "  {name}  {}  PID {id}  log target/play/{name}.log",
            member.spec.client_url()
        );
    }
    println!("\nthe page:  {first}/play/");
    println!("\ntry, in another terminal:");
    if etcdctl != "etcdctl" {
        println!("  alias etcdctl={etcdctl}");
    }
    for line in [
        "put greeting hello",
        "get greeting",
        "get greeting -w json",
        "member list -w table",
    ] {
        println!("  etcdctl {line}");
    }
    let all = endpoints.join(",");
    println!("  etcdctl --endpoints={all} endpoint status -w table");
    println!("  kill -9 PID    # of the leader: the other two elect another and go on");
    println!("\nwhat is written is kept in target/play; `cargo xtask play --fresh` begins anew");
    println!("Ctrl-C stops all three\n");
}
