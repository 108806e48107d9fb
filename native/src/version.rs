//! Which versions this server says it is.

/// The etcd version whose behaviour on the wire is claimed; clients compare it.
pub(crate) const SERVER: &str = "3.6.14";
/// The version the cluster runs at.
pub(crate) const CLUSTER: &str = "3.6.0";
/// Major and minor version of the cluster.
pub(crate) fn cluster_series() -> &'static str {
    CLUSTER
        .rsplit_once('.')
        .map_or(CLUSTER, |(series, _)| series)
}

/// The version of the stored data.
pub(crate) const STORAGE: &str = "3.6.0";
/// Quorate's own version.
pub(crate) const QUORATE: &str = env!("CARGO_PKG_VERSION");
/// What it was compiled with.
pub(crate) const RUST: &str = env!("QUORATE_RUSTC_VERSION");
/// The commit it was built from, when the builder said so.
pub(crate) const GIT_SHA: &str = match option_env!("QUORATE_GIT_SHA") {
    Some(sha) => sha,
    None => "Not provided",
};

/// What `/version` answers; `with_storage` as on the client port since etcd 3.6.
pub(crate) fn json(with_storage: bool) -> String {
    let storage = if with_storage {
        format!(",\"storage\":\"{STORAGE}\"")
    } else {
        String::new()
    };
    format!("{{\"etcdserver\":\"{SERVER}\",\"etcdcluster\":\"{CLUSTER}\"{storage}}}")
}
