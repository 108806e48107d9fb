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

use super::{Context, only_get};
use crate::member_thread::MemberHandle;

/// The key that is read; whether it exists is all one.
const PROBED_KEY: &[u8] = b"health";

/// Why a question without an answer has failed, as Go says it.
pub(super) const LATE: &str = "context deadline exceeded";

/// What a query asks to leave out.
#[derive(Debug, Default, PartialEq, Eq)]
struct Query {
    excluded: Vec<String>,
    serializable: bool,
}

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
                let query = Query::parse(&query);
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
async fn check(member: &MemberHandle, query: &Query, limit: Duration) -> Result<(), String> {
    let late = |_| format!("RANGE ERROR:{LATE}");
    let alarms = timeout(limit, alarms(member)).await.map_err(late)?;
    if let Ok(alarms) = alarms
        && let Some(reason) = first_alarm(&alarms, query)
    {
        return Err(reason);
    }
    if !query.serializable
        && let Some(figures) = timeout(limit, member.figures()).await.map_err(late)?
        && !figures.leader.is_some()
    {
        return Err("RAFT NO LEADER".to_owned());
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

fn first_alarm(alarms: &[AlarmMember], query: &Query) -> Option<String> {
    alarms
        .iter()
        .map(|alarm| match alarm.alarm {
            Alarm::NoSpace => "NOSPACE",
            Alarm::Corrupt => "CORRUPT",
        })
        .find(|name| !query.excluded.iter().any(|excluded| excluded == name))
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

impl Query {
    fn parse(text: &str) -> Self {
        let mut query = Self::default();
        for (key, value) in form_urlencoded::parse(text.as_bytes()) {
            match key.as_ref() {
                "exclude" => query.excluded.push(value.into_owned()),
                "serializable" => query.serializable = value == "true",
                _ => {}
            }
        }
        query
    }
}

#[cfg(test)]
mod tests {
    use quorate_core::id::MemberId;

    use super::*;

    #[test]
    fn a_query_excludes_as_often_as_it_likes() {
        let query = Query::parse("exclude=NOSPACE&exclude=CORRUPT&serializable=true&x=1");
        assert_eq!(query.excluded, ["NOSPACE", "CORRUPT"]);
        assert!(query.serializable);
        assert_eq!(Query::parse(""), Query::default());
    }

    #[test]
    fn an_alarm_that_is_not_excluded_is_the_reason() {
        let alarms = [Alarm::NoSpace, Alarm::Corrupt].map(|alarm| AlarmMember {
            member: MemberId(1),
            alarm,
        });
        let reason = |query: &str| first_alarm(&alarms, &Query::parse(query));
        assert_eq!(reason("").as_deref(), Some("ALARM NOSPACE"));
        assert_eq!(reason("exclude=NOSPACE").as_deref(), Some("ALARM CORRUPT"));
        assert_eq!(reason("exclude=NOSPACE&exclude=CORRUPT"), None);
    }
}
