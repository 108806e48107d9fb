//! Which calls there are, and what is answered to others, in the words of gRPC for Go.

use quorate_api::METHODS;
use tonic::Status;

/// A path's service and method.
///
/// # Errors
/// There is no such call.
pub(super) fn split(path: &str) -> Result<(&str, &str), Status> {
    let name = path.strip_prefix('/').unwrap_or(path);
    let Some((service, method)) = name.rsplit_once('/') else {
        let text = format!("malformed method name: {path:?}");
        return Err(Status::unimplemented(text));
    };
    let mut of_service = all().filter(|(known, _)| *known == service).peekable();
    if of_service.peek().is_none() {
        return Err(unknown_service(service));
    }
    if !of_service.any(|(_, known)| known == method) {
        let text = format!("unknown method {method} for service {service}");
        return Err(Status::unimplemented(text));
    }
    Ok((service, method))
}

/// What is answered where there is no such service.
pub(super) fn unknown_service(service: &str) -> Status {
    Status::unimplemented(format!("unknown service {service}"))
}

fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    let own = METHODS.iter().map(|method| (method.service, method.name));
    own.chain(OTHERS)
}

/// Those of gRPC itself.
const OTHERS: [(&str, &str); 4] = [
    ("grpc.health.v1.Health", "Check"),
    ("grpc.health.v1.Health", "Watch"),
    (
        "grpc.reflection.v1.ServerReflection",
        "ServerReflectionInfo",
    ),
    (
        "grpc.reflection.v1alpha.ServerReflection",
        "ServerReflectionInfo",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_that_there_are_not_are_named() {
        let refusal = |path| split(path).map_err(|status| status.message().to_owned());
        assert_eq!(
            refusal("/etcdserverpb.KV/Range"),
            Ok(("etcdserverpb.KV", "Range"))
        );
        assert!(refusal("/grpc.health.v1.Health/Watch").is_ok());
        for (path, text) in [
            (
                "/etcdserverpb.KV/Foo",
                "unknown method Foo for service etcdserverpb.KV",
            ),
            (
                "/grpc.health.v1.Health/Foo",
                "unknown method Foo for service grpc.health.v1.Health",
            ),
            ("/x.Y/Range", "unknown service x.Y"),
            (
                "/etcdserverpb.KV/",
                "unknown method  for service etcdserverpb.KV",
            ),
            ("/foo", "malformed method name: \"/foo\""),
        ] {
            assert_eq!(refusal(path), Err(text.to_owned()));
        }
    }
}
