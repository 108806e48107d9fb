//! `/health`: alarms, a leader, and a read, in this order, as etcd asks them.

use std::time::Duration;

use quorate_core::command::{Alarm, AlarmMember, Command, Range, Reply};
use quorate_core::error::Error;
use serde_json::json;
use tokio::time::timeout;
use warp::Filter;
use warp::filters::BoxedFilter;
use warp::http::{Method, StatusCode};
use warp::reply::Response;

use super::probe_query::ProbeQuery;
use super::{Context, only_get};
use crate::member_thread::MemberHandle;

/// The key that is read; whether it exists is all one.
const PROBED_KEY: &[u8] = b"health";

/// Why a question without an answer has failed, as Go says it.
pub(super) const LATE: &str = "context deadline exceeded";

/// Answers `/health`.
pub(super) fn filter(context: Context) -> BoxedFilter<(Response,)> {
    let query = warp::query::raw().or(warp::any().map(String::new)).unify();
    warp::path!("health")
        .and(warp::method())
        .and(query)
        .and(warp::any().map(move || context.clone()))
        .then(
            |method: Method, query: String, context: Context| async move {
                if method != Method::GET {
                    return only_get();
                }
                let query = ProbeQuery::parse(&query);
                let result = check(&context.member, &query, context.probe_timeout).await;
                context.metrics.health.answered(result.is_ok());
                match result {
                    Ok(()) => shown(StatusCode::OK, "true", ""),
                    Err(reason) => {
                        let fields = [
                            ("reason", json!(reason)),
                            (
                                "status-code",
                                json!(StatusCode::SERVICE_UNAVAILABLE.as_u16()),
                            ),
                        ];
                        context.logger.warn("/health error", &fields);
                        shown(StatusCode::SERVICE_UNAVAILABLE, "false", &reason)
                    }
                }
            },
        )
        .boxed()
}

/// Asks one after the other, each for so long: a member that is stuck says nothing at all.
async fn check(member: &MemberHandle, query: &ProbeQuery, limit: Duration) -> Result<(), String> {
    let late = |_| format!("RANGE ERROR:{LATE}");
    // As this member knows them: without a leader nobody could say more, and a probe would wait
    // for that as long as for a read.
    let (_, status) = timeout(limit, member.ask(Command::Status))
        .await
        .map_err(late)?;
    if let Ok(Reply::Status(status)) = status {
        if let Some(reason) = first_alarm(&status.alarms, query) {
            return Err(reason);
        }
        if !query.serializable && !status.leader.is_some() {
            return Err("RAFT NO LEADER".to_owned());
        }
    }
    let read = timeout(limit, read(member, query.serializable));
    read.await
        .map_err(late)?
        .map_err(|reason| format!("RANGE ERROR:{reason}"))
}

/// The alarms that are raised.
pub(super) async fn alarms(member: &MemberHandle) -> Result<Vec<AlarmMember>, Error> {
    match member.ask(Command::AlarmList).await.1 {
        Ok(Reply::AlarmList(alarms)) => Ok(alarms),
        Ok(_) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Reads a key, whether it exists or not.
pub(super) async fn read(member: &MemberHandle, serializable: bool) -> Result<(), String> {
    let range = Range {
        key: PROBED_KEY.into(),
        limit: 1,
        keys_only: true,
        serializable,
        ..Range::default()
    };
    let (_, result) = member.ask(Command::Range(range)).await;
    result.map(|_| ()).map_err(|error| error.to_string())
}

fn first_alarm(alarms: &[AlarmMember], query: &ProbeQuery) -> Option<String> {
    alarms
        .iter()
        .map(|alarm| match alarm.alarm {
            Alarm::NoSpace => "NOSPACE",
            Alarm::Corrupt => "CORRUPT",
        })
        .find(|name| !query.excludes(name))
        .map(|name| format!("ALARM {name}"))
}

fn shown(status: StatusCode, health: &str, reason: &str) -> Response {
    super::json(
        status,
        // By hand, for etcd's order of the keys.
        format!(
            "{{\"health\":{},\"reason\":{}}}",
            json!(health),
            json!(reason)
        ),
    )
}

#[cfg(test)]
mod tests {
    use quorate_core::id::MemberId;

    use super::*;

    #[test]
    fn an_alarm_that_is_not_excluded_is_the_reason() {
        let alarms = [Alarm::NoSpace, Alarm::Corrupt].map(|alarm| AlarmMember {
            member: MemberId(1),
            alarm,
        });
        let reason = |query: &str| first_alarm(&alarms, &ProbeQuery::parse(query));
        assert_eq!(reason("").as_deref(), Some("ALARM NOSPACE"));
        assert_eq!(reason("exclude=NOSPACE").as_deref(), Some("ALARM CORRUPT"));
        assert_eq!(reason("exclude=NOSPACE&exclude=CORRUPT"), None);
    }
}
