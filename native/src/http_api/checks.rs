//! `/livez` and `/readyz`: whether to leave the process alive, and whether to send it clients.

use quorate_core::command::Alarm;
use serde_json::json;
use tokio::time::timeout;
use warp::Filter;
use warp::filters::BoxedFilter;
use warp::http::{HeaderValue, Method, StatusCode, header};
use warp::path::Tail;
use warp::reply::Response;

use super::health::{LATE, alarms, read};
use super::probe_query::ProbeQuery;
use super::{Context, not_found, only_get, text};
use crate::member_thread::MemberHandle;
use crate::metrics::Check;

/// What may be asked of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Question {
    /// Nobody says that members' data differ.
    DataCorruption,
    /// This member answers from its own store.
    SerializableRead,
    /// The cluster answers.
    LinearizableRead,
    /// This member may vote.
    NonLearner,
}

/// An endpoint and its questions, in the order in which they are asked.
#[derive(Clone, Copy)]
struct Endpoint {
    name: &'static str,
    questions: &'static [Question],
}

const ENDPOINTS: [Endpoint; 2] = [
    Endpoint {
        name: "livez",
        questions: &[Question::SerializableRead],
    },
    Endpoint {
        name: "readyz",
        questions: &[
            Question::DataCorruption,
            Question::SerializableRead,
            Question::LinearizableRead,
            Question::NonLearner,
        ],
    },
];

/// The questions' answers, line by line.
struct Findings {
    lines: String,
    all_good: bool,
}

/// Answers both endpoints, and each of their checks alone.
pub(super) fn filter(context: Context) -> BoxedFilter<(Response,)> {
    let [livez, readyz] = ENDPOINTS;
    one(livez, context.clone())
        .or(one(readyz, context))
        .unify()
        .boxed()
}

fn one(endpoint: Endpoint, context: Context) -> BoxedFilter<(Response,)> {
    let query = warp::query::raw().or(warp::any().map(String::new)).unify();
    warp::path(endpoint.name)
        .and(warp::path::tail())
        .and(warp::method())
        .and(query)
        .and(warp::any().map(move || context.clone()))
        .then(
            move |tail: Tail, method: Method, query: String, context: Context| async move {
                let query = ProbeQuery::parse(&query);
                let Some(questions) = endpoint.chosen(tail.as_str(), &query) else {
                    return not_found();
                };
                if method != Method::GET {
                    return only_get();
                }
                let findings = find(endpoint, &questions, &context).await;
                answer(endpoint, findings, &query, &context)
            },
        )
        .boxed()
}

async fn find(endpoint: Endpoint, questions: &[Question], context: &Context) -> Findings {
    let mut findings = Findings {
        lines: String::new(),
        all_good: true,
    };
    let mut is_stuck = false;
    for question in questions {
        // A member that is stuck says nothing at all, whatever else it is asked.
        let result = if is_stuck {
            Err(LATE.to_owned())
        } else {
            timeout(context.probe_timeout, question.ask(&context.member))
                .await
                .unwrap_or_else(|_| {
                    is_stuck = true;
                    Err(LATE.to_owned())
                })
        };
        let check = Check {
            endpoint: endpoint.name,
            name: question.name(),
        };
        context.metrics.health.checked(check, result.is_ok());
        findings.all_good &= result.is_ok();
        findings.lines += &match result {
            Ok(()) => format!("[+]{} ok\n", question.name()),
            Err(reason) => format!("[-]{} failed: {reason}\n", question.name()),
        };
    }
    findings
}

/// What is wrong is always told, and what is good when somebody wants to know.
fn answer(
    endpoint: Endpoint,
    findings: Findings,
    query: &ProbeQuery,
    context: &Context,
) -> Response {
    if !findings.all_good {
        context.logger.error(
            "Health check error",
            &[
                ("path", json!(format!("/{}", endpoint.name))),
                ("reason", json!(findings.lines)),
                ("status-code", json!(503)),
            ],
        );
        return text(
            StatusCode::SERVICE_UNAVAILABLE,
            format!("{}\n", findings.lines),
        );
    }
    let lines = if query.verbose { &findings.lines } else { "" };
    let mut response = text(StatusCode::OK, format!("{lines}ok\n"));
    response.headers_mut().insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    response
}

