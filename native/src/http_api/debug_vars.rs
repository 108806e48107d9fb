//! `/debug/vars`: the process and its part in Raft, under the names of Go's expvar.
//!
//! `memstats`, which describes Go's heap, has nothing to describe here and is left out.

use std::time::Duration;

use quorate_core::id::MemberId;
use quorate_core::member::{Figures, Role};
use serde_json::{Value, json};
use tokio::time::timeout;
use warp::Filter;
use warp::filters::BoxedFilter;
use warp::http::{Method, StatusCode};
use warp::reply::Response;

use super::{Context, only_get, typed};
use crate::metrics::open_files_max;

/// A member that does not answer sooner is not shown.
const MEMBER_TIMEOUT: Duration = Duration::from_secs(1);

/// Answers `/debug/vars`.
pub(super) fn filter(context: Context) -> BoxedFilter<(Response,)> {
    warp::path!("debug" / "vars")
        .and(warp::method())
        .and(warp::any().map(move || context.clone()))
        .then(|method: Method, context: Context| async move {
            if method != Method::GET {
                return only_get();
            }
            let figures = timeout(MEMBER_TIMEOUT, context.member.figures()).await;
            let vars = vars(context.own, figures.ok().flatten().as_ref());
            let kind = "application/json; charset=utf-8";
            typed(StatusCode::OK, kind, format!("{vars:#}\n"))
        })
        .boxed()
}

fn vars(own: MemberId, figures: Option<&Figures>) -> Value {
    let arguments: Vec<String> = std::env::args_os()
        .map(|argument| argument.to_string_lossy().into_owned())
        .collect();
    let mut vars = json!({
        "cmdline": arguments,
        "file_descriptor_limit": open_files_max().unwrap_or(u64::MAX),
    });
    if let Some(figures) = figures {
        vars["raft.status"] = json!({
            "id": own.to_string(),
            "term": figures.term.0,
            "vote": figures.vote.to_string(),
            "commit": figures.committed.0,
            "lead": figures.leader.to_string(),
            "raftState": state(figures.role),
            "applied": figures.applied.0,
        });
    }
    vars
}

/// etcd's name of a role.
fn state(role: Role) -> &'static str {
    match role {
        Role::Follower => "StateFollower",
        Role::PreCandidate => "StatePreCandidate",
        Role::Candidate => "StateCandidate",
        Role::Leader => "StateLeader",
    }
}

#[cfg(test)]
mod tests {
    use quorate_core::id::{Index, Term};

    use super::*;

    #[test]
    fn raft_is_shown_as_etcd_shows_it() {
        let figures = Figures {
            role: Role::Leader,
            leader: MemberId(0x8e9e),
            term: Term(2),
            applied: Index(4),
            ..Figures::default()
        };
        let shown = vars(MemberId(0x8e9e), Some(&figures));
        let status = &shown["raft.status"];
        assert_eq!(status["id"], "8e9e");
        assert_eq!(status["lead"], "8e9e");
        assert_eq!(status["raftState"], "StateLeader");
        assert_eq!(status["applied"], 4);
        assert!(shown["cmdline"].is_array());
    }
}
