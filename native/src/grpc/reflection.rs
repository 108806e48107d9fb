//! Server reflection, old and new: a curious client asks which calls there are.

use std::convert::Infallible;

use http::{Request, Response};
use quorate_api::FILE_DESCRIPTOR_SET;
use tonic::body::Body;
use tonic_reflection::server::Builder;
use tower::util::BoxCloneSyncService;

/// Answers calls of one service.
type CallService = BoxCloneSyncService<Request<Body>, Response<Body>, Infallible>;

/// Both versions of the service.
#[derive(Clone)]
pub(super) struct Reflection {
    pub(super) v1: CallService,
    pub(super) v1_alpha: CallService,
}

impl Reflection {
    /// Tells of all services of this port.
    pub(super) fn new() -> Self {
        let builder = || {
            Builder::configure()
                .register_encoded_file_descriptor_set(FILE_DESCRIPTOR_SET)
                .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        };
        let v1 = builder().build_v1().expect(WELL_FORMED);
        let v1_alpha = builder().build_v1alpha().expect(WELL_FORMED);
        Self {
            v1: BoxCloneSyncService::new(v1),
            v1_alpha: BoxCloneSyncService::new(v1_alpha),
        }
    }
}

/// Why building cannot fail: a compiler of protos wrote them, and the test below reads them.
const WELL_FORMED: &str = "the descriptors of the build";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_descriptors_of_the_build_are_good() {
        let _ = Reflection::new();
    }
}