impl Endpoint {
    /// What a path below the endpoint asks; nothing when there is no such path. The path of one
    /// question knows no exclusions.
    fn chosen(self, tail: &str, query: &ProbeQuery) -> Option<Vec<Question>> {
        let mut questions = self.questions.iter().copied();
        if tail.is_empty() {
            let excluded = |question: &Question| query.excludes(question.name());
            return Some(questions.filter(|question| !excluded(question)).collect());
        }
        questions
            .find(|question| question.name() == tail)
            .map(|question| vec![question])
    }
}

impl Question {
    fn name(self) -> &'static str {
        match self {
            Question::DataCorruption => "data_corruption",
            Question::SerializableRead => "serializable_read",
            Question::LinearizableRead => "linearizable_read",
            Question::NonLearner => "non_learner",
        }
    }

    async fn ask(self, member: &MemberHandle) -> Result<(), String> {
        match self {
            Question::DataCorruption => match alarms(member).await {
                Ok(alarms) if alarms.iter().any(|one| one.alarm == Alarm::Corrupt) => {
                    Err("alarm activated: CORRUPT".to_owned())
                }
                // Whether the cluster answers at all is another question.
                _ => Ok(()),
            },
            Question::SerializableRead => read(member, true).await,
            Question::LinearizableRead => read(member, false).await,
            Question::NonLearner => match member.figures().await {
                Some(figures) if figures.is_learner => Err("not supported for learner".to_owned()),
                _ => Ok(()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;
    use http_body_util::{BodyExt, Empty};
    use quorate_core::id::MemberId;
    use quorate_core::version::ServerVersion;
    use tower::Service;

    use super::*;
    use crate::log::Logger;
    use crate::member_thread;
    use crate::metrics::{Facts, Metrics};

    #[tokio::test(start_paused = true)]
    async fn a_member_that_is_stuck_is_not_waited_for() {
        // Somebody holds what it is asked, and nobody answers.
        let (member, _inbox) = member_thread::channel();
        let own = MemberId(1);
        let context = Context {
            own,
            version: ServerVersion::CLAIMED,
            probe_timeout: Duration::from_secs(7),
            member,
            metrics: Metrics::new(&Facts::of_test(own)),
            logger: Logger::silent(),
        };
        for path in ["/livez", "/readyz"] {
            let (status, body) = ask(super::filter(context.clone()), path).await;
            assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
            let failed = "[-]serializable_read failed: context deadline exceeded";
            assert!(body.contains(failed), "{body}");
        }
        let health = super::super::health::filter(context);
        let (status, body) = ask(health, "/health").await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(
            body,
            "{\"health\":\"false\",\"reason\":\"RANGE ERROR:context deadline exceeded\"}"
        );
    }

    async fn ask(filter: BoxedFilter<(Response,)>, path: &str) -> (StatusCode, String) {
        let request = http::Request::get(path).body(Empty::<Bytes>::new());
        let answer = warp::service(filter)
            .call(request.expect("a request"))
            .await
            .expect("never fails");
        let status = answer.status();
        let body = answer.into_body().collect().await.expect("whole");
        let text = String::from_utf8_lossy(&body.to_bytes()).into_owned();
        (status, text)
    }

    fn names(endpoint: Endpoint, tail: &str, query: &str) -> Option<Vec<&'static str>> {
        let chosen = endpoint.chosen(tail, &ProbeQuery::parse(query))?;
        Some(chosen.into_iter().map(Question::name).collect())
    }

    #[test]
    fn paths_and_exclusions_choose_the_questions() {
        let [livez, readyz] = ENDPOINTS;
        assert_eq!(names(livez, "", ""), Some(vec!["serializable_read"]));
        assert_eq!(
            names(
                readyz,
                "",
                "exclude=non_learner&exclude=data_corruption&exclude=nothing"
            ),
            Some(vec!["serializable_read", "linearizable_read"])
        );
        assert_eq!(
            names(readyz, "data_corruption", "exclude=data_corruption"),
            Some(vec!["data_corruption"])
        );
        assert_eq!(names(livez, "data_corruption", ""), None);
        assert_eq!(names(readyz, "nothing", ""), None);
        assert!(ProbeQuery::parse("verbose").verbose);
        assert!(ProbeQuery::parse("x=1&verbose=false").verbose);
    }
}
