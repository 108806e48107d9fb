//! `/livez` and `/readyz`: whether to leave the process alive, and whether to send it clients.

use quorate_core::command::Alarm;
use serde_json::json;
use warp::Filter;
use warp::filters::BoxedFilter;
use warp::http::{HeaderValue, Method, StatusCode, header};
use warp::path::Tail;
use warp::reply::Response;

use super::health::{alarms, read};
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

/// What a query asks for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Query {
    excluded: Vec<String>,
    verbose: bool,
}

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
                let query = Query::parse(&query);
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
    for question in questions {
        let result = question.ask(&context.member).await;
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
fn answer(endpoint: Endpoint, findings: Findings, query: &Query, context: &Context) -> Response {
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
    fn chosen(self, tail: &str, query: &Query) -> Option<Vec<Question>> {
        let mut questions = self.questions.iter().copied();
        if tail.is_empty() {
            let excluded =
                |question: &Question| query.excluded.iter().any(|name| name == question.name());
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

impl Query {
    fn parse(text: &str) -> Self {
        let mut query = Self::default();
        for (key, value) in form_urlencoded::parse(text.as_bytes()) {
            match key.as_ref() {
                "exclude" => query.excluded.push(value.into_owned()),
                "verbose" => query.verbose = true,
                _ => {}
            }
        }
        query
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(endpoint: Endpoint, tail: &str, query: &str) -> Option<Vec<&'static str>> {
        let chosen = endpoint.chosen(tail, &Query::parse(query))?;
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
        assert!(Query::parse("verbose").verbose);
        assert!(Query::parse("x=1&verbose=false").verbose);
    }
}
