//! Health and reflection: what tools ask that know nothing of etcd.

use tokio_stream::once;
use tonic::Code;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::{v1, v1alpha};

use crate::support::calls::Calls;
use crate::support::cluster::Cluster;

#[tokio::test]
async fn a_server_that_answers_is_healthy() {
    let cluster = Cluster::start(1, &[]);
    let mut health = HealthClient::new(Calls::to(cluster.client_port(0)).channel);
    let of = |service: &str| HealthCheckRequest {
        service: service.to_owned(),
    };
    let whole = health.check(of("")).await.unwrap().into_inner();
    assert_eq!(whole.status(), ServingStatus::Serving);
    let unknown = health.check(of("x")).await.unwrap_err();
    assert_eq!(
        (unknown.code(), unknown.message()),
        (Code::NotFound, "unknown service")
    );
    for (service, status) in [
        ("", ServingStatus::Serving),
        ("x", ServingStatus::ServiceUnknown),
    ] {
        let mut watch = health.watch(of(service)).await.unwrap().into_inner();
        assert_eq!(watch.message().await.unwrap().unwrap().status(), status);
    }
}

#[tokio::test]
async fn a_server_tells_which_services_it_has() {
    let cluster = Cluster::start(1, &[]);
    let channel = Calls::to(cluster.client_port(0)).channel;
    let mut new = v1::server_reflection_client::ServerReflectionClient::new(channel.clone());
    let list = v1::server_reflection_request::MessageRequest::ListServices(String::new());
    let question = v1::ServerReflectionRequest {
        message_request: Some(list),
        ..v1::ServerReflectionRequest::default()
    };
    let answers = new.server_reflection_info(once(question)).await.unwrap();
    let answer = answers.into_inner().message().await.unwrap().unwrap();
    let Some(v1::server_reflection_response::MessageResponse::ListServicesResponse(list)) =
        answer.message_response
    else {
        panic!("another answer");
    };
    let names: Vec<&str> = list
        .service
        .iter()
        .map(|service| service.name.as_str())
        .collect();
    for name in [
        "etcdserverpb.KV",
        "etcdserverpb.Watch",
        "etcdserverpb.Lease",
        "etcdserverpb.Cluster",
        "etcdserverpb.Maintenance",
        "etcdserverpb.Auth",
        "v3lockpb.Lock",
        "v3electionpb.Election",
        "grpc.health.v1.Health",
    ] {
        assert!(names.contains(&name), "{name} is not among {names:?}");
    }
    let mut old = v1alpha::server_reflection_client::ServerReflectionClient::new(channel);
    let file = v1alpha::server_reflection_request::MessageRequest::FileContainingSymbol(
        "etcdserverpb.WatchCreateRequest".to_owned(),
    );
    let question = v1alpha::ServerReflectionRequest {
        message_request: Some(file),
        ..v1alpha::ServerReflectionRequest::default()
    };
    let answers = old.server_reflection_info(once(question)).await.unwrap();
    let answer = answers.into_inner().message().await.unwrap().unwrap();
    assert!(matches!(
        answer.message_response,
        Some(v1alpha::server_reflection_response::MessageResponse::FileDescriptorResponse(_))
    ));
}

#[tokio::test]
async fn a_service_that_is_not_there_says_so() {
    let cluster = Cluster::start(1, &[]);
    let channel = Calls::to(cluster.client_port(0)).channel;
    let mut grpc = tonic::client::Grpc::new(channel);
    grpc.ready().await.unwrap();
    let path = http::uri::PathAndQuery::from_static("/foo.Bar/Baz");
    let codec = tonic_prost::ProstCodec::<HealthCheckRequest, HealthCheckRequest>::default();
    let question = tonic::Request::new(HealthCheckRequest::default());
    let error = grpc.unary(question, path, codec).await.unwrap_err();
    assert_eq!(error.code(), Code::Unimplemented);
    assert_eq!(error.message(), "unknown service foo.Bar");
}
