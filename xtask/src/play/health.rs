//! Asking a member whether it is healthy: `GET /health`, as etcd's clients and probes do.

use std::time::Duration;

use serde_json::Value;

const TIMEOUT: Duration = Duration::from_secs(2);

/// Whether the member answers `{"health":"true",…}`: it serves clients and knows a leader.
pub(super) fn is_healthy(client_url: &str) -> bool {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(TIMEOUT))
        .proxy(None)
        .build()
        .into();
    let answer = agent.get(format!("{client_url}/health")).call();
    let Ok(text) = answer.and_then(|mut answer| answer.body_mut().read_to_string()) else {
        return false;
    };
    says_healthy(&text)
}

/// etcd answers with the word "true", not with JSON's `true`.
fn says_healthy(text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_ok_and(|answer| answer["health"] == "true")
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    #[test]
    fn only_etcds_own_answer_counts() {
        assert!(says_healthy(r#"{"health":"true","reason":""}"#));
        assert!(!says_healthy(
            r#"{"health":"false","reason":"RAFT NO LEADER"}"#
        ));
        assert!(!says_healthy("true"));
    }

    #[test]
    fn a_member_is_asked_over_http() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("asked once");
            let mut asked = [0; 1024];
            let length = stream.read(&mut asked).expect("a request");
            let body = r#"{"health":"true"}"#;
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
            stream
                .write_all((head + body).as_bytes())
                .expect("answered");
            String::from_utf8_lossy(&asked[..length]).into_owned()
        });
        assert!(is_healthy(&url));
        assert!(server.join().expect("ended").starts_with("GET /health "));
        assert!(!is_healthy(&url), "nobody listens any more");
    }
}
