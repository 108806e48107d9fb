//! The JSON gateway, driven by curl.

use std::process::Command;

use serde_json::{Value, json};

use crate::support::cluster::Cluster;
use crate::support::http::{get, post, request};
use crate::support::talking::Talking;

/// Runs a line as a shell does.
fn shell(line: &str) -> String {
    let output = Command::new("sh").args(["-c", line]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{line}: {text}");
    text
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// A curl that goes on.
struct Curl(Talking);

impl Curl {
    fn start(arguments: &[&str]) -> Self {
        let mut command = Command::new("curl");
        command.args(["--silent", "--no-buffer"]).args(arguments);
        Self(Talking::start(&mut command))
    }

    fn next(&mut self) -> Value {
        json(&self.0.line())
    }
}

/// Note 004, 3.3.2: the lines as they stand there, but for the port and for the blank behind each
/// backslash, with which no shell goes on to the next line.
#[test]
fn the_notes_lines_do_what_the_notes_say() {
    let cluster = Cluster::start(1, &[]);
    let port = cluster.client_port(0);
    let run = |lines: &str| json(&shell(&lines.replace("2379", &port.to_string())));
    let put = run("curl -L http://localhost:2379/v3alpha/kv/put \\\n\
         -X POST -d '{\"key\": \"Zm9v\", \"value\": \"YmFy\"}'");
    assert_eq!(put["header"]["revision"], "2");
    let range = run("curl -L http://localhost:2379/v3alpha/kv/range \\\n\
         -X POST -d '{\"key\": \"Zm9v\"}'");
    assert_eq!(
        range["kvs"],
        json!([{"key": "Zm9v", "create_revision": "2", "mod_revision": "2", "version": "1",
                "value": "YmFy"}])
    );
    assert_eq!(range["count"], "1");
    let watch = format!("http://localhost:{port}/v3alpha/watch");
    let mut watch = Curl::start(&[
        &watch,
        "-X",
        "POST",
        "-d",
        "{\"create_request\": {\"key\":\"Zm9v\"} }",
    ]);
    assert_eq!(watch.next()["result"]["created"], true);
    let txn = run("curl -L http://localhost:2379/v3alpha/kv/txn \\\n\
         -X POST \\\n\
         -d '{\"compare\":[{\"target\":\"CREATE\",\"key\":\"Zm9v\",\"createRevision\":\"2\"}],\
         \"success\":[\n{\"requestPut\":{\"key\":\"Zm9v\",\"value\":\"YmFy\"}}]}'");
    assert_eq!(txn["succeeded"], true);
    assert_eq!(
        txn["responses"][0]["response_put"]["header"]["revision"],
        "3"
    );
    let heard = watch.next();
    let event = &heard["result"]["events"][0];
    assert_eq!(event["kv"]["mod_revision"], "3");
    assert_eq!(event["kv"]["value"], "YmFy");
    // Users and roles come later: until then each of the lines is told so.
    for lines in [
        "curl -L http://localhost:2379/v3alpha/auth/user/add \\\n\
         -X POST -d '{\"name\": \"root\", \"password\": \"pass\"}'",
        "curl -L http://localhost:2379/v3alpha/auth/enable -X POST -d '{}'",
    ] {
        assert!(run(lines)["code"].as_i64().unwrap() > 0, "{lines}");
    }
}

#[test]
fn every_spelling_of_a_path_leads_to_the_same() {
    let cluster = Cluster::start(1, &[]);
    let port = cluster.client_port(0);
    for path in ["/v3/kv/put", "/v3beta/kv/put", "/v3alpha/kv/put"] {
        let answer = post(port, path, "{\"key\":\"YQ==\",\"value\":\"Yg==\"}");
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        assert!(answer.head.contains("content-type: application/json"));
        assert!(
            answer
                .head
                .contains("grpc-metadata-content-type: application/grpc")
        );
        assert!(answer.head.contains("access-control-allow-origin: *"));
    }
    for path in ["/v3/kv/lease/leases", "/v3/lease/leases"] {
        assert_eq!(post(port, path, "{}").status, 200, "{path}");
    }
    for path in ["/v3/kv/nothing", "/v3gamma/kv/put"] {
        assert_eq!(post(port, path, "{}").status, 404, "{path}");
    }
}

#[test]
fn errors_have_etcds_bodies_and_statuses() {
    let cluster = Cluster::start(1, &[]);
    let port = cluster.client_port(0);
    let unknown = post(port, "/v3/nothing", "{}");
    assert_eq!(
        (unknown.status, unknown.body.as_str()),
        (404, "{\"code\":5,\"message\":\"Not Found\"}")
    );
    let got = get(port, "/v3/kv/range");
    assert_eq!(
        (got.status, got.body.as_str()),
        (501, "{\"code\":12,\"message\":\"Method Not Allowed\"}")
    );
    for (path, body, status, code, message) in [
        (
            "/v3/kv/put",
            "{}",
            400,
            3,
            "etcdserver: key is not provided",
        ),
        (
            "/v3/kv/range",
            "{\"key\":\"YQ==\",\"revision\":99}",
            400,
            11,
            "etcdserver: mvcc: required revision is a future revision",
        ),
        (
            "/v3/lease/revoke",
            "{\"ID\":\"7\"}",
            404,
            5,
            "etcdserver: requested lease not found",
        ),
        (
            "/v3/lease/grant",
            "{\"TTL\":\"9000000001\"}",
            400,
            11,
            "etcdserver: too large lease TTL",
        ),
        (
            "/v3/cluster/member/remove",
            "{\"ID\":\"7\"}",
            404,
            5,
            "etcdserver: member not found",
        ),
    ] {
        let answer = post(port, path, body);
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
        assert_eq!(
            json(&answer.body),
            json!({"code": code, "message": message}),
            "{path}"
        );
    }
    for body in ["{", "[]", "nonsense", "{\"key\":7}", "{\"key\":\"?\"}"] {
        let answer = post(port, "/v3/kv/put", body);
        assert_eq!(answer.status, 400, "{body}");
        assert_eq!(json(&answer.body)["code"], 3, "{body}");
    }
    let large = format!(
        "{{\"key\":\"YQ==\",\"value\":\"{}\"}}",
        "QUFB".repeat(800_000)
    );
    let answer = post(port, "/v3/kv/put", &large);
    assert_eq!(answer.status, 429, "{}", answer.body);
    assert!(answer.body.contains("received message larger than max"));
}

#[test]
fn streams_are_lines() {
    let cluster = Cluster::start(1, &[]);
    let port = cluster.client_port(0);
    let base = format!("http://127.0.0.1:{port}");
    // Two watches on one stream, one of them of the past.
    post(port, "/v3/kv/put", "{\"key\":\"YQ==\",\"value\":\"MQ==\"}");
    let body = "{\"create_request\":{\"key\":\"YQ==\",\"start_revision\":\"2\",\"watch_id\":\"5\"}}\n\
                {\"create_request\":{\"key\":\"Yg==\"}}";
    let mut watch = Curl::start(&[&format!("{base}/v3/watch"), "--data-binary", body]);
    let mut results: Vec<Value> = Vec::new();
    let count = |results: &[Value]| {
        let created = results.iter().filter(|one| one.get("created").is_some());
        created.count()
    };
    while count(&results) < 2 {
        results.push(watch.next()["result"].clone());
    }
    post(port, "/v3/kv/put", "{\"key\":\"Yg==\",\"value\":\"Mg==\"}");
    while results.len() < 4 {
        results.push(watch.next()["result"].clone());
    }
    let events: Vec<&Value> = results
        .iter()
        .filter(|one| one.get("created").is_none())
        .collect();
    let keys: Vec<&Value> = events
        .iter()
        .map(|one| &one["events"][0]["kv"]["key"])
        .collect();
    assert!(
        keys.contains(&&json!("YQ==")) && keys.contains(&&json!("Yg==")),
        "{events:?}"
    );
    drop(watch);
    // A lease is kept alive once for each request, and the stream ends with the requests.
    let grant = json(&post(port, "/v3/lease/grant", "{\"TTL\":\"60\"}").body);
    let id = grant["ID"].as_str().unwrap();
    let twice = format!("{{\"ID\":\"{id}\"}}{{\"ID\":\"{id}\"}}");
    let lines = shell(&format!("curl -s {base}/v3/lease/keepalive -d '{twice}'"));
    let lines: Vec<Value> = lines.lines().map(json).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["result"]["TTL"], "60");
    let not_there = shell(&format!(
        "curl -s {base}/v3/lease/keepalive -d '{{\"ID\":\"7\"}}'"
    ));
    assert_eq!(json(&not_there)["result"]["ID"], "7");
    assert!(json(&not_there)["result"].get("TTL").is_none());
    // What cannot be read ends the stream with a line that says so.
    let bad = shell(&format!("curl -s {base}/v3/lease/keepalive -d '{{\"ID\":'"));
    assert_eq!(json(&bad)["error"]["code"], 3, "{bad}");
}

#[test]
fn elections_and_locks_speak_json_too() {
    let cluster = Cluster::start(1, &[]);
    let port = cluster.client_port(0);
    let base = format!("http://127.0.0.1:{port}");
    let grant = json(&post(port, "/v3/lease/grant", "{\"TTL\":\"60\"}").body);
    let lease = grant["ID"].as_str().unwrap();
    let lock = json(
        &post(
            port,
            "/v3/lock/lock",
            &format!("{{\"name\":\"bA==\",\"lease\":\"{lease}\"}}"),
        )
        .body,
    );
    let key = lock["key"].as_str().unwrap();
    assert!(key.starts_with("b"), "{lock}");
    let unlocked = post(port, "/v3/lock/unlock", &format!("{{\"key\":\"{key}\"}}"));
    assert_eq!(unlocked.status, 200, "{}", unlocked.body);
    let nobody = post(port, "/v3/election/leader", "{\"name\":\"ZQ==\"}");
    assert_eq!(nobody.status, 500);
    assert_eq!(
        json(&nobody.body),
        json!({"code": 2, "message": "election: no leader"})
    );
    let mut observed = Curl::start(&[
        &format!("{base}/v3/election/observe"),
        "-d",
        "{\"name\":\"ZQ==\"}",
    ]);
    let campaign = format!("{{\"name\":\"ZQ==\",\"lease\":\"{lease}\",\"value\":\"b25l\"}}");
    let elected = json(&post(port, "/v3/election/campaign", &campaign).body);
    assert_eq!(elected["leader"]["name"], "ZQ==", "{elected}");
    assert_eq!(observed.next()["result"]["kv"]["value"], "b25l");
    let resigned = post(
        port,
        "/v3/election/resign",
        &json!({"leader": elected["leader"]}).to_string(),
    );
    assert_eq!(resigned.status, 200, "{}", resigned.body);
}

#[test]
fn calls_through_the_gateway_are_counted_as_calls() {
    let cluster = Cluster::start(1, &[]);
    let port = cluster.client_port(0);
    post(port, "/v3/kv/put", "{\"key\":\"YQ==\",\"value\":\"MQ==\"}");
    post(port, "/v3/kv/put", "{}");
    let counts = get(port, "/metrics").body;
    for line in [
        "grpc_server_handled_total{grpc_code=\"OK\",grpc_method=\"Put\",\
         grpc_service=\"etcdserverpb.KV\",grpc_type=\"unary\"} 1",
        "grpc_server_handled_total{grpc_code=\"InvalidArgument\",grpc_method=\"Put\",\
         grpc_service=\"etcdserverpb.KV\",grpc_type=\"unary\"} 1",
        "grpc_server_msg_received_total{grpc_method=\"Put\",grpc_service=\"etcdserverpb.KV\",\
         grpc_type=\"unary\"} 2",
    ] {
        assert!(
            counts.lines().any(|found| found == line),
            "{line}\n{counts}"
        );
    }
}

#[test]
fn metadata_and_deadlines_come_along() {
    let mut cluster = Cluster::start(3, &[]);
    cluster.wait_for_leader();
    cluster.crash(0);
    cluster.crash(1);
    let port = cluster.client_port(2);
    crate::support::wait::wait_for("no leader", || {
        (get(port, "/health").status == 503).then_some(())
    });
    let put = "{\"key\":\"YQ==\"}";
    let base = format!("http://127.0.0.1:{port}/v3/kv/put");
    let refused = shell(&format!(
        "curl -s {base} -H 'Grpc-Metadata-hasleader: true' -d '{put}'"
    ));
    assert_eq!(
        json(&refused),
        json!({"code": 14, "message": "etcdserver: no leader"})
    );
    let late = shell(&format!("curl -s {base} -H 'Grpc-Timeout: 50m' -d '{put}'"));
    assert_eq!(
        json(&late),
        json!({"code": 4, "message": "context deadline exceeded"})
    );
}

#[test]
fn the_gateway_can_be_switched_off() {
    let cluster = Cluster::start(1, &["--enable-grpc-gateway=false"]);
    let port = cluster.client_port(0);
    assert_eq!(post(port, "/v3/kv/put", "{}").status, 404);
    assert_eq!(request("GET", port, "/health", &[]).status, 200);
    cluster.etcdctl().ok(&["put", "foo", "bar"]);
}
